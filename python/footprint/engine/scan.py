"""A table that is read column by column, when a question asks for one."""

from __future__ import annotations

import polars as pl

# Up to so many rows are quicker read one by one than with their whole columns.
FEW = 64


class Scan:
    """What the engine needs of a table, of a lazy frame such as ``pl.scan_parquet(...)``.

    Nothing is kept: memory holds the columns in use. The rows must come in the same order at every
    reading, as those of files do.
    """

    def __init__(self, rows: pl.LazyFrame) -> None:
        self._rows = rows
        self._schema = rows.collect_schema()
        self.height = int(rows.select(pl.len()).collect().item())

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._schema.names()

    def __getitem__(self, name: str) -> pl.Series:
        """One column, read now."""
        return self._rows.select(name).collect()[name]

    def select(self, expression: pl.Expr) -> pl.DataFrame:
        """``expression`` over the columns it reads."""
        return self._rows.select(expression).collect()

    def some(self, rows: pl.Series) -> tuple[pl.DataFrame | Scan, pl.Series]:
        """A table that holds these rows (numbers, or null), and their places in it.

        Of a few rows only what lies around them is read; of many, each column as a whole.
        """
        wanted = rows.drop_nulls().unique().sort()
        if len(wanted) > FEW:
            return self, rows
        if wanted.is_empty():
            return self.clear(), rows
        found = pl.concat(pl.collect_all([self._rows.slice(row, 1) for row in wanted]))
        places = pl.Series(range(len(wanted)), dtype=pl.Int64)
        return found, rows.replace_strict(wanted, places, default=None)

    def clear(self) -> pl.DataFrame:
        """The columns without rows."""
        return pl.DataFrame(schema=self._schema)


def table(rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame | Scan:
    """Frames as they are, lazy frames read by column."""
    return Scan(rows) if isinstance(rows, pl.LazyFrame) else rows
