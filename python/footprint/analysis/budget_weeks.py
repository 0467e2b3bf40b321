"""Spend and credited orders per channel and week: what the response curves are fitted to."""

from __future__ import annotations

import polars as pl

from footprint.analysis.log_rows import log_mask
from footprint.analysis.spend import daily_spend
from footprint.analysis.traffic import channel_classes
from footprint.metrics import View


def weekly_response(view: View, by: str, model: str) -> pl.DataFrame:
    """key, week, spend, orders of every whole week with spend, per channel or class of channel.

    Orders are those marked with the channel, scaled so that its total is the credit of ``model``.
    """
    spend, orders = daily_spend(view), _orders(view)
    if by == "channel_class":
        classes = channel_classes(view.data)
        spend, orders = (
            frame.join(classes, on="channel", how="left").with_columns(
                channel=pl.col("channel_class").fill_null("other")
            )
            for frame in (spend, orders)
        )
    week = pl.col("date").dt.truncate("1w").alias("week")
    paid = (
        spend.filter(pl.col("cost") > 0)
        .group_by(key="channel", week=week)
        .agg(spend=pl.col("cost").sum())
    )
    sold = orders.group_by(key="channel", week=week).agg(orders=pl.col("order_id").n_unique())
    days = pl.concat([spend["date"], orders["date"]]).sort()
    if not len(days):
        return paid.with_columns(orders=pl.lit(0.0))
    whole = paid.filter(pl.col("week") >= days[0], pl.col("week").dt.offset_by("6d") <= days[-1])
    credit = _credit(view, by, model)
    return (
        whole.join(sold, on=["key", "week"], how="left")
        .with_columns(pl.col("orders").fill_null(0).cast(pl.Float64))
        .join(credit, on="key", how="left")
        .with_columns(orders=pl.col("orders") * pl.col("scale").fill_null(1.0))
        .drop("scale")
        .sort("key", "week")
    )


def _orders(view: View) -> pl.DataFrame:
    lines = view.rows("orders").with_columns(date=view.days("order_ts"))
    return lines.filter(pl.col("channel").is_not_null()).select("channel", "order_id", "date")


def _credit(view: View, by: str, model: str) -> pl.DataFrame:
    """key, scale: credit of the model over that of the last touch."""
    tables = view.data.event_log().attribution(
        by,
        models=tuple(dict.fromkeys(("last", model))),
        mask=log_mask(view.data, view.scope),
        period=view.scope.bounds(),
        replicates=0,
    )
    wide = tables.credits.pivot("model", index="touch", values="conversions")
    ratio = pl.when(pl.col("last") > 0).then(pl.col(model) / pl.col("last")).otherwise(1.0)
    return wide.select(key="touch", scale=ratio)
