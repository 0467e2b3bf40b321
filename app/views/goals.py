"""M1: every goal with how far it is, the pace it needs and the pace it has."""

from __future__ import annotations

from html import escape
from typing import Any

from footprint import format as fmt
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.section import section

_TITLE = Text("目标树与进度", "Goals and pace")
_LEAD = Text(
    "要按期达成，每 30 天要走多快；现在每 30 天走多快。",
    "The change per 30 days it takes to be on time, and the change there is.",
)
_NONE = Text("还没有可判断的目标。", "No goal can be judged yet.")
_HEADS = (
    Text("目标", "Goal"),
    Text("现在", "Now"),
    Text("进度", "Progress"),
    Text("要达到", "Target"),
    Text("到期", "Due"),
    Text("每 30 天：需要 / 实际", "Per 30 days: needed / actual"),
    Text("状态", "Status"),
    Text("样本", "n"),
)
_COLOURS = {"achieved": "green", "on_pace": "green", "behind": "yellow", "overdue": "red"}
_FULL = Text("已到 {share}", "{share} of the target")


def goals(scope: Scope, lang: Lang) -> None:
    """The goal tree with its pace; goals are judged on all data."""
    with section("goals", lang, _TITLE, _LEAD):
        result = data.ask("goals", Scope(None, None, {}, scope.tz))
        frame = result.frames["goals"]
        if frame.is_empty():
            markup.notes([_NONE(lang)])
        else:
            heads = "".join(f"<th>{escape(head(lang))}</th>" for head in _HEADS)
            rows = "".join(_row(row, lang) for row in frame.to_dicts())
            markup.show(markup.table_html(f"<tr>{heads}</tr>{rows}", stack=True))
        markup.notes([note(lang) for note in result.notes])
        present.tools("goals", lang, result)


def _row(row: dict[str, Any], lang: Lang) -> str:
    unit, status = row["unit"], row["status"]
    pace = f"{_change(row['pace_needed'], unit, lang)} / {_change(row['pace_actual'], unit, lang)}"
    cells = (
        ("nowrap", f"<b>{escape(controls.metric_title(row['goal'], lang))}</b>"),
        ("nowrap", escape(cards.figure(row["value"], unit, lang))),
        ("", _progress(row, lang)),
        ("nowrap", escape(cards.figure(row["target"], unit, lang))),
        ("nowrap", escape(fmt.date(row["due"], lang))),
        ("nowrap", escape(pace) if row["value"] is not None else fmt.MISSING),
        ("nowrap", markup.badge(_COLOURS.get(status, "grey"), labels.value(status, lang))),
        ("nowrap", escape(fmt.number(row["n"], lang, 0))),
    )
    return markup.table_row(cells, [head(lang) for head in _HEADS])


def _change(value: float | None, unit: str, lang: Lang) -> str:
    """A change per 30 days, signed; of a rate in percentage points."""
    if value is None:
        return fmt.MISSING
    if unit == "rate":
        return fmt.points(value * 100, lang)
    sign = "+" if value > 0 else ""
    return sign + cards.figure(round(value, 2), unit, lang)


def _progress(row: dict[str, Any], lang: Lang) -> str:
    """How much of the target is there, as a bar with its words; empty where less is better."""
    value, target = row["value"], row["target"]
    if value is None or not target or (row["status"] == "achieved" and value < target):
        return ""
    share = min(1.0, max(0.0, value / target))
    words = escape(_FULL(lang, share=fmt.percent(share, lang, 0)))
    return (
        f'<span class="fp-bar" role="img" aria-label="{words}">'
        f'<span style="width:{share:.0%}"></span></span>'
    )
