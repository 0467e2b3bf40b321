"""Three tests laid over existing orders: a real effect (PT14), none (PT15), a broken split (PT16).

Buyers of a test are people whose order follows the exposure within days; everybody else exposed is
a visitor who never orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, day_of, moment
from footprint.sample.sales import CHANNEL_CLASS
from footprint.sample.world import World, user_ids

REPLAY, NULL, SPLIT = "EXP-REPLAY", "EXP-COVER", "EXP-SPLIT"
GROUPS = ("control", "treat")


@dataclass(frozen=True, slots=True)
class _Test:
    """``sold`` buyers and ``people`` per group; the orders of ``category`` from ``start`` on serve
    as its conversions; visitors are exposed ``shift`` days after the common start."""

    id: str
    event_type: str
    channel: str
    category: str
    start: date
    days: int
    people: Sequence[int]
    sold: Sequence[int]


def tests_of(world: World) -> list[_Test]:
    """The three tests with their groups at this world's parameters."""
    replay = [
        world.chance.count(f"PT14/{n}", people, rate)
        for n, (people, rate) in enumerate(
            zip(world.param("PT14.n"), world.param("PT14.rates"), strict=True)
        )
    ]
    split = [round(people * world.param("PT16.rate")) for people in world.param("PT16.n")]
    june = [date(2026, 6, day) for day in (8, 2, 1)]
    n = [world.param(f"PT{number}.n") for number in (14, 15, 16)]
    own, found = "private_group", "platform_rec"
    return [
        _Test(REPLAY, "replay_view", own, "fmcg", june[0], 84, n[0], replay),
        _Test(NULL, "impression", found, "food", june[1], 84, n[1], world.param("PT15.buyers")),
        _Test(SPLIT, "impression", found, "home", june[2], 50, n[2], split),
    ]


def exposures(world: World, orders: pl.DataFrame, category_of: dict[str, str]) -> pl.DataFrame:
    """Exposure events of all tests; ``category_of`` gives each SKU's category."""
    sold = orders.with_columns(category=pl.col("sku_id").replace_strict(category_of))
    first = None
    frames = []
    for test in tests_of(world):
        buyers = _buyers(world, test, sold.filter(category=test.category))
        visitors, first = _visitors(world, test, first)
        frames += [buyers, visitors]
    return pl.concat(frames, how="diagonal_relaxed")


def _buyers(world: World, test: _Test, orders: pl.DataFrame) -> pl.DataFrame:
    """Exposure of the buyers: hours to days before their first order since the test began."""
    begin = int(moment(day_of(test.start))) + 6 * DAY_S
    firsts = orders.filter(pl.col("order_ts") >= begin).unique(
        "user_id", keep="first", maintain_order=True
    )
    wanted = sum(test.sold)
    chosen = firsts.head(wanted)
    group = np.repeat(GROUPS, test.sold)[world.chance.order(f"{test.id}/groups", wanted)]
    before = world.chance.whole(f"{test.id}/before", chosen.height, 3600, 5 * DAY_S)
    return _events(test, chosen["order_ts"] - before, chosen["user_id"], group[: chosen.height])


def _visitors(
    world: World, test: _Test, first: np.ndarray | None
) -> tuple[pl.DataFrame, np.ndarray]:
    """Exposure of those who never order. The tests share their visitors: ``first`` is the moment
    each was exposed first, and many come back after a day, a week or a month."""
    missing = [people - sold for people, sold in zip(test.people, test.sold, strict=True)]
    rows = sum(missing)
    chance = world.chance
    fresh = moment(
        day_of(test.start) + chance.whole(f"{test.id}/day", rows, 0, test.days - 1),
        chance.whole(f"{test.id}/second", rows, 9 * 3600, 23 * 3600),
    )
    at = fresh
    if first is not None:
        gaps = {"1": 0.30, "7": 0.22, "30": 0.12, "3": 0.12, "14": 0.12, "21": 0.12}
        gap = chance.choice(f"{test.id}/gap", rows, gaps).astype(np.int64) * DAY_S
        seen = min(rows, len(first))
        at = np.concatenate([first[:seen] + gap[:seen], fresh[seen:]])
    group = np.repeat(GROUPS, missing)[chance.order(f"{test.id}/visitors", rows)]
    frame = _events(test, pl.Series(at), user_ids("visitor", np.arange(rows)), group)
    known = at if first is None or len(at) > len(first) else first
    return frame, known


def _events(test: _Test, at: pl.Series, users: pl.Series, group: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({
        "event_ts": at,
        "user_id": users,
        "event_type": [test.event_type] * len(at),
        "channel": [test.channel] * len(at),
        "channel_class": [CHANNEL_CLASS[test.channel]] * len(at),
        "experiment_id": [test.id] * len(at),
        "variant": group.tolist(),
    })  # fmt: skip
