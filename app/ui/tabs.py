"""Tabs of a page, each a question of the owner; only the open one is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import state
from app.ui.section import fragment, guarded

Show = Callable[[Scope, Lang], None]


@dataclass(frozen=True)
class Tabs:
    """The tabs of a page by name: title and sections. ``of_kind``: what a finding's id begins with
    -> the tab that shows its evidence; the first tab is the usual one."""

    key: str
    tabs: Mapping[str, tuple[Text, tuple[Show, ...]]]
    of_kind: Mapping[str, str] = field(default_factory=dict)

    def show(self, scope: Scope, lang: Lang) -> None:
        """Put the tabs on the page."""
        _show(self, scope, lang)

    def asked(self) -> str:
        """The tab named in the URL, that of the finding followed, else the first."""
        named = str(state.param("tab", ""))
        kind = str(state.param("finding", "")).split(":")[0]
        return named if named in self.tabs else self.of_kind.get(kind, next(iter(self.tabs)))


@fragment
def _show(tabs: Tabs, scope: Scope, lang: Lang) -> None:
    panes = st.tabs(
        [words(lang) for words, _ in tabs.tabs.values()],
        key=f"{tabs.key}-{lang}",
        default=tabs.tabs[tabs.asked()][0](lang),
        on_change="rerun",
    )
    for pane, (name, (_, shows)) in zip(panes, tabs.tabs.items(), strict=True):
        if pane.open:
            with pane, guarded(lang, name):
                for show in shows:
                    show(scope, lang)
