"""Ordered funnels: how far each user gets, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import polars as pl

from footprint import _core
from footprint.engine.select import Selector, tags
from footprint.engine.zone import micros
from footprint.errors import UsageError
from footprint.text import Text

if TYPE_CHECKING:
    from footprint.engine.base import Dimension, LogBase, Period

Mode = Literal["best", "first_entry", "strict", "any_order", "totals"]
_Roles = tuple[list[int], pl.Series | None, pl.Series | None]
Exclude = tuple[Selector, int, int]
_Steps = list[tuple[int, int]]
_EXCLUDED, _ANY = 30, 31
MAX_EXCLUSIONS = 4
FOREVER = 2**63 - 1
_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The answer of ``EventLog.funnel``.

    ``people`` has one row per user who did a step (per attempt with ``mode="totals"``): ``user``
    (code), ``level`` (1..steps), ``start_ts``, ``end_ts`` (of the last step reached),
    ``elapsed_us``, ``start_row``, ``end_row`` (source rows of both ends, to look up any column
    there: ``funnel.by(log.column("channel").gather(funnel.people["start_row"]))``).
    """

    names: tuple[str, ...]
    people: pl.DataFrame

    @property
    def steps(self) -> pl.DataFrame:
        """Per step: ``step`` (1..), ``name``, ``users`` who reached it, ``lost`` right after it."""
        return self.by(None)

    def by(self, segment: pl.Series | None) -> pl.DataFrame:
        """``steps`` for each value of ``segment`` (one value per row of ``people``)."""
        people = self.people.select("level")
        keys = [] if segment is None else ["segment"]
        if segment is not None:
            people = people.with_columns(segment.alias("segment"))
        counts = [
            people.lazy().group_by(keys).agg((pl.col("level") >= step).sum().alias("users"))
            if keys
            else people.lazy().select((pl.col("level") >= step).sum().alias("users"))
            for step in range(1, len(self.names) + 1)
        ]
        frames = [
            frame.with_columns(pl.lit(step, pl.UInt8).alias("step"), pl.lit(name).alias("name"))
            for step, (frame, name) in enumerate(zip(counts, self.names, strict=True), 1)
        ]
        following = pl.col("users").cast(pl.Int64).shift(-1)
        lost = pl.col("users") - (following.over(keys, order_by="step") if keys else following)
        return (
            pl.concat(frames)
            .select(*keys, "step", "name", pl.col("users").cast(pl.Int64))
            .sort(*keys, "step")
            .with_columns(lost.fill_null(0).alias("lost"))
            .collect()
        )

    def trend(self, tz: str, window: timedelta, log_end: datetime) -> pl.DataFrame:
        """By day of the first step: ``day``, ``started``, ``finished``, ``complete``.

        A day is complete when the whole window of all its starts lies in the log, so that late
        days are not read as a fall in conversion.
        """
        day = pl.col("start_ts").dt.convert_time_zone(tz).dt.date()
        midnight = (
            pl.col("day")
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone(tz, ambiguous="earliest", non_existent="null")
        )
        over = (midnight.dt.offset_by("1d").fill_null(midnight) + window).dt.convert_time_zone(
            "UTC"
        )
        return (
            self.people.group_by(day.alias("day"))
            .agg(
                pl.len().alias("started"),
                (pl.col("level") == len(self.names)).sum().alias("finished"),
            )
            .sort("day")
            .with_columns((over <= log_end).fill_null(False).alias("complete"))
        )

    def seconds(self, step: int | None = None) -> pl.Series:
        """Seconds from the first to the last step of users who got to ``step`` (default: the end).

        Only users whose highest level is ``step`` have that time; for the end it is the time to
        convert: to the earliest completion, from the latest start that completes then.
        """
        level = len(self.names) if step is None else step
        return self.people.filter(pl.col("level") == level)["elapsed_us"] / 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of ``EventLog.funnel``, in its order."""

    window: timedelta | None
    mode: Mode
    mask: pl.Series | None
    starts: Period
    hold: Dimension | None
    exclude: Exclude | Sequence[Exclude] | None
    later: bool
    grace: timedelta
    each: bool = False


def ask(
    log: LogBase, steps: Sequence[Selector], options: Options, task: _core.Task | None
) -> Funnel:
    """See ``EventLog.funnel``."""
    answer = _core.funnel(log.layout, *_asked(log, steps, options), task)
    people = pl.DataFrame(answer).with_columns(
        pl.col("start_ts", "end_ts").cast(pl.Datetime("us", "UTC"))
    )
    return Funnel(_names(steps), people)


def steps_of(
    log: LogBase, steps: Sequence[Selector], options: Options, task: _core.Task | None
) -> pl.DataFrame:
    """See ``EventLog.funnel_steps``."""
    counts = _core.funnel_counts(log.layout, *_asked(log, steps, options), task)
    reached = [sum(counts[step:]) for step in range(len(counts))]
    return pl.DataFrame(
        {
            "step": pl.Series(range(1, len(steps) + 1), dtype=pl.UInt8),
            "name": _names(steps),
            "users": pl.Series(reached, dtype=pl.Int64),
            "lost": pl.Series([*counts[:-1], 0], dtype=pl.Int64),
        }
    )


def _asked(
    log: LogBase, steps: Sequence[Selector], options: Options
) -> tuple[
    _Roles,
    int,
    tuple[int, int],
    Mode,
    tuple[int, int],
    bool,
    int,
    list[tuple[int, int]],
    pl.Series | None,
]:
    """The question as the kernel takes it."""
    _check(steps, options)
    special: dict[int, Selector | None] = {_ANY: None} if options.mode == "strict" else {}
    ranges = _exclusions(options)
    special |= {_EXCLUDED - i: what for i, (what, _, _) in enumerate(ranges)}
    return (
        tags(log, steps, options.mask, special).parts,
        len(steps),
        _windows(options),
        options.mode,
        bounds(options.starts),
        options.later,
        options.grace // _MICRO,
        [(first - 1, second - 1) for _, first, second in ranges],
        None if options.hold is None else log.codes(options.hold),
    )


def _windows(options: Options) -> tuple[int, int]:
    """Longest time from first to last step, and from step to step."""
    length = FOREVER if options.window is None else options.window // _MICRO
    return (FOREVER, length) if options.each else (length, FOREVER)


def _names(steps: Sequence[Selector]) -> tuple[str, ...]:
    return tuple(_name(step, i) for i, step in enumerate(steps, 1))


def _check(steps: Sequence[Selector], options: Options) -> None:
    short = options.window is not None and options.window < timedelta(0)
    if not steps or short or options.grace < timedelta(0):
        raise UsageError(
            Text(
                "漏斗至少要有一步，时间窗不能为负",
                "a funnel needs a step and a window of 0 or more",
            ),
            Text("请补上步骤或改时间窗。", "Add a step or change the window."),
        )
    ordered = options.mode in ("best", "first_entry")
    ranges = _exclusions(options)
    if not ordered and (options.later or options.grace or options.each or ranges):
        raise UsageError(
            Text(
                f"方式“{options.mode}”不支持排除、递增、容差或按步的时间窗",
                f"mode “{options.mode}” takes no exclude, later, grace or window by step",
            ),
            Text("请用 best 或 first_entry。", "Use best or first_entry."),
        )
    if any(not 1 <= first < second <= len(steps) for _, first, second in ranges):
        raise UsageError(
            Text("排除区间的两步不对", "the two steps of the exclusion are wrong"),
            Text(f"请用 1 到 {len(steps)}，前小后大。", f"Use 1 to {len(steps)}, ascending."),
        )
    if len(ranges) > MAX_EXCLUSIONS or (ranges and len(steps) + len(ranges) > _EXCLUDED + 1):
        raise UsageError(
            Text(f"排除区间太多：{len(ranges)} 个", f"{len(ranges)} exclusions are too many"),
            Text(f"最多 {MAX_EXCLUSIONS} 个。", f"Use at most {MAX_EXCLUSIONS}."),
        )


def _exclusions(options: Options) -> list[Exclude]:
    """One range or several, as a list."""
    given = options.exclude
    if given is None:
        return []
    if isinstance(given, tuple) and len(given) == 3 and isinstance(given[1], int):
        return [(given[0], given[1], given[2])]
    return list(given)


def bounds(period: Period) -> tuple[int, int]:
    """[from, before) in microseconds; None is open."""
    first, before = period
    return (
        -FOREVER if first is None else micros(first),
        FOREVER if before is None else micros(before),
    )


def _name(step: Selector, number: int) -> str:
    if isinstance(step, str):
        return step
    return (step.name or f"step {number}") if isinstance(step, pl.Series) else " | ".join(step)
