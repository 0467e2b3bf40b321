"""W2: the data desk: upload, what is here, quality, settings."""

from __future__ import annotations

import streamlit as st
from footprint.text import Lang, Text

from app import state
from app.ui.section import guarded
from app.views import holdings, profiles, quality, settings, upload

_TABS = {
    "upload": Text("上传", "Upload"),
    "tables": Text("已有数据", "Data here"),
    "mappings": Text("表头对应", "Mappings"),
    "quality": Text("数据质量", "Quality"),
    "settings": Text("目标与规则", "Targets & rules"),
}


def tabs(lang: Lang) -> None:
    """One tab at a time; only the open one is worked out."""
    asked = str(state.param("tab", "upload"))
    names = list(_TABS)
    default = _TABS[asked if asked in names else "upload"](lang)
    panes = st.tabs(
        [words(lang) for words in _TABS.values()],
        key=f"desk-{lang}",
        default=default,
        on_change="rerun",
    )
    shows = (upload.show, holdings.show, profiles.show, quality.show, settings.show)
    for pane, name, show in zip(panes, names, shows, strict=True):
        if pane.open:
            with pane, guarded(lang, f"desk-{name}"):
                show(lang)
