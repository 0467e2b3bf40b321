"""Goods that are little shown and earn well on every unit."""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import over
from footprint.data import Data
from footprint.scope import Scope
from footprint.scoping import scoped

_SHOWN_Q, _EARNS_Q = 0.5, 0.75


def low_exposure(data: Data, scope: Scope, lines: pl.DataFrame, least: int) -> pl.DataFrame:
    """SKUs shown no more than the middle one of their category, with a profit per unit in its upper
    quarter.

    Exposure is minutes on air where the stream minutes name the SKU, else the number of streams it
    sold in. ``lines`` are profit lines; SKUs below ``least`` lines are left out. Columns: sku_id,
    name, category, streams_sold, airtime_share, unit_profit, profit, lines. Source: requirement row
    S7.2-d.
    """
    skus = lines.group_by("sku_id").agg(
        pl.col("name", "category").first(),
        streams_sold=pl.col("stream_id").drop_nulls().n_unique().cast(pl.Int64),
        lines=pl.len().cast(pl.Int64),
        profit=pl.col("profit").sum(),
        units=pl.col("qty").sum(),
    )
    shown = _minutes(data, scope)
    skus = (
        skus.with_columns(shown=pl.col("streams_sold"))
        if shown is None
        else skus.join(shown, on="sku_id", how="left").with_columns(pl.col("shown").fill_null(0))
    )
    part = over(pl.col("shown"), pl.col("shown").sum().over("category"))
    skus = skus.filter(pl.col("lines") >= least).with_columns(
        airtime_share=part, unit_profit=over(pl.col("profit"), pl.col("units"))
    )
    little = pl.col("shown") <= pl.col("shown").quantile(_SHOWN_Q).over("category")
    earns = pl.col("unit_profit") >= pl.col("unit_profit").quantile(_EARNS_Q).over("category")
    found = skus.filter(little, earns, pl.col("profit") > 0, pl.len().over("category") >= 4)
    return found.select(
        "sku_id", "name", "category", "streams_sold", "airtime_share", "unit_profit", "profit",
        "lines",
    ).sort(["unit_profit", "sku_id"], descending=[True, False])  # fmt: skip


def _minutes(data: Data, scope: Scope) -> pl.DataFrame | None:
    if not data.has("stream_minutes"):
        return None
    minutes = scoped(data, "stream_minutes", scope).drop_nulls("sku_on_air")
    if minutes.is_empty():
        return None
    return minutes.group_by(sku_id=pl.col("sku_on_air")).agg(shown=pl.len().cast(pl.Int64))
