"""ASK: any question, its parameters, its answer; home of links to questions without a page."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import streamlit as st
from footprint.questions import Param, Question, questions
from footprint.result import Result
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, state
from app.ui import autochart, cards, controls, labels, markup, present
from app.ui.section import guarded, section
from app.views import finding as findings

_QUESTION = Text("问题", "Question")
_PARAMS = Text("参数", "Parameters")
_APPLY = Text("回答", "Answer")
_NEEDS = Text("需要的表：{tables}。", "Needs: {tables}.")
_METHOD = Text("怎么算的", "How it is worked out")
_FOUND = Text("发现", "Findings")
_TABLE = Text("表格", "Table")
_LONG = 30
_FIRST = "latency"


def show(scope: Scope, lang: Lang) -> None:
    """Question, parameters, answer."""
    known = questions()
    asked = _pick(known, lang)
    with section("ask", lang, asked.title):
        params = _form(asked, lang)
        with st.spinner(""), guarded(lang, "answer"):
            answer(data.ask(asked.id, scope, **params), lang)
    with st.expander(_METHOD(lang), icon=":material/functions:"):
        joint = "、" if lang == "zh" else ", "
        if asked.needs:
            tables = joint.join(f"{TABLES[n].title(lang)} ({n}.csv)" for n in asked.needs)
            markup.notes([_NEEDS(lang, tables=tables)])
        st.text(inspect.cleandoc(asked.doc))


def _pick(known: Any, lang: Lang) -> Question:
    asked = str(state.param("q", _FIRST))
    ids = list(known)
    index = ids.index(asked) if asked in ids else 0
    key = f"question-{ids[index]}-{lang}"
    chosen = st.selectbox(
        _QUESTION(lang),
        ids,
        index=index,
        key=key,
        label_visibility="collapsed",
        format_func=lambda id: f"{known[id].title(lang)}  ·  {id}",
        on_change=_picked,
        args=(key,),
    )
    return known[chosen]


def _picked(key: str) -> None:
    for name in state.extras():
        state.put(name, None)
    state.put("q", st.session_state[key])


def _form(asked: Question, lang: Lang) -> dict[str, Any]:
    """The declared parameters as a form; empty means the default."""
    if not asked.params:
        return {}
    with st.form(f"params-{asked.id}-{lang}", border=False, enter_to_submit=True):
        with st.grid(4, min_column_width=190):
            values = {param.name: _field(asked, param, lang) for param in asked.params}
        st.form_submit_button(_APPLY(lang), type="primary", icon=":material/play_arrow:")
    return {name: value for name, value in values.items() if value not in (None, "")}


def _field(asked: Question, param: Param, lang: Lang) -> Any:
    key = f"p-{asked.id}-{param.name}-{lang}"
    label = param.doc(lang)
    default = state.param(param.name, param.default)
    if param.choices:
        options = list(param.choices)
        index = options.index(default) if default in options else None
        return st.selectbox(
            label,
            options,
            index=index,
            key=key,
            format_func=lambda code: controls.metric_title(code, lang),
        )
    if param.kind is bool:
        return st.toggle(label, value=str(default).lower() in ("true", "1"), key=key)
    if param.kind is date:
        return st.date_input(label, value=_day(default), key=key, format="YYYY-MM-DD")
    if param.kind in (int, float):
        return _number(label, default, param, key)
    if param.name == "text":
        return st.text_area(label, value=str(default or ""), key=key)
    return st.text_input(label, value="" if default is None else str(default), key=key)


def _number(label: str, default: Any, param: Param, key: str) -> Any:
    try:
        value = None if default is None else param.kind(default)
    except (TypeError, ValueError):
        value = param.default
    form = "%d" if param.kind is int else "%.6g"
    step = 1 if param.kind is int else None
    return st.number_input(label, value=value, step=step, format=form, key=key)


def _day(raw: Any) -> date | None:
    try:
        return raw if isinstance(raw, date) or raw is None else date.fromisoformat(str(raw))
    except ValueError:
        return None


def answer(result: Result, lang: Lang) -> None:
    """Scalars as cards, findings in words, every frame as chart and table."""
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    markup.notes([note(lang) for note in result.notes])
    if result.findings:
        markup.heading(_FOUND(lang))
        for rank, item in enumerate(result.findings, 1):
            findings.row(rank, item, (), lang)
    for name, frame in result.frames.items():
        markup.heading(labels.frame(name, lang))
        draw = autochart.drawer(frame, lang)
        if draw:
            present.chart(draw, f"ask-{name}", labels.frame(name, lang), result, lang, name)
        if draw and frame.height > _LONG:
            with st.expander(_TABLE(lang), icon=":material/table_rows:"):
                present.table(frame, f"ask-{name}", lang)
        else:
            present.table(frame, f"ask-{name}", lang)
    present.tools("ask", lang, result)
