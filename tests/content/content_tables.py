"""Small shops for the content and goods questions, by plain rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

MONDAY = datetime(2026, 10, 5, 4, tzinfo=UTC)


def streams(rows: list[dict]) -> pl.DataFrame:
    """Streams of two hours, one a day; each row names only what differs."""
    full = []
    for n, row in enumerate(rows):
        start = MONDAY + timedelta(days=row.pop("day", n))
        minutes = row.pop("minutes", 120)
        full.append({
            "stream_id": f"s{n}", "start_ts": start, "end_ts": start + timedelta(minutes=minutes),
            "platform": "douyin", "host_id": "h1", "category": "fresh", **row,
        })  # fmt: skip
    return pl.DataFrame(full, infer_schema_length=None)


def orders(rows: list[dict]) -> pl.DataFrame:
    """One line per order of one unit at 100 CNY; each row names only what differs."""
    return pl.DataFrame(
        [
            {
                "order_id": f"o{n}", "order_ts": MONDAY + timedelta(minutes=n), "user_id": f"u{n}",
                "sku_id": "a", "qty": 1, "paid_amount": 100.0, **row,
            }
            for n, row in enumerate(rows)
        ],
        infer_schema_length=None,
    )  # fmt: skip


def products(skus: list[str], category: str = "fresh", unit_cost: float = 60.0) -> pl.DataFrame:
    return pl.DataFrame({
        "sku_id": skus, "name": [f"货{sku}" for sku in skus], "category": category,
        "price": 100.0, "unit_cost": unit_cost,
    })  # fmt: skip


def stock(rows: list[tuple[date, str, int, str]]) -> pl.DataFrame:
    """Counts: day, SKU, on hand, tier; the warehouse bears the tier's name."""
    return pl.DataFrame({
        "date": [row[0] for row in rows], "sku_id": [row[1] for row in rows],
        "on_hand": [row[2] for row in rows], "tier": [row[3] for row in rows],
        "warehouse": [row[3] for row in rows],
    })  # fmt: skip


def random_baskets(seed: int, buyers: int = 300, skus: int = 12, each: int = 3) -> pl.DataFrame:
    """Buyers who pick ``each`` SKUs independently of one another."""
    draw = np.random.default_rng(seed)
    rows = [
        {"user_id": f"u{buyer}", "sku_id": f"k{sku}", "category": "fresh"}
        for buyer in range(buyers)
        for sku in range(skus)
        if draw.random() < each / skus
    ]
    return pl.DataFrame(rows)
