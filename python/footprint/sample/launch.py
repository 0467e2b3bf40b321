"""A points programme for beauty's newcomers (PT12): from its launch on more of them are back on day
seven, and within seven days; half a year earlier nothing changes (null twin)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import day_of, moment
from footprint.sample.catalogue import skus_of
from footprint.sample.world import World, user_ids

PLATFORM = "wechat"
LAUNCH = date(2026, 8, 3)
_DAYS = 50
_STARTS = (date(2026, 6, 8), LAUNCH)
# A day in the middle of the first group: nothing changed there.
NO_CHANGE = date(2026, 7, 3)
_FIRST_USER = 60_000
_KEY_DAY = 7


def newcomer_visits(world: World) -> pl.DataFrame:
    """Clicks on beauty goods: everybody's first day, and the days on which some come back."""
    parts, first = [], _FIRST_USER
    for number, start in enumerate(_STARTS):
        people = int(world.param("PT12.people")[number])
        parts.append(_cohort(world, number, day_of(start), people, first))
        first += people
    visits = pl.concat(parts)
    rows = visits.height
    second = world.chance.whole("PT12/second", rows, 10 * 3600, 22 * 3600)
    sku = world.chance.pick("PT12/sku", visits["user"].to_numpy(), skus_of("beauty"))
    return visits.select(
        event_ts=pl.Series(moment(visits["day"].to_numpy(), second)),
        user_id=user_ids("beauty", visits["user"]),
        event_type=pl.lit("click"),
        platform=pl.lit(PLATFORM),
        sku_id=pl.Series(sku, dtype=pl.String),
    )


def _cohort(world: World, number: int, start: int, people: int, first: int) -> pl.DataFrame:
    """user, day of every visit of one group; returns are spread evenly over the first days."""
    on_day, within = world.param("PT12.d7")[number], world.param("PT12.within_7")[number]
    day = start + np.arange(people) * _DAYS // people
    chance = world.chance
    back = _even(world, f"PT12/day7/{number}", people, on_day)
    rest = np.flatnonzero(~back)
    other = np.zeros(people, dtype=bool)
    share = max(within - on_day, 0.0) * people / max(len(rest), 1)
    other[rest] = _even(world, f"PT12/other/{number}", len(rest), share)
    gap = chance.whole(f"PT12/gap/{number}", people, 1, _KEY_DAY - 1)
    user = first + np.arange(people)
    return pl.DataFrame({
        "user": np.concatenate([user, user[back], user[other]]),
        "day": np.concatenate([day, day[back] + _KEY_DAY, (day + gap)[other]]),
    })  # fmt: skip


def _even(world: World, name: str, rows: int, share: float) -> np.ndarray:
    """Hits at equal distances, so that every stretch of rows keeps the share."""
    return world.chance.counts(name, np.ones(rows, dtype=np.int64), share) > 0
