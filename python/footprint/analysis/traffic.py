"""Traffic by class of channel: platform, creators, private groups, paid; and platform mix."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.log_rows import log_mask, row_values
from footprint.analysis.spend import channel_spend, spend_notes
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import first_orders, once
from footprint.metrics.view import SliceError
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

CLASSES = ("platform", "kol", "private", "paid", "other")


@question(
    "traffic_matrix",
    title=Text("各类流量花了多少、带来多少？", "What does each kind of traffic cost and bring?"),
    page="U2",
    rows=("S2.2.2-a",),
    needs=("events", "orders"),
    uses=("costs", "channel_daily"),
)
def traffic_matrix(data: Data, scope: Scope) -> Result:
    """Spend, visits, buyers and credit of each class of channel.

    A channel's class is the one most of its events name. Frame ``classes``: channel_class, spend,
    visits (users x days with an event of the class), buyers, new_buyers, gmv (of orders marked with
    its channels), cac = spend / new_buyers, roi = gmv / spend, credited = conversions by the linear
    model over all touches. Source: requirement row S2.2.2-a.
    """
    view = View(data, scope)
    classes = channel_classes(data)
    every = pl.DataFrame({"channel_class": CLASSES})
    joined = every
    for part in (_visits(view), _bought(view, classes), _spent(view, classes), _credited(view)):
        joined = joined.join(part, on="channel_class", how="left", maintain_order="left")
    spend = pl.col("spend")
    counts = ("visits", "buyers", "new_buyers", "gmv", "credited")
    frame = joined.with_columns(pl.col(counts).fill_null(0)).select(
        "channel_class", "spend", "visits", "buyers", "new_buyers", "gmv",
        cac=pl.when(pl.col("new_buyers") > 0, spend > 0).then(spend / pl.col("new_buyers")),
        roi=pl.when(spend > 0).then(pl.col("gmv") / spend),
        credited="credited",
    )  # fmt: skip
    scalars = {
        "spend": Scalar(
            float(frame["spend"].sum()), "CNY", frame["spend"].count(), label=Text("费用", "Spend")
        ),
        "visits": Scalar(
            int(frame["visits"].sum()), "count", int(frame["visits"].sum()),
            label=Text("访问", "Visits"),
            definition=Text("每位用户每天每类流量计一次。",
                            "One per user, day and class of traffic."),
        ),
    }  # fmt: skip
    return Result(scalars, {"classes": frame}, notes=spend_notes(view))


def channel_classes(data: Data) -> pl.DataFrame:
    """channel -> channel_class, by the most frequent class among each channel's events."""

    def build() -> pl.DataFrame:
        events = data.scan("events")
        return (
            events.filter(pl.col("channel").is_not_null(), pl.col("channel_class").is_not_null())
            .group_by("channel", "channel_class")
            .agg(rows=pl.len())
            .sort("rows", "channel_class", descending=[True, False])
            .unique("channel", keep="first", maintain_order=True)
            .select("channel", "channel_class")
            .collect()
        )

    return once(data, "channel classes", build)


def class_rows(data: Data, kind: str) -> pl.Series:
    """True on the source rows whose channel is of this class; nowhere when none is named."""

    def build() -> pl.Series:
        try:
            named = row_values(data, "channel_class")
        except SliceError:
            return pl.repeat(False, data.event_log().rows, dtype=pl.Boolean, eager=True)
        return named.where(pl.Series(named.words, dtype=pl.String) == kind)

    return once(data, f"rows of class {kind}", build)


def _visits(view: View) -> pl.DataFrame:
    """channel_class, visits: users x days with an event of the class."""
    data, scope = view.data, view.scope
    first, last = scope.start or date.min, scope.end or date.max
    name = f"visits {scope.tz} {sorted(scope.where.items())}"
    daily = once(data, name, lambda: _daily_visits(data, scope))
    inside = daily.filter(pl.col("day") >= first, pl.col("day") <= last)
    counted = inside.group_by("channel_class").agg(visits=pl.col("users").sum())
    return pl.DataFrame({"channel_class": CLASSES}).join(
        counted, on="channel_class", how="left", maintain_order="left"
    ).with_columns(pl.col("visits").fill_null(0))  # fmt: skip


def _daily_visits(data: Data, scope: Scope) -> pl.DataFrame:
    """channel_class, day, users with an event of the class that day, inside the slices."""
    log, inside = data.event_log(), log_mask(data, scope)
    parts = []
    for kind in CLASSES:
        hit = class_rows(data, kind)
        days = log.user_days(scope.tz, mask=hit if inside is None else hit & inside)
        users = days.group_by("day").agg(users=pl.len().cast(pl.Int64))
        parts.append(users.select("day", "users", channel_class=pl.lit(kind)))
    return pl.concat(parts)


