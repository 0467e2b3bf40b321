"""What the channel sheet shows beyond the usual: a slot redesigned (PT27), recommendation withdrawn
on one day (PT41), and a search channel whose orders become dearer month by month (PT46)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, DAYS, EPOCH_DAY, day_of, month_of
from footprint.sample.world import World

SLOT, SEARCH = "guess_like", "search"
SLOT_PLATFORM, SHARE_PLATFORM = "taobao", "douyin"
SLOT_CHANGED, SHARE_CHANGED = date(2026, 9, 21), date(2026, 8, 17)
_MONTHS = 7
_CENTS = 100


def search_rows(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """The search channel's slot: click rate before and after, cost as its orders say."""
    chance, day = world.chance, np.arange(DAYS)
    seen = chance.whole("PT27/seen", DAYS, 9_000, 12_000)
    clicks = np.zeros(DAYS, dtype=np.int64)
    after = day >= day_of(SLOT_CHANGED)
    for side, rate in zip((~after, after), world.param("PT27.ctr"), strict=True):
        sway = 0.94 + 0.12 * chance.uniform("PT27/sway", day[side])
        part = seen[side] * sway * (rate * seen[side].sum() / (seen[side] * sway).sum())
        clicks[side] = _whole(part)
    return _rows(SLOT_PLATFORM, SEARCH, SLOT, seen, clicks, _search_cost(world, orders))


def recommended_rows(world: World, others: pl.DataFrame) -> pl.DataFrame:
    """Recommended traffic of the platform: a share of all its impressions that falls on one day.

    ``others``: the platform's other rows (date, impressions).
    """
    chance, day = world.chance, np.arange(DAYS)
    rest = others.filter(platform=SHARE_PLATFORM).group_by("date").agg(
        pl.col("impressions").sum()
    ).sort("date")["impressions"].to_numpy()  # fmt: skip
    share = np.empty(DAYS)
    after = day >= day_of(SHARE_CHANGED)
    for side, level in zip((~after, after), world.param("PT41.share"), strict=True):
        sway = chance.uniform("PT41/sway", day[side]) - 0.5
        share[side] = level + 0.04 * (sway - sway.mean())
    seen = np.floor(share / (1 - share) * rest + 0.5).astype(np.int64)
    rate = 0.019 + 0.004 * chance.uniform("PT41/rate", DAYS)
    return _rows(SHARE_PLATFORM, "platform_rec", "recommend", seen, (seen * rate).astype(np.int64),
                 np.zeros(DAYS, dtype=np.int64))  # fmt: skip


def _rows(
    platform: str, channel: str, slot: str, seen: np.ndarray, clicks: np.ndarray, cost: np.ndarray
) -> pl.DataFrame:
    return pl.DataFrame({
        "date": np.arange(DAYS), "platform": [platform] * DAYS, "channel": [channel] * DAYS,
        "slot": [slot] * DAYS, "impressions": seen, "clicks": clicks, "cost": cost,
    })  # fmt: skip


def monthly_cost(world: World) -> np.ndarray:
    """Cents per order of the search channel from May to November: even steps to October's."""
    first, last = (_CENTS * world.param(f"PT46.{month}") for month in ("may", "oct"))
    steps = np.minimum(np.arange(_MONTHS), _MONTHS - 2) / (_MONTHS - 2)
    return np.floor(first + (last - first) * steps + 0.5).astype(np.int64)


def _search_cost(world: World, orders: pl.DataFrame) -> np.ndarray:
    """Cents per day: each month's orders times its cost per order, over the days of the month."""
    day = orders.filter(channel=SEARCH)["order_ts"].to_numpy() // DAY_S - EPOCH_DAY
    sold = np.bincount(month_of(day), minlength=_MONTHS)
    weights = 1 + 0.3 * world.chance.uniform("PT46/days", DAYS)
    month, cost = month_of(np.arange(DAYS)), np.zeros(DAYS, dtype=np.int64)
    for number, cents in enumerate(monthly_cost(world)):
        inside = month == number
        cost[inside] = _whole(sold[number] * cents * weights[inside] / weights[inside].sum())
    return cost


def _whole(parts: np.ndarray) -> np.ndarray:
    """Whole numbers with the same running sum, to within one half."""
    return np.diff(np.floor(np.cumsum(parts) + 0.5), prepend=0).astype(np.int64)
