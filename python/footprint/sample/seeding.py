"""Short videos before the order (PT39): some buyers of the regional food streams saw one first, and
their orders are dearer. In home, as many buyers saw one and spend the same (its null twin)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, day_of, moment
from footprint.sample.staff import REGION_HOST
from footprint.sample.world import World, user_ids

TWIN_DAYS = (date(2026, 7, 6), date(2026, 8, 2))
_VIDEOS = 140
_MOST_DAYS = 6
_SWAPS = 400


def video_views(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """A video seen one to six days before every order of a seeded buyer."""
    ours, twin = planted_orders(orders)
    found = pl.concat([
        _seeded(world, "PT39", ours, world.param("PT39.aov_rel")),
        _seeded(world, "PT39/twin", twin, 0.0),
    ])  # fmt: skip
    rows, chance = found.height, world.chance
    before = chance.whole("PT39/before", rows, DAY_S, _MOST_DAYS * DAY_S)
    video = chance.whole("PT39/video", rows, 1, _VIDEOS)
    return found.select(
        event_ts=pl.col("order_ts") - pl.Series(before),
        user_id="user_id",
        event_type=pl.lit("video_view"),
        platform="platform",
        content_id=pl.Series([f"V{number:03d}" for number in video], dtype=pl.String),
    )


def planted_orders(orders: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The orders among which PT39 and its twin are planted."""
    first, last = (int(moment(day_of(day))) for day in TWIN_DAYS)
    home = pl.col("user_id").is_in(_crowd(orders, "home").implode())
    period = (pl.col("order_ts") >= first) & (pl.col("order_ts") < last + DAY_S)
    return orders.filter(pl.col("host_id") == REGION_HOST), orders.filter(home & period)


def seeded_buyers(world: World, buyers: int) -> int:
    """How many of so many buyers saw a video."""
    return round(buyers * world.param("PT39.penetration"))


def _crowd(orders: pl.DataFrame, crowd: str) -> pl.Series:
    prefix = user_ids(crowd, np.zeros(1, np.int64))[0][:3]
    return orders.filter(pl.col("user_id").str.starts_with(prefix))["user_id"].unique()


def _seeded(world: World, name: str, orders: pl.DataFrame, relative: float) -> pl.DataFrame:
    """The orders of the chosen buyers: any buyers, swapped until their orders are worth
    ``relative`` more than those of the others."""
    buyers = orders.group_by("user_id").agg(
        money=pl.col("paid_amount").sum().cast(pl.Float64), count=pl.len().cast(pl.Float64)
    ).sort("user_id")  # fmt: skip
    chosen = np.zeros(buyers.height, dtype=bool)
    order = world.chance.order(name, buyers.height)
    chosen[order[: seeded_buyers(world, buyers.height)]] = True
    money, count = buyers["money"].to_numpy(), buyers["count"].to_numpy()
    for _ in range(_SWAPS):
        if not _improved(chosen, money, count, 1 + relative):
            break
    users = buyers["user_id"].filter(pl.Series(chosen))
    return orders.filter(pl.col("user_id").is_in(users.implode())).sort("order_ts", "user_id")


def _improved(chosen: np.ndarray, money: np.ndarray, count: np.ndarray, wanted: float) -> bool:
    """Swap the pair of buyers that brings the ratio of order values nearest to ``wanted``."""
    inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    if not inside.size or not outside.size:
        return False
    moved = [values[outside][None, :] - values[inside][:, None] for values in (money, count)]
    sums = [values[inside].sum() for values in (money, count)]
    rest = [values[outside].sum() for values in (money, count)]
    ratio = ((sums[0] + moved[0]) / (sums[1] + moved[1])) / (
        (rest[0] - moved[0]) / (rest[1] - moved[1])
    )
    now = sums[0] / sums[1] / (rest[0] / rest[1])
    off = np.abs(ratio - wanted)
    best = np.unravel_index(int(np.argmin(off)), off.shape)
    if off[best] >= abs(now - wanted) - 1e-9:
        return False
    chosen[inside[best[0]]], chosen[outside[best[1]]] = False, True
    return True
