"""The daily streams of fmcg (PT02, PT02b) and home (PT13, and PT02's null twin)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, busy, day_of, weekend
from footprint.sample.catalogue import TRIAL_DAY, products, skus_of
from footprint.sample.cohorts import fill_slots
from footprint.sample.sales import Bought, Part, order_rows, stream_rows, visit_rows
from footprint.sample.staff import CREWS
from footprint.sample.world import World

RESCHEDULED = date(2026, 8, 31)
_VIEWERS = {"fmcg": 240, "home": 250}
_CLOCK = {"fmcg": 19 * 3600, "home": 15 * 3600}
_REFUNDS = {"fmcg": 0.03, "home": 0.04}
_PAID = 0.82
# Home sold to members only for the rest of October: the October cohort of first-time buyers ends
# early enough for all of its 30-day windows to lie within the data.
_MEMBERS_ONLY = range(day_of(date(2026, 10, 15)), day_of(date(2026, 11, 1)))


def fmcg(world: World) -> Part:
    """A stream a day, better on weekends; from the reschedule on more of the week's viewers come on
    weekends. The weekend share of sales is exact in every week."""
    days = np.arange(DAYS)
    rate = _noisy(world, "fmcg", world.param("PT02.base"))
    rate = rate * (1 + world.param("PT02.trend") * days / (DAYS - 1))
    rate = np.where(weekend(days), rate * world.param("PT02.weekend"), rate)
    share = _weekend_share(world, days)
    shift = 2.5 * share / ((1 - share) * world.param("PT02.weekend"))
    viewers = _VIEWERS["fmcg"] * busy(days) * np.where(weekend(days), shift, 1.0)
    cohorts = [world.param("PT13.null_r30")] * 7
    return _daily(world, "fmcg", viewers, rate, cohorts, exact_share=share)


def home(world: World) -> Part:
    """A stream a day at the same conversion all week; second orders rise from May to October."""
    rate = _noisy(world, "home", world.param("PT02.null_base"))
    low, high = world.param("PT13.r30")
    cohorts = [low + (high - low) * month / 5 for month in range(6)] + [high]
    viewers = _VIEWERS["home"] * busy(np.arange(DAYS))
    return _daily(world, "home", viewers, rate, cohorts, closed=_MEMBERS_ONLY)


def _noisy(world: World, name: str, base: float) -> np.ndarray:
    """Daily rates around ``base``; as quotas, every weekday has the same mean."""
    luck = world.chance.normal(f"PT02/{name}", DAYS)
    if world.chance.noise == "quota":
        luck = luck - np.tile(luck.reshape(-1, 7).mean(axis=0), DAYS // 7)
    return base * (1 + world.param("PT02.noise") * luck)


def _weekend_share(world: World, days: np.ndarray) -> np.ndarray:
    before = world.param("PT02b.share_before")
    after = before * world.param("PT02b.rel")
    return np.where(days < day_of(RESCHEDULED), before, after)


def _daily(
    world: World, category: str, viewers: np.ndarray, rate: np.ndarray, cohorts: list[float],
    closed: range = range(0), exact_share: np.ndarray | None = None,
) -> Part:  # fmt: skip
    viewers = np.floor(viewers + 0.5).astype(np.int64)
    sold = [
        world.chance.count(f"{category}/day{day}", int(viewers[day]), float(rate[day]))
        for day in range(DAYS)
    ]
    crew = np.array(CREWS[category], dtype=object)
    streams = stream_rows(
        world, category, [f"{category[:2].upper()}{day + 1:03d}" for day in range(DAYS)],
        day=np.arange(DAYS), clock=_CLOCK[category], minutes=90,
        host=crew[(np.arange(DAYS) // 2) % len(crew)], viewers=viewers,
        series=["日播专场"] * DAYS,
    )  # fmt: skip
    buyers = fill_slots(world, f"{category}/buyers", sold, cohorts, closed)
    slots = np.repeat(np.arange(DAYS), [len(day) for day in buyers])
    sku = world.chance.pick(f"{category}/sku", len(slots), skus_of(category))
    factor = _PAID if exact_share is None else _factors(world, slots, sku, exact_share)
    refund = _refunds(world, category, slots)
    bought = Bought(
        stream=slots, user=np.concatenate(buyers).astype(np.int64), sku=sku, factor=factor,
        refund=refund.astype(float),
    )  # fmt: skip
    orders = order_rows(world, category, streams, bought)
    return Part(streams, orders, visit_rows(orders, streams, world))


def _refunds(world: World, category: str, slots: np.ndarray) -> np.ndarray:
    """Which orders come back: a fixed share, but fmcg's follow its trial (PT43)."""
    if category != "fmcg":
        return world.chance.hits(f"{category}/refund", len(slots), _REFUNDS[category])
    trial, formal = world.param("PT43.r")
    age = slots - TRIAL_DAY
    found = np.zeros(len(slots), dtype=bool)
    parts = {"before": (age < 0, _REFUNDS[category]), "trial": ((age >= 0) & (age < 7), trial),
             "formal": (age >= 7, formal)}  # fmt: skip
    for name, (side, rate) in parts.items():
        found[side] = world.chance.hits(f"PT43/{name}", int(side.sum()), rate)
    return found


def _factors(world: World, slots: np.ndarray, sku: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Paid over list price of each order so that every week's weekend share of sales is exact."""
    if world.chance.noise == "binomial":
        return np.full(len(slots), _PAID)
    prices = dict(products(world).select("sku_id", "price").iter_rows())
    listed = np.array([prices[one] for one in sku], dtype=np.float64)
    frame = pl.DataFrame({
        "week": slots // 7, "weekend": weekend(slots), "share": share[slots], "listed": listed,
    })  # fmt: skip
    whole = pl.col("listed").sum().over("week")
    side = pl.col("listed").sum().over("week", "weekend")
    part = pl.when("weekend").then("share").otherwise(1 - pl.col("share"))
    return frame.select(_PAID * part * whole / side).to_series().to_numpy()
