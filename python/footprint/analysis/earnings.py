"""What an order line earns, and how much of the money taken is left."""

from __future__ import annotations

import polars as pl

from footprint.metrics import View


def earned() -> pl.Expr:
    """Profit of an order line that holds the ``unit_cost`` of its SKU (unknown counts as free):
    paid - refunded - quantity x unit cost - commission + value-added income."""
    return (
        pl.col("paid_amount") - pl.col("refund_amount").fill_null(0)
        - pl.col("qty") * pl.col("unit_cost").fill_null(0) - pl.col("commission").fill_null(0)
        + pl.col("value_added_income").fill_null(0)
    )  # fmt: skip


def margin(view: View) -> tuple[float, int] | None:
    """Profit over money kept (paid - refunded) of the lines in scope whose cost is known, and how
    many lines that is; None without costs."""
    if not view.data.has("products"):
        return None
    costs = view.data.frame("products").select("sku_id", "unit_cost").drop_nulls()
    lines = view.rows("orders", period=False).join(costs, on="sku_id")
    kept = pl.col("paid_amount") - pl.col("refund_amount").fill_null(0)
    profit, money, count = lines.select(
        profit=earned().sum(), money=kept.sum(), count=pl.len()
    ).row(0)
    return (float(profit / money), int(count)) if money and money > 0 else None
