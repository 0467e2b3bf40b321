"""The month in which a channel's cost first reaches a given level."""

from __future__ import annotations

import polars as pl

from footprint import stats

SCHEMA = {
    "channel": pl.String,
    "month": pl.Date,
    "before": pl.Float64,
    "cost_per_order": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "orders": pl.Int64,
    "sure": pl.Boolean,
}


def crossings(months: pl.DataFrame, level: float, least: int) -> pl.DataFrame:
    """Channels that came from below ``level`` to it or above, and stayed there.

    ``months``: month, channel, cost, orders, cost_per_order. Months of fewer than ``least`` orders
    say nothing and are passed over. Columns: channel, month (the first at or above), before (the
    month before it), cost_per_order with the interval low, high that its number of orders allows,
    orders, sure (the whole interval lies at or above the level). Source: requirement row S1.2.1-b.
    """
    known = months.filter(pl.col("orders") >= least, pl.col("cost") > 0).sort("channel", "month")
    rows = []
    for (channel,), part in known.group_by(["channel"], maintain_order=True):
        high = (part["cost_per_order"].round(2) >= level).to_list()
        below = [at for at, over in enumerate(high) if not over]
        first = below[-1] + 1 if below else 0
        if not below or first == len(high):
            continue
        row = part.row(first, named=True)
        few, many = stats.poisson_interval(row["orders"])
        low, top = row["cost"] / many, row["cost"] / few
        rows.append(
            (
                channel,
                row["month"],
                part["cost_per_order"][first - 1],
                row["cost_per_order"],
                low,
                top,
                row["orders"],
                low >= level,
            )
        )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
