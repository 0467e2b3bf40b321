"""Fans on Douyin whom the shop meets again on Taobao (PT28): a few of them buy there."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, DAYS, moment
from footprint.sample.sales import REGIONS
from footprint.sample.world import World, user_ids

SOURCE, DESTINATION = "douyin", "taobao"
_MOST_DAYS = 20


def fan_events(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """Follows on the source platform, and a click on the other one by those who do not buy.

    Payers are home buyers with one order, placed on the other platform; their visit is there.
    """
    fans, payers = fan_counts(world)
    once = orders.filter(pl.col("order_id").str.starts_with("ho")).filter(
        pl.len().over("user_id") == 1, pl.col("platform") == DESTINATION,
        pl.col("order_ts") >= int(moment(_MOST_DAYS + 1)),
    ).sort("user_id")  # fmt: skip
    bought = once.gather(world.chance.order("PT28/payers", once.height)[:payers])
    wait = world.chance.whole("PT28/wait", payers, 3600, _MOST_DAYS * DAY_S)
    return pl.concat([
        bought.select(
            event_ts=pl.col("order_ts") - pl.Series(wait), user_id="user_id",
            event_type=pl.lit("follow"), platform=pl.lit(SOURCE), region="region",
        ),
        _others(world, fans - payers),
    ])  # fmt: skip


def fan_counts(world: World) -> tuple[int, int]:
    """Linked fans and payers at this scale."""
    parts = world.size.journey_parts
    return round(world.param("PT28.fans") / parts), round(world.param("PT28.payers") / parts)


def _others(world: World, fans: int) -> pl.DataFrame:
    chance, number = world.chance, np.arange(fans)
    day = chance.whole("PT28/day", fans, 0, DAYS - _MOST_DAYS - 1)
    follow = moment(day, chance.whole("PT28/second", fans, 10 * 3600, 22 * 3600))
    seen = follow + chance.whole("PT28/seen", fans, 3600, _MOST_DAYS * DAY_S)
    region = chance.pick("PT28/region", fans, REGIONS)
    rows = [
        pl.DataFrame({
            "event_ts": at, "user_id": user_ids("fan", number), "event_type": [kind] * fans,
            "platform": [platform] * fans, "region": pl.Series(region, dtype=pl.String),
        })
        for at, kind, platform in ((follow, "follow", SOURCE), (seen, "click", DESTINATION))
    ]  # fmt: skip
    return pl.concat(rows)
