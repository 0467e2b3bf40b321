"""Every tab of the journey and channel pages: the sample, a table missing, twenty orders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from conftest import Open, made, words
from footprint.schema import TABLES
from footprint.workspace import Workspace

from app.views import journey, reach

FRIENDLY = ("这一块暂时算不出来", "could not be worked out")
TABS = [
    (page, tab)
    for page, tabs in (("journey", journey.TABS), ("attribution", reach.TABS))
    for tab in tabs.tabs
]
# A tab and the table without which one of its sections must name the file.
NEEDS = {
    ("journey", "map"): "events",
    ("journey", "seeding"): "orders",
    ("journey", "chain"): "events",
    ("attribution", "cost"): "events",
    ("attribution", "traffic"): "channel_daily",
    ("attribution", "budget"): "orders",
    ("attribution", "platforms"): "events",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of twenty orders, as many events and ten days of one channel."""
    folder = tmp_path_factory.mktemp("small")
    start = dt.datetime(2026, 6, 1, 10)
    hours = [start + dt.timedelta(hours=7 * n) for n in range(20)]
    pl.DataFrame({
        "order_id": [f"o{n}" for n in range(20)], "order_ts": hours,
        "user_id": [f"u{n}" for n in range(20)], "sku_id": "s", "qty": 1, "paid_amount": 50.0,
        "channel": "ads", "platform": ["douyin", "taobao"] * 10,
    }).write_csv(folder / "orders.csv", datetime_format="%Y-%m-%d %H:%M:%S")  # fmt: skip
    pl.DataFrame({
        "event_ts": [hour - dt.timedelta(hours=1) for hour in hours],
        "user_id": [f"u{n}" for n in range(20)], "event_type": ["click", "video_view"] * 10,
        "channel": "ads", "platform": ["taobao", "douyin"] * 10,
    }).write_csv(folder / "events.csv", datetime_format="%Y-%m-%d %H:%M:%S")  # fmt: skip
    pl.DataFrame({
        "date": [(start + dt.timedelta(days=n)).date() for n in range(10)], "platform": "douyin",
        "channel": "ads", "slot": "feed", "impressions": 100, "clicks": 2, "cost": 5.0,
    }).write_csv(folder / "channel_daily.csv")  # fmt: skip
    Workspace(folder / "shop").import_files(sorted(folder.glob("*.csv")))
    return folder / "shop"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("page", "tab"), TABS)
def test_a_tab_shows_the_sample_without_a_fault(
    open_page: Open, sample: Path, page: str, tab: str, lang: str
) -> None:
    app = open_page(sample, page, lang, tab=tab)
    said = words(app)
    assert not app.exception and not app.warning and not app.error
    assert not [fault for fault in FRIENDLY if fault in said]
    assert len(app.get("dataframe")) + len(app.get("arrow_data_frame")) > 0


@pytest.mark.parametrize(("page", "tab"), TABS)
def test_twenty_orders_break_nothing(open_page: Open, small: Path, page: str, tab: str) -> None:
    app = open_page(small, page, "en", tab=tab)
    assert not app.exception and not app.error
    assert not [fault for fault in FRIENDLY if fault in words(app)]


@pytest.mark.parametrize(("place", "table"), NEEDS.items())
def test_a_missing_table_is_named(
    open_page: Open, tmp_path: Path, place: tuple[str, str], table: str
) -> None:
    workspace = made(tmp_path / "without", without=table)
    app = open_page(workspace, place[0], "en", tab=place[1])
    said = words(app)
    assert not app.exception
    assert TABLES[table].title("en") in said and f"{table}.csv" in said
    assert not [fault for fault in FRIENDLY if fault in said]
