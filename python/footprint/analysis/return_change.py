"""Did returns change from a date on, and what do people give as the reason?"""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.measures import count, rate, word
from footprint.analysis.topic_words import main_topic, topic_name
from footprint.data import Data
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import looked_up, scoped
from footprint.stats import two_proportions, wilson_columns
from footprint.text import Text

_ALPHA = 0.05
_DEFINITION = Text(
    "退货率 = 有退款的订单行 ÷ 订单行，按下单日分在变动日之前与之后。变化 = 之后 ÷ 之前 − 1，"
    "区间跨过 0 "
    "就是看不出变化。原因按用词归类，没写的不计。前后比较会混进同期的其他变化，不是因果。",
    "Return rate = order lines with a refund / order lines, by order date before and from the day "
    "of the change. Change = after / before - 1; an interval across 0 means nothing is seen. "
    "Reasons are grouped by wording, those not given are left out. Other things change over time "
    "too: not cause.",
)
_PROBLEM = Text(
    "从 {day} 起退货率由 {before} 变为 {after}（{relative}）；退货原因最多的是“{topic}”，占 "
    "{share}。",
    "From {day} the return rate went from {before} to {after} ({relative}); the most frequent "
    "reason is {topic} with {share}.",
)
_SUGGESTION = Text(
    "把有效的做法（如尺码演示）写进脚本模板；先在另一个品类按场次随机试一轮。",
    "Put what works (a size demo, say) into the script template; try it at random in one more "
    "category first.",
)


