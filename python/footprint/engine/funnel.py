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
    from footprint.engine.log import EventLog

Mode = Literal["best", "first_entry"]
FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Funnel:
    """The answer of ``EventLog.funnel``.

    ``people`` has one row per user who reached step 1: ``user`` (code), ``level`` (1..steps),
    ``start_ts``, ``end_ts`` (of the last step reached), ``elapsed_us``, ``start_row``, ``end_row``
    (source rows of both ends, to look up any column there).
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

    def seconds(self, step: int | None = None) -> pl.Series:
        """Seconds from the first to the last step of users who got to ``step`` (default: the end).

        Only users whose highest level is ``step`` have that time; for the end it is the time to
        convert: to the earliest completion, from the latest start that completes then.
        """
        level = len(self.names) if step is None else step
        return self.people.filter(pl.col("level") == level)["elapsed_us"] / 1_000_000


def ask(
    log: EventLog,
    steps: Sequence[Selector],
    window: timedelta | None,
    mode: Mode,
    mask: pl.Series | None,
    starts: tuple[datetime | None, datetime | None],
    task: _core.Task | None,
) -> Funnel:
    """See ``EventLog.funnel``."""
    if not steps or (window is not None and window < timedelta(0)):
        raise UsageError(
            Text(
                "漏斗至少要有一步，时间窗不能为负",
                "a funnel needs a step and a window of 0 or more",
            ),
            Text("请补上步骤或改时间窗。", "Add a step or change the window."),
        )
    answer = _core.funnel(
        log.layout,
        tags(log, steps, mask).parts,
        len(steps),
        FOREVER if window is None else window // timedelta(microseconds=1),
        mode,
        bounds(starts),
        task,
    )
    people = pl.DataFrame(answer).with_columns(
        pl.col("start_ts", "end_ts").cast(pl.Datetime("us", "UTC"))
    )
    return Funnel(tuple(_name(step, i) for i, step in enumerate(steps, 1)), people)


def bounds(period: tuple[datetime | None, datetime | None]) -> tuple[int, int]:
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
