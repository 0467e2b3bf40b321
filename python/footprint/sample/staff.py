"""The people on air: own hosts by category, and the creators the shop works with."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.sample.calendar import day_of
from footprint.sample.words import words
from footprint.sample.world import World

HEAD_HOST, SECOND_HOST = "H01", "H02"
REGION_HOST = "H17"
DUEL = ("H18", "H19")
CREWS: dict[str, tuple[str, ...]] = {
    "fresh": (HEAD_HOST, SECOND_HOST, "H03", "H04"),
    "fmcg": ("H05", "H06"),
    "home": ("H07", "H08"),
    "beauty": ("H09", "H10"),
    "apparel": ("H11", "H12"),
    "food": ("H13", "H14"),
    "health": ("H15", "H16"),
}
_CREATORS = 24


def hosts(world: World) -> pl.DataFrame:
    """The hosts table: 19 own hosts and the partner creators; dates as day numbers."""
    chance, names = world.chance, words()["hosts"]
    own = len(names)
    category = {host: name for name, crew in CREWS.items() for host in crew}
    ids = [f"H{n + 1:02d}" for n in range(own)]
    hired = chance.whole("hosts/hired", own, day_of(date(2024, 3, 1)), day_of(date(2026, 3, 1)))
    people = pl.DataFrame({
        "host_id": ids,
        "name": names,
        "role": ["主播"] * own,
        "status": ["在职"] * own,
        "tier": ["头部"] * 2 + ["腰部"] * (own - 2),
        "stage": ["正式"] * own,
        "fans": [1_260_000, 830_000, *chance.whole("hosts/fans", own - 2, 30_000, 400_000)],
        "category": [category.get(host, "food") for host in ids],
        "skills": chance.pick("hosts/skills", own, ("讲解|控场", "试用|讲解", "方言|讲解")),
        "licences": ["执业药师" if host in CREWS["health"] else None for host in ids],
        "review_state": ["已审核"] * own,
        "hire_channel": chance.pick("hosts/channel", own, ("内推", "校招", "招聘网站")),
        "hired": hired,
        "solo": hired + 45,
        "trained_modules": ["产品|话术|规则"] * own,
        "kind": ["own"] * own,
    })  # fmt: skip
    return pl.concat([people, _creators(world)], how="diagonal_relaxed")


def _creators(world: World) -> pl.DataFrame:
    rows = _CREATORS
    return pl.DataFrame({
        "host_id": [f"K{n + 1:02d}" for n in range(rows)],
        "name": [f"种草达人{n + 1:02d}" for n in range(rows)],
        "role": ["达人"] * rows,
        "status": ["合作中"] * rows,
        "fans": world.chance.whole("creators/fans", rows, 8_000, 600_000),
        "category": world.chance.pick("creators/category", rows, list(CREWS)),
        "review_state": ["已审核"] * rows,
        "kind": ["kol"] * rows,
    })  # fmt: skip
