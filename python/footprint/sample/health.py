"""Health: buyers whose high-value share grows month by month (PT05)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, day_of
from footprint.sample.catalogue import HEALTH_PRO, skus_of
from footprint.sample.reach import SEARCH
from footprint.sample.sales import Bought, Part, order_rows, stream_rows, visit_rows
from footprint.sample.staff import CREWS
from footprint.sample.world import World

_MONTHS = range(5, 12)
_AIR_DAYS = (1, 3, 6)


def health(world: World) -> Part:
    """Every buyer orders in May and August, which keeps all of them inside the tiers; high-value
    buyers order three times in their first month as such and monthly from then on. What ads
    and creators bring elsewhere comes from search here (PT46)."""
    user, day, sku = _purchases(world)
    streams = _streams(world, day)
    air = {int(one): row for row, one in enumerate(_air_days())}
    slots = np.array([air.get(int(one), -1) for one in day])
    bought = Bought(stream=slots, user=user, sku=sku, day=day)
    orders = order_rows(world, "health", streams, bought).with_columns(
        pl.col("channel").replace(dict.fromkeys(("ads", "kol_seed"), SEARCH))
    )
    return Part(streams, orders, visit_rows(orders, streams, world))


def _air_days() -> np.ndarray:
    days = np.arange(DAYS)
    return days[np.isin(days % 7, _AIR_DAYS)]


def _streams(world: World, day: np.ndarray) -> pl.DataFrame:
    air = _air_days()
    crew = np.array(CREWS["health"], dtype=object)
    sold = np.bincount(day, minlength=DAYS)[air]
    return stream_rows(
        world, "health", [f"HE{n + 1:03d}" for n in range(len(air))], day=air, clock=9 * 3600,
        minutes=60, host=crew[np.arange(len(air)) % 2], viewers=np.maximum(60, sold * 20),
        series=["健康早课"] * len(air),
    )  # fmt: skip


def _purchases(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Buyer, day and SKU of each order line."""
    buyers, chance = world.size.health_buyers, world.chance
    onset = _onset(world)
    rows: list[tuple[int, int, bool]] = []
    draws = {month: chance.uniform(f"PT05/day/{month}", buyers * 3) for month in _MONTHS}
    for buyer in range(buyers):
        for month in _MONTHS:
            draw = draws[month][3 * buyer : 3 * buyer + 3]
            rows += [(buyer, at, pro) for at, pro in _month(month, onset[buyer], draw)]
    user, day, pro = (np.array(column) for column in zip(*rows, strict=True))
    usual = chance.pick("PT05/sku", len(user), skus_of("health"))
    return user, day, np.where(pro, HEALTH_PRO, usual)


def _onset(world: World) -> np.ndarray:
    """Month from which each buyer is high value; 99 = never."""
    buyers = world.size.health_buyers
    onset = np.full(buyers, 99)
    order = world.chance.order("PT05/buyers", buyers)
    reached = [world.chance.count(f"PT05/{n}", buyers, s) for n, s in enumerate(_shares(world))]
    for month, high in reversed(list(zip(_MONTHS, reached, strict=False))):
        onset[order[:high]] = month
    return onset


def _shares(world: World) -> list[float]:
    return [float(share) for share in world.param("PT05.share")]


def _month(month: int, onset: int, draw: np.ndarray) -> list[tuple[int, bool]]:
    """Days and kind (regular pack or not) of one buyer's orders in one month."""
    if month == onset:
        return [(_between(month, 5 + 8 * k, 12 + 8 * k, draw[k]), True) for k in range(3)]
    if month > onset:
        return [(_between(month, 5, 14 if month == 11 else 26, draw[0]), True)]
    if month == 5:
        return [(_between(5, 10, 28, draw[0]), False)]
    if month == 8:
        return [(_between(8, 18, 28, draw[0]), False)]
    return []


def _between(month: int, first: int, last: int, draw: float) -> int:
    return day_of(date(2026, month, first)) + int(draw * (last - first + 1))
