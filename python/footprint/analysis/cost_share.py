"""Which part of the week's spending outgrew its plan (peak-season logistics, for one)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.names import cost_name
from footprint.planning.cost_plan import planned_shares
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_PROBLEM = Text(
    "{name}支出占这一周总支出的 {share}，计划是 {plan}，超过了计划的 {times}。",
    "{name} took {share} of the week's spending against a plan of {plan}, over {times} the plan.",
)
_SUGGESTION = Text(
    "逐单核对{name}账单，找出涨价或加急的部分；下次大促前按这次的实际占比多留预算。",
    "Check the bills for {name} line by line for surcharges; before the next peak, reserve "
    "budget at the share seen here.",
)
_DEFINITION = Text(
    "每周各类支出 ÷ 当周总支出；只看完整的周。计划取自预算表，"
    "没有预算行的类别用运营方案的预算占比。占比超过计划的设定倍数时预警。",
    "Spending of each category over all spending of the week, complete weeks only. The plan is the "
    "budget sheet; a category without a line there uses the share of the operations plan. An alert "
    "is a share above the plan times the set factor.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per category over its limit, about its newest week in the scope."""
    alerts = result.frames["weeks"].filter(state="alert").sort("week")
    newest = alerts.unique("category", keep="last").sort("category")
    if newest.is_empty():
        return []
    history = _weeks(data, replace(scope, start=None))
    return [_finding(row, history, data, scope) for row in newest.to_dicts()]


def _finding(row: dict, weeks: pl.DataFrame, data: Data, scope: Scope) -> Finding:
    name = cost_name(row["category"])
    total = row["amount"] / row["share"]
    return Finding(
        id=f"cost_share:{row['category']}",
        kind="cost_share",
        severity=2,
        colour="yellow",
        problem=sentence(
            _PROBLEM, name=name, share=(row["share"], "rate"), plan=(row["plan"], "rate"),
            times=(data.settings.value("peak_multiplier"), "x"),
        ),
        suggestion=sentence(_SUGGESTION, name=Text(name.zh, name.en.lower())),
        confidence=0.95,
        n=row["n"],
        page="C1",
        question="cost_share",
        impact_cny=row["amount"] - row["plan"] * total,
        scope=replace(Scope.week(row["week"], data.tz), where=scope.where),
        evidence=weeks.filter(pl.col("category") == row["category"], pl.col("week") <= row["week"])
        .tail(8).select("week", "amount", "share", "plan", "limit"),
    )  # fmt: skip


@question(
    "cost_share",
    title=Text("哪类支出超过了计划？", "Which spending outgrew its plan?"),
    page="C1",
    rows=("S4.2-c",),
    needs=("costs",),
    uses=("plan",),
    in_brief=True,
    findings=_findings,
)
def cost_share(data: Data, scope: Scope) -> Result:
    """Weekly share of every cost category beside its plan.

    Frame ``weeks``: week (2026-W46), category, amount (CNY), share and plan and limit (rates), n
    (cost rows), state (alert, ok, no_plan). A category of goods does not narrow the cost sheet.
    Source: requirement row S4.2-c, truth PT22.
    """
    weeks = _weeks(data, scope)
    alerts = weeks.filter(state="alert")
    return Result(
        scalars={
            "alerts": Scalar(
                alerts.height, "count", n=int(weeks["n"].sum()),
                label=Text("超出计划的支出", "Spending over plan"), definition=_DEFINITION,
            )
        },
        frames={"weeks": weeks},
        notes=_notes(weeks),
    )  # fmt: skip


def _weeks(data: Data, scope: Scope) -> pl.DataFrame:
    """Shares of the scope's weeks, judged against their plan."""
    where = {key: values for key, values in scope.where.items() if key != "category"}
    weeks = weekly_shares(scoped(data, "costs", replace(scope, where=where)), scope, data)
    factor = float(data.settings.value("peak_multiplier"))
    planned = planned_shares(data, weeks.select("week").unique())
    return _judged(weeks.join(planned, on=["week", "category"], how="left"), factor)


def weekly_shares(costs: pl.DataFrame, scope: Scope, data: Data) -> pl.DataFrame:
    """Amount, share of the week's total and rows per complete ISO week and category.

    A week counts when all its days lie within the scope and within the dates of the whole sheet.
    """
    dates = data.frame("costs")["cost_date"]
    first_day = pl.max_horizontal(_day(dates.min()), _day(scope.start))
    last_day = pl.min_horizontal(_day(dates.max()), _day(scope.end))
    monday = pl.col("cost_date").dt.truncate("1w")
    return (
        costs.filter(pl.col("amount").is_not_null())
        .with_columns(monday.alias("monday"))
        .filter(first_day <= pl.col("monday"), pl.col("monday").dt.offset_by("6d") <= last_day)
        .group_by("monday", "category")
        .agg(amount=pl.col("amount").sum(), n=pl.len())
        .with_columns(total=pl.col("amount").sum().over("monday"))
        .filter(pl.col("total") > 0)
        .sort("monday", "category")
        .select(
            pl.col("monday").dt.strftime("%G-W%V").alias("week"),
            "category", "amount",
            share=pl.col("amount") / pl.col("total"),
            n=pl.col("n").cast(pl.Int64),
        )
    )  # fmt: skip


def _day(day: object) -> pl.Expr:
    return pl.lit(day, pl.Date)


def _judged(weeks: pl.DataFrame, factor: float) -> pl.DataFrame:
    over = pl.col("share") > pl.col("limit")
    return weeks.with_columns(limit=pl.col("plan") * factor).with_columns(
        state=pl.when(pl.col("plan").is_null()).then(pl.lit("no_plan"))
        .when(over).then(pl.lit("alert")).otherwise(pl.lit("ok")),
    ).select("week", "category", "amount", "share", "plan", "limit", "state", "n").sort(
        "week", "category"
    )  # fmt: skip


def _notes(weeks: pl.DataFrame) -> tuple[Text, ...]:
    if weeks.is_empty():
        return (
            Text("这段时间没有完整一周的成本数据。", "No complete week of costs in this period."),
        )
    bare = weeks.filter(state="no_plan")["category"].unique().sort().to_list()
    if not bare:
        return ()
    names = [cost_name(name) for name in bare]
    zh, en = "、".join(n.zh for n in names), ", ".join(n.en.lower() for n in names)
    return (Text(f"没有计划、不作判断：{zh}。", f"No plan, so not judged: {en}."),)
