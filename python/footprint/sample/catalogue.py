"""Goods of the shop. Within a category all goods keep the same margin, except PT04's in food."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import WEEK_618, day_of
from footprint.sample.words import words
from footprint.sample.world import World


@dataclass(frozen=True, slots=True)
class Line:
    """One category: id prefix, price range (CNY), margin, commission rate and brand."""

    prefix: str
    low: int
    high: int
    margin: float
    commission: float
    brand: str


LINES = {
    "fresh": Line("FR", 58, 78, 0.45, 0.12, "足跡鲜选"),
    "fmcg": Line("FM", 79, 89, 0.46, 0.15, "净谷"),
    "beauty": Line("BE", 139, 219, 0.58, 0.20, "朝露"),
    "apparel": Line("AP", 129, 259, 0.55, 0.18, "山野集"),
    "food": Line("FD", 29, 69, 0.0, 0.0, "足跡食集"),
    "home": Line("HO", 119, 139, 0.42, 0.15, "木与棉"),
    "health": Line("HE", 89, 99, 0.50, 0.15, "衡康"),
}
_SUPPLIERS = ("甲供应链", "乙供应链", "产地直供")
# What regular customers of the health line buy: three in 90 days pass the high-value threshold.
HEALTH_PRO = "HE-900"
HEALTH_PRO_PRICE = 23_900
# First day of the trial of fmcg's new packs (the 618 week) and of fresh (PT43 and its null twin).
TRIAL_DAY = 7 * WEEK_618
_ON_TRIAL = ("fmcg", "fresh")
AUTHORISED_UNTIL = day_of(date(2027, 6, 30))


def skus_of(category: str) -> list[str]:
    """The goods that are sold on air, in catalogue order."""
    line = LINES[category]
    names = _names(category)
    return [f"{line.prefix}-{n + 1:03d}" for n in range(len(names))]


def niche_skus(world: World) -> list[str]:
    """PT04's ignored goods: every twentieth of the food line."""
    skus = food_skus(world)
    step = len(skus) // world.param("PT04.niche")
    return skus[step // 2 :: step][: world.param("PT04.niche")]


def food_skus(world: World) -> list[str]:
    return skus_of("food")[: world.param("PT04.skus")]


def products(world: World) -> pl.DataFrame:
    """The products table: prices and unit costs in cents, dates as day numbers."""
    frames = [_line(world, category) for category in LINES]
    table = pl.concat([*frames, _health_pro()], how="diagonal_relaxed")
    return table.sort("sku_id")


def _names(category: str) -> list[tuple[str, str]]:
    goods = words()["goods"][category]
    return [(noun, kind) for noun in goods["nouns"] for kind in goods["kinds"]]


def _line(world: World, category: str) -> pl.DataFrame:
    line = LINES[category]
    skus = food_skus(world) if category == "food" else skus_of(category)
    rows = len(skus)
    names = _names(category)[:rows]
    price = _prices(world, category, skus)
    margin = _margins(world, category, skus)
    return pl.DataFrame({
        "sku_id": skus,
        "name": [f"{line.brand}{noun}{kind}" for noun, kind in names],
        "category": [category] * rows,
        "price": price,
        "unit_cost": np.floor(price * (1 - margin) + 0.5).astype(np.int64),
        "subcategory": [noun for noun, _ in names],
        "supply_mode": ["commission" if line.commission else "own"] * rows,
        "commission_rate": [line.commission] * rows,
        "brand": [line.brand] * rows,
        "supplier": world.chance.pick(f"supplier/{category}", rows, _SUPPLIERS),
        "auth_expiry": [AUTHORISED_UNTIL] * rows,
        "trial_start": [TRIAL_DAY if category in _ON_TRIAL else None] * rows,
        "trace_id": [f"T{sku}" if category in ("fresh", "food") else None for sku in skus],
    })  # fmt: skip


def _prices(world: World, category: str, skus: list[str]) -> np.ndarray:
    """Cents. PT04's goods are priced so that, each food SKU selling equally often, they hold the
    planted share of sales."""
    line = LINES[category]
    steps = np.arange(len(skus)) * 7 % len(skus)
    price = line.low * 100 + steps * (line.high - line.low) * 100 // len(skus)
    price = price // 100 * 100 + 90
    if category != "food":
        return price
    niche = np.isin(skus, niche_skus(world))
    share = world.param("PT04.gmv_share")
    wanted = share / (1 - share) * price[~niche].sum() / niche.sum()
    tilt = np.linspace(0.9, 1.1, int(niche.sum()))
    price[niche] = np.floor(wanted * tilt + 0.5)
    return price


def _margins(world: World, category: str, skus: list[str]) -> np.ndarray:
    if category != "food":
        return np.full(len(skus), LINES[category].margin)
    niche = np.isin(skus, niche_skus(world))
    return np.where(niche, world.param("PT04.margin_niche"), world.param("PT04.margin_rest"))


def _health_pro() -> pl.DataFrame:
    line = LINES["health"]
    return pl.DataFrame({
        "sku_id": [HEALTH_PRO],
        "name": [f"{line.brand}定期营养包"],
        "category": ["health"],
        "price": [HEALTH_PRO_PRICE],
        "unit_cost": [round(HEALTH_PRO_PRICE * (1 - line.margin))],
        "subcategory": ["营养包"],
        "supply_mode": ["commission"],
        "commission_rate": [line.commission],
        "brand": [line.brand],
        "supplier": ["产地直供"],
    })  # fmt: skip
