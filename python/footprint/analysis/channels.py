"""What an order and a new buyer cost, by channel and month."""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.channel_crossing import crossings
from footprint.analysis.spend import channel_spend, spend_notes
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import first_orders
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

# A channel is called dearer only when at least this much above its own usual cost, and surely so.
NOTABLE = 1.2


def dearer_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """Channels whose newest month costs clearly more per order than their earlier months."""
    months = result.frames["months"].filter(pl.col("orders") > 0, pl.col("cost") > 0)
    if months.is_empty():
        return []
    last = months["month"].max()
    minimum = int(data.settings.value("min_group"))
    found = []
    for row in months.filter(pl.col("month") == last, pl.col("orders") >= minimum).to_dicts():
        before = months.filter(pl.col("channel") == row["channel"], pl.col("month") < last)
        if before["orders"].sum() >= minimum:
            found.append(_dearer(row, before, scope, months))
    return [finding for finding in found if finding]


def _dearer(
    row: dict[str, Any], before: pl.DataFrame, scope: Scope, months: pl.DataFrame
) -> Finding | None:
    usual = float(before["cost"].sum()) / int(before["orders"].sum())
    few, many = stats.poisson_interval(row["orders"])
    sure = row["cost"] / many / usual
    if row["cost_per_order"] / usual < NOTABLE or sure <= 1:
        return None
    extra = row["cost"] - usual * row["orders"]
    channel, month = row["channel"], f"{row['month']:%Y-%m}"
    return Finding(
        id=f"cost_per_order:{channel}",
        kind="cost_per_order",
        severity=2,
        colour="grey",
        problem=Text(
            f"渠道“{channel}”{month} 每单成本 {row['cost_per_order']:.1f} 元，"
            f"此前平均 {usual:.1f} 元。",
            f"An order from channel “{channel}” cost {row['cost_per_order']:.1f} CNY in {month}, "
            f"against {usual:.1f} CNY before.",
        ),
        suggestion=Text(
            "先核对该渠道本月的计划和素材，再决定是否减量；可与归因页的其他口径对照。",
            "Check this month's campaigns of the channel before cutting; compare with the credit "
            "other attribution models give it.",
        ),
        confidence=0.95,
        n=row["orders"],
        page="U2",
        question="channel_cost",
        impact_cny=extra,
        impact_low=max(0.0, row["cost"] - usual * many),
        impact_high=row["cost"] - usual * few,
        scope=scope,
        evidence=months.filter(pl.col("channel") == channel),
    )


@question(
    "channel_cost",
    title=Text("每个渠道的一单要花多少钱？", "What does an order cost per channel?"),
    page="U2",
    rows=("S1.2.1-b",),
    needs=("orders",),
    uses=("costs", "channel_daily"),
    findings=dearer_findings,
)
def channel_cost(data: Data, scope: Scope) -> Result:
    """Cost per order and per new buyer, by channel and month: two definitions side by side.

    Orders and new buyers belong to the channel written on the order; a new buyer's is that of the
    first order in all data. Frame ``months``: month (first day), channel, cost, orders, new_buyers,
    cost_per_order with the interval low, high that its number of orders allows, cost_per_new_buyer
    (null without cost or orders). Frame ``crossings``: channels whose cost per order came from
    below the plan's pain level to it (channel, month, before, cost_per_order, low, high, orders,
    sure). Scalars: cost, orders, cost_per_order over channels with cost, crossed_in and
    crossed_channel (the latest crossing), unlabelled = share of orders without a channel. The
    plan's 30 CNY is a grey mark, never a judgement. Source: requirement row S1.2.1-b, truth PT46.
    """
    view = View(data, scope)
    months = _months(view)
    crossed = _crossings(data, months)
    paid = months.filter(pl.col("cost") > 0)
    orders, cost = int(paid["orders"].sum()), float(paid["cost"].sum())
    definition = Text(
        "有费用记录的渠道：费用 ÷ 标有该渠道的订单数。",
        "Channels with recorded cost: cost divided by the orders marked with the channel.",
    )
    low, high = stats.poisson_interval(orders)
    scalars = {
        "cost": Scalar(cost, "CNY", paid.height, label=Text("渠道费用", "Channel cost")),
        "orders": Scalar(orders, "count", orders, label=Text("这些渠道的订单", "Their orders")),
        "cost_per_order": Scalar(
            cost / orders if orders else None, "CNY", orders,
            cost / high if orders else None, cost / low if orders else None,
            Text("每单成本", "Cost per order"), definition,
        ),
        **_crossed(crossed),
        "unlabelled": _unlabelled(view),
    }  # fmt: skip
    return Result(scalars, {"months": months, "crossings": crossed}, notes=spend_notes(view))


