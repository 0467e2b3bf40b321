"""Facts about users, and how a list of users is shown: masked ids, the most money first."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.metrics.derived import once
from footprint.result import Scalar
from footprint.text import Text

MOST = 1000
SHOWN = {
    "user": pl.String, "code": pl.String, "first_ts": pl.Datetime("us", "UTC"),
    "last_ts": pl.Datetime("us", "UTC"), "events": pl.Int64, "orders": pl.Int64,
    "gmv": pl.Float64, "platform": pl.String, "region": pl.String,
}  # fmt: skip


def facts(data: Data) -> pl.DataFrame:
    """One row per user code in order: user, first_ts, last_ts, rows, first_row, orders, cents."""

    def build() -> pl.DataFrame:
        log = data.event_log()
        seen = log.first_last().select("user", "first_ts", "last_ts", "first_row", events="rows")
        bought = log.first_last(log.conversion).select("user", orders="rows", cents="value_cents")
        return seen.join(bought, on="user", how="left", maintain_order="left").with_columns(
            pl.col("orders", "cents").fill_null(0)
        )

    return once(data, "user facts", build)


def listed(data: Data, users: pl.Series, limit: int) -> pl.DataFrame:
    """The users (codes) as a table for reading: ``SHOWN``; most money first, then the latest."""
    log = data.event_log()
    known = facts(data)[users.cast(pl.UInt32)]
    # The least value that can be among the first makes the sort a short one.
    least = known["cents"].top_k(limit).min() if known.height > limit else None
    close = known if least is None else known.filter(pl.col("cents") >= least)
    top = close.sort("cents", "last_ts", "user", descending=[True, True, False]).head(limit)
    first = log.take(top["first_row"], "platform", "region")
    return top.select(
        user=log.user_ids(top["user"]).to_frame("user").select(masked_ids("user"))["user"],
        code=pl.format("#{}", "user"),
        first_ts="first_ts",
        last_ts="last_ts",
        events=pl.col("events") - pl.col("orders") * int(log.conversion.startswith("@")),
        orders="orders",
        gmv=pl.col("cents") / 100,
        platform=first["platform"],
        region=first["region"],
    ).cast(SHOWN)  # type: ignore[arg-type]


def totals(data: Data, users: pl.Series, rule: Text) -> dict[str, Scalar]:
    """What the users are together: users, buyers (share with an order ever), gmv per user."""
    known = facts(data)[users.cast(pl.UInt32)]
    n = known.height
    buyers = int((known["orders"] > 0).sum())
    low, high = stats.wilson(buyers, n) if n else (None, None)
    money = stats.mean_interval(known["cents"] / 100) if n > 1 else (None, None, None)
    return {
        "users": Scalar(n, "count", n, label=Text("用户数", "Users"), definition=rule),
        "buyers": Scalar(
            buyers / n if n else None, "rate", n, low, high, Text("买过的比例", "Ever bought"),
            Text("其中任何时候下过单的用户比例。", "Share of them with an order at any time."),
        ),
        "gmv_per_user": Scalar(
            money[0], "CNY", n, money[1], money[2], Text("人均成交额", "GMV per user"),
            Text("他们至今全部订单的实付金额 ÷ 人数。",
                 "Paid amount of all their orders so far, per user."),
        ),
    }  # fmt: skip