# Reason code -> name and words that show it.
def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when returns clearly changed at the date."""
    value = {name: scalar.value for name, scalar in result.scalars.items()}
    if value.get("verdict") not in ("effect_up", "effect_down"):
        return []
    day = date.fromisoformat(str(value["change"]))
    return [
        Finding(
            id=f"return_change:{day}",
            kind="return_change",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, day=(day, "date"), before=(value["rate_before"], "rate"),
                after=(value["rate_after"], "rate"), relative=(value["relative"], "change"),
                topic=topic_name(str(value["top_topic"])),
                share=(value["top_share"], "rate"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.6,
            n=int(str(value["lines"])),
            page="U5",
            question="return_change",
            params={"change": day},
            scope=scope,
            evidence=result.frames["reasons"],
        )
    ]  # fmt: skip


@question(
    "return_change",
    title=Text("尺码演示之后，退货少了吗？", "Did returns fall after the size demo?"),
    page="U5",
    rows=("S9.1-b",),
    needs=("orders",),
    uses=("streams", "products"),
    params=(
        Param("change", date, None, Text("从哪天起，缺省为标签首次出现", "From; first tagged day")),
        Param("tag", str, "size_demo", Text("做法的标签", "Tag of the practice")),
    ),
    findings=_findings,
)
def return_change(data: Data, scope: Scope, change: date | None, tag: str) -> Result:
    """Return rate before and from a date, and the reasons given.

    Without a date, the day of the first stream with the tag counts, and only the categories that
    carry it. Scalars: change (the date), rate_before, rate_after, relative (signed, interval),
    p_value, top_topic, top_share, size_share, lines, verdict. Frames ``months`` (month, lines,
    rate, low, high), ``reasons`` (topic, before, after, returns, share). Source: requirement rows
    S9.1-b and S3.3-d (returns), truth PT17.
    """
    lines = _lines(data, scope)
    day = change
    if day is None:
        day, categories = _first_tagged(data, scope, tag)
        lines = lines.filter(pl.col("category").is_in(categories)) if categories else lines
    reasons = _reasons(lines, day)
    frames = {"months": _months(lines), "reasons": reasons}
    scalars = {
        **_topics(reasons),
        "lines": count(lines.height, lines.height, Text("订单行", "Order lines")),
    }
    if day is None:
        note = Text(
            "没有场次带这个标签；请填日期。", "No stream carries this tag; enter a date instead."
        )
        return Result(scalars=scalars, frames=frames, notes=(note,))
    return Result(scalars={**_compared(data, lines, day), **scalars}, frames=frames)


def _lines(data: Data, scope: Scope) -> pl.DataFrame:
    day = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.date()
    orders = scoped(data, "orders", scope)
    category = looked_up(data, orders, "category", "orders")
    return orders.select(
        category=pl.lit(None, pl.String) if category is None else category,
        day=day,
        returned=(pl.col("refund_amount") > 0).fill_null(value=False),
        topic=main_topic(orders["refund_reason"]),
    )  # fmt: skip


def _first_tagged(data: Data, scope: Scope, tag: str) -> tuple[date | None, list[str]]:
    """The day of the first stream with the tag and the categories that carry it."""
    if not data.has("streams"):
        return None, []
    streams = scoped(data, "streams", scope, period=False)
    tagged = streams.filter(pl.col("tags").list.contains(tag).fill_null(value=False))
    day = pl.col("start_ts").dt.convert_time_zone(data.tz).dt.date()
    known = tagged["category"].drop_nulls().unique().sort().to_list()
    return tagged.select(day.min()).item(), known


def _months(lines: pl.DataFrame) -> pl.DataFrame:
    return (
        lines.group_by(month=pl.col("day").dt.strftime("%Y-%m"))
        .agg(lines=pl.len().cast(pl.Int64), returns=pl.col("returned").sum().cast(pl.Int64))
        .with_columns(*wilson_columns("returns", "lines"), rate=pl.col("returns") / pl.col("lines"))
        .sort("month")
    )


def _reasons(lines: pl.DataFrame, day: date | None) -> pl.DataFrame:
    told = lines.filter("returned").drop_nulls("topic")
    before = pl.col("day") < day if day else pl.lit(value=True)
    return (
        told.group_by("topic")
        .agg(
            before=before.sum().cast(pl.Int64) if day else pl.len().cast(pl.Int64),
            after=(~before).sum().cast(pl.Int64) if day else pl.lit(0, pl.Int64),
            returns=pl.len().cast(pl.Int64),
        )
        .with_columns(share=pl.col("returns") / pl.col("returns").sum())
        .sort(["returns", "topic"], descending=[True, False])
    )


def _topics(reasons: pl.DataFrame) -> dict[str, Scalar]:
    n = int(reasons["returns"].sum())
    if not n:
        return {}
    best = reasons.row(0, named=True)
    size = int(reasons.filter(pl.col("topic") == "size")["returns"].sum())
    return {
        "top_topic": word(best["topic"], n, Text("最多的退货原因", "Top reason"), _DEFINITION),
        "top_share": rate(best["returns"], n, Text("占退货的比例", "Its share"), _DEFINITION),
        "size_share": rate(size, n, Text("尺码原因占比", "Share for size"), _DEFINITION),
    }


def _compared(data: Data, lines: pl.DataFrame, day: date) -> dict[str, Scalar]:
    least = int(data.settings.value("rate_min_lines"))
    sides = [lines.filter(pl.col("day") < day), lines.filter(pl.col("day") >= day)]
    (k0, n0), (k1, n1) = [(int(s["returned"].sum()), s.height) for s in sides]
    scalars = {
        "change": word(day.isoformat(), n0 + n1, Text("变动日", "From")),
        "rate_before": rate(k0, n0, Text("之前退货率", "Before"), _DEFINITION, least),
        "rate_after": rate(k1, n1, Text("之后退货率", "After"), _DEFINITION, least),
    }
    label = Text("结论", "Verdict")
    if min(n0, n1) < least or not k0:
        return {**scalars, "verdict": word("too_small", min(n0, n1), label, _DEFINITION)}
    found = two_proportions(k1, n1, k0, n0)
    low, high = (None if b is None else b - 1 for b in (found.ratio_low, found.ratio_high))
    verdict = "no_effect" if found.p >= _ALPHA else "effect_up" if found.diff > 0 else "effect_down"
    return {
        **scalars,
        "relative": Scalar(
            None if found.ratio is None else found.ratio - 1, "change", n0 + n1, low, high,
            Text("变化", "Change"), _DEFINITION,
        ),
        "p_value": Scalar(found.p, "p", n0 + n1, label=Text("偶然出现的概率", "p value")),
        "verdict": word(verdict, n0 + n1, label, _DEFINITION),
    }  # fmt: skip
