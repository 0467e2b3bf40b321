"""The event log of a data version, built from its events and orders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from footprint.data import Data
from footprint.questions import require
from footprint.schema import TABLES

if TYPE_CHECKING:
    from footprint.engine import EventLog


def build_log(data: Data, cache_dir: Path | None = None, key: str = "") -> EventLog:
    """Events and orders of ``data`` laid out by user and time; orders alone make a log too.

    With ``cache_dir`` the layout is kept there under ``key``. Raises DataMissing when there are
    neither events nor orders.
    """
    from footprint.engine import EventLog

    if not data.has("orders"):
        require(data, ("events",))
    events = (
        data.scan("events")
        if data.has("events")
        else pl.DataFrame(schema=TABLES["events"].polars_schema)
    )
    orders = data.frame("orders") if data.has("orders") else None
    return EventLog.build(events, orders, cache_dir, key)
