"""W1: what was promised in earlier weeks, and what the new brief says of it."""

from __future__ import annotations

from html import escape

from footprint import format as fmt
from footprint.review import phrases
from footprint.review.actions import Action
from footprint.review.desk import Draft
from footprint.review.followup import fate
from footprint.text import Lang, Text

from app import data, nav, state
from app.ui import markup
from app.ui.section import section

_LEAD = Text(
    "每件事都有负责人和期限；“现在怎样”来自这一周的数据。",
    "Each has an owner and a day; “now” is what this week's data says.",
)
_HEADS = (
    Text("答应做什么", "Promise"),
    Text("负责人", "Owner"),
    Text("期限", "Due"),
    Text("阶段", "Stage"),
    Text("现在怎样", "Now"),
)
_OVERDUE = Text("已逾期", "overdue")
_BOARD = Text("打开行动看板", "Open the action board")
_FATE_COLOURS = {"gone": "green", "better": "green", "same": "grey", "worse": "red"}


def show(found: Draft, lang: Lang) -> None:
    """Nothing when nothing was promised."""
    if not found.promises:
        return
    with section("promises", lang, phrases.PROMISES, _LEAD):
        heads = "".join(f"<th>{escape(head(lang))}</th>" for head in _HEADS)
        rows = "".join(_row(action, found, lang) for action in found.promises)
        markup.show(markup.table_html(f"<tr>{heads}</tr>{rows}", stack=True))
        nav.link("L3", _BOARD(lang), lang, {"lang": state.language()})


def _row(action: Action, found: Draft, lang: Lang) -> str:
    today = data.workspace().review.today()
    now = fate(action, found.brief)
    due = escape(fmt.date(action.due, lang))
    if action.overdue(today):
        due += f"<br>{markup.badge('red', _OVERDUE(lang))}"
    cells = (
        ("", escape(action.title[lang])),
        ("nowrap", escape(action.owner)),
        ("nowrap", due),
        ("nowrap", escape(phrases.STAGES[action.stage](lang))),
        ("", markup.badge(_FATE_COLOURS.get(now, "grey"), phrases.FATES[now](lang))),
    )
    return markup.table_row(cells, [head(lang) for head in _HEADS])
