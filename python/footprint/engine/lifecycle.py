"""States of users over time, and how many periods they are active in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from footprint import _core
from footprint.engine.retention import Calendar, Unit, label
from footprint.engine.select import Selector, tags

if TYPE_CHECKING:
    from footprint.engine.base import LogBase


def states(
    log: LogBase,
    tz: str,
    unit: Unit,
    which: Selector | None,
    mask: pl.Series | None,
    task: _core.Task | None,
    span: tuple[date, date] | None = None,
) -> pl.DataFrame:
    """See ``EventLog.lifecycle``."""
    frame = pl.DataFrame(_ask(log, tz, unit, which, mask, task, span)[0])
    return frame.with_columns(label(pl.col("period"), unit).alias("period"))


def stickiness(
    log: LogBase,
    tz: str,
    unit: Unit,
    which: Selector | None,
    mask: pl.Series | None,
    task: _core.Task | None,
) -> pl.DataFrame:
    """See ``EventLog.stickiness``."""
    frame = pl.DataFrame(_ask(log, tz, unit, which, mask, task)[1])
    most = frame.filter(pl.col("users") > 0)["periods"].max()
    return frame.filter(pl.col("periods") <= (most or 0))


def _ask(
    log: LogBase,
    tz: str,
    unit: Unit,
    which: Selector | None,
    mask: pl.Series | None,
    task: _core.Task | None,
    span: tuple[date, date] | None = None,
) -> tuple[_core.Frame, _core.Frame]:
    calendar = Calendar.of(log, tz, unit, span)
    roles = tags(log, [which], mask).parts
    return _core.lifecycle(log.layout, roles, calendar.zone, calendar.parts, task)
