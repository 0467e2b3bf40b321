"""W2: which tables are here, which page each unlocks, what was uploaded when."""

from __future__ import annotations

from functools import partial
from html import escape

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.questions import questions
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import data, nav
from app.ui import markup, present
from app.ui.section import section

_TITLE = Text("哪张表打开哪个页面", "Which table opens which page")
_LEAD = Text(
    "● 必需，○ 有了更准。绿色是已有的表。",
    "● needed, ○ sharpens the answer. Green tables are here.",
)
_TABLE, _ROWS, _SPAN = Text("表", "Table"), Text("行数", "Rows"), Text("时间", "Time")
_HERE, _ABSENT = Text("已有", "here"), Text("还没有", "missing")
_HISTORY = Text("上传记录", "Upload history")
_NONE = Text("还没有上传。", "Nothing was uploaded yet.")
_HISTORY_COLUMNS = (
    "imported_at",
    "file",
    "table",
    "rows",
    "accepted",
    "set_aside",
    "added",
    "changed",
    "unchanged",
    "as_of",
    "encoding",
    "hash",
    "current",
)
_CURRENT = Text("在用", "In use")
_HASH, _AS_OF = Text("文件指纹", "File hash"), Text("数据截至", "Data as of")
_UNCHANGED = Text("未变", "Unchanged")
_ASIDE_OF = Text("放在一边的行", "Rows set aside")
_ASIDE_ONE = Text("{file} · {n} 行", "{file} · {n} rows")
_PICK = Text("选一次上传", "Choose an upload")
_GET = Text("下载，附原因和改法", "Download with reasons and mends")
_HISTORY_WORDS = {
    "current": _CURRENT,
    "hash": _HASH,
    "as_of": _AS_OF,
    "unchanged": _UNCHANGED,
}
_AUDIT = Text("操作记录", "Audit")


def show(lang: Lang) -> None:
    """The table-to-page matrix and the history of uploads."""
    with section("unlocks", lang, _TITLE, _LEAD):
        markup.show(_matrix(lang))
    with section("history", lang, _HISTORY):
        uploads = data.workspace().uploads()
        if uploads.is_empty():
            markup.notes([_NONE(lang)])
        else:
            present.table(
                _titled(uploads, lang).sort("imported_at", descending=True),
                "history",
                lang,
                columns=_HISTORY_COLUMNS,
                headings={name: words(lang) for name, words in _HISTORY_WORDS.items()},
            )
            _asides(uploads, lang)
    with st.expander(_AUDIT(lang), icon=":material/history:"):
        st.dataframe(data.workspace().audit(), key="audit", hide_index=True)


def _asides(uploads: pl.DataFrame, lang: Lang) -> None:
    """The rows any upload set aside, to download."""
    with_asides = uploads.filter(pl.col("set_aside") > 0).sort("upload_id", descending=True)
    if with_asides.is_empty():
        return
    names = {
        row["upload_id"]: _ASIDE_ONE(lang, file=row["file"], n=fmt.number(row["set_aside"], lang))
        for row in with_asides.iter_rows(named=True)
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            _ASIDE_OF(lang),
            list(names),
            format_func=names.__getitem__,
            placeholder=_PICK(lang),
            key=f"asides-{lang}",
            width=360,
        )
        if chosen is not None:
            present.download(
                _GET(lang),
                partial(data.workspace().set_aside_csv, chosen, lang),
                f"set-aside-{chosen}.csv",
                f"aside-of-{chosen}-{lang}",
                "text/csv",
            )


def _titled(uploads: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Uploads with the titles of their tables."""
    titles = {name: table.title(lang) for name, table in TABLES.items()}
    return uploads.with_columns(pl.col("table").replace(titles), pl.col("hash").str.head(12))


def _matrix(lang: Lang) -> str:
    pages = [page for page in nav.PAGES if page.code != "W1"]
    heads = "".join(f"<th>{escape(page.title(lang))}</th>" for page in pages)
    held = {info.name: info for info in data.workspace().tables()}
    rows = []
    for name, table in TABLES.items():
        info = held.get(name)
        badge = markup.badge("green" if info else "grey", (_HERE if info else _ABSENT)(lang))
        count = fmt.number(info.rows, lang) if info else ""
        span = (
            f"{(info.first or '')[:10]} – {(info.last or '')[:10]}" if info and info.first else ""
        )
        marks = "".join(f'<td class="c">{_mark(name, page.code)}</td>' for page in pages)
        rows.append(
            f'<tr><td class="nowrap">{escape(table.title(lang))} '
            f'<span class="fp-muted">{name}.csv</span></td>'
            f'<td>{badge}</td><td class="r">{count}</td><td class="nowrap">{span}</td>{marks}</tr>'
        )
    first = (
        f'<th>{escape(_TABLE(lang))}</th><th></th><th class="r">{escape(_ROWS(lang))}</th>'
        f"<th>{escape(_SPAN(lang))}</th>"
    )
    return markup.table_html(f"<tr>{first}{heads}</tr>{''.join(rows)}")


def _mark(table: str, page: str) -> str:
    asked = [q for q in questions().values() if q.page == page]
    if any(table in q.needs for q in asked):
        return "●"
    return "○" if any(table in q.uses for q in asked) else ""
