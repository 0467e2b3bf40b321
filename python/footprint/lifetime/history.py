"""What the models read of each customer: repeat purchases, the last of them, days known."""

from __future__ import annotations

from datetime import date

import polars as pl


def histories(bought: pl.DataFrame, until: date) -> pl.DataFrame:
    """Per customer with an order up to ``until``: user, user_id, x, t_x, T, m, first, past.

    ``bought``: user, user_id, day, money (orders). x = distinct buying days after the first one,
    t_x and T = days from the first to the last purchase and to ``until``, m = mean money of those
    later days, past = money of all days. Source: requirement row S7.3-b.
    """
    days = (
        bought.lazy()
        .filter(pl.col("day") <= until)
        .group_by("user", "day")
        .agg(pl.col("user_id").first(), pl.col("money").sum())
        .group_by("user")
        .agg(
            pl.col("user_id").first(),
            x=pl.len().cast(pl.Int64) - 1,
            first=pl.col("day").min(),
            last=pl.col("day").max(),
            past=pl.col("money").sum(),
            opening=pl.col("money").sort_by("day").first(),
        )
    )
    again = pl.col("past") - pl.col("opening")
    return (
        days.with_columns(
            t_x=(pl.col("last") - pl.col("first")).dt.total_days(),
            T=(pl.lit(until) - pl.col("first")).dt.total_days(),
            m=pl.when(pl.col("x") > 0).then(again / pl.col("x")).otherwise(0.0),
        )
        .select("user", "user_id", "x", "t_x", "T", "m", "first", "past")
        .sort("user")
        .collect()
    )
