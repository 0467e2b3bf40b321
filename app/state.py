"""What the person looks at: language, period and slices; kept across pages and in the URL.

URL names: ``lang``, ``from``, ``to`` (or ``period=all``), one per slice (``platform=a,b``),
``finding``, and the parameters of the question a link leads to. Nonsense in a URL is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st
from footprint.scope import SLICES, Scope
from footprint.text import LANGS, Lang

from app import data

_PERIOD_KEYS = ("from", "to", "period")
_KEEP = ("lang", *_PERIOD_KEYS, *SLICES)
_QUERY, _SEEN = "fp.query", "fp.seen"


def language() -> Lang:
    """The language of this session: chosen, else of the URL, else of the browser."""
    asked = st.query_params.get("lang")
    if asked in LANGS and asked != st.session_state.get("fp.lang_url"):
        st.session_state["fp.lang_url"] = st.session_state["fp.lang"] = asked
    if "fp.lang" not in st.session_state:
        locale = (st.context.locale or "").lower()
        st.session_state["fp.lang"] = "zh" if locale.startswith("zh") else "en"
    return st.session_state["fp.lang"]


def choose_language(lang: Lang) -> None:
    """Switch this session's language; the URL follows."""
    st.session_state["fp.lang"] = st.session_state["fp.lang_url"] = lang
    _query()["lang"] = lang


def sync() -> None:
    """Bring session and URL together at the start of a run: a link wins, else the session."""
    asked = st.query_params.to_dict()
    if asked and asked != st.session_state.get(_SEEN):
        kept = {key: value for key, value in _query().items() if key == "lang"}
        st.session_state[_QUERY] = kept | asked
    elif not asked:
        st.session_state[_QUERY] = {k: v for k, v in _query().items() if k in _KEEP}
    write()


def write() -> None:
    """Write the session's state into the URL."""
    wanted = dict(_query())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[_SEEN] = wanted


def param(name: str, default: Any = None) -> Any:
    """A further parameter of the URL, for instance the finding or a question's parameter."""
    return _query().get(name, default)


def put(name: str, value: str | None) -> None:
    """Set or drop a parameter of the URL."""
    if value is None:
        _query().pop(name, None)
    else:
        _query()[name] = value
    write()


def query() -> dict[str, str]:
    """The parameters a link to another page should carry: language, period, slices."""
    return {key: value for key, value in _query().items() if key in _KEEP}


def extras() -> dict[str, str]:
    """The parameters beyond language, period and slices."""
    return {key: value for key, value in _query().items() if key not in _KEEP}


def presets() -> dict[str, tuple[date, date] | None]:
    """Period presets counted back from the newest day of the data; None is all data."""
    bounds = data.days()
    if bounds is None:
        return {"all": None}
    last = bounds[1]
    monday = last - timedelta(days=last.weekday())
    return {
        "this_week": (monday, monday + timedelta(days=6)),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "28_days": (last - timedelta(days=27), last),
        "all": None,
    }


def scope(default: str = "28_days") -> Scope:
    """The scope in force; ``default`` is the preset of a page while none was chosen."""
    chosen = _query()
    period = _dates(chosen)
    if period is None and chosen.get("period") != "all":
        period = presets().get(default)
    start, end = period or (None, None)
    return Scope(start, end, _where(chosen), data.current().tz)


def preset_of(scope: Scope) -> str:
    """The name of the preset a scope's period equals, else ``custom``."""
    period = (scope.start, scope.end) if scope.start or scope.end else None
    return next((name for name, days in presets().items() if days == period), "custom")


def choose_period(period: tuple[date, date] | None) -> None:
    """Keep a period (None is all data) for every page."""
    chosen = _query()
    for key in _PERIOD_KEYS:
        chosen.pop(key, None)
    if period is None:
        chosen["period"] = "all"
    else:
        chosen["from"], chosen["to"] = (day.isoformat() for day in period)
    write()


def choose_slices(where: Mapping[str, tuple[str, ...]]) -> None:
    """Keep slices for every page; an empty value drops that slice."""
    for column, values in where.items():
        if values:
            _query()[column] = ",".join(values)
        else:
            _query().pop(column, None)
    write()


def _query() -> dict[str, str]:
    return st.session_state.setdefault(_QUERY, {})


def _dates(chosen: Mapping[str, str]) -> tuple[date, date] | None:
    try:
        start, end = date.fromisoformat(chosen["from"]), date.fromisoformat(chosen["to"])
    except (KeyError, ValueError):
        return None
    return (start, end) if start <= end else None


def _where(chosen: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(filter(None, chosen[column].split(",")))
        for column in SLICES
        if chosen.get(column)
    }
