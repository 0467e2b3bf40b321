"""W1: freeze the week, the list of frozen reports, two of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st
from footprint import format as fmt
from footprint.access import person
from footprint.review import Brief, phrases
from footprint.review.compare import Comparison, FindingChange, NumberChange
from footprint.review.frozen import Frozen
from footprint.text import Lang, Text

from app import data
from app.doing import do
from app.ui import cards, markup
from app.ui.section import fragment, section
from app.views import outlets

_TITLE = Text("定稿的周报", "Frozen reports")
_LEAD = Text(
    "定稿后内容不再改变；以后导入的数据只影响新的周报。",
    "A frozen report never changes; later imports only affect later briefs.",
)
_FREEZE = Text("定稿", "Freeze")
_WHY = Text(
    "把这一周的内容、讨论和行动原样存下来，连同数据版本、设定和程序版本。",
    "Keeps the week as it stands, with comments and actions, data version, settings and code.",
)
_DONE = Text("已定稿。", "Frozen.")
_NONE = Text("还没有定稿。", "Nothing was frozen yet.")
_ROW = Text("{week} · {at} · {who} · {id}", "{week} · {at} · {who} · {id}")
_WHICH = Text("打开哪一份", "Which report")
_COMPARE = Text("对比两份定稿", "Compare two frozen reports")
_FIRST, _SECOND = Text("前一份", "Earlier"), Text("后一份", "Later")
_CHANGES = {
    "new": ("yellow", Text("新出现", "New")),
    "worse": ("red", Text("变差", "Worse")),
    "same": ("grey", Text("没变", "Unchanged")),
    "better": ("green", Text("好转", "Better")),
    "gone": ("green", Text("不再出现", "Gone")),
}
_HEADS = (Text("变化", "Change"), Text("问题", "Problem"), Text("之前", "Before"),
          Text("之后", "After"))  # fmt: skip
_NUMBERS = Text("核心数字", "Core numbers")
_NUMBER_HEADS = (Text("指标", "Metric"), Text("之前", "Before"), Text("之后", "After"))


def button(brief: Brief, lang: Lang) -> None:
    """The button that freezes the week, for those who may."""
    if not person().may("editor"):
        return
    with st.popover(_FREEZE(lang), icon=":material/lock:", type="primary", key=f"freezing-{lang}"):
        markup.notes([_WHY(lang)])
        st.button(
            _FREEZE(lang),
            key=f"freeze-{brief.week}-{lang}",
            icon=":material/lock:",
            type="primary",
            on_click=do,
            args=(data.workspace().review.freeze, brief),
            kwargs={"said": _DONE},
        )


def show(lang: Lang) -> None:
    """Frozen reports: one at a time with its ways out, then a comparison."""
    with section("frozen", lang, _TITLE, _LEAD):
        _listed(lang)


@fragment
def _listed(lang: Lang) -> None:
    kept = data.workspace().review.reports()
    if not kept:
        markup.notes([_NONE(lang)])
        return
    ids = [report.id for report in kept]
    words = {report.id: _words(report, lang) for report in kept}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        id = st.selectbox(
            _WHICH(lang), ids, format_func=words.__getitem__, key=f"frozen-{ids[0]}-{lang}"
        )
        outlets.export_menu(
            partial(data.workspace().review.frozen, id), f"footprint-{id[:12]}", f"frozen-{id}",
            lang, page=partial(data.workspace().review.page, id),
        )  # fmt: skip
        outlets.share_menu("report", id, f"frozen-{id}", lang)
    if len(kept) > 1 and st.toggle(_COMPARE(lang), key=f"compare-{lang}"):
        _compare(kept, words, lang)


def _words(report: Frozen, lang: Lang) -> str:
    from datetime import datetime

    at = fmt.clock(datetime.fromisoformat(report.at), lang, data.current().tz)
    return _ROW(lang, week=report.week, at=at, who=report.who, id=report.id[:8])


def _compare(kept: list[Frozen], words: dict[str, str], lang: Lang) -> None:
    ids = [report.id for report in kept]
    left, right = st.columns(2)
    one = left.selectbox(
        _FIRST(lang), ids, index=1, format_func=words.__getitem__, key=f"one-{ids[0]}-{lang}"
    )
    two = right.selectbox(
        _SECOND(lang), ids, format_func=words.__getitem__, key=f"two-{ids[0]}-{lang}"
    )
    found = data.workspace().review.compare(one, two)
    _findings(found, lang)
    _numbers(found, lang)


def _findings(found: Comparison, lang: Lang) -> None:
    heads = _headings(_HEADS, lang)
    rows = "".join(_change(change, lang) for change in found.findings)
    if rows:
        markup.show(markup.table_html(f"<tr>{heads}</tr>{rows}", stack=True))


def _change(change: FindingChange, lang: Lang) -> str:
    colour, words = _CHANGES[change.state]
    stakes = (phrases.stake(row, lang) if row else fmt.MISSING
              for row in (change.earlier, change.later))  # fmt: skip
    cells = [
        ("nowrap", markup.badge(colour, words(lang))),
        ("", escape(change.row["problem"][lang])),
        *(("r", escape(stake)) for stake in stakes),
    ]
    return markup.table_row(cells, [head(lang) for head in _HEADS])


def _numbers(found: Comparison, lang: Lang) -> None:
    markup.caption(_NUMBERS(lang))
    heads = _headings(_NUMBER_HEADS, lang)
    rows = "".join(_number(change, lang) for change in found.numbers)
    markup.show(markup.table_html(f"<tr>{heads}</tr>{rows}", stack=True))


def _headings(heads: Sequence[Text], lang: Lang) -> str:
    """Headings in words; the last two stand above numbers."""
    last = len(heads) - 2
    return "".join(
        f'<th class="{"r" if at >= last else ""}">{escape(head(lang))}</th>'
        for at, head in enumerate(heads)
    )


def _number(change: NumberChange, lang: Lang) -> str:
    line = change.later or change.earlier
    assert line is not None
    values = [
        cards.figure(side["value"], side["unit"], lang) if side else fmt.MISSING
        for side in (change.earlier, change.later)
    ]
    cells = [("", escape(line["title"][lang])), *(("r", escape(value)) for value in values)]
    return markup.table_row(cells, [head(lang) for head in _NUMBER_HEADS])
