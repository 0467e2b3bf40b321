"""The same data with one more column in one table, so that scoping carries the column along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from footprint.data import Data

if TYPE_CHECKING:
    from footprint.engine import EventLog


class WithColumn:
    """A Data whose ``table`` has one more column; everything else is passed through."""

    def __init__(self, data: Data, table: str, column: pl.Series) -> None:
        """``column`` has one value per row of the table."""
        self.version, self.tz, self.settings = data.version, data.tz, data.settings
        self._data, self._table, self._column = data, table, column

    def has(self, table: str) -> bool:
        return self._data.has(table)

    def frame(self, table: str) -> pl.DataFrame:
        found = self._data.frame(table)
        return found.with_columns(self._column) if table == self._table else found

    def scan(self, table: str) -> pl.LazyFrame:
        return self.frame(table).lazy() if table == self._table else self._data.scan(table)

    def event_log(self) -> EventLog:
        return self._data.event_log()

    def uploads(self) -> pl.DataFrame:
        return self._data.uploads()

    def rejected(self) -> pl.DataFrame:
        return self._data.rejected()
