"""What ages watch (PT40): the young watch eco videos more often; craft videos as often as others
(its null twin)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import day_of, moment
from footprint.sample.world import World, user_ids

ECO, CRAFT, PLAIN = "eco", "craft", "plain_talk"
YOUNG, OTHERS = "18-27", "28-45"
_PEOPLE = {YOUNG: 80, OTHERS: 160}
_ECO_OTHERS, _CRAFT = 0.4, 0.5
_FIRST_USER = 90_000
_DAYS = (day_of(date(2026, 9, 7)), day_of(date(2026, 10, 18)))
# Video -> tags; every view is of one of them.
_VIDEOS = {
    "V901": (ECO, CRAFT), "V902": (ECO, PLAIN), "V903": (CRAFT, PLAIN), "V904": (PLAIN, PLAIN),
}  # fmt: skip
_VIEWS = 4_000


def contents(world: World) -> pl.DataFrame:
    """Four short videos, watched to the end like any other."""
    rows = len(_VIDEOS)
    done = round(_VIEWS * world.param("PT11.base"))
    return pl.DataFrame({
        "content_id": list(_VIDEOS),
        "publish_ts": moment(_DAYS[0] - 1, 12 * 3600) + 60 * np.arange(rows),
        "platform": ["douyin"] * rows,
        "views": [_VIEWS] * rows,
        "completes": [done] * rows,
        "type": ["产地"] * rows,
        "tags": ["|".join(dict.fromkeys(tags)) for tags in _VIDEOS.values()],
        "layer": ["basic"] * rows,
        "author_id": ["K01"] * rows,
        "is_ugc": [False] * rows,
        "clicks": [_VIEWS * 3 // 100] * rows,
    })  # fmt: skip


def views(world: World) -> pl.DataFrame:
    """One view per person of both age bands, eco and craft in the planted shares."""
    frames, first = [], _FIRST_USER
    for band, people in _PEOPLE.items():
        share = _ECO_OTHERS * (world.param("PT40.index") if band == YOUNG else 1.0)
        frames.append(_band(world, band, people, share, first))
        first += people
    return pl.concat(frames)


def _band(world: World, band: str, people: int, eco: float, first: int) -> pl.DataFrame:
    """Half of the eco views and half of the others are craft too."""
    liked = round(people * eco)
    both, only = round(liked * _CRAFT), liked - round(liked * _CRAFT)
    craft = round(people * _CRAFT) - both
    videos = np.repeat(list(_VIDEOS), [both, only, craft, people - both - only - craft])
    chance = world.chance
    day = chance.whole(f"PT40/{band}", people, *_DAYS)
    return pl.DataFrame({
        "event_ts": moment(day, chance.whole(f"PT40/{band}/second", people, 9 * 3600, 22 * 3600)),
        "user_id": user_ids("visitor", first + np.arange(people)),
        "event_type": ["video_view"] * people,
        "platform": ["douyin"] * people,
        "content_id": videos.tolist(),
        "age_band": [band] * people,
    })  # fmt: skip
