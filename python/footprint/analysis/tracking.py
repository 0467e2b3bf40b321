"""How much of the orders can be joined to what came before them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.scope import Scope
from footprint.scoping import scoped

SESSION_GAP = timedelta(days=1)


def coverage(data: Data, scope: Scope) -> pl.DataFrame:
    """One row per order of the scope: order_id and whether it joins ``to_session`` (an event of
    the buyer with a session id within a day before), ``to_touch`` (any event of the buyer with a
    channel before) and ``to_stream`` (its stream is in the stream list).

    Columns whose table is absent are left out. Source: requirement row S1.2.1-c.
    """
    orders = (
        scoped(data, "orders", scope)
        .group_by("order_id")
        .agg(
            ts=pl.col("order_ts").min(),
            user_id=pl.col("user_id").first(),
            stream_id=pl.col("stream_id").drop_nulls().first(),
        )
        .sort("ts", "order_id")
    )
    joined = {}
    if data.has("events"):
        events = data.frame("events")
        touches = events.filter(pl.col("channel").is_not_null())
        sessions = events.filter(pl.col("session_id").is_not_null())
        joined["to_session"] = follows(orders, sessions, SESSION_GAP)
        joined["to_touch"] = follows(orders, touches, None)
    if data.has("streams"):
        known = data.frame("streams")["stream_id"].implode()
        joined["to_stream"] = orders["stream_id"].is_in(known).fill_null(value=False)
    return orders.select("order_id").with_columns(**joined)


def follows(orders: pl.DataFrame, events: pl.DataFrame, within: timedelta | None) -> pl.Series:
    """For each order (sorted by ts), whether the buyer has an event at or shortly before it."""
    seen = events.select("user_id", "event_ts").drop_nulls().sort("event_ts")
    matched = orders.select("user_id", "ts").join_asof(
        seen, left_on="ts", right_on="event_ts", by="user_id", tolerance=within,
        strategy="backward", coalesce=False, check_sortedness=False,
    )  # fmt: skip
    return matched["event_ts"].is_not_null()
