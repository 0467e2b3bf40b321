"""One sheet of the wizard: what it is, its first lines, its mapping, what is wrong, its effect."""

from __future__ import annotations

from html import escape

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.ingest.preview import SheetPreview
from footprint.questions import questions
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import nav
from app.ui import markup, present
from app.views.importing import effect, mapping, pending
from app.views.importing import questions as asking

_IS = Text("这是哪张表", "This table is")
_PICK = Text("请选择", "Choose one")
_HEADS_AT = Text("表头在哪一行", "The headings are in")
_LINE = Text("第 {n} 行：{cells}", "row {n}: {cells}")
_NO_HEADS = Text("没有表头", "there are no headings")
_TAKE = Text("导入这张表", "Take this in")
_REMEMBER = Text("记住这些选择", "Remember these choices")
_ALREADY = Text("已经在里面，没有改动", "Already here, nothing to change")
_REFUSED = Text("不能读取", "Cannot be read")
_OPEN = Text("有 {n} 个问题", "{n} to answer")
_SKIPPED = Text("不导入", "Left out")
_READY = Text("可以导入", "Ready")
_ROWS = Text("{n} 行", "{n} rows")
_ABOUT = Text("约 {n} MB，预览前 {rows} 行", "{n} MB, first {rows} rows looked at")
_ASIDE = Text("{n} 行放在一边", "{n} set aside")
_HEAD = Text("文件的前几行", "First lines of the file")
_FAULTS = Text("不会收下的行", "Rows that would be set aside")
_UNLOCKS = Text("用得上的页面：{pages}", "Used by: {pages}")
REASON_HEADS = {
    "what": Text("原因", "Reason"),
    "column": Text("列", "Column"),
    "count": Text("行数", "Rows"),
    "first_row": Text("首次出现的行", "First row"),
    "example": Text("内容举例", "Example"),
    "mend": Text("怎么改", "How to mend"),
}
_LINES = 8


def show(sheet: SheetPreview, lang: Lang, *, alone: bool = False) -> None:
    """A line that tells the state; the rest opens below it, at once when the sheet is ``alone``."""
    colour, words = _state(sheet, lang)
    name = f"**{literal(sheet.file)}**{_meaning(sheet, lang)}"
    with st.expander(
        f"{name} :{colour}-badge[{words}]{_counts(sheet, lang)}",
        icon=":material/table_view:",
        expanded=alone or bool(sheet.refused),
        key=f"sheet-{sheet.id}-{lang}",
        on_change="rerun",
    ) as body:
        if sheet.refused:
            st.warning(sheet.refused.on_page(lang), icon=":material/error:")
        if body.open:
            _body(sheet, lang)


def _state(sheet: SheetPreview, lang: Lang) -> tuple[str, str]:
    if sheet.refused:
        return "red", _REFUSED(lang)
    if sheet.already:
        return "gray", _ALREADY(lang)
    if sheet.skipped:
        return "gray", _SKIPPED(lang)
    if sheet.open:
        return "yellow", _OPEN(lang, n=len(sheet.open))
    return "green", _READY(lang)


def _meaning(sheet: SheetPreview, lang: Lang) -> str:
    names = [title(lang) for title in (sheet.title, sheet.layout_title) if title]
    return f" → {' · '.join(names)}" if names else ""


def _counts(sheet: SheetPreview, lang: Lang) -> str:
    if sheet.refused or sheet.already:
        return ""
    rows = fmt.number(sheet.rows, lang)
    told = (
        _ROWS(lang, n=rows)
        if sheet.exact
        else _ABOUT(lang, n=fmt.number(sheet.bytes / 1e6, lang, 0), rows=rows)
    )
    aside = sheet.rows - sheet.accepted
    parts = [told, *([_ASIDE(lang, n=fmt.number(aside, lang))] if aside else [])]
    return f" :gray[{' · '.join(parts)}]"


def literal(name: str) -> str:
    """A file name that cannot be read as markup."""
    return "".join(f"\\{c}" if c in "*_`[]()#:~$<>\\" else c for c in name)


