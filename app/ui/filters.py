"""The scope bar on top of a page: period, slices, language."""

from __future__ import annotations

from datetime import date

import streamlit as st
from footprint import format as fmt
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, nav, state
from app.ui import labels, markup

_PERIOD = Text("时间范围", "Period")
_PRESETS = {
    "this_week": Text("本周", "This week"),
    "last_week": Text("上周", "Last week"),
    "28_days": Text("近 28 天", "28 days"),
    "all": Text("全部", "All"),
    "custom": Text("自选…", "Custom …"),
}
_DAYS = Text("起止日期", "From – to")
_FILTER = Text("筛选", "Filter")
_CLEAR = Text("清除筛选", "Clear filters")
_AS_OF = Text("数据到 {day}", "Data up to {day}")
_LANGUAGE = Text("语言", "Language")
_ANY = Text("全部", "Any")
_SLICES = ("platform", "category", "host_id", "channel", "region", "tier", "stream_id")
_TIERS = ["high", "mid", "potential", "dormant"]


def page(code: str, lang: Lang, *, scoped: bool = True) -> Scope:
    """Title, purpose, language and (unless ``scoped`` is off) the scope bar; the scope in force."""
    info = nav.BY_CODE[code]
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        markup.page_head(info.title(lang), info.lead(lang))
        _language(lang)
    default = "all" if info.all_time else "28_days"
    scope = state.scope(default)
    if scoped and not data.empty():
        _bar(scope, lang)
    return scope


def _language(lang: Lang) -> None:
    st.segmented_control(
        _LANGUAGE(lang),
        ["zh", "en"],
        default=lang,
        required=True,
        key=f"lang-{lang}",
        format_func=lambda code: {"zh": "中文", "en": "English"}[code],
        label_visibility="collapsed",
        on_change=_language_chosen,
        args=(f"lang-{lang}",),
    )


def _language_chosen(key: str) -> None:
    state.choose_language(st.session_state[key])


def _bar(scope: Scope, lang: Lang) -> None:
    now = state.preset_of(scope)
    with st.container(key="scopebar", horizontal=True, vertical_alignment="center", gap="small"):
        key = f"period-{now}-{lang}"
        st.segmented_control(
            _PERIOD(lang),
            list(_PRESETS),
            default=now,
            required=True,
            key=key,
            format_func=lambda name: _PRESETS[name](lang),
            label_visibility="collapsed",
            wrap=True,
            on_change=_period_chosen,
            args=(key,),
        )
        if now == "custom" or st.session_state.get("fp.custom"):
            _range(scope, lang)
        _slices(scope, lang)
        last = data.days()
        if last:
            markup.show(f'<span class="fp-note">{_AS_OF(lang, day=fmt.date(last[1], lang))}</span>')


def _period_chosen(key: str) -> None:
    name = st.session_state[key]
    st.session_state["fp.custom"] = name == "custom"
    if name != "custom":
        state.choose_period(state.presets()[name])


def _range(scope: Scope, lang: Lang) -> None:
    bounds = data.days()
    first, last = bounds or (date(2000, 1, 1), date(2100, 1, 1))
    value = (scope.start or first, scope.end or last)
    key = f"range-{value[0]}-{value[1]}-{lang}"
    st.date_input(
        _DAYS(lang),
        value,
        key=key,
        label_visibility="collapsed",
        width=230,
        format="YYYY-MM-DD",
        on_change=_range_chosen,
        args=(key,),
    )


def _range_chosen(key: str) -> None:
    chosen = st.session_state[key]
    if isinstance(chosen, tuple) and len(chosen) == 2:
        st.session_state["fp.custom"] = False
        state.choose_period(chosen)


def _slices(scope: Scope, lang: Lang) -> None:
    active = {column: values for column, values in scope.where.items() if values}
    count = f" · {len(active)}" if active else ""
    with st.popover(
        f"{_FILTER(lang)}{count}", icon=":material/filter_list:", key="fp-filter", on_change="rerun"
    ) as popover:
        if popover.open:
            for column in _SLICES:
                _slice(column, active.get(column, ()), lang)
    for column, values in active.items():
        words = "、".join(labels.value(value, lang) for value in values)
        st.button(
            f"{labels.value(column, lang)}: {words}",
            icon=":material/close:",
            type="tertiary",
            key=f"drop-{column}",
            help=_CLEAR(lang),
            on_click=state.choose_slices,
            args=({column: ()},),
        )


def _slice(column: str, chosen: tuple[str, ...], lang: Lang) -> None:
    options = _TIERS if column == "tier" else data.choices(column)
    options = [*options, *(value for value in chosen if value not in options)]
    if not options:
        return
    key = f"slice-{column}-{'|'.join(chosen)}-{lang}"
    st.multiselect(
        labels.value(column, lang),
        options,
        default=list(chosen),
        key=key,
        format_func=lambda value: labels.value(value, lang),
        placeholder=_ANY(lang),
        on_change=_slice_chosen,
        args=(column, key),
    )


def _slice_chosen(column: str, key: str) -> None:
    state.choose_slices({column: tuple(st.session_state[key])})
