"""Food: ignored goods (PT04), complaints per stream (PT10), stutter by region (PT03b) and bursts of
viewers coming in (PT24).

Every food SKU sells equally often (one after the other, PT04's goods spread evenly over the turn),
so any number of further food orders leaves PT04 as it is.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, WEEK_618, WEEK_DOUBLE_11, WEEKS, day_of, moment
from footprint.sample.catalogue import food_skus
from footprint.sample.sales import (
    REGIONS,
    Bought,
    Part,
    order_rows,
    returning,
    stream_rows,
    visit_rows,
)  # fmt: skip
from footprint.sample.staff import CREWS, REGION_HOST
from footprint.sample.world import World, user_ids

COMPLAINT_STREAMS = {"a": "FD901", "b": "FD902", "c": "FD903"}
BURST_STREAM, CALM_STREAM = "FD911", "FD912"
REMOTE, NEAR, NEAR_TWIN = "新疆", "浙江", "广东"
BURST_MINUTES = 300
BURST_AT = 167
BURST_DAY = day_of(date(2026, 9, 5))
_BURST_BUYERS = 120
_REGION_VIEWERS = {REMOTE: 1000, NEAR: 500, NEAR_TWIN: 500}
_REGION_STREAM_VIEWERS = 100
_REGION_FIRST_USER = 50_000
_DAILY, _DAILY_618, _DAILY_DOUBLE_11 = 6, 12, 60
_OTHER_COMPLAINTS = 0.004
# Minutes of the half hours of the long streams: how many come in, before chance.
_ENTERS_WAVE = (20, 24, 17, 23, 16, 15, 25, 18, 22, 20)


def food(world: World) -> Part:
    """The daily snack stream and the special ones; nothing in food is sent back."""
    streams = pl.concat(
        [_daily(world), _specials(world), _long(world), _regional(world)], how="diagonal_relaxed"
    )
    bought = _bought(world, streams)
    orders = order_rows(world, "food", streams, bought)
    visits = visit_rows(orders, streams, world)
    return Part(streams, orders, pl.concat([visits, _watchers(world, streams, orders)],
                                           how="diagonal_relaxed"))  # fmt: skip


def enters_per_minute(world: World, stream_id: str) -> np.ndarray:
    """Viewers coming into one of the long streams in each minute; PT24's burst in one of them."""
    wave = np.repeat(_ENTERS_WAVE, BURST_MINUTES // len(_ENTERS_WAVE)).astype(float)
    noise = 5.0 * world.chance.normal(f"PT24/{stream_id}", BURST_MINUTES)
    enters = world.chance.rounded(f"PT24/round/{stream_id}", np.maximum(wave + noise, 2.0))
    if stream_id == BURST_STREAM:
        start = BURST_AT // 5 * 5
        enters[start : start + 5] += _split(int(world.param("PT24.burst")), 5)
    return enters


def turn_of_skus(world: World, first: int, rows: int) -> np.ndarray:
    """The goods of orders number ``first`` and on: each food SKU once per turn."""
    skus = food_skus(world)
    turn = np.array(skus, dtype=object)[np.arange(len(skus)) * 7 % len(skus)]
    return turn[(first + np.arange(rows)) % len(skus)]


def _split(total: int, parts: int) -> np.ndarray:
    return np.array([total // parts + (part < total % parts) for part in range(parts)])


def _daily(world: World) -> pl.DataFrame:
    crew = np.array(CREWS["food"], dtype=object)
    return stream_rows(
        world, "food", [f"FD{day + 1:03d}" for day in range(DAYS)], day=np.arange(DAYS),
        clock=17 * 3600, minutes=60, host=crew[np.arange(DAYS) % 2],
        viewers=_daily_orders() * 20, series=["零食日播"] * DAYS,
    )  # fmt: skip


def _daily_orders() -> np.ndarray:
    week = np.arange(DAYS) // 7
    busy = np.where(week == WEEK_618, _DAILY_618, _DAILY)
    return np.where(week == WEEK_DOUBLE_11, _DAILY_DOUBLE_11, busy)


def _specials(world: World) -> pl.DataFrame:
    days = np.array([1, 3, 4]) + 7 * WEEK_DOUBLE_11
    orders = np.array([world.param(f"PT10.{name}")[1] for name in COMPLAINT_STREAMS])
    return stream_rows(
        world, "food", list(COMPLAINT_STREAMS.values()), day=days, clock=20 * 3600, minutes=120,
        host=["H13", "H14", "H13"], viewers=orders * 20, series=["双11零食夜"] * 3,
    )  # fmt: skip


def _long(world: World) -> pl.DataFrame:
    ids = [BURST_STREAM, CALM_STREAM]
    viewers = np.array([enters_per_minute(world, one).sum() for one in ids])
    return stream_rows(
        world, "food", ids, day=np.array([BURST_DAY, BURST_DAY + 7]), clock=10 * 3600,
        minutes=BURST_MINUTES, host=["H14", "H14"], viewers=viewers, series=["周末长播"] * 2,
    )  # fmt: skip


def _regional(world: World) -> pl.DataFrame:
    regions = [
        region
        for region, viewers in _REGION_VIEWERS.items()
        for _ in range(viewers // _REGION_STREAM_VIEWERS)
    ]
    number = np.arange(len(regions))
    return stream_rows(
        world, "food", [f"FD{801 + n}" for n in number],
        day=7 * (3 + world.chance.order("PT03b/weeks", len(regions))) + 2, clock=14 * 3600,
        minutes=30, host=[REGION_HOST] * len(regions),
        viewers=np.full(len(regions), _REGION_STREAM_VIEWERS), series=["地区专场"] * len(regions),
        region_target=regions,
    )  # fmt: skip


def _sold(world: World, streams: pl.DataFrame) -> np.ndarray:
    """Orders per stream."""
    specials = {COMPLAINT_STREAMS[name]: world.param(f"PT10.{name}")[1] for name in "abc"}
    specials |= {BURST_STREAM: _BURST_BUYERS, CALM_STREAM: _BURST_BUYERS}
    sold = np.array([specials.get(one, 0) for one in streams["stream_id"]])
    sold[:DAYS] = _daily_orders()
    regions = streams["region_target"]
    for region, viewers in _REGION_VIEWERS.items():
        rate = world.param("PT03b.conv_remote" if region == REMOTE else "PT03b.conv")
        rows = np.flatnonzero((regions == region).fill_null(value=False).to_numpy())
        sold[rows] = _split(world.chance.count(f"PT03b/{region}", viewers, rate), len(rows))
    return sold


def _bought(world: World, streams: pl.DataFrame) -> Bought:
    sold = _sold(world, streams)
    regional = streams["region_target"].is_not_null().to_numpy()
    slots = np.repeat(np.arange(streams.height), sold)
    rows, ours = len(slots), regional[slots]
    user = np.empty(rows, dtype=np.int64)
    user[~ours] = returning(world, "food", int((~ours).sum()), 0.3, 900)
    user[ours] = _REGION_FIRST_USER + np.arange(ours.sum())
    report = (streams["start_ts"].to_numpy() >= moment(7 * (WEEKS - 1)))[slots]
    sku = np.empty(rows, dtype=object)
    for part in (report, ~report):
        sku[part] = turn_of_skus(world, 0, int(part.sum()))
    home = world.chance.pick("region/food", user, REGIONS)
    target = streams["region_target"].to_numpy()[slots]
    return Bought(
        stream=slots, user=user, sku=sku, complaint=_complaints(world, streams, slots, report),
        region=np.where(ours, target, home),
    )  # fmt: skip


def _complaints(
    world: World, streams: pl.DataFrame, slots: np.ndarray, report: np.ndarray
) -> np.ndarray:
    """PT10's numbers in its streams; elsewhere few, none in the report week or the long streams."""
    ids = streams["stream_id"].to_numpy()[slots]
    quiet = report | np.isin(ids, [BURST_STREAM, CALM_STREAM])
    found = world.chance.hits("complaints", len(slots), _OTHER_COMPLAINTS) & ~quiet
    for name, stream in COMPLAINT_STREAMS.items():
        rows = np.flatnonzero(ids == stream)
        chosen = world.chance.order(f"PT10/{name}", len(rows))[: world.param(f"PT10.{name}")[0]]
        found[rows[chosen]] = True
    return found


def _watchers(world: World, streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Those who came into the regional streams and bought nothing: all of their viewers are
    tracked, with their region."""
    shows = streams.filter(pl.col("region_target").is_not_null())
    sold = orders.group_by("stream_id").agg(sold=pl.len())
    shows = shows.join(sold, on="stream_id", how="left", maintain_order="left")
    missing = (shows["viewers"] - shows["sold"].fill_null(0)).to_numpy()
    at = np.repeat(np.arange(shows.height), missing)
    first = _REGION_FIRST_USER + int(shows["sold"].fill_null(0).sum())
    seconds = world.chance.whole("PT03b/second", len(at), 0, 25 * 60)
    return pl.DataFrame({
        "event_ts": shows["start_ts"].gather(at) + seconds,
        "user_id": user_ids("food", first + np.arange(len(at))),
        "event_type": ["stream_enter"] * len(at),
        "platform": shows["platform"].gather(at),
        "stream_id": shows["stream_id"].gather(at),
        "region": shows["region_target"].gather(at),
    })  # fmt: skip
