"""The scope: read from the URL, kept across pages, written back; nonsense is ignored."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import Open, words
from footprint.workspace import Workspace
from streamlit.testing.v1 import AppTest

from app import state
from app.ui.cards import figure


def gmv(app: AppTest) -> str:
    """The first number card of the board."""
    cards = next(str(h.value) for h in app.get("html") if "fp-card-value" in str(h.value))
    return cards.split('class="fp-card-value')[1].split(">")[1].split("<")[0]


def test_a_link_with_a_period_and_a_slice_is_what_the_page_asks(
    open_page: Open, sample: Path
) -> None:
    whole = open_page(sample, "board", "en", period="all")
    part = open_page(
        sample, "board", "en", **{"from": "2026-11-09", "to": "2026-11-15", "platform": "douyin"}
    )
    asked = Workspace(sample).ask(
        "board", from_="2026-11-09", to="2026-11-15", where={"platform": "douyin"}
    )
    assert gmv(part) == figure(asked.scalars["gmv"].value, "CNY", "en")
    assert gmv(part) != gmv(whole)


def test_the_scope_stays_when_the_page_changes(open_page: Open, sample: Path) -> None:
    app = open_page(sample, "board", "en", **{"from": "2026-10-01", "to": "2026-10-31"})
    app.switch_page("../pages/retention.py").run()
    assert app.query_params["from"] == "2026-10-01"
    assert app.query_params["to"] == "2026-10-31"


def test_nonsense_in_the_url_is_ignored(open_page: Open, sample: Path) -> None:
    app = open_page(
        sample, "board", "en", **{"from": "yesterday", "to": "2026-99-99", "lang2": "xx"}
    )
    assert not app.exception and not app.warning
    assert "Key metrics" in words(app)


def test_presets_count_from_the_newest_day_of_the_data(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_WORKSPACE", str(sample))
    presets = state.presets()
    last = Workspace(sample).data().frame("streams")["start_ts"].max()
    assert isinstance(last, datetime)
    newest = last.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert presets["28_days"] == (newest - timedelta(days=27), newest)
    week = presets["last_week"]
    assert week and week[0].weekday() == 0 and week[1] - week[0] == timedelta(days=6)
    assert presets["all"] is None
