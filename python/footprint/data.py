"""What an analysis sees of a workspace: frames of one data version, event log, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import polars as pl

if TYPE_CHECKING:
    from footprint.engine import EventLog
    from footprint.settings import Settings


class Data(Protocol):
    """One immutable data version. Frames are shared between readers: never change one in place.

    ``frame`` returns every schema column of the table (absent ones all null), timestamps as
    ``Datetime("us", "UTC")``. Raises DataMissing when the table was never imported.
    """

    version: str
    tz: str
    settings: Settings

    def has(self, table: str) -> bool: ...

    def frame(self, table: str) -> pl.DataFrame: ...

    def scan(self, table: str) -> pl.LazyFrame:
        """``frame`` column by column: the same rows in the same order, of which only the columns
        and rows asked for are read. The way to read a table that may be large (``events``)."""
        ...

    def event_log(self) -> EventLog: ...

    def uploads(self) -> pl.DataFrame:
        """Every file taken in, newest last; columns of ``store.memory.UPLOADS``."""
        ...

    def rejected(self) -> pl.DataFrame:
        """Rows set aside at import, counted per file, table, reason and column (``REJECTED``)."""
        ...
