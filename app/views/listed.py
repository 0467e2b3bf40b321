"""The people behind a number: listed when asked for, ids partly hidden, ready to export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, labels, markup, present

_SHOW = Text("列出这些人", "List these people")
_ANY = Text("不限", "Any")


def people(
    question: str,
    key: str,
    scope: Scope,
    lang: Lang,
    params: Mapping[str, Any],
    *,
    headings: Mapping[str, str] | None = None,
) -> None:
    """A switch that asks ``question`` and shows its frame ``people`` with its counts."""
    if not st.toggle(_SHOW(lang), key=f"list-{key}-{lang}"):
        return
    result = data.ask(question, scope, **params)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    present.table(result.frames["people"], f"list-{key}", lang, headings=headings, height=320)
    markup.notes([note(lang) for note in result.notes])
    present.tools(f"list-{key}", lang, result, inline=True)


def choice(label: str, options: Sequence[str], key: str, lang: Lang, width: int = 170) -> str:
    """One of ``options`` or any (the empty choice)."""
    chosen = st.selectbox(
        label,
        ["", *options],
        key=f"{key}-{lang}",
        width=width,
        format_func=lambda code: labels.value(code, lang) if code else _ANY(lang),
    )
    return str(chosen or "")
