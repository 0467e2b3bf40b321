"""Profit of order lines and the search for goods that earn far more than they sell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.settings import Settings

# profit = paid - refund - qty * unit_cost - commission, per order line
PROFIT = (
    pl.col("paid_amount")
    - pl.col("refund_amount").fill_null(0)
    - pl.col("qty") * pl.col("unit_cost")
    - pl.col("commission").fill_null(0)
)


@dataclass(frozen=True, slots=True)
class NicheRule:
    """When goods count as ignored: each SKU's profit share is at least ``ratio`` times its sales
    share, and together they hold under ``sales`` of the category's sales and at least ``profit`` of
    its profit, on at least ``lines`` order lines."""

    ratio: float
    sales: float
    profit: float
    lines: int

    @classmethod
    def of(cls, settings: Settings) -> NicheRule:
        return cls(
            float(settings.value("niche_ratio")),
            float(settings.value("niche_sales_limit")),
            float(settings.value("niche_profit_floor")),
            int(settings.value("niche_min_lines")),
        )


def lookback(scope: Scope, days: int) -> Scope:
    """The scope with its start moved back to hold ``days`` days; open scopes stay as they are."""
    if scope.days is None or scope.days >= days or scope.end is None:
        return scope
    return replace(scope, start=scope.end - timedelta(days=days - 1))


def profit_lines(data: Data, scope: Scope) -> pl.DataFrame:
    """Order lines of the scope with name, category and profit (CNY); lines without a known unit
    cost or category are left out. Source: requirement row S7.2-d."""
    products = data.frame("products").unique("sku_id", keep="first")
    return (
        scoped(data, "orders", scope)
        .join(products.select("sku_id", "name", "category", "unit_cost"), on="sku_id")
        .with_columns(profit=PROFIT)
        .drop_nulls(["profit", "category"])
    )


def by_sku(lines: pl.DataFrame) -> pl.DataFrame:
    """gmv, profit (CNY), margin and shares within the category, one row per SKU.

    ``profit_share`` is null where the category as a whole earns nothing.
    """
    skus = lines.group_by("sku_id").agg(
        pl.col("name", "category").first(),
        lines=pl.len().cast(pl.Int64),
        gmv=pl.col("paid_amount").sum(),
        profit=pl.col("profit").sum(),
    )
    earned = pl.col("profit").sum().over("category")
    return skus.with_columns(
        margin=_over(pl.col("profit"), pl.col("gmv")),
        gmv_share=_over(pl.col("gmv"), pl.col("gmv").sum().over("category")),
        profit_share=_over(pl.col("profit"), earned),
    )


def mark_niche(skus: pl.DataFrame, rule: NicheRule) -> pl.DataFrame:
    """``skus`` with ``niche``: whether the SKU belongs to its category's ignored earners."""
    rich = (pl.col("profit") > 0) & (
        pl.col("profit_share") >= rule.ratio * pl.col("gmv_share")
    ).fill_null(value=False)
    together = {
        name: pl.col(name).filter(rich).sum().over("category")
        for name in ("gmv_share", "profit_share", "lines")
    }
    holds = (
        (together["gmv_share"] < rule.sales)
        & (together["profit_share"] >= rule.profit)
        & (together["lines"] >= rule.lines)
    )
    return skus.with_columns(niche=rich & holds).sort(
        ["niche", "profit", "sku_id"], descending=[True, True, False]
    )


def by_category(skus: pl.DataFrame) -> pl.DataFrame:
    """Categories with their own shares of the whole and what their ignored earners hold."""
    found = skus.group_by("category").agg(
        skus=pl.len().cast(pl.Int64),
        lines=pl.col("lines").sum(),
        gmv=pl.col("gmv").sum(),
        profit=pl.col("profit").sum(),
        niche_skus=pl.col("niche").sum().cast(pl.Int64),
        niche_gmv_share=pl.col("gmv_share").filter(pl.col("niche")).sum(),
        niche_profit_share=pl.col("profit_share").filter(pl.col("niche")).sum(),
        niche_profit=pl.col("profit").filter(pl.col("niche")).sum(),
    )
    return found.with_columns(
        margin=_over(pl.col("profit"), pl.col("gmv")),
        gmv_share=_over(pl.col("gmv"), pl.col("gmv").sum()),
        profit_share=_over(pl.col("profit"), pl.col("profit").sum()),
    ).sort(["niche_profit", "category"], descending=[True, False])


def _over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
