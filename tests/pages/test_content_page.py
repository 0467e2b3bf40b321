"""The content and goods page: every tab, without each table, on a tiny shop, by a link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import polars as pl
import pytest
from conftest import Open, made, words
from footprint.text import Lang
from footprint.workspace import Workspace

from app.views.content import _TABS

TABS = list(_TABS)
FAULTS = ("这一块暂时算不出来", "could not be worked out")
# A tab and the table without which one of its sections must name the file.
NEEDS = {
    "effects": "streams",
    "scripts": "scripts",
    "earners": "products",
    "picks": "orders",
    "stock": "inventory",
    "voice": "surveys",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_shows_the_sample_without_a_fault(
    open_page: Open, sample: Path, tab: str, lang: Lang
) -> None:
    app = open_page(sample, "content", lang, tab=tab)
    said = words(app)
    assert not app.exception and not app.error and not app.warning
    assert not [fault for fault in FAULTS if fault in said]
    assert [pane.label for pane in app.tabs] == [title(lang) for title, _ in _TABS.values()]


@pytest.mark.parametrize(("tab", "table"), NEEDS.items())
def test_a_missing_table_is_named(open_page: Open, tmp_path: Path, tab: str, table: str) -> None:
    app = open_page(made(tmp_path / "shop", without=table), "content", "en", tab=tab)
    assert not app.exception and not app.error
    said = words(app)
    assert f"{table}.csv" in said
    assert not [fault for fault in FAULTS if fault in said]


@pytest.mark.parametrize("tab", TABS)
def test_twenty_orders_break_nothing(open_page: Open, tmp_path: Path, tab: str) -> None:
    start = datetime(2026, 10, 5, 12, tzinfo=UTC)
    pl.DataFrame({
        "order_id": [f"o{n}" for n in range(20)],
        "order_ts": [(start + timedelta(hours=n)).strftime("%Y-%m-%d %H:%M:%S") for n in range(20)],
        "user_id": [f"u{n % 7}" for n in range(20)],
        "sku_id": ["a"] * 20, "qty": [1] * 20, "paid_amount": [50.0] * 20,
    }).write_csv(tmp_path / "orders.csv")  # fmt: skip
    Workspace(tmp_path / "shop").import_files([tmp_path / "orders.csv"])
    app = open_page(tmp_path / "shop", "content", "en", tab=tab)
    assert not app.exception and not app.error
    assert not [fault for fault in FAULTS if fault in words(app)]


def test_a_link_opens_the_tab_of_its_finding(open_page: Open, sample: Path) -> None:
    app = open_page(sample, "content", "en", finding="ignored_sku:food")
    assert "Which ignored products earn?" in words(app)
    other = open_page(sample, "content", "en", finding="tag_effect:conversion:origin_tracing")
    assert escape("Does a tag really go with better results?") in words(other)


def test_a_pasted_script_is_marked_and_compared(open_page: Open, sample: Path) -> None:
    app = open_page(sample, "content", "en", tab="scripts")
    app.text_area(key="script-text").set_value("这是国家级最好的蜂蜜，今天带来")
    app.button[0].click().run() if app.button else app.run()
    said = words(app)
    assert "<mark" in said
    assert "Missing parts" in said
