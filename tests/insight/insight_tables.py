"""Small shops for the insight tests: order lines, streams, costs, exposures by plain rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

MONDAY = datetime(2026, 10, 5, 4, tzinfo=UTC)


def goods_shop(niche: int = 6, margin: float = 0.48, rest: float = 0.058947, share: float = 0.05):
    """120 food SKUs; the first ``niche`` sell ``share`` of the sales at ``margin``, 28 days."""
    lines = 10_000
    niche_lines = round(lines * share)
    skus = [f"s{i % niche}" for i in range(niche_lines)]
    skus += [f"s{niche + i % (120 - niche)}" for i in range(lines - niche_lines)]
    times = [MONDAY + timedelta(minutes=(i * 7919) % (28 * 1440)) for i in range(lines)]
    orders = pl.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(lines)],
            "order_ts": times,
            "user_id": [f"u{i % 2500}" for i in range(lines)],
            "sku_id": skus,
            "qty": 1,
            "paid_amount": 100.0,
        }
    )
    products = pl.DataFrame(
        {
            "sku_id": [f"s{i}" for i in range(120)],
            "name": [f"商品{i}" for i in range(120)],
            "category": "food",
            "price": 100.0,
            "unit_cost": [100 * (1 - (margin if i < niche else rest)) for i in range(120)],
        }
    )
    return {"orders": orders, "products": products}


def tagged_streams(tagged: int, plain: int, viewers: int = 250, category: str = "fresh"):
    """28 + 28 streams over four hosts and all weekdays with ``tagged`` and ``plain`` buyers."""
    rows = []
    for i in range(56):
        with_tag, slot = i % 2 == 0, i // 2
        start = MONDAY + timedelta(days=slot, hours=4)
        rows.append(
            {
                "stream_id": f"{category}{i}",
                "start_ts": start,
                "end_ts": start + timedelta(hours=2),
                "platform": "douyin",
                "host_id": f"h{slot % 4}",
                "category": category,
                "tags": ["origin_tracing"] if with_tag else [],
                "viewers": viewers,
                "buyers": tagged if with_tag else plain,
            }
        )
    return pl.DataFrame(rows)


def costs(weeks: int, logistics: dict[int, float], usual: float = 0.12) -> pl.DataFrame:
    """Daily costs of 100 a day; ``logistics`` gives the share of single weeks."""
    rows = []
    for day in range(weeks * 7):
        share = logistics.get(day // 7, usual)
        when = date(2026, 10, 5) + timedelta(days=day)
        parts = {"logistics": share, "ads": 0.08, "tech": 0.2, "staff": 0.72 - share}
        rows += [{"cost_date": when, "category": k, "amount": 100 * v} for k, v in parts.items()]
    return pl.DataFrame(rows)


def exposed_groups(
    control: tuple[int, int], treated: tuple[int, int], name: str = "replay", late: bool = False
) -> dict[str, pl.DataFrame]:
    """Exposures and orders of one test: (converted, people) per group; filler shoppers follow."""
    events, orders = [], []
    for variant, (converted, people) in (("control", control), ("treat", treated)):
        for i in range(people):
            user = f"{name}-{variant}-{i}"
            seen = MONDAY + timedelta(seconds=i)
            events.append(
                {
                    "event_ts": seen,
                    "user_id": user,
                    "event_type": "replay_view",
                    "experiment_id": name,
                    "variant": variant,
                }
            )
            if i < converted:
                orders.append(_order(user, seen + timedelta(days=8 if late else 2)))
    orders.append(_order("someone", MONDAY + timedelta(days=30)))
    return {"events": pl.DataFrame(events), "orders": pl.DataFrame(orders)}


def _order(user: str, when: datetime) -> dict:
    return {
        "order_id": f"o-{user}",
        "order_ts": when,
        "user_id": user,
        "sku_id": "s1",
        "qty": 1,
        "paid_amount": 50.0,
    }
