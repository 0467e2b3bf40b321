"""Empty states: which file unlocks this, with the way to it and the sample to try."""

from __future__ import annotations

import streamlit as st
from footprint.errors import DataMissing
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import nav, state
from app.ui import markup

_TITLE = Text("还缺数据：{tables}", "Data still missing: {tables}")
_FILE = Text("{title}（{name}.csv），必填列：{columns}", "{title} ({name}.csv), needs: {columns}")
_UPLOAD = Text("去上传", "Upload it")
_SAMPLE = Text("先用示例数据试试", "Try the sample data")
_WELCOME = Text("还没有数据", "No data yet")
_WELCOME_LEAD = Text(
    "把上周平台导出的表放进来（订单、直播场次、行为、评论……，CSV 或 Excel 都行），几分钟后这"
    "里会列出"
    "要管的事、值多少钱、先做什么。想先看看样子，可以用示例店铺。",
    "Drop in last week's platform exports (orders, streams, events, comments …, CSV or "
    "Excel). A few "
    "minutes later this page lists what matters, what it is worth and what to do first. To look "
    "around first, use the sample shop.",
)


def missing(error: DataMissing, lang: Lang, where: str) -> None:
    """Name each absent file with its required columns and offer both ways on."""
    titles = [TABLES[name].title(lang) for name in error.tables if name in TABLES]
    joint = "、" if lang == "zh" else ", "
    words = _TITLE(lang, tables=joint.join(titles)) if titles else error.message(lang)
    with st.container(key=f"empty-{where}", gap="small"):
        st.markdown(f":material/inventory_2: **{words}**")
        markup.notes([_line(name, lang) for name in error.tables if name in TABLES])
        _ways(lang, where)


def welcome(lang: Lang) -> None:
    """The whole page while the workspace holds nothing."""
    with st.container(border=True, key="card-welcome", gap="medium"):
        markup.heading(_WELCOME(lang), _WELCOME_LEAD(lang))
        _ways(lang, "welcome")


def _ways(lang: Lang, where: str) -> None:
    with st.container(horizontal=True, gap="small"):
        nav.link("W2", _UPLOAD(lang), lang, state.query(), icon=":material/upload_file:")
        nav.link(
            "W2", _SAMPLE(lang), lang, state.query() | {"try": "sample"}, icon=":material/science:"
        )


def _line(name: str, lang: Lang) -> str:
    table = TABLES[name]
    titles = [table.column(column).title(lang) for column in table.required]
    joint = "、" if lang == "zh" else ", "
    return _FILE(lang, title=table.title(lang), name=name, columns=joint.join(titles))
