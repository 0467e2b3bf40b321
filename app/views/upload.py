"""W2: take files in: drop them, check them, accept them; the sample and the templates."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from footprint.access import person
from footprint.errors import WorkspaceError
from footprint.schema import TABLES
from footprint.templates import template_csv
from footprint.terminal.serving import sample_files
from footprint.text import Lang, Text

from app import data
from app.ui import markup, present
from app.ui.section import section
from app.uploads import dropzone
from app.uploads.spool import Waiting
from app.views.importing import job, report, wizard

_TITLE = Text("上传文件", "Upload files")
_LEAD = Text(
    "平台导出的表直接放进来，不用改。表头、编码、日期、金额写法会自动识别；看不懂的行会放在一边"
    "并说明原因。",
    "Drop platform exports as they are. Headings, encodings, dates and amounts are recognised; "
    "rows that make no sense are set aside with the reason.",
)
_SAMPLE_TITLE = Text("示例店铺", "Sample shop")
_SAMPLE_LEAD = Text(
    "28 周的虚构数据，用和您自己的文件一样的方式导入，导入后可以撤销。",
    "28 weeks of invented data, imported the same way as your own files; it can be undone.",
)
_TRY = Text("导入示例数据", "Import the sample")
_NO_SAMPLE = Text("示例文件不在安装里。", "The sample files are not part of this installation.")
_READ_ONLY = Text("您可以查看，但不能导入", "You may look, but not import")
_READ_ONLY_WHY = Text(
    "导入需要“编辑者”的权限，请找工作区负责人。",
    "Importing takes an editor; ask the owner of the workspace.",
)
_UNDO = Text("撤销上一次导入", "Undo the last import")
_TEMPLATES = Text("模板", "Templates")
_TEMPLATES_LEAD = Text(
    "带好表头的空表，可用任一语言的表头。",
    "Empty tables with headings; either language is understood.",
)


def show(lang: Lang) -> None:
    """A running or ended import first, then the drop zone, what waits, sample and templates."""
    if person().may("editor"):
        busy = job.show(lang)
        waiting = _drop(lang)
        if not busy:
            wizard.show(waiting, lang)
    else:
        markup.banner("grey", _READ_ONLY(lang), _READ_ONLY_WHY(lang))
    with section("templates", lang, _TEMPLATES, _TEMPLATES_LEAD):
        _templates(lang)


def _drop(lang: Lang) -> list[Waiting]:
    left, right = st.columns([3, 2], gap="medium")
    with left, section("upload", lang, _TITLE, _LEAD):
        waiting = dropzone.show(lang)
    with right, section("sample", lang, _SAMPLE_TITLE, _SAMPLE_LEAD):
        _sample(lang)
    return waiting


def _sample(lang: Lang) -> None:
    files = _sample_files()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not files:
            markup.notes([_NO_SAMPLE(lang)])
        elif st.button(
            _TRY(lang),
            icon=":material/science:",
            key=f"sample-{lang}",
            type="primary" if data.empty() else "secondary",
        ):
            job.start_with(files)
            st.rerun()
        if data.workspace().uploads().height:
            report.undo(lang, _UNDO)


def _sample_files() -> list[Path]:
    """The files of the sample shop, none when they did not come along."""
    try:
        return sample_files()
    except WorkspaceError:
        return []


def _templates(lang: Lang) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, table in TABLES.items():
            present.download(
                table.title(lang),
                partial(template_csv, name, lang),
                f"{name}-{lang}.csv",
                f"template-{name}-{lang}",
                "text/csv",
                type="tertiary",
            )
