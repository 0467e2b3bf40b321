"""The users behind a number: listed when asked for, most money first, ready to export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, markup, present

_SHOW = Text("列出这些用户", "List these users")
_COLUMNS = ("user", "first_ts", "last_ts", "events", "orders", "gmv", "platform", "region")


def people(key: str, scope: Scope, lang: Lang, params: Mapping[str, Any]) -> None:
    """A switch that lists the users of a cell; ``params`` are those of the question ``users``."""
    if not st.toggle(_SHOW(lang), key=f"behind-{key}-{lang}"):
        return
    result = data.ask("users", scope, **params)
    cards.scalars(result.scalars, ("users", "buyers", "gmv_per_user"), lang)
    present.table(result.frames["users"], f"behind-{key}", lang, columns=_COLUMNS, height=320)
    markup.notes([note(lang) for note in result.notes])
    present.tools(f"behind-{key}", lang, result, inline=True)
