"""C1: what is open now, how long is left, what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import polars as pl
from footprint import format as fmt
from footprint.result import Result
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
_TITLE = Text("现在的状态", "Status now")
_LEAD = Text(
    "红、黄由规则决定；没有触发的规则才算绿。",
    "Rules decide red and yellow; green is only when none has fired.",
)
_HEADS = (
    Text("颜色", "Colour"),
    Text("预警", "Alert"),
    Text("发生了什么", "What happened"),
    Text("先做什么", "Do first"),
    Text("样本", "n"),
    Text("开始", "Since"),
    Text("期限", "Deadline"),
)
_STATES = ("alerting", "pending", "open")
_LEFT = Text("还剩 {time}", "{time} left")
_OVER = Text("已超 {time}", "{time} overdue")
_AS_OF = Text(
    "剩余时间按数据的最后一天计算。", "Time left is counted from the last day of the data."
)


def status(scope: Scope, lang: Lang) -> None:
    """The colour with its reason, then the open alerts with their deadlines."""
    with section("alerts", lang, _TITLE, _LEAD):
        result = data.ask("alerts", scope)
        frame = result.frames["alerts"]
        opened = labels.localised(frame.filter(pl.col("state").is_in(_STATES)), lang)
        _banner(result, opened, lang)
        if opened.height:
            markup.show(_table(opened, lang))
            markup.notes([_AS_OF(lang)])
        markup.notes([note(lang) for note in result.notes])
        present.tools("alerts", lang, result)


def _banner(result: Result, opened: pl.DataFrame, lang: Lang) -> None:
    red, yellow = (int(_number(result, name)) for name in ("red", "yellow"))
    if not opened.height:
        markup.banner("green", _GREEN(lang), _QUIET(lang))
        return
    rules = [labels.value(rule, lang) for rule in opened["name"].unique(maintain_order=True)]
    joint = "、" if lang == "zh" else ", "
    why = _WHY(lang, open=opened.height, rules=joint.join(rules))
    title = _RED(lang, n=red) if red else _YELLOW(lang, n=yellow)
    markup.banner("red" if red else "yellow", title, why)


def _number(result: Result, name: str) -> float:
    scalar = result.scalars.get(name)
    return scalar.value if scalar and isinstance(scalar.value, int | float) else 0


def _table(frame: pl.DataFrame, lang: Lang) -> str:
    heads = "".join(f"<th>{escape(head(lang))}</th>" for head in _HEADS)
    order = pl.col("colour").replace_strict({"red": 0, "yellow": 1}, default=2)
    rows = "".join(_row(row, lang) for row in frame.sort(order, maintain_order=True).to_dicts())
    return markup.table_html(f"<tr>{heads}</tr>{rows}", stack=True)


def _row(row: dict[str, Any], lang: Lang) -> str:
    deadline = escape(_day(row["deadline"], lang))
    if row["deadline"]:
        deadline += f"<br><b>{escape(_left(row['deadline'], lang))}</b>"
    cells = (
        ("nowrap", markup.badge(row["colour"], labels.value(row["colour"], lang))),
        ("nowrap", f"<b>{escape(row['name'])}</b>"),
        ("", escape(row["problem"] or "")),
        ("", escape(row["action"] or "")),
        ("r", escape(fmt.number(row["n"], lang, 0))),
        ("nowrap", escape(_day(row["since"], lang))),
        ("nowrap", deadline),
    )
    return markup.table_row(cells, [head(lang) for head in _HEADS])


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
