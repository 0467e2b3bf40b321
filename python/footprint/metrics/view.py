"""The rows a metric counts: a table narrowed to a scope, with the group each row belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.scoping import local_date, looked_up, scoped
from footprint.text import Text

# None = one number over the scope, "date" = the shop's calendar day, else a column to slice by.
By = str | None


class SliceError(UsageError):
    """A table cannot say to which slice its rows belong (a cost sheet has no region)."""


@dataclass(frozen=True)
class View:
    """One scope over one data version. Keeps narrowed tables so that metrics share them."""

    data: Data
    scope: Scope
    _rows: dict[tuple[str, By, bool], pl.DataFrame] = field(default_factory=dict, repr=False)

    def rows(self, table: str, by: By = None, *, period: bool = True) -> pl.DataFrame:
        """Rows of ``table`` in scope with a ``key`` column for the group.

        Raises DataMissing when the table was never imported, SliceError when the table does not
        know ``by``.
        """
        if (table, by, period) not in self._rows:
            whole = (
                scoped(self.data, table, self.scope, period=period)
                if by is None
                else self.rows(table, period=period)
            )
            self._rows[table, by, period] = self.keyed(whole, table, by)
        return self._rows[table, by, period]

    def keyed(self, rows: pl.DataFrame, table: str, by: By) -> pl.DataFrame:
        """``rows`` of ``table`` with the ``key`` column of their group."""
        if by is None:
            return rows.with_columns(key=pl.lit(None, dtype=pl.String))
        if by == "date":
            return rows.with_columns(key=self._day(table))
        found = looked_up(self.data, rows, by, table)
        if found is None:
            raise not_sliceable(table, by)
        return rows.with_columns(key=found)

    def days(self, column: str) -> pl.Expr:
        """The shop's calendar day of a timestamp column, in the scope's time zone."""
        return local_date(column, self.scope.tz)

    def _day(self, table: str) -> pl.Expr:
        clock = TABLES[table].clock
        if clock is None:
            raise not_sliceable(table, "date")
        is_date = TABLES[table].column(clock).kind == "date"
        return pl.col(clock) if is_date else self.days(clock)


def not_sliceable(table: str, by: str) -> SliceError:
    """The error that says which table lacks which column, and the mend."""
    title = TABLES[table].title
    return SliceError(
        Text(f"“{title.zh}”里没有“{by}”", f"“{title.en}” does not hold “{by}”"),
        Text(
            f"在文件中加入“{by}”列，或换一个维度。", f"Add the column “{by}” or pick another slice."
        ),
    )
