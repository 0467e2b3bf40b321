"""What an import did, file by file, with undo and the way to the brief."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.ingest.report import FileReport, ImportReport
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import data, nav, state
from app.ui import cards, markup, present
from app.ui.cards import Card
from app.ui.section import section
from app.views.importing.sheet import REASON_HEADS, pages

_TITLE = Text("导入结果", "What happened")
_NEW, _CHANGED = Text("新增行", "New rows"), Text("更新行", "Changed rows")
_SAME, _SET_ASIDE = Text("未变行", "Unchanged rows"), Text("放在一边", "Set aside")
_ALREADY = Text(
    "这个文件已经在里面，没有重复导入", "This very file is already here; nothing was added twice"
)
_LINE = Text(
    "{table} · {rows} 行：新增 {added}，更新 {changed}，未变 {unchanged}，放在一边 {aside} · "
    "编码 {encoding}",
    "{table} · {rows} rows: {added} new, {changed} changed, {unchanged} unchanged, {aside} "
    "set aside · {encoding}",
)
_DROPPED = Text("没有用到的列：{names}", "Columns not used: {names}")
_PERSONAL = Text("含个人信息、已替换的列：{names}", "Columns with personal data, replaced: {names}")
_ASIDE = Text("下载放在一边的行", "Download the rows set aside")
_UNLOCKS = Text("用得上的页面：{pages}", "Used by: {pages}")
_SEE = Text("去看周报", "Go to the weekly brief")
_UNDO = Text("撤销这次导入", "Undo this import")
_CLOSE = Text("收起", "Close")
_UNDONE = Text("已撤销：{files}", "Undone: {files}")


def show(report: ImportReport, lang: Lang, on_close: Callable[[], None]) -> None:
    """Counts over all files, ways on and back, then every file."""
    with section("report", lang, _TITLE):
        _counts(report, lang)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            nav.link("W1", _SEE(lang), lang, state.query())
            undo(lang, _UNDO, on_close)
            st.button(_CLOSE(lang), key=f"report-close-{lang}", type="tertiary", on_click=on_close)
        for number, file in enumerate(report.files):
            _file(number, file, lang)


def undo(lang: Lang, words: Text, then: Callable[[], None] = lambda: None) -> None:
    """The button that takes the last import back."""
    if st.button(
        words(lang), icon=":material/undo:", key=f"undo-{words.en}-{lang}", type="tertiary"
    ):
        names = data.workspace().undo()
        then()
        st.toast(_UNDONE(lang, files=", ".join(names)))
        st.rerun()


def _counts(report: ImportReport, lang: Lang) -> None:
    shown = (
        (_NEW, "added"),
        (_CHANGED, "changed"),
        (_SAME, "unchanged"),
        (_SET_ASIDE, "set_aside"),
    )
    cards.grid(
        [
            Card(words(lang), fmt.number(sum(getattr(file, name) for file in report.files), lang))
            for words, name in shown
        ],
        lang,
    )


def _file(number: int, file: FileReport, lang: Lang) -> None:
    title = TABLES[file.table].title(lang) if file.table in TABLES else ""
    icon = ":material/warning:" if file.set_aside else ":material/check_circle:"
    with st.expander(
        f"{file.file} → {title}" if title else file.file,
        icon=":material/error:" if file.refused else icon,
        expanded=bool(file.refused or file.set_aside),
    ):
        if file.refused:
            st.warning(file.refused.on_page(lang), icon=":material/error:")
            return
        markup.notes(_lines(file, title, lang))
        if file.reasons:
            _reasons(number, file, lang)


def _lines(file: FileReport, title: str, lang: Lang) -> list[str]:
    names = ("rows", "added", "changed", "unchanged", "set_aside")
    counts = {name: fmt.number(getattr(file, name), lang) for name in names}
    aside = counts.pop("set_aside")
    lines = [_ALREADY(lang)] if file.already else []
    lines.append(_LINE(lang, table=title, aside=aside, encoding=file.encoding, **counts))
    lines += [_UNLOCKS(lang, pages=pages(file.table, lang))] if file.table else []
    lines += [_DROPPED(lang, names=", ".join(file.dropped))] if file.dropped else []
    lines += [_PERSONAL(lang, names=", ".join(file.personal))] if file.personal else []
    return lines + [note(lang) for note in file.notes]


def _reasons(number: int, file: FileReport, lang: Lang) -> None:
    present.table(
        pl.DataFrame([reason.to_dict(lang) for reason in file.reasons]),
        f"reasons-{number}",
        lang,
        columns=tuple(REASON_HEADS),
        headings={name: words(lang) for name, words in REASON_HEADS.items()},
    )
    if file.upload_id is not None:
        present.download(
            _ASIDE(lang),
            partial(data.workspace().set_aside_csv, file.upload_id, lang),
            f"set-aside-{file.file}.csv",
            f"aside-{number}-{lang}",
            "text/csv",
        )
