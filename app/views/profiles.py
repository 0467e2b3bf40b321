"""W2: the mappings remembered by heading: see, change, name, delete, take along, bring in."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from footprint.ingest.profiles import Profile, packed
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import data
from app.ui import markup, present
from app.ui.section import section
from app.views.importing.mapping import LEFT_OUT, READ_AS, column_names
from app.views.importing.sheet import literal

_TITLE = Text("记住的对应", "Remembered mappings")
_LEAD = Text(
    "同样表头的文件再来时按这里导入。可以改、删，也可以带到另一个工作区。",
    "Files with the same headings follow these. Change or delete them, or take them elsewhere.",
)
_NONE = Text(
    "还没有。导入时改过对应或回答过问题，就会记在这里。",
    "None yet. What you change or answer while importing is kept here.",
)
_DELETE = Text("删除", "Delete")
_EXPORT = Text("导出全部", "Export all")
_IMPORT = Text("导入一份（粘贴导出的内容）", "Bring in (paste what was exported)")
_TAKE = Text("导入", "Bring in")
_TAKEN = Text("已导入 {n} 份对应", "{n} mappings brought in")
_NAME = Text("名称", "Name")
_NAME_HINT = Text("例如：每周订单", "For example: weekly orders")
_SAVE, _SAVED = Text("保存", "Save"), Text("已保存", "Saved")
_AUTOMATIC = Text("自动识别", "Recognised anew")
_ANEW = "*"
_COUNT = Text("{n} 个表头", "{n} headings")


def show(lang: Lang) -> None:
    """All remembered mappings, then the ways in and out."""
    with section("profiles", lang, _TITLE, _LEAD):
        kept = data.workspace().mappings()
        if not kept:
            markup.notes([_NONE(lang)])
        for profile in kept:
            _one(profile, lang, alone=len(kept) == 1)
        _ways(bool(kept), lang)


def _one(profile: Profile, lang: Lang, *, alone: bool) -> None:
    title = literal(profile.name) if profile.name else TABLES[profile.table].title(lang)
    count = _COUNT(lang, n=len(profile.headings))
    with st.expander(
        f"**{title}** :gray[{count} · {profile.id}]",
        icon=":material/schema:",
        expanded=alone,
        key=f"profile-{profile.id}-{lang}",
        on_change="rerun",
    ) as body:
        if body.open:
            _edit(profile, lang)


def _edit(profile: Profile, lang: Lang) -> None:
    """Every heading with its column; what was not said is recognised anew each time."""
    options = {_ANEW: _AUTOMATIC(lang), "": LEFT_OUT(lang), **column_names(profile.table, lang)}
    said: dict[str, str] = {}
    with st.form(f"edit-{profile.id}-{lang}", border=False):
        name = st.text_input(
            _NAME(lang),
            profile.name,
            max_chars=60,
            placeholder=_NAME_HINT(lang),
            key=f"profile-name-{profile.id}-{profile.name}-{lang}",
            width=320,
        )
        with st.container(horizontal=True, gap="medium"):
            for heading in dict.fromkeys((*profile.mapping, *profile.headings)):
                now, at, way = profile.mapping.get(heading, _ANEW).partition("@")
                chosen = st.selectbox(
                    READ_AS(lang, heading=heading),
                    list(options),
                    index=list(options).index(now) if now in options else 0,
                    format_func=options.__getitem__,
                    key=f"profile-{profile.id}-{heading}-{now}-{lang}",
                    width=320,
                )
                if chosen != _ANEW:
                    said[heading] = f"{chosen}{at}{way}" if chosen == now else chosen
        if st.form_submit_button(_SAVE(lang), icon=":material/check:"):
            data.workspace().import_mappings(packed([replace(profile, mapping=said)]))
            data.workspace().rename_mapping(profile.id, name)
            st.toast(_SAVED(lang))
            st.rerun()
    if st.button(_DELETE(lang), key=f"forget-{profile.id}-{lang}", icon=":material/delete:"):
        data.workspace().forget_mapping(profile.id)
        st.rerun()


def _ways(any_kept: bool, lang: Lang) -> None:
    if any_kept:
        present.download(
            _EXPORT(lang),
            data.workspace().export_mappings,
            "footprint-mappings.json",
            f"mappings-{lang}",
            "application/json",
        )
    with st.form(f"mappings-in-{lang}", border=False, clear_on_submit=True):
        pasted = st.text_area(_IMPORT(lang), height=90, key=f"mappings-text-{lang}")
        if st.form_submit_button(_TAKE(lang), icon=":material/input:") and pasted.strip():
            found = data.workspace().import_mappings(pasted.encode())
            st.toast(_TAKEN(lang, n=len(found)))
            st.rerun()