def _body(sheet: SheetPreview, lang: Lang) -> None:
    _controls(sheet, lang)
    if sheet.table and not sheet.refused:
        effect.of_sheet(sheet, lang)
        markup.notes(
            [_UNLOCKS(lang, pages=pages(sheet.table, lang))] + [n(lang) for n in sheet.notes]
        )
    _reasons(sheet, lang)
    mapping.show(sheet, lang)
    asking.settled(sheet, lang)
    _first_lines(sheet, lang)


def _controls(sheet: SheetPreview, lang: Lang) -> None:
    choice = pending.answers().of(sheet.id)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _table(sheet, lang)
        _heading(sheet, lang)
        for name, words, now in (
            ("skip", _TAKE, not choice.skip),
            ("remember", _REMEMBER, choice.remember),
        ):
            key = f"{name}-{sheet.id}-{lang}"
            st.checkbox(words(lang), now, key=key, on_change=_switched, args=(sheet.id, name, key))


def _table(sheet: SheetPreview, lang: Lang) -> None:
    key = f"table-{sheet.id}-{sheet.table}-{lang}"
    st.selectbox(
        _IS(lang),
        list(TABLES),
        index=list(TABLES).index(sheet.table) if sheet.table else None,
        format_func=lambda name: TABLES[name].title(lang),
        placeholder=_PICK(lang),
        key=key,
        width=240,
        on_change=_tabled,
        args=(sheet, key),
    )


def _heading(sheet: SheetPreview, lang: Lang) -> None:
    if not sheet.head:
        return
    lines = {0: _NO_HEADS(lang)} | {
        at: _LINE(lang, n=at, cells=" | ".join(cells)[:60])
        for at, cells in enumerate(sheet.head, 1)
    }
    lines.setdefault(sheet.heading_row, _LINE(lang, n=sheet.heading_row, cells="…"))
    key = f"heading-{sheet.id}-{sheet.heading_row}-{lang}"
    st.selectbox(
        _HEADS_AT(lang),
        list(lines),
        index=list(lines).index(sheet.heading_row),
        format_func=lines.__getitem__,
        key=key,
        width=300,
        on_change=_headed,
        args=(sheet.id, key),
    )


def _tabled(sheet: SheetPreview, key: str) -> None:
    table = st.session_state[key]
    pending.say(pending.answers().with_sheet(sheet.id, table=table, mapping={}))


def _headed(sheet: str, key: str) -> None:
    pending.say(pending.answers().with_sheet(sheet, heading=st.session_state[key], mapping={}))


def _switched(sheet: str, name: str, key: str) -> None:
    on = bool(st.session_state[key])
    pending.say(pending.answers().with_sheet(sheet, **{name: on if name == "remember" else not on}))


def _reasons(sheet: SheetPreview, lang: Lang) -> None:
    if sheet.reasons:
        markup.caption(_FAULTS(lang))
        present.table(
            pl.DataFrame([reason.to_dict(lang) for reason in sheet.reasons]),
            f"would-{sheet.id}",
            lang,
            columns=tuple(REASON_HEADS),
            headings={name: words(lang) for name, words in REASON_HEADS.items()},
        )


def _first_lines(sheet: SheetPreview, lang: Lang) -> None:
    if not sheet.head:
        return
    rows = []
    for at, cells in enumerate(sheet.head[:_LINES], 1):
        tag = "th" if at == sheet.heading_row else "td"
        body = "".join(f'<{tag} class="nowrap">{escape(cell[:40])}</{tag}>' for cell in cells)
        rows.append(f'<tr><td class="r fp-muted">{at}</td>{body}</tr>')
    markup.caption(_HEAD(lang))
    markup.show(markup.table_html("".join(rows)))


def pages(table: str | None, lang: Lang) -> str:
    """Titles of the pages whose questions need or use a table."""
    codes = {q.page for q in questions().values() if table in q.needs or table in q.uses}
    titles = [page.title(lang) for page in nav.PAGES if page.code in codes]
    return ("、" if lang == "zh" else ", ").join(titles)
