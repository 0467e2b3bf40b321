"""Apparel: journeys over four channels (PT09); fewer returns once sizes are shown (PT17).

Every touch of apparel belongs to one journey; touches of a journey lie whole gaps (one half-life
each) apart, and the order follows minutes after the last touch.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, WEEKS, moment
from footprint.sample.catalogue import skus_of
from footprint.sample.sales import (
    CHANNEL_CLASS,
    Bought,
    Part,
    order_rows,
    stream_rows,
)  # fmt: skip
from footprint.sample.staff import CREWS
from footprint.sample.world import World, user_ids

CHANNEL_OF = {"K": "kol_seed", "P": "platform_rec", "Q": "private_group", "A": "ads"}
_TOUCH = {"K": "video_view", "P": "stream_enter", "Q": "click", "A": "click"}
_WEEKDAYS = (1, 5)
SIZE_TAG = "size_demo"
SIZE_FIRST = 2 * (WEEKS // 2)  # first stream with the size demo
SIZE_REASON = "尺码不合适"
_CONVERSION = 0.045


def apparel(world: World) -> Part:
    """Two streams a week whose visitors come by the planted paths."""
    journeys = _journeys(world)
    streams = _streams(world, journeys)
    orders = _orders(world, journeys, streams)
    return Part(streams, orders, _touches(world, journeys))


def counts(world: World, name: str) -> Mapping[str, int]:
    """Journeys per path at this scale."""
    parts = world.size.journey_parts
    return {path: round(count / parts) for path, count in world.param(f"PT09.{name}").items()}


def _journeys(world: World) -> pl.DataFrame:
    """One row per journey: user, path, converts, touches, week and slot of the last touch, start of
    the touch within the stream."""
    rows = [
        (path, converts)
        for name, converts in (("conversions", True), ("nulls", False))
        for path, count in counts(world, name).items()
        for _ in range(count)
    ]
    total, chance = len(rows), world.chance
    touches = np.array([path.count(">") + 1 for path, _ in rows])
    gap_weeks = np.ceil((touches - 1) * world.param("PT09.gap_days") / 7).astype(np.int64)
    room = WEEKS - gap_weeks
    week = gap_weeks + (chance.uniform("PT09/week", total) * room).astype(np.int64)
    slot = chance.whole("PT09/slot", total, 0, 1)
    return pl.DataFrame({
        "user": chance.order("PT09/users", total),
        "path": [path for path, _ in rows],
        "converts": [converts for _, converts in rows],
        "stream": week * 2 + slot,
        "second": chance.whole("PT09/second", total, 300, 6000),
        "sku_id": chance.pick("PT09/sku", total, skus_of("apparel")),
    })  # fmt: skip


def _streams(world: World, journeys: pl.DataFrame) -> pl.DataFrame:
    number = np.arange(2 * WEEKS)
    ids = [f"AP{n + 1:03d}" for n in number]
    crew = np.array(CREWS["apparel"], dtype=object)
    seen = np.bincount(journeys["stream"].to_numpy(), minlength=len(number))
    sold = np.bincount(journeys.filter("converts")["stream"].to_numpy(), minlength=len(number))
    viewers = np.maximum(seen, np.ceil(sold / _CONVERSION).astype(np.int64)) + 20
    return stream_rows(
        world, "apparel", ids, day=7 * (number // 2) + np.array(_WEEKDAYS)[number % 2],
        clock=20 * 3600, minutes=120, host=crew[number % 2], viewers=viewers,
        series=["山野穿搭"] * len(ids),
        tags=[SIZE_TAG if n >= SIZE_FIRST else None for n in number],
    )  # fmt: skip


def _orders(world: World, journeys: pl.DataFrame, streams: pl.DataFrame) -> pl.DataFrame:
    bought = journeys.filter("converts").sort("user")
    rows = bought.height
    refund = _refunds(world, bought["stream"].to_numpy())
    orders = order_rows(world, "apparel", streams, Bought(
        stream=bought["stream"].to_numpy(), user=bought["user"].to_numpy(),
        sku=bought["sku_id"].to_numpy(), factor=0.88, refund=refund.astype(float),
    ))  # fmt: skip
    last = bought.select(
        user_id=user_ids("apparel", bought["user"]),
        last_channel=pl.col("path").str.slice(-1).replace_strict(CHANNEL_OF),
        at=_last_touch(bought, streams) + pl.Series(world.chance.whole("PT09/wait", rows, 60, 900)),
    )
    orders = orders.join(last, on="user_id", maintain_order="left").with_columns(
        order_ts="at", channel="last_channel"
    ).drop("at", "last_channel").sort("order_ts", maintain_order=True)  # fmt: skip
    return _with_reasons(world, orders)


def _refunds(world: World, stream: np.ndarray) -> np.ndarray:
    """Which orders come back, a share before the size demo and a smaller one from it on (PT17)."""
    found = np.zeros(len(stream), dtype=bool)
    late = stream >= SIZE_FIRST
    for side, name in ((~late, "PT17.before"), (late, "PT17.after")):
        found[side] = world.chance.hits(name, int(side.sum()), world.param(name))
    return found


def _with_reasons(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """A share of the returns was for the size."""
    back = pl.col("refund_reason").is_not_null()
    rows = orders.with_row_index("row").filter(back)["row"]
    size = world.chance.hits("PT17/size", len(rows), world.param("PT17.size_share"))
    chosen = rows.filter(pl.Series(size))
    reasons = orders["refund_reason"].scatter(chosen, [SIZE_REASON] * len(chosen))
    return orders.with_columns(refund_reason=reasons)


def _last_touch(journeys: pl.DataFrame, streams: pl.DataFrame) -> pl.Series:
    return streams["start_ts"].gather(journeys["stream"]) + journeys["second"]


def _touches(world: World, journeys: pl.DataFrame) -> pl.DataFrame:
    gap = int(world.param("PT09.gap_days") * DAY_S)
    steps = journeys.with_columns(
        last=pl.Series(moment(_days(journeys), 20 * 3600)) + pl.col("second"),
        code=pl.col("path").str.split(">"),
    ).with_columns(n=pl.col("code").list.len(), place=pl.int_ranges(pl.col("code").list.len()))
    steps = steps.explode("code", "place")
    back = pl.col("n") - 1 - pl.col("place")
    number = pl.col("stream") + 1 - 2 * (back * gap // (7 * DAY_S))
    content = pl.format("V{}", (pl.col("user") % 40 + 1).cast(pl.String).str.zfill(3))
    video = pl.col("code") == "K"
    return steps.select(
        event_ts=pl.col("last") - back.cast(pl.Int64) * gap,
        user_id=user_ids("apparel", steps["user"]),
        event_type=pl.col("code").replace_strict(_TOUCH),
        platform=pl.lit("douyin"),
        channel=pl.col("code").replace_strict(CHANNEL_OF),
        channel_class=pl.col("code").replace_strict(CHANNEL_OF).replace_strict(CHANNEL_CLASS),
        content_id=pl.when(video).then(content),
        stream_id=pl.when(~video).then(pl.format("AP{}", number.cast(pl.String).str.zfill(3))),
        sku_id=pl.when(video | (pl.col("code") == "A")).then("sku_id"),
        campaign_id=pl.when(pl.col("code") == "A").then(pl.lit("C-AP")),
    )


def _days(journeys: pl.DataFrame) -> np.ndarray:
    stream = journeys["stream"].to_numpy()
    return 7 * (stream // 2) + np.array(_WEEKDAYS)[stream % 2]
