"""C1: what is open now, how long is left, what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import polars as pl
from footprint import format as fmt
from footprint.result import Finding, Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import labels, markup, present
from app.ui.section import section

_RED = Text("红色：有 {n} 条必须马上处理", "Red: {n} to be handled at once")
_YELLOW = Text("黄色：有 {n} 条要盯住", "Yellow: {n} to watch")
_GREEN = Text("绿色：没有未处理的预警", "Green: nothing open")
_WHY = Text("共 {open} 条未处理：{rules}。", "{open} open: {rules}.")
_QUIET = Text("全部规则已检查，都没有触发。", "Every rule was checked and none has fired.")
_OPEN = Text("未处理的预警", "Open alerts")
_HEADS = (
    Text("颜色", "Colour"),
    Text("规则", "Rule"),
    Text("实测", "Measured"),
    Text("界线", "Threshold"),
    Text("样本", "n"),
    Text("开始", "Since"),
    Text("期限", "Deadline"),
    Text("剩余", "Time left"),
)
_LEFT = Text("还剩 {time}", "{time} left")
_OVER = Text("已超 {time}", "{time} overdue")
_AS_OF = Text(
    "剩余时间按数据的最后一天计算。", "Time left is counted from the last day of the data."
)


def status(scope: Scope, lang: Lang) -> None:
    """The colour with its reason, then the open alerts with their deadlines."""
    with section("alerts", lang, card=False):
        result = data.ask("alerts", scope)
        frame = result.frames["alerts"]
        opened = frame.filter(pl.col("state") == "open") if "state" in frame.columns else frame
        _banner(result, opened, lang)
        if opened.height:
            markup.heading(_OPEN(lang))
            markup.show(_table(opened, result, lang))
            markup.notes([_AS_OF(lang)])
        markup.notes([note(lang) for note in result.notes])
        present.tools("alerts", lang, result)


def _banner(result: Result, opened: pl.DataFrame, lang: Lang) -> None:
    red, yellow = (int(_number(result, name)) for name in ("red", "yellow"))
    if not opened.height:
        markup.banner("green", _GREEN(lang), _QUIET(lang))
        return
    rules = [labels.value(rule, lang) for rule in opened["rule"].unique(maintain_order=True)]
    joint = "、" if lang == "zh" else ", "
    why = _WHY(lang, open=opened.height, rules=joint.join(rules))
    title = _RED(lang, n=red) if red else _YELLOW(lang, n=yellow)
    markup.banner("red" if red else "yellow", title, why)


def _number(result: Result, name: str) -> float:
    scalar = result.scalars.get(name)
    return scalar.value if scalar and isinstance(scalar.value, int | float) else 0


def _table(frame: pl.DataFrame, result: Result, lang: Lang) -> str:
    problems = {finding.id: finding for finding in result.findings}
    heads = "".join(f"<th>{escape(head(lang))}</th>" for head in _HEADS)
    rows = "".join(_row(row, problems.get(row.get("finding")), lang) for row in frame.to_dicts())
    return markup.table_html(f"<tr>{heads}</tr>{rows}")


def _row(row: dict[str, Any], finding: Finding | None, lang: Lang) -> str:
    unit = row.get("unit") or ""
    words = finding.problem(lang) if finding else labels.value(row["rule"], lang)
    n = row.get("n")
    cells = [
        markup.badge(row["colour"], labels.value(row["colour"], lang)),
        escape(words),
        escape(fmt.show(row.get("value"), unit, lang)),
        escape(fmt.show(row.get("threshold"), unit, lang)),
        escape(fmt.number(n, lang, 0)) if n is not None else fmt.MISSING,
        escape(_day(row.get("since"), lang)),
        escape(_day(row.get("deadline"), lang)),
        escape(_left(row.get("deadline"), lang)),
    ]
    css = ("nowrap", "", "r", "r", "r", "nowrap", "nowrap", "nowrap")
    return (
        "<tr>"
        + "".join(f'<td class="{c}">{cell}</td>' for c, cell in zip(css, cells, strict=True))
        + "</tr>"
    )


def _day(moment: Any, lang: Lang) -> str:
    if isinstance(moment, datetime):
        return fmt.clock(moment, lang, data.current().tz)
    return fmt.date(moment, lang) if moment else fmt.MISSING


def _left(deadline: Any, lang: Lang) -> str:
    bounds = data.days()
    if not isinstance(deadline, datetime) or bounds is None:
        return fmt.MISSING
    now = Scope(bounds[1], bounds[1], {}, data.current().tz).bounds()[1] or datetime.now(UTC)
    seconds = (deadline - now).total_seconds()
    return (_LEFT if seconds >= 0 else _OVER)(lang, time=fmt.duration(abs(seconds), lang))
