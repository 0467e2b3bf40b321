"""Costs, the budget plan and the channel sheet. Logistics outgrows its plan in the week of Double
11 (PT22); the 618 week comes near the limit and stays under it."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample import reach
from footprint.sample.calendar import (
    DAY_S,
    DAYS,
    EPOCH_DAY,
    WEEK_618,
    WEEK_DOUBLE_11,
    WEEKS,
    date_of,
)  # fmt: skip
from footprint.sample.world import World

# Share of each cost category besides logistics, scaled to what logistics leaves.
_OTHERS = {
    "host_commission": 0.42, "tech": 0.25, "ads": 0.10, "content": 0.03, "staff": 0.03,
    "reward": 0.01, "compliance": 0.005, "innovation": 0.005,
}  # fmt: skip
_TRACK = {"host_commission": "core", "tech": "core", "logistics": "elastic", "ads": "elastic"}
_COST_OF_SALES = 0.30
_FLOOR = 800_000
_PLACES = {"ads": ("douyin", "feed"), "kol_seed": ("douyin", "video"),
           "platform_rec": ("taobao", "home"), "private_group": ("douyin", "group")}  # fmt: skip
_ADS_PARTS = {"ads": 0.7, "kol_seed": 0.3}


def costs(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """Daily rows per cost category; each week's shares are exact to the cent."""
    rows = []
    for week, total in enumerate(_weekly_totals(orders)):
        for category, amount in _weekly_split(world, week, int(total)).items():
            rows += _daily_rows(world, week, category, amount)
    return pl.DataFrame(rows, orient="row", schema={
        "cost_date": pl.Int64, "category": pl.String, "amount": pl.Int64, "channel": pl.String,
        "track": pl.String,
    })  # fmt: skip


def plan(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """The monthly budget per cost category, in the planned shares."""
    shares = _shares(world.param("PT22.plan"))
    budget = int(_weekly_totals(orders).mean() * 52 / 12) // 100_000 * 100_000
    rows = [
        (month, line, round(budget * share) / 100)
        for month in sorted({f"{date_of(day):%Y-%m}" for day in range(DAYS)})
        for line, share in shares.items()
    ]
    return pl.DataFrame(rows, orient="row", schema={
        "period": pl.String, "line": pl.String, "amount": pl.Float64,
    })  # fmt: skip


def channel_daily(world: World, cost_rows: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Impressions, clicks and cost per day and channel; paid channels cost what the cost sheet
    says."""
    paid = cost_rows.filter(pl.col("channel").is_not_null()).select(
        "channel", "amount", date="cost_date"
    )
    frames = []
    for channel, (platform, slot) in _PLACES.items():
        clicks = world.chance.whole(f"channel/{channel}", DAYS, 600, 900)
        rate = 0.018 + 0.006 * world.chance.uniform(f"channel/rate/{channel}", DAYS)
        frames.append(pl.DataFrame({
            "date": np.arange(DAYS), "platform": [platform] * DAYS, "channel": [channel] * DAYS,
            "slot": [slot] * DAYS, "impressions": (clicks / rate).astype(np.int64),
            "clicks": clicks,
        }))  # fmt: skip
    table = pl.concat(frames).join(paid, on=["date", "channel"], how="left", maintain_order="left")
    usual = table.rename({"amount": "cost"}).with_columns(pl.col("cost").fill_null(0))
    more = [reach.recommended_rows(world, usual), reach.search_rows(world, orders)]
    return pl.concat([usual, *more], how="vertical_relaxed")


def _shares(logistics: float) -> dict[str, float]:
    rest = sum(_OTHERS.values())
    others = {name: share * (1 - logistics) / rest for name, share in _OTHERS.items()}
    return {"logistics": logistics, **others}


def _weekly_totals(orders: pl.DataFrame) -> np.ndarray:
    """Cents spent per week: a part of sales, at least a floor."""
    week = (orders["order_ts"].to_numpy() // DAY_S - EPOCH_DAY) // 7
    sales = np.bincount(week, weights=orders["paid_amount"].to_numpy(), minlength=WEEKS)
    return np.maximum(sales * _COST_OF_SALES, _FLOOR).astype(np.int64) // 1000 * 1000


def _weekly_split(world: World, week: int, total: int) -> dict[str, int]:
    planned = world.param("PT22.plan")
    wobble = 1 + 0.08 * (world.chance.uniform("costs/logistics", WEEKS)[week] - 0.5)
    special = {
        WEEK_618: world.param("PT22.null_618"), WEEK_DOUBLE_11: world.param("PT22.logistics"),
    }  # fmt: skip
    shares = _shares(special.get(week, planned * wobble))
    names = list(shares)
    sway = world.chance.uniform("costs/sway", np.arange(len(names)) + week * len(names))
    weights = {name: shares[name] * (1 + 0.1 * (one - 0.5))
               for name, one in zip(names, sway, strict=True)}  # fmt: skip
    logistics = round(total * shares["logistics"])
    rest = sum(weight for name, weight in weights.items() if name != "logistics")
    split = {name: int((total - logistics) * weight / rest)
             for name, weight in weights.items() if name != "logistics"}  # fmt: skip
    split["host_commission"] += total - logistics - sum(split.values())
    return {"logistics": logistics, **split}


def _daily_rows(world: World, week: int, category: str, amount: int) -> list[tuple]:
    """The week's amount over its days, and over the paid channels where it is advertising."""
    weights = 1 + 0.3 * world.chance.uniform(f"costs/days/{category}", np.arange(7) + 7 * week)
    edges = np.floor(np.cumsum(weights) / weights.sum() * amount + 0.5).astype(np.int64)
    rows = []
    for day, part in enumerate(np.diff(edges, prepend=0)):
        pieces = _channel_parts(int(part)) if category == "ads" else {None: int(part)}
        rows += [
            (7 * week + day, category, piece, channel, _TRACK.get(category))
            for channel, piece in pieces.items()
        ]
    return rows


def _channel_parts(amount: int) -> dict[str | None, int]:
    first = int(amount * _ADS_PARTS["ads"])
    return {"ads": first, "kol_seed": amount - first}
