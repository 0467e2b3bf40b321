"""Who was brought by whom, and how far sharing spreads."""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import first_orders, once
from footprint.scoping import narrowed

_PAIRS: dict[str, Any] = {
    "user_id": pl.String,
    "referrer_id": pl.String,
    "first_ts": pl.Datetime("us", "UTC"),
}


def referred_buyers(data: Data) -> pl.DataFrame:
    """Buyers brought by another user: user_id, referrer_id, first_ts of the first order.

    The first order names the referrer, or the buyer accepted an invitation at most ``invite_days``
    before it. The latest acceptance counts; a user cannot refer himself. A bare share is nothing.
    Source: requirement row S7.3-a.
    """
    days = int(data.settings.value("invite_days"))

    def build() -> pl.DataFrame:
        first = first_orders(data)
        pairs = pl.concat([_named(data, first), _accepted(data, first, days)])
        real = pairs.filter(pl.col("referrer_id") != pl.col("user_id"))
        return real.unique("user_id", keep="first", maintain_order=True)

    return once(data, f"referred {days}", build)


def invites(view: View) -> pl.DataFrame:
    """Per wording_id: invites, inviters, accepts, accept_rate, low, high, buyers, k_factor.

    accepts are acceptances in the scope, buyers those of them who then ordered in time; k_factor =
    buyers per inviter. Source: requirement row S2.2.2-b.
    """
    schema = {"wording_id": pl.String, "invites": pl.Int64, "inviters": pl.Int64,
              "accepts": pl.Int64, "accept_rate": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "buyers": pl.Int64, "k_factor": pl.Float64}  # fmt: skip
    if not view.data.has("events") or not view.data.has("orders"):
        return pl.DataFrame(schema=schema)
    events = narrowed(view.data, "events", inviting(view.data), view.scope).lazy()
    sent = (
        events.filter(pl.col("event_type") == "invite")
        .group_by("wording_id")
        .agg(invites=pl.len(), inviters=pl.col("user_id").n_unique())
    )
    brought = referred_buyers(view.data).lazy().select("user_id", bought=pl.lit(True))
    taken = (
        events.filter(pl.col("event_type") == "invite_accept")
        .unique(["wording_id", "user_id"])
        .join(brought, on="user_id", how="left")
        .group_by("wording_id")
        .agg(accepts=pl.len(), buyers=pl.col("bought").fill_null(False).sum())
    )
    low, high = stats.wilson_columns("accepts", "invites")
    joined = sent.join(taken, on="wording_id", how="full", coalesce=True, nulls_equal=True)
    counted = joined.with_columns(
        pl.col("invites", "inviters", "accepts", "buyers").fill_null(0).cast(pl.Int64)
    ).with_columns(low=low, high=high)
    rated = (pl.col("invites") > 0) & (pl.col("accepts") <= pl.col("invites"))
    return counted.select(
        "wording_id", "invites", "inviters", "accepts",
        accept_rate=pl.when(rated).then(pl.col("accepts") / pl.col("invites")),
        low=pl.when(rated).then("low"), high=pl.when(rated).then("high"), buyers="buyers",
        k_factor=pl.when(pl.col("inviters") > 0).then(pl.col("buyers") / pl.col("inviters")),
    ).sort("invites", "wording_id", descending=[True, False]).collect()  # fmt: skip


def inviting(data: Data) -> pl.DataFrame:
    """Events of inviting and of accepting an invitation, all of them."""
    kinds = pl.col("event_type").is_in(["invite", "invite_accept"])
    return once(data, "events of inviting", data.scan("events").filter(kinds).collect)


def _named(data: Data, first: pl.DataFrame) -> pl.DataFrame:
    lines = data.frame("orders").filter(pl.col("referrer_id").is_not_null())
    opening = lines.join(first, on="user_id").filter(pl.col("order_ts") == pl.col("first_ts"))
    return opening.select("user_id", "referrer_id", "first_ts").cast(pl.Schema(_PAIRS))


def _accepted(data: Data, first: pl.DataFrame, days: int) -> pl.DataFrame:
    if not data.has("events"):
        return pl.DataFrame(schema=_PAIRS)
    events = inviting(data).lazy()
    waited = pl.col("first_ts") - pl.col("event_ts")
    return (
        events.filter(pl.col("event_type") == "invite_accept", pl.col("referrer_id").is_not_null())
        .join(first.lazy(), on="user_id")
        .filter(waited.is_between(pl.duration(), pl.duration(days=days)))
        .sort("event_ts", descending=True, maintain_order=True)
        .unique("user_id", keep="first", maintain_order=True)
        .select("user_id", "referrer_id", "first_ts")
        .collect()
    )
