"""The import in the background on the page: watched and cancelled by every session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from footprint import format as fmt
from footprint.errors import FootprintError
from footprint.ingest.preview import Preview
from footprint.text import Lang, Text

from app import data
from app.ui import markup
from app.ui.section import guarded, section
from app.uploads import tickets
from app.uploads.spool import Waiting, readable
from app.views.importing import jobs, report
from app.views.importing.jobs import Background

_SEEN = "fp.job"
_TITLE = Text("正在导入", "Importing")
_LEAD = Text(
    "可以离开本页，回来还能看到进度；其他人照常使用，导入完成后一起看到新数据。",
    "You may leave and come back. Everybody keeps working and sees the new data once it is in.",
)
_READ = Text("{words} · {rows} 行 · {size}", "{words} · {rows} rows · {size}")
_CANCEL = Text("取消导入", "Cancel the import")
_CANCELLED = Text("导入已取消", "The import was cancelled")
_CANCELLED_WHY = Text(
    "数据没有任何改动，文件还在下面。", "No data changed; the files are still below."
)
_FAILED = Text("导入没有成功，数据没有改动", "The import failed; no data changed")
_BROKEN = Text("上一次导入被打断了", "The last import was interrupted")
_BROKEN_WHY = Text(
    "服务停止时正在导入：{names}。上传记录里有的已完整导入；没有的，数据没有改动，请重新上传。",
    "The server stopped while importing {names}. What the upload history lists is in as a whole; "
    "of anything else nothing changed: upload it again.",
)
_CLOSE = Text("收起", "Close")
_EVERY_S = 0.7


def start(preview: Preview, files: Sequence[Waiting]) -> None:
    """Take the files in, in the background. Raises UsageError when another import runs."""
    _, spool = tickets.mine()
    st.session_state[_SEEN] = jobs.start(data.workspace(), preview, spool, files).number


def start_with(paths: Sequence[Path]) -> None:
    """Take files of this machine in as they are. Raises UsageError when another import runs."""
    start(jobs.plain(paths), ())


def show(lang: Lang) -> bool:
    """The running import, or how the one this session saw has ended; whether one runs."""
    _interrupted(lang)
    now = jobs.last(data.workspace())
    if now is None:
        return False
    if now.running:
        st.session_state[_SEEN] = now.number
        with section("job", lang, _TITLE, _LEAD):
            st.fragment(_watch, run_every=_EVERY_S)(now, lang)
    elif st.session_state.get(_SEEN) == now.number:
        with guarded(lang, "job"):
            _ended(now, lang)
    return now.running


def _watch(now: Background, lang: Lang) -> None:
    if not now.running:
        st.rerun()
    done = now.job.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(1.0, done.share),
            text=_READ(
                lang,
                words=done.words(lang),
                rows=fmt.number(done.rows, lang),
                size=f"{readable(done.bytes)} / {readable(done.total)}",
            ),
        )
        st.button(
            _CANCEL(lang), icon=":material/close:", key=f"cancel-{lang}", on_click=now.job.cancel
        )


def _ended(now: Background, lang: Lang) -> None:
    if now.job.state == "done":
        report.show(now.job.result(), lang, on_close=_close)
        return
    if now.job.state == "cancelled":
        markup.banner("grey", _CANCELLED(lang), _CANCELLED_WHY(lang))
    else:
        try:
            now.job.result()
        except FootprintError as error:
            markup.banner("red", _FAILED(lang), error.message(lang))
    st.button(_CLOSE(lang), key=f"job-close-{lang}", type="tertiary", on_click=_close)


def _close() -> None:
    st.session_state.pop(_SEEN, None)


def _interrupted(lang: Lang) -> None:
    """What a server that died left half-way, until somebody has read it."""
    _, spool = tickets.mine()
    if spool.interrupted:
        names = ", ".join(spool.interrupted)
        markup.banner("yellow", _BROKEN(lang), _BROKEN_WHY(lang, names=names))
        st.button(
            _CLOSE(lang), key=f"broken-close-{lang}", type="tertiary", on_click=spool.was_read
        )
