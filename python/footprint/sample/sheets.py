"""The small sheets around the truths: short videos, stock, surveys, industry means, targets."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import DAYS, WEEKS, day_of, moment
from footprint.sample.sales import PLATFORMS
from footprint.sample.world import World

STAR_TAG, UPRIGHT_TAG = "star_scene", "upright"
_VIDEOS_PER_WEEK = 5
_STOCK_DAYS = 28
_DEAD_EVERY, _DEAD_FACTOR = 40, 12
# Survey tag -> parameter of its scores (PT19); the last is the null twin.
WILLING = {"village_visit": "PT19.origin", "studio": "PT19.other", "plain_cover": "PT19.twin"}
_SCORES = ((10, 9), (8, 7), (6, 5, 3))
# Industry means of conversion: mean, sd. Beauty's are PT21's.
_INDUSTRY = {"fresh": (0.085, 0.02), "fmcg": (0.055, 0.012), "home": (0.041, 0.009)}
_TARGETS = (
    ("repurchase_30d", 0.20, "rate", "ge"), ("conversion", 0.05, "rate", "ge"),
    ("roi", 3.0, "x", "ge"), ("return_rate", 0.10, "rate", "le"),
    ("d7_retention", 0.15, "rate", "ge"),
)  # fmt: skip


def contents(world: World) -> pl.DataFrame:
    """Five short videos a week; those with a star are watched to the end more often (PT11), those
    in upright format are not (its null twin)."""
    rows, chance = _VIDEOS_PER_WEEK * WEEKS, world.chance
    number = np.arange(rows)
    star, upright = number % 3 == 0, number // 3 % 2 == 0
    views = chance.whole("contents/views", rows, 3_000, 60_000)
    made = chance.uniform("contents/made", rows) < 0.2
    scene = np.where(star, STAR_TAG, "daily_scene")
    return pl.DataFrame({
        "content_id": [f"V{n + 1:03d}" for n in number],
        "publish_ts": moment(7 * (number // 5) + number % 5, 12 * 3600),
        "platform": chance.choice("contents/platform", rows, PLATFORMS),
        "views": views,
        "completes": _completes(world, views, star),
        "type": chance.pick("contents/type", rows, ("预热", "讲解", "开箱", "产地")),
        "tags": [f"{tag}|{UPRIGHT_TAG}" if up else tag
                 for tag, up in zip(scene, upright, strict=True)],
        "layer": np.where(made, "advanced", "basic"),
        "author_id": [f"K{n % 24 + 1:02d}" for n in number],
        "is_ugc": made,
        "ugc_state": ["used" if one else None for one in made],
        "clicks": (views * 0.03).astype(np.int64),
    })  # fmt: skip


def _completes(world: World, views: np.ndarray, star: np.ndarray) -> np.ndarray:
    """Views to the end: each video differs, the two groups together are exact."""
    found = np.zeros(len(views), dtype=np.int64)
    spread = 0.94 + 0.12 * world.chance.uniform("contents/completes", len(views))
    for group, name in ((star, "PT11.tag"), (~star, "PT11.base")):
        watched = views[group] * spread[group]
        watched *= world.param(name) * views[group].sum() / watched.sum()
        found[group] = np.floor(watched + 0.5)
    return found


def inventory(world: World, products: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Stock of every SKU in the central warehouse, every four weeks: some weeks of its sales, and a
    few goods that lie dead."""
    skus = products["sku_id"].to_list()
    days = np.arange(0, DAYS, _STOCK_DAYS)
    rows, chance = len(skus) * len(days), world.chance
    inbound = chance.whole("stock/in", rows, 5, 20)
    return pl.DataFrame({
        "date": np.repeat(days, len(skus)),
        "sku_id": skus * len(days),
        "warehouse": ["嘉兴中心仓"] * rows,
        "tier": ["central"] * rows,
        "on_hand": _on_hand(world, skus, days, orders),
        "inbound": inbound,
        "outbound": np.maximum(0, inbound - chance.whole("stock/left", rows, 0, 20)),
    })  # fmt: skip


