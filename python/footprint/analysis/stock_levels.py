"""Stock on hand and how long it lasts, from the stock sheet and what sold."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from footprint.analysis.measures import over
from footprint.data import Data
from footprint.scope import Scope
from footprint.scoping import scoped

RECENT_DAYS = 28


def sales_window(data: Data, scope: Scope) -> tuple[date, date] | None:
    """The last four weeks with orders, ending with the scope's end; None without orders."""
    if not data.has("orders"):
        return None
    day = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.date()
    first, last = data.frame("orders").select(a=day.min(), b=day.max()).row(0)
    if last is None:
        return None
    end = min(last, scope.end) if scope.end else last
    return max(first, end - timedelta(days=RECENT_DAYS - 1)), end


def daily_units(data: Data, scope: Scope) -> pl.DataFrame:
    """sku_id and units sold per day over the recent window (returns not taken off)."""
    window = sales_window(data, scope)
    if window is None:
        return pl.DataFrame(schema={"sku_id": pl.String, "units": pl.Int64, "per_day": pl.Float64})
    start, end = window
    recent = Scope(start, end, scope.where, scope.tz)
    days = (end - start).days + 1
    return (
        scoped(data, "orders", recent)
        .group_by("sku_id")
        .agg(units=pl.col("qty").sum().cast(pl.Int64))
        .with_columns(per_day=pl.col("units") / days)
    )


def on_hand(data: Data, scope: Scope) -> pl.DataFrame:
    """Newest stock of every SKU, warehouse and tier up to the scope's end: sku_id, warehouse,
    tier, date, on_hand."""
    stock = scoped(data, "inventory", scope, period=False)
    if scope.end:
        stock = stock.filter(pl.col("date") <= scope.end)
    return (
        stock.sort("date")
        .group_by("sku_id", "warehouse", "tier", maintain_order=True)
        .agg(pl.col("date", "on_hand").last())
    )


def days_of_cover(data: Data, scope: Scope) -> pl.DataFrame:
    """sku_id, on_hand, per_day, cover_days = stock / units sold a day; null when nothing sells."""
    stock = on_hand(data, scope).group_by("sku_id").agg(pl.col("on_hand").sum())
    return (
        stock.join(daily_units(data, scope), on="sku_id", how="left")
        .with_columns(pl.col("units").fill_null(0), pl.col("per_day").fill_null(0.0))
        .with_columns(cover_days=over(pl.col("on_hand"), pl.col("per_day")))
        .sort("sku_id")
    )
