"""Beauty: streams under the industry mean (PT21), exaggeration and returns (PT06), and the same
origin-tracing tag without any effect (PT01's null twin)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.sample.calendar import WEEK_DOUBLE_11
from footprint.sample.catalogue import skus_of
from footprint.sample.fresh import TAG
from footprint.sample.sales import (
    Bought,
    Part,
    order_rows,
    returning,
    stream_rows,
    visit_rows,
)  # fmt: skip
from footprint.sample.scripts import CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN
from footprint.sample.staff import CREWS
from footprint.sample.world import World

CLAIM_STREAM, CLAIM_STREAM_TWIN = "BE061", "BE062"
LOW_STREAMS = ("BE056", "BE057", "BE058")
NEAR_STREAMS = ("BE059", "BE060")
_USUAL_VIEWERS, _PROBE_VIEWERS, _CLAIM_VIEWERS = 400, 1000, 2000
_SPREAD = (-2, 1, 0, 2, -1)


@dataclass(frozen=True, slots=True)
class _Show:
    """One stream: week, weekday, hour, viewers, conversion, tag, script and part sent back."""

    week: int
    weekday: int
    hour: int
    viewers: int
    rate: float
    tagged: bool
    returns: float
    script: str | None = None


def beauty(world: World) -> Part:
    """62 streams: two a week, and eight in the report week."""
    shows = [*_usual(world), *_report_week(world)]
    streams = _streams(world, shows)
    sold = [
        world.chance.count(f"beauty/{n}", show.viewers, show.rate) for n, show in enumerate(shows)
    ]
    slots = np.repeat(np.arange(len(shows)), sold)
    rows = len(slots)
    bought = Bought(
        stream=slots, user=returning(world, "beauty", rows, 0.2, 300),
        sku=world.chance.pick("beauty/sku", rows, skus_of("beauty")), factor=0.9,
        refund=_returns(world, shows, sold),
    )  # fmt: skip
    orders = order_rows(world, "beauty", streams, bought)
    return Part(streams, orders, visit_rows(orders, streams, world))


def _usual(world: World) -> list[_Show]:
    """A tagged and a plain stream each week, at the same rate; one more before Double 11."""
    null, base = world.param("PT01.p_null"), world.param("PT06.base")
    shows = []
    for week in range(WEEK_DOUBLE_11):
        rate = null + _SPREAD[week % len(_SPREAD)] / _USUAL_VIEWERS
        late = week % 2
        for tagged in (True, False):
            hour = 20 if tagged == bool(late) else 14
            shows.append(_Show(week, week % 7, hour, _USUAL_VIEWERS, rate, tagged, base))
    return shows


def _report_week(world: World) -> list[_Show]:
    mean, base = world.param("PT21.mean"), world.param("PT06.base")
    probes = [*world.param("PT21.bad"), *world.param("PT21.near")]
    shows = [_Show(WEEK_DOUBLE_11, 6, 20, _USUAL_VIEWERS, mean, False, base)]
    shows += [
        _Show(WEEK_DOUBLE_11, day, 14, _PROBE_VIEWERS, rate, day in (0, 4), base)
        for day, rate in enumerate(probes)
    ]
    bad = world.param("PT06.bad")
    return [
        *shows,
        _Show(WEEK_DOUBLE_11, 1, 20, _CLAIM_VIEWERS, mean, True, bad, CLAIM_SCRIPT),
        _Show(WEEK_DOUBLE_11, 3, 20, _CLAIM_VIEWERS, mean, False, base, CLAIM_SCRIPT_TWIN),
    ]


def _streams(world: World, shows: list[_Show]) -> pl.DataFrame:
    rows = len(shows)
    crew = np.array(CREWS["beauty"], dtype=object)
    week = np.array([show.week for show in shows])
    return stream_rows(
        world, "beauty", [f"BE{n + 1:03d}" for n in range(rows)],
        day=week * 7 + np.array([show.weekday for show in shows]),
        clock=np.array([show.hour for show in shows]) * 3600, minutes=120,
        host=crew[week % 2], viewers=np.array([show.viewers for show in shows]),
        series=["朝露专场"] * rows, tags=[TAG if show.tagged else None for show in shows],
        script_id=[show.script for show in shows],
    )  # fmt: skip


def _returns(world: World, shows: list[_Show], sold: list[int]) -> np.ndarray:
    """Whole-order refunds, spread over the streams so that each keeps its own rate."""
    parts, carried = [], 0.0
    for number, (show, lines) in enumerate(zip(shows, sold, strict=True)):
        if world.chance.noise == "binomial":
            parts.append(world.chance.hits(f"beauty/returns/{number}", lines, show.returns))
            continue
        carried += lines * show.returns
        back = int(np.floor(carried + 0.5))
        carried -= back
        flags = np.zeros(lines, dtype=bool)
        flags[world.chance.order(f"beauty/returns/{number}", lines)[:back]] = True
        parts.append(flags)
    return np.concatenate(parts).astype(float)