def _on_hand(world: World, skus: list[str], days: np.ndarray, orders: pl.DataFrame) -> np.ndarray:
    """Half to three times the sales of four weeks; every fortieth SKU holds far more."""
    sold = dict(orders.group_by("sku_id").agg(pl.len()).iter_rows())
    usual = np.array([sold.get(sku, 0) for sku in skus]) * _STOCK_DAYS / DAYS
    weeks = 0.5 + 2.5 * world.chance.uniform("stock/weeks", len(skus) * len(days))
    chosen = np.arange(len(skus)) % _DEAD_EVERY == _DEAD_EVERY // 2
    dead = np.where(chosen & (usual <= np.median(usual) * 2), _DEAD_FACTOR, 1)
    return np.floor(np.tile(usual * dead, len(days)) * weeks + 3).astype(np.int64)


def surveys(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """Answers of buyers some days after an order: would you recommend us (0..10), how satisfied
    are you (1..5)."""
    asked = orders.filter(pl.Series(world.chance.uniform("survey/asked", orders.height) < 0.02))
    asked = asked.unique("user_id", keep="first", maintain_order=True)
    rows, chance = asked.height, world.chance
    kind = chance.choice("survey/kind", rows, {"nps": 0.6, "satisfaction": 0.4})
    nps = chance.choice("survey/nps", rows, {"10": 0.3, "9": 0.28, "8": 0.2, "7": 0.1, "5": 0.12})
    stars = chance.choice("survey/stars", rows, {"5": 0.5, "4": 0.3, "3": 0.15, "2": 0.05})
    usual = asked.select(
        ts=pl.col("order_ts") + 3 * 86_400,
        kind=pl.Series(kind, dtype=pl.String),
        score=pl.Series(np.where(kind == "nps", nps, stars).astype(float)),
        user_id="user_id",
        stream_id="stream_id",
    ).filter(pl.col("ts") < int(moment(DAYS)))
    return pl.concat([usual, *(_willing(world, tag) for tag in WILLING)], how="diagonal_relaxed")


def _willing(world: World, tag: str) -> pl.DataFrame:
    """Answers about one kind of content, so many of each of the three groups of scores."""
    groups = zip(_SCORES, world.param(WILLING[tag]), strict=True)
    scores = [group[n % len(group)] for group, count in groups for n in range(count)]
    first, room = 14 + 7 * list(WILLING).index(tag), DAYS - 40
    day = first + (np.arange(len(scores)) * 37) % room
    second = world.chance.whole(f"PT19/{tag}", len(scores), 9 * 3600, 22 * 3600)
    return pl.DataFrame({
        "ts": moment(day, second),
        "kind": ["nps"] * len(scores),
        "score": [float(score) for score in scores],
        "tag": [tag] * len(scores),
    })  # fmt: skip


def benchmarks(world: World) -> pl.DataFrame:
    """Industry mean and spread of stream conversion by category."""
    known = {"beauty": (world.param("PT21.mean"), world.param("PT21.sd")), **_INDUSTRY}
    rows = [
        ("conversion", f"category={category}", mean, sd, "行业协会年度报告（示例）", 2026)
        for category, (mean, sd) in known.items()
    ]
    return pl.DataFrame(rows, orient="row", schema={
        "metric": pl.String, "scope": pl.String, "mean": pl.Float64, "sd": pl.Float64,
        "source": pl.String, "year": pl.Int64,
    })  # fmt: skip


def targets() -> pl.DataFrame:
    """What the shop aims for, from its first day to the end of the year."""
    first, last = 0, day_of(date(2026, 12, 31))
    rows = [(*target, first, last) for target in _TARGETS]
    return pl.DataFrame(rows, orient="row", schema={
        "key": pl.String, "value": pl.Float64, "unit": pl.String, "direction": pl.String,
        "from": pl.Int64, "to": pl.Int64,
    })  # fmt: skip
