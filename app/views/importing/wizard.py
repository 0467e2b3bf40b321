"""Check and import: the state of all waiting files, what is asked, and one click that accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from footprint import format as fmt
from footprint.errors import FootprintError
from footprint.ingest.preview import Preview
from footprint.text import Lang, Text

from app.ui import markup
from app.ui.section import fragment, section
from app.uploads.spool import Waiting
from app.views.importing import effect, job, pending, questions, sheet

_TITLE = Text("核对并导入", "Check and import")
_LEAD = Text(
    "还没有改动任何数据。看看理解得对不对，然后一键导入；导入后可以撤销。",
    "Nothing has changed yet. See what was understood, then accept; it can be undone afterwards.",
)
_READING = Text("正在看懂这些文件……", "Reading the files …")
_ACCEPT = Text("全部接受并导入", "Accept all and import")
_DISCARD = Text("全部放弃", "Discard all")
_RESET = Text("恢复自动识别", "Back to automatic")
_RAW = Text("保留原始文件", "Keep the raw files")
_RAW_HELP = Text(
    "默认不保留：只有收下的行进入工作区。",
    "By default only the rows taken in stay in the workspace.",
)
_GOOD = Text("都看懂了", "Everything is understood")
_PARTLY = Text("可以导入，但有文件读不了", "Ready, but some files cannot be read")
_READY = Text("可以导入：{files} 张表", "Ready to go in, tables: {files}")
_READY_ROWS = Text("，共 {rows} 行", ", rows: {rows}")
_UNREADABLE = Text("；读不了：{files} 个，下面写明了原因", "; not readable: {files}, see why below")
_ASK = Text("还差 {n} 个回答", "{n} answers are missing")
_ASK_WHY = Text("回答后即可导入。", "Answer them, then accept.")
_NOTHING = Text("没有可以导入的内容", "There is nothing to take in")
_NOTHING_WHY = Text(
    "每个文件下面写明了原因和改法。", "Each file below says why, and how to mend it."
)


@fragment
def show(files: Sequence[Waiting], lang: Lang) -> None:
    """Nothing without waiting files."""
    if not files:
        pending.forget()
        return
    with section("wizard", lang, _TITLE, _LEAD):
        try:
            with st.spinner(_READING(lang)):
                preview = pending.preview(files)
        except FootprintError as error:
            st.warning(error.message(lang), icon=":material/error:")
            _ways_back(files, lang)
            return
        _verdict(preview, lang)
        effect.totals(preview, lang)
        questions.must(preview.sheets, lang)
        _decide(preview, files, lang)
        for one in preview.sheets:
            sheet.show(one, lang, alone=len(preview.sheets) == 1)


def _verdict(preview: Preview, lang: Lang) -> None:
    missing = sum(len(one.open) for one in preview.sheets)
    ready = [one for one in preview.sheets if one.ready]
    refused = [one for one in preview.sheets if one.refused]
    if missing:
        markup.banner("yellow", _ASK(lang, n=missing), _ASK_WHY(lang))
    elif not ready:
        markup.banner("grey", _NOTHING(lang), _NOTHING_WHY(lang))
    else:
        why = _READY(lang, files=len(ready))
        if all(one.exact for one in ready):
            why += _READY_ROWS(lang, rows=fmt.number(sum(one.accepted for one in ready), lang))
        if refused:
            why += _UNREADABLE(lang, files=len(refused))
        title, colour = (_PARTLY, "yellow") if refused else (_GOOD, "green")
        markup.banner(colour, title(lang), why + ("。" if lang == "zh" else "."))


def _decide(preview: Preview, files: Sequence[Waiting], lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            _ACCEPT(lang),
            type="primary",
            icon=":material/check:",
            disabled=not preview.ready,
            key=f"accept-{lang}",
        ):
            job.start(questions.confirmed(preview), files)
            st.rerun()
        _ways_back(files, lang)
        key = f"keep-raw-{lang}"
        st.checkbox(
            _RAW(lang),
            preview.answers.keep_raw,
            key=key,
            help=_RAW_HELP(lang),
            on_change=_keep_raw,
            args=(key,),
        )


def _ways_back(files: Sequence[Waiting], lang: Lang) -> None:
    if st.button(_DISCARD(lang), icon=":material/delete:", key=f"discard-{lang}", type="tertiary"):
        pending.discard(files)
        st.rerun()
    if pending.answers().sheets:
        st.button(
            _RESET(lang),
            icon=":material/restart_alt:",
            key=f"automatic-{lang}",
            type="tertiary",
            on_click=pending.forget,
        )


def _keep_raw(key: str) -> None:
    pending.say(replace(pending.answers(), keep_raw=bool(st.session_state[key])))
