"""How much of the orders can be joined to what came before them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.scope import Scope
from footprint.scoping import scoped

SESSION_GAP = timedelta(days=1)


def coverage(data: Data, scope: Scope) -> pl.DataFrame:
    """One row per order of the scope: order_id and whether it joins ``to_session`` (an event of
    the buyer with a session id within a day before), ``to_touch`` (any event of the buyer with a
    channel before) and ``to_stream`` (its stream is in the stream list).

    Columns whose table is absent are left out. Source: requirement row S1.2.1-c.
    """
    asked = scoped(data, "orders", scope).select("order_id").unique()
    known = once(data, "tracking", lambda: _joined(data))
    return known.join(asked, on="order_id", how="semi", maintain_order="left")


def _joined(data: Data) -> pl.DataFrame:
    """``coverage`` of every order of the data."""
    orders = (
        data.frame("orders")
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
        buyers = data.event_log().user_codes(orders["user_id"])
        joined["to_session"] = follows(orders, _sessions(data, buyers), SESSION_GAP)
        joined["to_touch"] = _touched(data, orders, buyers)
    if data.has("streams"):
        known = data.frame("streams")["stream_id"].implode()
        joined["to_stream"] = orders["stream_id"].is_in(known).fill_null(value=False)
    return orders.select("order_id").with_columns(**joined)


def _sessions(data: Data, buyers: pl.Series) -> pl.DataFrame:
    """Events of buyers that carry a session id."""
    log, events = data.event_log(), data.scan("events")
    known = events.select(pl.col("session_id").is_not_null()).collect()["session_id"]
    theirs = log.rows_of(buyers.drop_nulls().unique()).head(len(known))
    return events.select("user_id", "event_ts").collect().filter(theirs & known)


def _touched(data: Data, orders: pl.DataFrame, buyers: pl.Series) -> pl.Series:
    """Whether the buyer had an event with a channel at or before each order."""
    log, events = data.event_log(), data.scan("events")
    own = events.select(pl.col("channel").is_not_null()).collect()["channel"]
    rest = pl.repeat(False, log.rows - len(own), dtype=pl.Boolean, eager=True)
    first = log.first_last(mask=pl.concat([own, rest])).select("user", "first_ts")
    found = orders.select("ts", user=buyers).join(
        first, on="user", how="left", maintain_order="left"
    )
    return (found["first_ts"] <= found["ts"]).fill_null(value=False)


def follows(orders: pl.DataFrame, events: pl.DataFrame, within: timedelta | None) -> pl.Series:
    """For each order (sorted by ts), whether the buyer has an event at or shortly before it."""
    seen = events.select("user_id", "event_ts").drop_nulls().sort("event_ts")
    matched = orders.select("user_id", "ts").join_asof(
        seen, left_on="ts", right_on="event_ts", by="user_id", tolerance=within,
        strategy="backward", coalesce=False, check_sortedness=False,
    )  # fmt: skip
    return matched["event_ts"].is_not_null()
