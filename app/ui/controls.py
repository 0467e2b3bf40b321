"""Controls of a section, with words for coded choices and the choices of the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from footprint.metrics import metrics
from footprint.questions import questions
from footprint.text import Lang

from app.ui import labels


def segments(
    label: str,
    options: Sequence[str],
    key: str,
    lang: Lang,
    *,
    words: Callable[[str], str] | None = None,
    default: str | None = None,
) -> str:
    """One of a few, as buttons side by side."""
    chosen = st.segmented_control(
        label,
        list(options),
        default=default or options[0],
        required=True,
        key=f"{key}-{lang}",
        format_func=words or (lambda code: labels.value(code, lang)),
        label_visibility="collapsed",
        persist_state="page",
    )
    return str(chosen or options[0])


def select(
    label: str,
    options: Sequence[str],
    key: str,
    lang: Lang,
    *,
    words: Callable[[str], str] | None = None,
    default: str | None = None,
    width: int = 220,
) -> str:
    """One of many, as a list."""
    index = list(options).index(default) if default is not None and default in options else 0
    chosen = st.selectbox(
        label,
        list(options),
        index=index,
        key=f"{key}-{lang}",
        width=width,
        format_func=words or (lambda code: labels.value(code, lang)),
    )
    return str(chosen if chosen is not None else options[0])


def choices_of(question: str, param: str) -> tuple[str, ...]:
    """What a question's parameter can be."""
    declared = questions()[question].params
    return next((p.choices for p in declared if p.name == param), ())


def choice_of(question: str, param: str, default: str, lang: Lang) -> str:
    """A list of what a question's parameter can be; metrics by their titles."""
    options = choices_of(question, param) or (default,)
    title = next(p.doc(lang) for p in questions()[question].params if p.name == param)
    return select(
        title,
        options,
        f"{question}-{param}",
        lang,
        default=default,
        words=lambda code: metric_title(code, lang),
    )


def metric_title(code: str, lang: Lang) -> str:
    """The title of a metric; any other code in its words."""
    known = metrics().get(code)
    return known.title(lang) if known else labels.value(code, lang)


def metric_unit(code: str) -> str:
    """The unit of a metric, "" when it is not one."""
    known = metrics().get(code)
    return known.unit if known else ""
