"""Who saw which variant of a test, and whether they bought within the window."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.scope import Scope
from footprint.scoping import narrowed

CONTROL_NAMES = ("control", "ctrl", "baseline", "对照", "对照组", "a", "0")


def first_exposures(data: Data, scope: Scope) -> pl.DataFrame:
    """experiment_id, user_id, variant, ts of each person's first exposure in the scope, and
    ``mixed``: the person saw more than one variant."""
    return (
        narrowed(data, "events", once(data, "events in tests", lambda: _in_tests(data)), scope)
        .sort("event_ts", maintain_order=True)
        .group_by("experiment_id", "user_id", maintain_order=True)
        .agg(
            variant=pl.col("variant").first(),
            ts=pl.col("event_ts").first(),
            mixed=pl.col("variant").n_unique() > 1,
        )
    )


def _in_tests(data: Data) -> pl.DataFrame:
    known = pl.col("experiment_id").is_not_null() & pl.col("variant").is_not_null()
    return data.scan("events").filter(known).collect()


def with_conversion(exposures: pl.DataFrame, data: Data, days: int) -> pl.DataFrame:
    """``exposures`` with ``converted`` (an order of the person within ``days`` of the exposure)
    and ``complete`` (the data reaches to the end of that window)."""
    orders = data.frame("orders").select("user_id", "order_ts")
    window = timedelta(days=days)
    bought = (
        exposures.join(orders, on="user_id")
        .filter(pl.col("order_ts") >= pl.col("ts"), pl.col("order_ts") < pl.col("ts") + window)
        .select("experiment_id", "user_id")
        .unique()
        .with_columns(converted=pl.lit(value=True))
    )
    ends = pl.concat([orders["order_ts"], exposures["ts"]]).drop_nulls()
    return exposures.join(
        bought, on=["experiment_id", "user_id"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("converted").fill_null(value=False),
        complete=pl.lit(ends.max(), pl.Datetime("us", "UTC")) >= pl.col("ts") + window,
    )


def control_of(variants: list[str]) -> str:
    """The variant that serves as control: a customary name, else the first in alphabet order."""
    by_name = {variant.strip().lower(): variant for variant in sorted(variants)}
    known = [by_name[name] for name in CONTROL_NAMES if name in by_name]
    return known[0] if known else min(variants)
