"""L3: actions and what came of them, whether findings were right, links, who did what."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from footprint.access import person
from footprint.text import Lang, Text

from app import data, state
from app.doing import tell
from app.ui import empty
from app.ui.section import guarded
from app.views import actions, audit, judging

_TABS: dict[str, tuple[Text, Callable[[Lang], None]]] = {
    "actions": (Text("行动看板", "Action board"), actions.show),
    "judging": (Text("结论准不准", "Were we right?"), judging.show),
    "links": (Text("分享的链接", "Share links"), audit.links),
    "audit": (Text("操作记录", "Who did what"), audit.show),
}
_EDITORS = ("links", "audit")


def tabs(lang: Lang) -> None:
    """One tab at a time; only the open one is worked out."""
    if data.empty():
        empty.welcome(lang)
        return
    tell()
    names = [name for name in _TABS if name not in _EDITORS or person().may("editor")]
    asked = str(state.param("tab", "actions"))
    panes = st.tabs(
        [_TABS[name][0](lang) for name in names],
        key=f"improve-{lang}",
        default=_TABS[asked if asked in names else "actions"][0](lang),
        on_change="rerun",
    )
    for pane, name in zip(panes, names, strict=True):
        if pane.open:
            with pane, guarded(lang, f"improve-{name}"):
                _TABS[name][1](lang)
