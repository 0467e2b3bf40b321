"""Who comes back: cohort tables, active days, first and last moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import polars as pl

from footprint import _core
from footprint.engine.select import Selector, tags
from footprint.engine.zone import offsets

if TYPE_CHECKING:
    from footprint.engine.base import LogBase

Kind = Literal["exact", "within", "unbounded"]
Unit = Literal["day", "week", "month"]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of ``EventLog.retention``, in its order."""

    start: Selector | None
    returns: Selector | None
    days: int
    kind: Kind
    unit: Unit
    clock: Literal["calendar", "24h"]
    mask: pl.Series | None


def zone_table(log: LogBase, tz: str) -> tuple[list[int], list[int]]:
    """Offsets of ``tz`` over the log's span, as the kernels take them."""
    return offsets(tz, log.layout.first_ts, log.layout.last_ts)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Local days of a log and the period each lies in."""

    zone: tuple[list[int], list[int]]
    first: int
    periods: list[int]

    @classmethod
    def of(
        cls, log: LogBase, tz: str, unit: Unit, span: tuple[date, date] | None = None
    ) -> Calendar:
        """The days from the first to the last row of the log, or those of a longer ``span``."""
        zone = zone_table(log, tz)
        first, last = (_day(at, zone) for at in (log.layout.first_ts, log.layout.last_ts))
        if span is not None:
            outer = [(day - _EPOCH).days for day in span]
            first, last = min(first, outer[0]), max(last, outer[1])
        days = range(first, last + 1) if log.layout.rows else range(0)
        return cls(zone, first, [_period(day, unit) for day in days])

    @property
    def parts(self) -> tuple[int, pl.Series]:
        """As the kernels take it."""
        return self.first, pl.Series(self.periods, dtype=pl.Int32)


def ask(log: LogBase, tz: str, options: Options, task: _core.Task | None) -> pl.DataFrame:
    """See ``EventLog.retention``."""
    calendar = Calendar.of(log, tz, options.unit)
    answer = _core.retention(
        log.layout,
        tags(log, [options.start, options.returns], options.mask).parts,
        calendar.zone,
        calendar.parts,
        options.days,
        options.kind,
        options.clock == "24h",
        task,
    )
    last_period = calendar.periods[-1] if calendar.periods else 0
    slack = 1 if options.clock == "24h" else 0
    return pl.DataFrame(answer).select(
        label(pl.col("cohort"), options.unit).alias("cohort"),
        "k",
        "users",
        "size",
        (pl.col("cohort") + pl.col("k") + slack < last_period).alias("complete"),
    )


def members(
    log: LogBase, tz: str, cohort: date, options: Options, task: _core.Task | None
) -> pl.Series:
    """See ``EventLog.retention_users``."""
    calendar = Calendar.of(log, tz, options.unit)
    answer = _core.retention_users(
        log.layout,
        tags(log, [options.start, options.returns], options.mask).parts,
        calendar.zone,
        calendar.parts,
        (_period((cohort - _EPOCH).days, options.unit), options.days),
        options.kind,
        options.clock == "24h",
        task,
    )
    return pl.DataFrame(answer)["user"]


def user_days(
    log: LogBase, tz: str, mask: pl.Series | None, task: _core.Task | None
) -> pl.DataFrame:
    """See ``EventLog.user_days``."""
    answer = _core.user_days(log.layout, tags(log, [None], mask).parts, zone_table(log, tz), task)
    return pl.DataFrame(answer).with_columns(pl.col("day").cast(pl.Date))


def first_last(
    log: LogBase, which: Selector | None, mask: pl.Series | None, task: _core.Task | None
) -> pl.DataFrame:
    """See ``EventLog.first_last``."""
    roles = tags(log, [which, log.conversion], mask).parts
    answer = _core.first_last(log.layout, roles, log.cents, task)
    return pl.DataFrame(answer).with_columns(
        pl.col("first_ts", "last_ts").cast(pl.Datetime("us", "UTC"))
    )


def _day(at: int, zone: tuple[list[int], list[int]]) -> int:
    offset = next(o for s, o in zip(zone[0][::-1], zone[1][::-1], strict=True) if s <= at)
    return (at + offset) // 86_400_000_000


def _period(day: int, unit: Unit) -> int:
    if unit == "day":
        return day
    if unit == "week":
        return (day + 3) // 7  # 1970-01-01 was a Thursday; weeks start on Monday
    moment = _EPOCH + timedelta(days=day)
    return moment.year * 12 + moment.month - 1


def label(period: pl.Expr, unit: Unit) -> pl.Expr:
    """The first day of a period."""
    if unit == "day":
        return period.cast(pl.Date)
    if unit == "week":
        return (period * 7 - 3).cast(pl.Date)
    return pl.date(period // 12, period % 12 + 1, 1)
