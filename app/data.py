"""The app's one door to a workspace: opened once per process, answers kept per data version.

Answers are kept by data version, question, parameters and scope; a frame is never hashed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import footprint as fp
import streamlit as st
from footprint.data import Data
from footprint.result import Result
from footprint.review import Brief
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.workspace import Workspace

WORKSPACE_VARIABLE = "FOOTPRINT_WORKSPACE"
# Where the first and last day of the data are read; the first of these that is here.
_ACTIVITY = ("streams", "orders", "events", "stream_minutes", "comments", "costs")


def workspace() -> Workspace:
    """The workspace of this process: the one named when it was started, else the user's own."""
    return _opened(os.environ.get(WORKSPACE_VARIABLE, ""))


@st.cache_resource(show_spinner=False)
def _opened(path: str) -> Workspace:
    return fp.open(Path(path)) if path else fp.open()


def current() -> Data:
    """The data version this run looks at."""
    return workspace().data()


def empty() -> bool:
    """Whether nothing was imported yet."""
    data = current()
    return not any(data.has(name) for name in TABLES)


def ask(question: str, scope: Scope, **params: Any) -> Result:
    """The answer to a question; computed once per data version, scope and parameters.

    Raises what the question raises (DataMissing, UsageError); errors are not kept.
    """
    data = current()
    return _answer(
        str(workspace().path),
        data.version,
        question,
        json.dumps(scope.to_dict(), sort_keys=True),
        json.dumps(params, sort_keys=True, default=str),
        data,
        scope,
        params,
    )


@st.cache_resource(max_entries=400, show_spinner=False)
def _answer(
    path: str,
    version: str,
    question: str,
    scope_key: str,
    params_key: str,
    _data: Data,
    _scope: Scope,
    _params: Mapping[str, Any],
) -> Result:
    from footprint.questions import ask as answer

    return answer(_data, question, _scope, _params)


def days() -> tuple[date, date] | None:
    """First and last day with activity in the shop's time zone, None without data.

    Read from the catalogue: no table is opened for it.
    """
    held, zone = {info.name: info for info in workspace().tables()}, ZoneInfo(current().tz)
    for name in _ACTIVITY:
        if name in held and held[name].first and held[name].last:
            return _day(held[name].first, zone), _day(held[name].last, zone)
    return None


def _day(moment: str | None, zone: ZoneInfo) -> date:
    """The local day of an instant, or a day itself (ISO 8601)."""
    found = datetime.fromisoformat(moment or "")
    return found.astimezone(zone).date() if found.tzinfo else found.date()


def choices(column: str) -> list[str]:
    """The values a slice can take, most frequent first."""
    data = current()
    return _choices(str(workspace().path), data.version, column, data)


@st.cache_resource(max_entries=40, show_spinner=False)
def _choices(path: str, version: str, column: str, _data: Data) -> list[str]:
    home = {"channel": "events", "region": "orders"}.get(column, "streams")
    source = next((t for t in (home, "orders", "products") if _data.has(t)), None)
    if source is None or column not in TABLES[source].polars_schema:
        return []
    values = _data.scan(source).select(column).collect()[column].drop_nulls()
    return values.value_counts(sort=True)[column].to_list()


def brief(week: str) -> Brief:
    """The brief of a week; computed once per data version."""
    data = current()
    return _brief(str(workspace().path), data.version, week, data)


@st.cache_resource(max_entries=60, show_spinner=False)
def _brief(path: str, version: str, week: str, _data: Data) -> Brief:
    from footprint.review import brief as write

    return write(_data, week)


def default_week() -> str | None:
    """The newest week that is whole, None without dated data."""
    from footprint.review.period import last_week

    return last_week(current())
