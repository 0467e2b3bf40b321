"""Which days a brief speaks of: a week by default, a month or a day on request."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import polars as pl

from footprint.data import Data
from footprint.schema import TABLES
from footprint.scope import Scope

# What a shop does day by day; the other tables only count when none of these is there.
_ACTIVITY = ("orders", "events", "streams", "stream_minutes")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def period(label: str, tz: str) -> Scope:
    """The scope of ``2026-W46``, ``2026-11`` or ``2026-11-12``; UsageError for anything else.

    Source: requirement row S8.1-b (daily issue, weekly trend, monthly strategy).
    """
    month = _MONTH.fullmatch(label)
    try:
        if month:
            year, number = int(month[1]), int(month[2])
            return Scope(
                date(year, number, 1), date(year, number, monthrange(year, number)[1]), {}, tz
            )
        if _DAY.fullmatch(label):
            day = date.fromisoformat(label)
            return Scope(day, day, {}, tz)
    except ValueError:
        pass
    return Scope.week(label, tz)


def last_week(data: Data) -> str | None:
    """The last ISO week whose Sunday the data reaches; the newest week of all when none is whole.

    None when no table has a time.
    """
    last = _end(data, data.tz)
    if last is None:
        return None
    first = _start(data, data.tz) or last
    sunday = last - timedelta(days=last.isoweekday() % 7)
    whole = sunday - timedelta(days=6) >= first
    return f"{sunday if whole else last:%G-W%V}"


def active(data: Data, scope: Scope) -> bool:
    """Whether any table with a time has a row inside the scope."""
    from footprint.scoping import scoped

    clocked = [name for name in _timed(data) if TABLES[name].clock]
    return any(scoped(data, name, scope, columns=(_clock(name),)).height for name in clocked)


def _end(data: Data, tz: str) -> date | None:
    days = [_day(_ends(data, name)[1], tz) for name in _timed(data)]
    return max((day for day in days if day), default=None)


def _start(data: Data, tz: str) -> date | None:
    days = [_day(_ends(data, name)[0], tz) for name in _timed(data)]
    return min((day for day in days if day), default=None)


def _ends(data: Data, name: str) -> tuple[Any, Any]:
    """First and last time of a table."""
    from footprint.metrics.derived import once

    clock = pl.col(_clock(name))
    ends = data.scan(name).select(first=clock.min(), last=clock.max())
    return once(data, f"ends {name}", lambda: ends.collect().row(0))


def _timed(data: Data) -> list[str]:
    found = [name for name, table in TABLES.items() if table.clock and data.has(name)]
    return [name for name in found if name in _ACTIVITY] or found


def _clock(name: str) -> str:
    clock = TABLES[name].clock
    assert clock is not None
    return clock


def _day(moment: Any, tz: str) -> date | None:
    if moment is None or type(moment) is date:
        return moment
    return pl.Series([moment]).dt.convert_time_zone(tz).dt.date()[0]
