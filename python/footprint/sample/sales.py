"""From "who bought what, where and when" to full rows of orders, visits and streams.

Inside the generator times are seconds of shop time, dates day numbers and money whole cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, moment
from footprint.sample.catalogue import LINES, products
from footprint.sample.world import World, user_ids

CHANNELS = {"platform_rec": 0.45, "kol_seed": 0.2, "private_group": 0.2, "ads": 0.15}
CHANNEL_CLASS = {
    "platform_rec": "platform", "kol_seed": "kol", "private_group": "private", "ads": "paid",
    "search": "paid",
}  # fmt: skip
PLATFORMS = {"douyin": 0.5, "taobao": 0.3, "kuaishou": 0.2}
REGIONS = ("浙江", "江苏", "广东", "四川", "山东", "河南", "湖北", "北京", "辽宁", "福建")
PARTIAL_REFUND = 0.1
_REASONS = ("不想要了", "与描述不符", "质量问题", "七天无理由")
_END = int(moment(DAYS))


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the generator adds to the world; frames may be empty."""

    streams: pl.DataFrame
    orders: pl.DataFrame
    events: pl.DataFrame


def stream_rows(
    world: World, category: str, ids: Sequence[str], *, day: np.ndarray, clock: np.ndarray | int,
    minutes: int, host: Sequence[str] | np.ndarray, viewers: np.ndarray, **more: object,
) -> pl.DataFrame:  # fmt: skip
    """Rows of the streams table; ``clock`` is the second of the day, ``more`` further columns."""
    rows = len(ids)
    start = moment(day, clock)
    return pl.DataFrame({
        "stream_id": ids,
        "start_ts": start,
        "end_ts": start + minutes * 60,
        "platform": world.chance.choice(f"platform/{category}/{ids[0]}", rows, PLATFORMS),
        "host_id": host,
        "category": [category] * rows,
        "stage": ["regular"] * rows,
        "viewers": np.asarray(viewers, dtype=np.int64),
        **more,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bought:
    """One entry per order line. ``stream`` is a row of the streams frame, -1 = the shop shelf;
    ``day`` is only read for shelf orders. ``user`` and ``referrer`` are members of the crowd
    (referrer -1 = none); ``refund`` is the part of the money given back."""

    stream: np.ndarray
    user: np.ndarray
    sku: np.ndarray
    day: np.ndarray | None = None
    factor: np.ndarray | float = 1.0
    refund: np.ndarray | float = 0.0
    referrer: np.ndarray | None = None
    complaint: np.ndarray | None = None
    region: np.ndarray | None = None


def order_rows(
    world: World, category: str, streams: pl.DataFrame, bought: Bought, start: int = 0
) -> pl.DataFrame:
    """Rows of the orders table in time order, one line per order, numbered from ``start``."""
    rows, chance = len(bought.user), world.chance
    name = f"orders/{category}/{start}"
    on_air = bought.stream >= 0
    at = np.where(on_air, bought.stream, 0)
    goods = products(world).select("sku_id", "price", "unit_cost", "commission_rate")
    frame = pl.DataFrame({
        "order_ts": _times(world, name, streams, bought),
        "user": bought.user,
        "sku_id": bought.sku,
        "on_air": on_air,
        "stream_id": streams["stream_id"].gather(at),
        "host_id": streams["host_id"].gather(at),
        "platform": streams["platform"].gather(at),
        "factor": np.broadcast_to(np.asarray(bought.factor, dtype=np.float64), rows),
        "refund_part": np.broadcast_to(np.asarray(bought.refund, dtype=np.float64), rows),
        "referrer": bought.referrer if bought.referrer is not None else np.full(rows, -1),
        "is_complaint": bought.complaint if bought.complaint is not None else np.zeros(rows, bool),
        "region": bought.region if bought.region is not None else _regions(world, category, bought),
        "shelf_platform": chance.choice(f"{name}/platform", rows, PLATFORMS),
        "channel": chance.choice(f"{name}/channel", rows, CHANNELS),
        "wait": chance.whole(f"{name}/wait", rows, 4 * 3600, 40 * 3600),
        "refund_wait": chance.whole(f"{name}/refund", rows, 2 * 86_400, 8 * 86_400),
        "refund_reason": chance.pick(f"{name}/reason", rows, _REASONS),
    }).join(goods, on="sku_id", how="left", maintain_order="left")  # fmt: skip
    frame = frame.sort("order_ts", "user", maintain_order=True).with_row_index("n", start)
    return _finished(frame, category)


def _times(world: World, name: str, streams: pl.DataFrame, bought: Bought) -> np.ndarray:
    rows, chance = len(bought.user), world.chance
    at = np.where(bought.stream >= 0, bought.stream, 0)
    begin = streams["start_ts"].to_numpy()[at] + 120
    length = streams["end_ts"].to_numpy()[at] - begin - 10
    live = begin + (chance.uniform(f"{name}/second", rows) * length).astype(np.int64)
    if bought.day is None:
        return live
    shelf = moment(bought.day, chance.whole(f"{name}/shelf", rows, 9 * 3600, 23 * 3600))
    return np.where(bought.stream >= 0, live, shelf)


def _regions(world: World, category: str, bought: Bought) -> np.ndarray:
    """A buyer's home, the same in every order."""
    return world.chance.pick(f"region/{category}", bought.user, REGIONS)


def _finished(frame: pl.DataFrame, category: str) -> pl.DataFrame:
    crowd_ids = {name: user_ids(category, frame[name]) for name in ("user", "referrer")}
    on_air, refunded = pl.col("on_air"), pl.col("refund_part") > 0
    paid = (pl.col("price") * pl.col("factor")).round(mode="half_away_from_zero").cast(pl.Int64)
    frame = frame.with_columns(paid_amount=paid)
    part = pl.col("paid_amount") * pl.col("refund_part")
    shipped = pl.col("order_ts") + pl.col("wait")
    back = pl.col("order_ts") + pl.col("refund_wait")
    return frame.select(
        pl.format("{}{}", pl.lit(LINES[category].prefix.lower()),
                  pl.col("n").cast(pl.String).str.zfill(6)).alias("order_id"),
        "order_ts",
        user_id=crowd_ids["user"],
        sku_id="sku_id",
        qty=pl.lit(1, pl.Int64),
        paid_amount="paid_amount",
        line_no=pl.lit(1, pl.Int64),
        stream_id=pl.when(on_air).then("stream_id"),
        host_id=pl.when(on_air).then("host_id"),
        platform=pl.when(on_air).then("platform").otherwise("shelf_platform"),
        channel="channel",
        list_amount="price",
        discount=pl.col("price") - pl.col("paid_amount"),
        commission=(pl.col("paid_amount") * pl.col("commission_rate")).round().cast(pl.Int64),
        refund_amount=pl.when(refunded).then(part.round().cast(pl.Int64)),
        refund_ts=pl.when(refunded).then(pl.min_horizontal(back, pl.lit(_END - 60))),
        refund_reason=pl.when(refunded).then("refund_reason"),
        ship_ts=pl.when(shipped < _END).then(shipped),
        region="region",
        is_complaint="is_complaint",
        referrer_id=crowd_ids["referrer"],
    )  # fmt: skip


def visit_rows(orders: pl.DataFrame, streams: pl.DataFrame, world: World) -> pl.DataFrame:
    """The visit behind each order: coming into the stream, or a click on the shelf."""
    name = f"visits/{orders['order_id'][0]}" if orders.height else "visits"
    before = pl.Series("before", world.chance.whole(name, orders.height, 20, 900))
    starts = streams.select("stream_id", start="start_ts")
    frame = orders.join(starts, on="stream_id", how="left", maintain_order="left")
    came = pl.col("order_ts") - before
    live = pl.col("stream_id").is_not_null()
    return frame.select(
        event_ts=pl.when(live).then(pl.max_horizontal(came, pl.col("start") + 5)).otherwise(came),
        user_id="user_id",
        event_type=pl.when(live).then(pl.lit("stream_enter")).otherwise(pl.lit("click")),
        session_id=pl.format("v{}", "order_id"),
        platform="platform",
        channel="channel",
        channel_class=pl.col("channel").replace_strict(CHANNEL_CLASS, return_dtype=pl.String),
        stream_id="stream_id",
        sku_id=pl.when(~live).then("sku_id"),
        region="region",
    )


def counted(streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """``streams`` with buyers and gmv (cents) as the orders say."""
    sold = orders.group_by("stream_id").agg(
        buyers=pl.col("user_id").n_unique().cast(pl.Int64), gmv=pl.col("paid_amount").sum()
    )
    return streams.drop("buyers", "gmv", strict=False).join(
        sold, on="stream_id", how="left", maintain_order="left"
    ).with_columns(pl.col("buyers", "gmv").fill_null(0))  # fmt: skip


def returning(world: World, name: str, rows: int, share: float, warm_up: int) -> np.ndarray:
    """Buyer of each of ``rows`` orders in time order: new ones 0,1,2..., and after ``warm_up``
    orders a ``share`` of earlier buyers, each coming back at most once."""
    again = np.zeros(rows, dtype=bool)
    late = max(0, rows - warm_up)
    again[rows - late :] = world.chance.uniform(f"{name}/again", late) < share
    user = np.cumsum(~again) - 1
    pool = world.chance.order(f"{name}/pool", min(warm_up, rows))
    back = np.flatnonzero(again)[: len(pool)]
    again[:] = False
    again[back] = True
    user = np.cumsum(~again) - 1
    user[back] = pool[: len(back)]
    return user
