"""Member-only streams (PT32): buyers of members' evenings come back more often than those of open
ones on the same platform; on another platform they come back equally often (null twin)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import day_of
from footprint.sample.food import turn_of_skus
from footprint.sample.sales import Bought, Part, order_rows, stream_rows, visit_rows
from footprint.sample.staff import CREWS
from footprint.sample.world import World

PLATFORM, TWIN_PLATFORM = "wechat", "xiaohongshu"
_FIRST_USER = 70_000
_FIRST_ORDER = 500_000
_DAYS = (date(2026, 7, 14), date(2026, 8, 18))
_VIEWERS_PER_BUYER = 20
_SOONEST, _LATEST = 5, 27


def members(world: World) -> Part:
    """Two evenings of each kind and platform; second orders are placed on the shop shelf."""
    rows = _evenings(world)
    streams = pl.concat([row.streams for row in rows])
    back = [row.again for row in rows]
    first = np.concatenate([np.full(row.buyers, n) for n, row in enumerate(rows)])
    again = np.concatenate([np.full(len(days), -1) for days in back])
    user = np.arange(len(first)) + _FIRST_USER
    starts = np.cumsum([0, *(row.buyers for row in rows)])
    returning = np.concatenate([
        user[starts[n] : starts[n] + len(days)] for n, days in enumerate(back)
    ])  # fmt: skip
    count = len(first) + len(again)
    bought = Bought(
        stream=np.concatenate([first, again]), user=np.concatenate([user, returning]),
        sku=turn_of_skus(world, 0, count), day=np.concatenate([np.zeros(len(first), int), *back]),
    )  # fmt: skip
    orders = order_rows(world, "food", streams, bought, _FIRST_ORDER)
    return Part(streams, orders, visit_rows(orders, streams, world))


class _Evening:
    """One stream: how many buy, and on which days some of them buy again."""

    def __init__(self, world: World, number: int, kind: tuple[str, str], buyers: int, back: int,
                 day: int) -> None:  # fmt: skip
        platform, stage = kind
        self.buyers = buyers
        self.again = day + world.chance.whole(f"PT32/gap/{number}", back, _SOONEST, _LATEST)
        self.streams = stream_rows(
            world, "food", [f"FD{701 + number}"], day=np.array([day]), clock=21 * 3600 + 1800,
            minutes=60, host=[CREWS["food"][number % 2]],
            viewers=np.array([buyers * _VIEWERS_PER_BUYER]),
            series=["会员之夜" if stage == "member" else "零食之夜"],
        ).with_columns(platform=pl.lit(platform), stage=pl.lit(stage))  # fmt: skip


def _evenings(world: World) -> list[_Evening]:
    """Members on two Tuesdays and everybody the day after; the twin a week later."""
    rates = {PLATFORM: world.param("PT32.r30"), TWIN_PLATFORM: [world.param("PT32.null_r30")] * 2}
    found: list[_Evening] = []
    for platform, pair in rates.items():
        whole = int(world.param("PT32.buyers" if platform == PLATFORM else "PT32.null_buyers"))
        people = np.array([whole // 2, whole - whole // 2])
        for stage, share in zip(("member", "regular"), pair, strict=True):
            back = world.chance.counts(f"PT32/{platform}/{stage}", people, share)
            for start, buyers, hits in zip(_DAYS, people, back, strict=True):
                day = day_of(start) + 7 * (platform == TWIN_PLATFORM) + (stage == "regular")
                kind = (platform, stage)
                found.append(_Evening(world, len(found), kind, int(buyers), int(hits), day))
    return found