def _crossings(data: Data, months: pl.DataFrame) -> pl.DataFrame:
    level = data.settings.reference("cac_per_order_pain").value
    least = int(data.settings.value("min_group"))
    return crossings(months, float(str(level)), least)


def _crossed(crossed: pl.DataFrame) -> dict[str, Scalar]:
    """The latest crossing by name; none is said as such."""
    last = crossed.sort("month", "orders", descending=True)
    row = last.row(0, named=True) if last.height else None
    definition = Text(
        "每单成本从计划提到的痛点价位以下，升到该价位或以上，且此后没有回落的第一个月。",
        "First month from which cost per order stays at or above the level the plan names, after "
        "a month below it.",
    )
    n = row["orders"] if row else None
    return {
        "crossed_in": Scalar(
            f"{row['month']:%Y-%m}" if row else None, "text", n,
            label=Text("越过痛点价位的月份", "Crossed the level in"), definition=definition,
        ),
        "crossed_channel": Scalar(
            row["channel"] if row else None, "text", n,
            label=Text("越过的渠道", "Channel that crossed"), definition=definition,
        ),
    }  # fmt: skip


def _months(view: View) -> pl.DataFrame:
    lines = view.rows("orders").with_columns(month=view.days("order_ts").dt.truncate("1mo"))
    keys = ["month", "channel"]
    orders = lines.group_by(keys).agg(orders=pl.col("order_id").n_unique().cast(pl.Int64))
    first = lines.join(first_orders(view.data), on="user_id").filter(
        pl.col("order_ts") == pl.col("first_ts")
    )
    new = first.group_by(keys).agg(new_buyers=pl.col("user_id").n_unique().cast(pl.Int64))
    counted = orders.join(new, on=keys, how="left").filter(pl.col("channel").is_not_null())
    joined = channel_spend(view).join(counted, on=keys, how="full", coalesce=True)
    cost = pl.col("cost")
    return (
        joined.with_columns(pl.col("orders", "new_buyers").fill_null(0))
        .select(
            "month", "channel", "cost", "orders", "new_buyers",
            cost_per_order=pl.when(pl.col("orders") > 0, cost > 0).then(cost / pl.col("orders")),
            low=_per_order(1),
            high=_per_order(0),
            cost_per_new_buyer=pl.when(pl.col("new_buyers") > 0, cost > 0).then(
                cost / pl.col("new_buyers")
            ),
        )
        .sort("month", "channel")
    )  # fmt: skip


def _per_order(bound: int) -> pl.Expr:
    """Cost per order at a bound of the Poisson interval of the orders."""

    def cost(row: dict[str, Any]) -> float | None:
        if not row["orders"] or not row["cost"]:
            return None
        return float(row["cost"]) / stats.poisson_interval(row["orders"])[bound]

    return pl.struct("cost", "orders").map_elements(cost, return_dtype=pl.Float64)


def _unlabelled(view: View) -> Scalar:
    lines = view.rows("orders")
    total = lines["order_id"].n_unique()
    named = lines.filter(pl.col("channel").is_not_null())["order_id"].n_unique()
    return Scalar(
        1 - named / total if total else None, "rate", total,
        label=Text("没有渠道的订单", "Orders without a channel"),
        definition=Text("没有标渠道的订单 ÷ 全部订单，不进入上表。",
                        "Orders that name no channel divided by all; they are not in the table."),
    )  # fmt: skip
