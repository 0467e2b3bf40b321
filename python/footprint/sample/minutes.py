"""Stream minutes: people leave faster above the latency break (PT03); stutter by region (PT03b);
the long streams carry PT24. Likes per minute do not know the latency (PT03's null twin)."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.calendar import WEEK_DOUBLE_11, moment
from footprint.sample.food import BURST_STREAM, CALM_STREAM, REMOTE, enters_per_minute
from footprint.sample.world import World

_SEGMENTS = (("开场悬念", 1 / 6), ("卖点讲解", 1 / 2), ("答疑互动", 1.0))
_LIKES_PER_VIEWER = 0.12
_STAY_MIN = 15


def stream_minutes(world: World, streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Minute rows of the streams whose minutes were exported; orders and sales as in the orders."""
    chosen = _chosen(streams)
    length = ((chosen["end_ts"] - chosen["start_ts"]) // 60).to_numpy()
    at = np.repeat(np.arange(chosen.height), length)
    minute = np.concatenate([np.arange(one) for one in length])
    rows = len(at)
    latency, stutter = _quality(world, chosen, at)
    online, enters, exits = _flow(world, chosen, at, length, latency)
    chance = world.chance
    frame = pl.DataFrame({
        "stream_id": chosen["stream_id"].gather(at),
        "minute_ts": chosen["start_ts"].gather(at) + minute * 60,
        "online": online,
        "enters": enters,
        "exits": exits,
        "comments": chance.rounded("minutes/comments", online * 0.02),
        "likes": chance.rounded("minutes/likes", online * _LIKES_PER_VIEWER),
        "product_clicks": chance.rounded("minutes/clicks", online * 0.03),
        "add_cart": chance.rounded("minutes/cart", online * 0.008),
        "latency_s": latency,
        "stutter_rate": stutter,
        "segment": _segments(minute / length[at]),
    })  # fmt: skip
    assert frame.height == rows
    return _with_sales(frame, orders)


def _chosen(streams: pl.DataFrame) -> pl.DataFrame:
    """Tagged and plain fresh streams, one beauty stream a week and all of the report week's, PT10's
    large streams, the regional and the long ones."""
    report = pl.col("start_ts") >= int(moment(7 * WEEK_DOUBLE_11))
    number = pl.col("stream_id").str.slice(2).cast(pl.Int64)
    beauty = (pl.col("category") == "beauty") & (report | (number % 2 == 1))
    busy_food = pl.col("stream_id").is_in(["FD901", "FD902", BURST_STREAM, CALM_STREAM])
    regional = pl.col("region_target").is_not_null()
    return streams.filter((pl.col("category") == "fresh") | beauty | busy_food | regional)


def _quality(world: World, streams: pl.DataFrame, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latency (seconds) and stutter rate of every minute."""
    rows, chance = len(at), world.chance
    edge = world.param("PT03.break_s")
    report = (streams["start_ts"].to_numpy() >= moment(7 * WEEK_DOUBLE_11))[at]
    slow = np.empty(rows, dtype=bool)
    for name, part in (("report", report), ("before", ~report)):
        slow[part] = chance.hits(f"PT03/{name}", int(part.sum()), world.param("PT03.slow_share"))
    place = chance.uniform("PT03/latency", rows)
    calm = edge * (0.2 + 0.795 * np.sqrt(place))
    lagging = edge * (1.005 + 1.0 * place * place)
    latency = np.round(np.where(slow, lagging, calm), 2)
    mean = np.where(
        (streams["region_target"] == REMOTE).fill_null(value=False).to_numpy(),
        world.param("PT03b.stutter_remote"), world.param("PT03b.stutter"),
    )[at]  # fmt: skip
    wobble = 1 + 0.4 * (chance.uniform("PT03/stutter", rows) - 0.5)
    return latency, np.round(mean * wobble, 3)


def _flow(
    world: World, streams: pl.DataFrame, at: np.ndarray, length: np.ndarray, latency: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People online at each minute's start, coming and leaving; who is online next follows."""
    slow = latency > world.param("PT03.break_s")
    rate = np.where(slow, world.param("PT03.exit_hi"), world.param("PT03.exit_lo"))
    luck = world.chance.uniform("PT03/exits", len(at))
    coming = _coming(world, streams, at, length)
    online, exits = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    ends = np.cumsum(length)
    for stream, end in enumerate(ends):
        begin = end - length[stream]
        now = int(coming[begin : begin + _STAY_MIN].sum())
        for row in range(begin, end):
            online[row] = now
            leaving = now * rate[row]
            exits[row] = int(leaving) + (luck[row] < leaving - int(leaving))
            now += int(coming[row]) - exits[row]
    return online, coming, exits


def _coming(world: World, streams: pl.DataFrame, at: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Viewers coming in per minute: all of a stream's viewers, more of them early on."""
    parts = []
    for row, minutes in zip(streams.iter_rows(named=True), length, strict=True):
        if row["stream_id"] in (BURST_STREAM, CALM_STREAM):
            parts.append(enters_per_minute(world, row["stream_id"]))
            continue
        weight = 1.0 + 0.6 * np.linspace(1, 0, minutes)
        edge = np.floor(np.cumsum(weight) / weight.sum() * row["viewers"] + 0.5).astype(np.int64)
        parts.append(np.diff(edge, prepend=0))
    return np.concatenate(parts)


def _segments(place: np.ndarray) -> list[str]:
    names = [name for name, _ in _SEGMENTS]
    ends = np.array([end for _, end in _SEGMENTS])
    return [names[k] for k in np.minimum(np.searchsorted(ends, place, side="right"), 2)]


def _with_sales(frame: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    sold = (
        orders.filter(pl.col("stream_id").is_not_null())
        .group_by("stream_id", minute_ts=pl.col("order_ts") // 60 * 60)
        .agg(orders=pl.len().cast(pl.Int64), gmv=pl.col("paid_amount").sum())
    )
    joined = frame.join(sold, on=["stream_id", "minute_ts"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("orders", "gmv").fill_null(0))
