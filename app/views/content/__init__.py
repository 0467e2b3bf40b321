"""U5: content, scripts and goods; a tab per question of the owner, only the open one is asked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import state
from app.ui.section import fragment, guarded
from app.views.content import crews, earners, effects, picks, scripts, stock, voice

Show = Callable[[Scope, Lang], None]

_TABS: dict[str, tuple[Text, tuple[Show, ...]]] = {
    "effects": (
        Text("有用吗（标签）", "Does it work (tags)?"),
        (effects.tags, effects.factors, effects.pace, crews.hosts, crews.layers),
    ),
    "scripts": (
        Text("脚本雷同、越线吗", "Scripts: alike, over the line?"),
        (scripts.check, scripts.alike, scripts.parts, scripts.cards_of_streams),
    ),
    "earners": (
        Text("哪些被忽视的货在赚钱", "Which ignored goods earn?"),
        (earners.ignored, earners.low_exposure),
    ),
    "picks": (
        Text("下一批选什么货", "Which goods next?"),
        (picks.candidates, picks.regions),
    ),
    "stock": (
        Text("库存与配送", "Stock & delivery"),
        (stock.levels, stock.reorder, stock.delivery),
    ),
    "voice": (
        Text("买家怎么说", "What buyers say"),
        (voice.recommend, voice.ages, voice.returns, voice.trials),
    ),
}
# What a finding's id begins with -> the tab that shows its evidence.
_OF_KIND = {
    "tag_effect": "effects",
    "factor_screen": "effects",
    "host_ranking": "effects",
    "script_similarity": "scripts",
    "script_check": "scripts",
    "ignored_sku": "earners",
    "stock": "stock",
    "reorder": "stock",
    "age_index": "voice",
    "return_change": "voice",
}


@fragment
def tabs(scope: Scope, lang: Lang) -> None:
    """The tabs of the page."""
    panes = st.tabs(
        [words(lang) for words, _ in _TABS.values()],
        key=f"content-{lang}",
        default=_TABS[_asked()][0](lang),
        on_change="rerun",
    )
    for pane, (name, (_, shows)) in zip(panes, _TABS.items(), strict=True):
        if pane.open:
            with pane, guarded(lang, name):
                for show in shows:
                    show(scope, lang)


def _asked() -> str:
    """The tab named in the URL, that of the finding followed, else the first."""
    named = str(state.param("tab", ""))
    kind = str(state.param("finding", "")).split(":")[0]
    return named if named in _TABS else _OF_KIND.get(kind, "effects")