def _bought(view: View, classes: pl.DataFrame) -> pl.DataFrame:
    lines = view.rows("orders").join(classes, on="channel")
    first = first_orders(view.data)
    new = pl.col("user_id").filter(pl.col("order_ts") == pl.col("first_ts"))
    return (
        lines.join(first, on="user_id")
        .group_by("channel_class")
        .agg(
            buyers=pl.col("user_id").n_unique().cast(pl.Int64),
            new_buyers=new.n_unique().cast(pl.Int64),
            gmv=pl.col("paid_amount").sum(),
        )
    )


def _spent(view: View, classes: pl.DataFrame) -> pl.DataFrame:
    spent = channel_spend(view).join(classes, on="channel", how="left")
    named = spent.with_columns(pl.col("channel_class").fill_null("other"))
    return named.group_by("channel_class").agg(spend=pl.col("cost").sum())


def _credited(view: View) -> pl.DataFrame:
    data, scope = view.data, view.scope
    tables = data.event_log().attribution(
        "channel_class", models=("linear",), mask=log_mask(data, scope), period=scope.bounds(),
        replicates=0,
    )  # fmt: skip
    return tables.credits.select(channel_class="touch", credited="conversions")


@question(
    "platform_mix",
    title=Text("太依赖一个平台吗？", "Do we depend on one platform?"),
    page="U2",
    rows=("S1.1.1-b",),
    needs=("orders",),
    uses=("streams", "costs", "channel_daily"),
)
def platform_mix(data: Data, scope: Scope) -> Result:
    """GMV, viewers and cost by platform, and how concentrated GMV is.

    Frame ``platforms``: platform, gmv, gmv_share, viewers, viewer_share, cost (its channel report
    plus the other costs booked to its streams), cost_share. Scalars: top2_share = GMV share of the
    two largest platforms, hhi = sum of squared GMV shares (1 = all on one). Orders of an unknown
    platform are left out and noted. Source: requirement row S1.1.1-b.
    """
    view = View(data, scope)
    money = (
        view.rows("orders", "platform")
        .group_by(platform="key")
        .agg(gmv=pl.col("paid_amount").sum(), orders=pl.col("order_id").n_unique())
    )
    known = money.filter(pl.col("platform").is_not_null())
    unknown = float(money["gmv"].sum()) - float(known["gmv"].sum())
    joined = known
    for part in (_viewers(view), _platform_cost(view)):
        joined = joined.join(part, on="platform", how="full", coalesce=True)
    frame = joined.sort("gmv", "platform", descending=[True, False], nulls_last=True).select(
        "platform",
        pl.col("gmv").fill_null(0.0), _part("gmv").alias("gmv_share"),
        "viewers", _part("viewers").alias("viewer_share"),
        "cost", _part("cost").alias("cost_share"),
    )  # fmt: skip
    shares = frame["gmv_share"].drop_nulls()
    n = int(known["orders"].sum())
    scalars = {
        "top2_share": Scalar(
            float(shares.head(2).sum()) if len(shares) else None, "rate", n,
            label=Text("前两大平台占比", "Share of the two largest platforms"),
            definition=Text("成交金额最高的两个平台 ÷ 全部平台。",
                            "GMV of the two largest platforms divided by that of all."),
        ),
        "hhi": Scalar(
            float((shares**2).sum()) if len(shares) else None, "rate", n,
            label=Text("集中度", "Concentration"),
            definition=Text("各平台成交占比的平方和，1 表示全在一个平台。",
                            "Sum of squared GMV shares; 1 means all on one platform."),
        ),
    }  # fmt: skip
    return Result(scalars, {"platforms": frame}, notes=_unknown(unknown))


def _part(column: str) -> pl.Expr:
    total = pl.col(column).sum()
    return pl.when(total > 0).then(pl.col(column).fill_null(0) / total)


def _viewers(view: View) -> pl.DataFrame:
    if not view.data.has("streams"):
        return pl.DataFrame(schema={"platform": pl.String, "viewers": pl.Int64})
    return view.rows("streams").group_by("platform").agg(pl.col("viewers").sum())


def _platform_cost(view: View) -> pl.DataFrame:
    parts = [pl.DataFrame(schema={"platform": pl.String, "cost": pl.Float64})]
    reported = view.data.has("channel_daily")
    if view.data.has("costs") and view.data.has("streams"):
        booked = view.rows("costs", "platform")
        if reported:  # the report already holds the ads
            booked = booked.filter(pl.col("category") != "ads")
        parts.append(booked.select(platform="key", cost="amount"))
    if reported:
        parts.append(view.rows("channel_daily").select("platform", "cost"))
    both = pl.concat(parts).filter(pl.col("platform").is_not_null())
    return both.group_by("platform").agg(pl.col("cost").sum())


def _unknown(money: float) -> tuple[Text, ...]:
    if money <= 0:
        return ()
    return (
        Text(f"另有 {money:,.0f} 元订单看不出平台，没有计入。",
             f"Orders of {money:,.0f} CNY name no platform and are left out."),
    )  # fmt: skip
