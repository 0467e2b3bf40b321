"""Which streams draw more complaints than the plan allows."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.metrics import View, by_group, measure
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.risk.wording import listed, streams_named
from footprint.scope import Scope
from footprint.stats import wilson
from footprint.text import Text

_BY = ("stream_id", "host_id", "sku_id", "category", "platform", "channel", "region")
_DEFINITION = Text(
    "投诉数 ÷ 订单数。投诉取评论与客服表中的标记，没有标记时取订单表中的标记；"
    "订单数按订单编号去重。"
    "订单不足的组不判断。区间为 Wilson 95% 区间。涉及金额 = 投诉数 × 客单价。",
    "Complaints divided by orders. Complaints are those marked in comments and service, or in the "
    "orders where comments mark none; orders are counted once per order id. Groups with too few "
    "orders are not judged. The interval is Wilson's at 95 %. Money at stake: complaints times the "
    "average order.",
)
_PROBLEM = Text(
    "{what}的投诉率为 {rate}（{k} 起 / {n} 单，95% 区间 {low}–{high}），超过 {limit} 的警戒线。",
    "{what} drew complaints on {rate} of orders ({k} of {n}, 95% interval {low} to {high}), over "
    "the limit of {limit}.",
)
_SUGGESTION = Text(
    "启动投诉预案：逐条回访这些订单，先退款后定责；同一商品再次上架前先抽检。",
    "Start the complaint plan: call back every one of these orders, refund first and settle blame "
    "later; spot-check the goods before they go on air again.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per category of the streams that alert, else one for all groups that alert."""
    alerts = result.frames["groups"].filter(state="alert")
    if alerts.is_empty():
        return []
    if result.params["by"] != "stream_id":
        return [_finding("all", alerts, result, data, scope)]
    named = streams_named(data, alerts["group"].to_list())
    alerts = alerts.with_columns(category=named["category"].fill_null("other"))
    parts = alerts.partition_by("category", maintain_order=True)
    return [_finding(part["category"][0], part, result, data, scope) for part in parts]


def _finding(about: str, alerts: pl.DataFrame, result: Result, data: Data, scope: Scope) -> Finding:
    k, n = int(alerts["complaints"].sum()), int(alerts["orders"].sum())
    low, high = wilson(k, n)
    own = scope.only(**{str(result.params["by"]): tuple(alerts["group"].to_list())})
    paid = measure("aov", View(data, own)).value or 0.0
    return Finding(
        id=f"complaint_rate:{about}",
        kind="complaint_rate",
        severity=2,
        colour="yellow",
        problem=sentence(
            _PROBLEM, what=listed(alerts["group"].to_list()), rate=(k / n, "rate"),
            k=(k, "count"), n=(n, "count"), low=(low, "rate"), high=(high, "rate"),
            limit=(data.settings.value("complaint_rate"), "rate"),
        ),
        suggestion=_SUGGESTION,
        confidence=_confidence(k, n, data.settings.value("complaint_rate")),
        n=n,
        page="C1",
        question="complaints",
        params={"by": result.params["by"]},
        impact_cny=k * paid,
        impact_low=low * n * paid,
        impact_high=high * n * paid,
        scope=scope,
        evidence=alerts.select("group", "complaints", "orders", "rate", "low", "high", "state"),
    )  # fmt: skip


def _confidence(k: int, n: int, limit: float) -> float:
    """Chance that the true rate is over the limit, with an even prior on the rate."""
    from scipy.special import betainc

    return float(1 - betainc(1 + k, 1 + n - k, limit))


@question(
    "complaints",
    title=Text("哪几场的投诉过多？", "Which streams draw too many complaints?"),
    page="C1",
    rows=("S4.4-b", "S5.2-a"),
    needs=("orders",),
    uses=("comments", "streams"),
    params=(Param("by", str, "stream_id", Text("按什么分组", "Group by"), _BY),),
    in_brief=True,
    findings=_findings,
)
def complaints(data: Data, scope: Scope, by: str = "stream_id") -> Result:
    """Complaint rate per group with its interval and state.

    Frame ``groups``: group, complaints, orders, rate, low, high (rates 0..1), state (alert: over
    the limit with enough orders; low_n: too few orders to judge; ok). Scalars: ``rate`` over the
    scope, ``alerts`` and ``low_n`` (groups). A rate over the limit alerts even when its interval
    reaches below: the plan's limit is on the rate itself, so the interval is printed beside it.
    Source: requirement row S4.4-b, truth PT10.
    """
    view = View(data, scope)
    groups = _groups(by_group("complaint_rate", view, by), data)
    overall = measure("complaint_rate", view)
    count = {state: groups.filter(state=state).height for state in ("alert", "low_n")}
    return Result(
        scalars={
            "rate": Scalar(
                overall.value, "rate", overall.n, overall.low, overall.high,
                Text("投诉率", "Complaint rate"), _DEFINITION,
            ),
            "alerts": Scalar(
                count["alert"], "count", groups.height,
                label=Text("超过警戒线的组", "Groups over the limit"), definition=_DEFINITION,
            ),
            "low_n": Scalar(
                count["low_n"], "count", groups.height,
                label=Text("订单太少、未判断的组", "Groups with too few orders to judge"),
                definition=_DEFINITION,
            ),
        },
        frames={"groups": groups},
        notes=_notes(count["low_n"], groups.height, data),
    )  # fmt: skip


def _groups(rates: pl.DataFrame, data: Data) -> pl.DataFrame:
    minimum = data.settings.value("min_orders_for_alert")
    limit = data.settings.value("complaint_rate")
    state = (
        pl.when(pl.col("n") < minimum)
        .then(pl.lit("low_n"))
        .when(pl.col("value") > limit)
        .then(pl.lit("alert"))
        .otherwise(pl.lit("ok"))
    )
    counted = (pl.col("value") * pl.col("n")).round().cast(pl.Int64)
    return rates.select(
        pl.col("key").alias("group"), counted.alias("complaints"), pl.col("n").alias("orders"),
        pl.col("value").alias("rate"), "low", "high", state.alias("state"),
    ).sort("rate", "group", descending=[True, False])  # fmt: skip


def _notes(low_n: int, groups: int, data: Data) -> tuple[Text, ...]:
    if not low_n:
        return ()
    minimum = int(data.settings.value("min_orders_for_alert"))
    return (
        Text(
            f"{groups} 组中有 {low_n} 组不足 {minimum} 单，只列出、不判断。",
            f"{low_n} of {groups} groups have fewer than {minimum} orders: listed, not judged.",
        ),
    )
