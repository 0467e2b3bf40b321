"""A table that is read column by column, when a question asks for one."""

from __future__ import annotations

import polars as pl


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

    def clear(self) -> pl.DataFrame:
        """The columns without rows."""
        return pl.DataFrame(schema=self._schema)


def table(rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame | Scan:
    """Frames as they are, lazy frames read by column."""
    return Scan(rows) if isinstance(rows, pl.LazyFrame) else rows
