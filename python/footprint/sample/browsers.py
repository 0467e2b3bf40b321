"""Visitors around the truths: funnels, returns after days, and food orders in the daily stream.

A browsing user is a function of the user number, so any block of users can be written on its own
and a world of millions needs no more memory than one block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, busy, moment
from footprint.sample.catalogue import products
from footprint.sample.food import turn_of_skus
from footprint.sample.sales import CHANNEL_CLASS, CHANNELS, REGIONS
from footprint.sample.world import World, user_ids

BLOCK = 50_000
# Days after the first visit and the share of users who come on that day.
_VISITS = {0: 1.0, 1: 0.24, 2: 0.15, 3: 0.12, 5: 0.10, 7: 0.16, 10: 0.07, 14: 0.09, 21: 0.07,
           30: 0.10, 45: 0.05, 60: 0.04}  # fmt: skip
# Steps of a visit, how many of the step before take it, and seconds after the visit began.
_STEPS = (
    ("impression", 1.0, 0), ("click", 0.62, 15), ("stream_enter", 0.80, 30), ("comment", 0.10, 200),
    ("product_click", 0.45, 240), ("add_cart", 0.40, 300), ("order", 0.45, 420), ("pay", 0.95, 450),
    ("stream_exit", 0.90, 900),
)  # fmt: skip
# The step before, where it is not the one listed before.
_AFTER = {"product_click": "stream_enter", "stream_exit": "stream_enter"}
_AGES = {"18-23": 0.22, "24-30": 0.34, "31-40": 0.28, "41-50": 0.11, "50+": 0.05}
_START_S = 17 * 3600 + 300


@dataclass(frozen=True, slots=True)
class Block:
    """Events and orders of some users; ``visits`` and ``sold`` per day of the daily food stream:
    users who came in, and orders with their money (cents)."""

    events: pl.DataFrame
    orders: pl.DataFrame
    visits: np.ndarray
    sold: np.ndarray
    gmv: np.ndarray


def blocks(world: World, streams: pl.DataFrame) -> Iterator[Block]:
    """All browsing users, block by block; ``streams`` are the daily food streams by day."""
    bought = 0
    goods = dict(products(world).select("sku_id", "price").iter_rows())
    for first in range(0, world.size.browsers, BLOCK):
        users = np.arange(first, min(first + BLOCK, world.size.browsers))
        block = _block(world, streams, users, bought, goods)
        bought += block.orders.height
        yield block


def _block(
    world: World, streams: pl.DataFrame, users: np.ndarray, bought: int, goods: dict[str, int]
) -> Block:
    visits = _visits(world, users)
    steps = _steps(world, visits)
    steps = steps.join(
        streams.select("stream_id", "host_id", "platform", day="day"), on="day",
        how="left", maintain_order="left",
    )  # fmt: skip
    orders = _orders(world, steps.filter(event_type="pay"), bought, goods)
    day = visits["day"].to_numpy()
    entered = steps.filter(event_type="stream_enter")["day"].to_numpy()
    sold_day = orders["day"].to_numpy()
    return Block(
        _events(steps),
        orders.drop("day"),
        np.bincount(entered, minlength=DAYS) if len(day) else np.zeros(DAYS, np.int64),
        np.bincount(sold_day, minlength=DAYS),
        np.bincount(sold_day, weights=orders["paid_amount"], minlength=DAYS).astype(np.int64),
    )


def _visits(world: World, users: np.ndarray) -> pl.DataFrame:
    """One row per user and day of visit."""
    chance = world.chance
    crowd = np.cumsum(busy(np.arange(DAYS)))
    first = np.searchsorted(crowd, chance.uniform("browse/first", users) * crowd[-1], side="right")
    frames = []
    for number, (gap, share) in enumerate(_VISITS.items()):
        came = (chance.uniform(f"browse/gap{gap}", users) < share) & (first + gap < DAYS)
        frames.append(pl.DataFrame({
            "user": users[came], "day": (first + gap)[came], "visit": np.full(came.sum(), number),
        }))  # fmt: skip
    frame = pl.concat(frames).sort("user", "day")
    key = frame["user"].to_numpy() * 16 + frame["visit"].to_numpy()
    return frame.with_columns(
        key=pl.Series(key),
        at=pl.Series(moment(frame["day"].to_numpy(), _START_S))
        + pl.Series(chance.whole("browse/second", key, 0, 2400)),
        channel=pl.Series(chance.choice("browse/channel", key, CHANNELS), dtype=pl.String),
        region=pl.Series(chance.pick("browse/region", frame["user"].to_numpy(), REGIONS),
                         dtype=pl.String),
        age_band=pl.Series(chance.choice("browse/age", frame["user"].to_numpy(), _AGES),
                           dtype=pl.String),
    )  # fmt: skip


def _steps(world: World, visits: pl.DataFrame) -> pl.DataFrame:
    """One row per step taken."""
    key = visits["key"].to_numpy()
    reached: dict[str, np.ndarray] = {}
    before = ""
    frames = []
    for name, share, after in _STEPS:
        base = reached.get(_AFTER.get(name, before), np.ones(len(key), dtype=bool))
        reached[name] = base & (world.chance.uniform(f"browse/{name}", key) < share)
        taken = visits.filter(reached[name])
        frames.append(taken.with_columns(event_type=pl.lit(name), at=pl.col("at") + after))
        before = name
    return pl.concat(frames).sort("user", "at", maintain_order=True)


def _events(steps: pl.DataFrame) -> pl.DataFrame:
    inside = ~pl.col("event_type").is_in(["impression", "click"])
    return steps.select(
        event_ts="at",
        user_id=user_ids("browser", steps["user"]),
        event_type="event_type",
        session_id=pl.format("w{}", "key"),
        platform="platform",
        channel=pl.when(pl.col("event_type").is_in(["click", "stream_enter"])).then("channel"),
        channel_class=pl.when(pl.col("event_type").is_in(["click", "stream_enter"])).then(
            pl.col("channel").replace_strict(CHANNEL_CLASS, return_dtype=pl.String)
        ),
        stream_id=pl.when(inside).then("stream_id"),
        region="region",
        age_band="age_band",
    )


def _orders(world: World, paid: pl.DataFrame, first: int, goods: dict[str, int]) -> pl.DataFrame:
    sku = pl.Series("sku_id", turn_of_skus(world, first, paid.height), dtype=pl.String)
    price = sku.replace_strict(goods, return_dtype=pl.Int64)
    return paid.select(
        pl.format("fb{}", (pl.int_range(pl.len()) + first).cast(pl.String).str.zfill(6)).alias(
            "order_id"
        ),
        "day",
        order_ts="at",
        user_id=user_ids("browser", paid["user"]),
        sku_id=sku,
        qty=pl.lit(1, pl.Int64),
        paid_amount=price,
        line_no=pl.lit(1, pl.Int64),
        stream_id="stream_id",
        host_id="host_id",
        platform="platform",
        channel="channel",
        list_amount=price,
        discount=pl.lit(0, pl.Int64),
        commission=pl.lit(0, pl.Int64),
        ship_ts=pl.col("at") + 6 * 3600,
        region="region",
        is_complaint=pl.lit(value=False),
    )
