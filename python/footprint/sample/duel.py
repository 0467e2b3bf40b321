"""Two hosts over two categories (PT23): the one with the higher raw conversion is worse in both,
because she mostly sells what sells easily."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from footprint.sample.calendar import day_of, weekend
from footprint.sample.catalogue import food_skus, products, skus_of
from footprint.sample.sales import Bought, Part, order_rows, stream_rows, visit_rows
from footprint.sample.staff import DUEL
from footprint.sample.world import World

_FIRST_USER, _FIRST_ORDER = 90_000, 900_000
_EASY, _HARD = "fmcg", "food"
_PAID = 0.82
# Share of a host's viewers on each day: fmcg keeps the weekend share of its week (PT02b).
_DAYS = {
    _EASY: ((date(2026, 6, 6), 1 / 3), (date(2026, 6, 2), 2 / 3)),
    _HARD: ((date(2026, 6, 3), 1.0),),
}
_PREFIX = {_EASY: "FM9", _HARD: "FD92"}


@dataclass(frozen=True, slots=True)
class _Show:
    host: str
    day: int
    viewers: int
    sold: int


def easy(world: World) -> Part:
    """The streams of both hosts in fmcg."""
    return _part(world, _EASY)


def hard(world: World) -> Part:
    """The streams of both hosts in food."""
    return _part(world, _HARD)


def _part(world: World, category: str) -> Part:
    """The streams of both hosts in one category, with their orders and visits."""
    shows = _shows(world, category)
    rows = len(shows)
    ids = [f"{_PREFIX[category]}{n + 1}" for n in range(rows)]
    streams = stream_rows(
        world, category, ids, day=np.array([show.day for show in shows]),
        clock=np.array([10 + 3 * n for n in range(rows)]) * 3600, minutes=60,
        host=[show.host for show in shows], viewers=np.array([show.viewers for show in shows]),
        series=["双人擂台"] * rows,
    )  # fmt: skip
    sold = [show.sold for show in shows]
    slots = np.repeat(np.arange(rows), sold)
    goods = skus_of(category) if category == _EASY else food_skus(world)
    sku = np.array(goods, dtype=object)[(7 * np.arange(len(slots))) % len(goods)]
    bought = Bought(
        stream=slots, user=_FIRST_USER + np.arange(len(slots)), sku=sku,
        factor=_factors(world, category, np.array([show.day for show in shows])[slots], sku),
    )  # fmt: skip
    orders = order_rows(world, category, streams, bought, _FIRST_ORDER)
    return Part(streams, orders, visit_rows(orders, streams, world))


def _factors(world: World, category: str, day: np.ndarray, sku: np.ndarray) -> np.ndarray | float:
    """Paid over list price: fmcg's keep the weekend's share of sales exact (PT02b)."""
    if category != _EASY:
        return _PAID
    prices = dict(products(world).select("sku_id", "price").iter_rows())
    listed = np.array([prices[one] for one in sku], dtype=np.float64)
    share = world.param("PT02b.share_before")
    late = weekend(day)
    side = np.where(late, listed[late].sum(), listed[~late].sum())
    return _PAID * np.where(late, share, 1 - share) * listed.sum() / side


def _shows(world: World, category: str) -> list[_Show]:
    """Each host's viewers and buyers of the category spread over its days."""
    place = (_EASY, _HARD).index(category)
    shows = []
    for host, counts in zip(DUEL, world.param("PT23.counts"), strict=True):
        sold, viewers = counts[place]
        days = [day for day, _ in _DAYS[category]]
        edges = np.cumsum([0.0, *(share for _, share in _DAYS[category])])
        for n, day in enumerate(days):
            parts = [round(total * edges[n + 1]) - round(total * edges[n])
                     for total in (viewers, sold)]  # fmt: skip
            shows.append(_Show(host, day_of(day), *parts))
    return shows
