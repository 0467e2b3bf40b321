"""W2: take files in, say what was understood, offer the sample and the templates."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.errors import WorkspaceError
from footprint.ingest.report import FileReport, ImportReport
from footprint.questions import questions
from footprint.schema import TABLES
from footprint.templates import template_csv
from footprint.terminal.serving import sample_files
from footprint.text import Lang, Text

from app import data, nav, state
from app.ui import markup, present
from app.ui.section import section
from app.uploads import dropzone
from app.uploads.spool import Waiting

_REPORT = "fp.report"
_TITLE = Text("上传文件", "Upload files")
_LEAD = Text(
    "平台导出的 CSV 或 Excel 直接放进来，可一次多个。表头、编码、日期、金额写法会自动识别；看"
    "不懂的行会放在一边并说明原因。",
    "Drop platform exports as they are, CSV or Excel, several at once. Headings, encodings, "
    "dates and "
    "amounts are recognised; rows that make no sense are set aside with the reason.",
)
_PICK = Text("选择文件", "Choose files")
_AUTO = Text("自动识别是哪张表", "Recognise the table")
_TABLE = Text("这些文件是", "These files are")
_GO = Text("导入", "Import")
_WORKING = Text("正在导入……", "Importing …")
_SAMPLE_TITLE = Text("示例店铺", "Sample shop")
_SAMPLE_LEAD = Text(
    "28 周的虚构数据，用和您自己的文件一样的方式导入，导入后可以撤销。",
    "28 weeks of invented data, imported the same way as your own files; it can be undone.",
)
_TRY = Text("导入示例数据", "Import the sample")
_NO_SAMPLE = Text("示例文件不在安装里。", "The sample files are not part of this installation.")
_UNDO = Text("撤销上一次导入", "Undo the last import")
_UNDONE = Text("已撤销：{files}", "Undone: {files}")
_TEMPLATES = Text("模板", "Templates")
_TEMPLATES_LEAD = Text(
    "带好表头的空表，可用任一语言的表头。",
    "Empty tables with headings; either language is understood.",
)
_RESULT = Text("导入结果", "What happened")
_SUM = Text(
    "收下 {accepted} 行，放在一边 {aside} 行。", "{accepted} rows taken in, {aside} set aside."
)
_ALREADY = Text(
    "这个文件已经在里面，没有重复导入", "This very file is already here; nothing was added twice"
)
_LINE = Text(
    "{table} · {rows} 行：新增 {added}，更新 {changed}，未变 {unchanged}，放在一边 {aside} · "
    "编码 {encoding}",
    "{table} · {rows} rows: {added} new, {changed} changed, {unchanged} unchanged, {aside} "
    "set aside · {encoding}",
)
_MAPPED = Text("表头对应", "How the headings were read")
_HEADING, _COLUMN = Text("文件里的表头", "Heading in the file"), Text("理解为", "Read as")
_DROPPED = Text("没有用到的列：{names}", "Columns not used: {names}")
_PERSONAL = Text("含个人信息、已替换的列：{names}", "Columns with personal data, replaced: {names}")
_ASIDE = Text("下载放在一边的行", "Download the rows set aside")
_UNLOCKS = Text("用得上的页面：{pages}", "Used by: {pages}")
_REASON_HEADS = {
    "what": Text("原因", "Reason"),
    "column": Text("列", "Column"),
    "count": Text("行数", "Rows"),
    "first_row": Text("首次出现的行", "First row"),
    "mend": Text("怎么改", "How to mend"),
}
_SEE = Text("去看周报", "Go to the weekly brief")


def show(lang: Lang) -> None:
    """Upload, result, sample, undo, templates."""
    left, right = st.columns([3, 2], gap="medium")
    with left, section("upload", lang, _TITLE, _LEAD):
        _files(lang)
    with right, section("sample", lang, _SAMPLE_TITLE, _SAMPLE_LEAD):
        _sample(lang)
    report = st.session_state.get(_REPORT)
    if report is not None:
        with section("report", lang, _RESULT):
            result(report, lang)
    with section("templates", lang, _TEMPLATES, _TEMPLATES_LEAD):
        _templates(lang)


def _files(lang: Lang) -> None:
    files = dropzone.show(lang)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        table = st.selectbox(
            _TABLE(lang),
            ["", *TABLES],
            key=f"upload-table-{lang}",
            label_visibility="collapsed",
            width=260,
            format_func=lambda name: TABLES[name].title(lang) if name else _AUTO(lang),
        )
        go = st.button(
            _GO(lang),
            type="primary",
            icon=":material/upload:",
            disabled=not files,
            key=f"import-{lang}",
        )
    if go and files:
        with tempfile.TemporaryDirectory(dir=files[0].path.parent) as folder:
            paths = [_named(Path(folder), file) for file in files]
            _import(paths, lang, str(table or "") or None)
        dropzone.drop(files)
        st.rerun()


def _named(folder: Path, file: Waiting) -> Path:
    path = folder / file.id / file.name
    path.parent.mkdir()
    path.hardlink_to(file.path)
    return path


def _sample(lang: Lang) -> None:
    files = _sample_files()
    if not files:
        markup.notes([_NO_SAMPLE(lang)])
    elif st.button(
        _TRY(lang),
        icon=":material/science:",
        key=f"sample-{lang}",
        type="primary" if data.empty() else "secondary",
    ):
        _import(files, lang, None)
        st.rerun()
    if data.workspace().uploads().height and st.button(
        _UNDO(lang), icon=":material/undo:", key=f"undo-{lang}", type="tertiary"
    ):
        names = data.workspace().undo()
        st.session_state.pop(_REPORT, None)
        st.toast(_UNDONE(lang, files=", ".join(names)))
        st.rerun()


def _sample_files() -> list[Path]:
    """The files of the sample shop, none when they did not come along."""
    try:
        return sample_files()
    except WorkspaceError:
        return []


def _import(paths: Sequence[Path], lang: Lang, table: str | None) -> None:
    """Import with progress; the report stays for this session."""
    bar = st.progress(0.0, text=_WORKING(lang))

    def progress(share: float, words: Text) -> None:
        bar.progress(min(1.0, share), text=words(lang))

    st.session_state[_REPORT] = data.workspace().import_files(
        list(paths),
        table=table,
        progress=progress,
    )
    bar.empty()


def result(report: ImportReport, lang: Lang) -> None:
    """Per file: its table, how headings were read, rows in and aside, what it unlocks."""
    line = _SUM(
        lang, accepted=fmt.number(report.accepted, lang), aside=fmt.number(report.set_aside, lang)
    )
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(f"**{line}**")
        nav.link("W1", _SEE(lang), lang, state.query())
    for number, file in enumerate(report.files):
        _file(number, file, lang)


def _icon(file: FileReport) -> str:
    if file.refused:
        return ":material/error:"
    return ":material/warning:" if file.set_aside else ":material/check_circle:"


def _file(number: int, file: FileReport, lang: Lang) -> None:
    icon = _icon(file)
    title = TABLES[file.table].title(lang) if file.table in TABLES else ""
    with st.expander(
        f"{file.file} → {title}" if title else file.file,
        icon=icon,
        expanded=bool(file.refused or file.set_aside),
    ):
        if file.refused:
            st.warning(file.refused.message(lang), icon=":material/error:")
            return
        if file.already:
            markup.notes([_ALREADY(lang)])
        numbers = {
            name: fmt.number(getattr(file, name), lang)
            for name in ("rows", "added", "changed", "unchanged")
        }
        lines = [
            _LINE(
                lang,
                table=title,
                aside=fmt.number(file.set_aside, lang),
                encoding=file.encoding,
                **numbers,
            )
        ]
        lines += [_UNLOCKS(lang, pages=_pages(file.table, lang))] if file.table else []
        lines += [_DROPPED(lang, names=", ".join(file.dropped))] if file.dropped else []
        lines += [_PERSONAL(lang, names=", ".join(file.personal))] if file.personal else []
        markup.notes(lines + [note(lang) for note in file.notes])
        if file.reasons:
            rows = pl.DataFrame([reason.to_dict(lang) for reason in file.reasons])
            present.table(
                rows,
                f"reasons-{number}",
                lang,
                columns=tuple(_REASON_HEADS),
                headings={k: v(lang) for k, v in _REASON_HEADS.items()},
            )
            upload_id = file.upload_id
            if upload_id is not None:
                present.download(
                    _ASIDE(lang),
                    partial(data.workspace().set_aside_csv, upload_id, lang),
                    f"set-aside-{file.file}.csv",
                    f"aside-{number}-{lang}",
                    "text/csv",
                )
        if file.mapped and file.table:
            _mapping(file, lang)


def _mapping(file: FileReport, lang: Lang) -> None:
    table = TABLES[str(file.table)]
    rows = "".join(
        f"<tr><td>{escape(heading)}</td><td>{escape(table.column(name).title(lang))} "
        f'<span class="fp-muted">{escape(name)}</span></td></tr>'
        for heading, name in file.mapped.items()
    )
    markup.show(
        f'<details><summary>{escape(_MAPPED(lang))}</summary><table class="fp-table"><tr>'
        f"<th>{escape(_HEADING(lang))}</th><th>{escape(_COLUMN(lang))}</th></tr>{rows}</table></details>"
    )


def _pages(table: str | None, lang: Lang) -> str:
    """Titles of the pages whose questions need or use a table."""
    codes = {q.page for q in questions().values() if table in q.needs or table in q.uses}
    titles = [page.title(lang) for page in nav.PAGES if page.code in codes]
    return ("、" if lang == "zh" else ", ").join(titles)


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
