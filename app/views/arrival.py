"""The finding a link leads to, shown on top of the page it leads to."""

from __future__ import annotations

import streamlit as st
from footprint.result import Finding
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, state
from app.ui import markup
from app.ui.section import guarded
from app.views import finding as findings

_HEAD = Text("您正在看的发现", "The finding you follow")
_CLOSE = Text("收起", "Close")


def show(scope: Scope, lang: Lang) -> None:
    """Nothing unless the URL names a finding of the scope's week."""
    with guarded(lang, "arrival"):
        item = named(scope)
        if item is None:
            return
        with st.container(border=True, key="card-arrival", gap="small"):
            with st.container(
                horizontal=True,
                vertical_alignment="center",
                horizontal_alignment="distribute",
            ):
                markup.heading(_HEAD(lang))
                st.button(
                    _CLOSE(lang),
                    key=f"arrival-close-{lang}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=state.put,
                    args=("finding", None),
                )
            markup.show(findings.html(0, item, (), lang))


def named(scope: Scope) -> Finding | None:
    """The finding the URL names, looked up in the brief of the scope's week."""
    asked = state.param("finding")
    if not asked or scope.start is None or data.empty():
        return None
    found = data.brief(f"{scope.start:%G-W%V}")
    everything = [*found.findings, *(f for group in found.folded.values() for f in group)]
    return next((item for item in everything if item.id == asked), None)
