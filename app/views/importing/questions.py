"""Questions about a sheet as choices; those that hold the import up come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from footprint.ingest.choices import Asked
from footprint.ingest.preview import Preview, SheetPreview
from footprint.text import Lang, Text

from app.ui import markup
from app.views.importing import pending

_TITLE = Text("先回答这些", "Answer these first")
_CONFIRM = Text("请确认口径", "Confirm what is meant")
_LEAD = Text(
    "只问一次：同样表头的文件下次按这次的回答导入。",
    "Asked once: files with the same headings follow your answer from now on.",
)
_OTHER = Text("已替您决定，可以改", "Decided for you; change what is wrong")
_PICK = Text("请选择", "Choose one")
_SAME = Text("或者每行都是（{heading}）", "or the same in every row ({heading})")
_FEW = 4


def must(sheets: Sequence[SheetPreview], lang: Lang) -> None:
    """What holds the import up, and which of several meanings a number has, sheet by sheet."""
    asking = [(sheet, asked) for sheet in sheets for asked in _first(sheet)]
    if not asking:
        return
    title = _TITLE if any(asked.open for _, asked in asking) else _CONFIRM
    with st.container(border=True, key="card-questions", gap="small"):
        markup.heading(title(lang), _LEAD(lang))
        for sheet, asked in asking:
            _question(sheet, asked, lang, file=sheet.file)


def settled(sheet: SheetPreview, lang: Lang) -> None:
    """The questions that have an answer already, each with its reason."""
    first = _first(sheet)
    answered = [asked for asked in sheet.questions if asked not in first]
    if not answered:
        return
    markup.caption(_OTHER(lang))
    for asked in answered:
        _question(sheet, asked, lang)


def confirmed(preview: Preview) -> Preview:
    """With the meanings that were shown and not changed said aloud, so that they are remembered."""
    said = preview.answers
    for sheet in preview.sheets:
        for asked in _first(sheet):
            if asked.taken is not None:
                said = said.answer(sheet.id, asked.id, asked.taken)
    return replace(preview, answers=said)


def _first(sheet: SheetPreview) -> list[Asked]:
    """Open questions, and meanings of which nobody ever said which one holds."""
    if sheet.skipped or sheet.already:
        return []
    return [
        asked
        for asked in sheet.questions
        if asked.open or (asked.kind == "meaning" and asked.said is None)
    ]


def _question(sheet: SheetPreview, asked: Asked, lang: Lang, file: str = "") -> None:
    key = f"ask-{sheet.id}-{asked.id}-{lang}"
    options = {option.value: option.label(lang) for option in asked.options}
    values = list(options)
    words = f"{file} · {asked.words(lang)}" if file else asked.words(lang)
    common: dict[str, Any] = {
        "options": values,
        "index": values.index(asked.taken) if asked.taken in values else None,
        "format_func": options.__getitem__,
        "key": key,
        "on_change": _answered,
        "args": (sheet.id, asked.id, key),
    }
    if asked.kind == "required" and asked.open:
        _which_or_same(sheet, asked, words, common, lang)
    elif len(values) <= _FEW:
        st.radio(words, **common)
    else:
        st.selectbox(words, placeholder=_PICK(lang), width=420, **common)
    if asked.why(lang):
        markup.notes([asked.why(lang)])


def _which_or_same(
    sheet: SheetPreview, asked: Asked, words: str, common: dict[str, Any], lang: Lang
) -> None:
    """A required column: one of the headings, or a value that holds for every row."""
    key = f"same-{common['key']}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(words, placeholder=_PICK(lang), width=420, **common)
        st.text_input(
            _SAME(lang, heading=asked.column),
            key=key,
            width=220,
            on_change=_same,
            args=(sheet.id, asked.column, key),
        )


def _same(sheet: str, column: str, key: str) -> None:
    value = str(st.session_state[key]).strip()
    if value:
        pending.say(pending.answers().map(sheet, f"'{value}'", column))


def _answered(sheet: str, question: str, key: str) -> None:
    option = st.session_state.get(key)
    if option is not None:
        pending.say(pending.answers().answer(sheet, question, option))
