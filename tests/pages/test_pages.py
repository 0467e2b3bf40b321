"""Every page, in both languages, over the sample, over nothing, and with a table missing."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from conftest import Open, made, words
from footprint.schema import TABLES

from app import nav

PAGES = [page.path for page in nav.PAGES]
# A page and the table without which one of its sections must say what is missing.
NEEDS = {
    "board": "streams",
    "attribution": "events",
    "journey": "events",
    "retention": "events",
    "lifecycle": "orders",
    "content": "streams",
    "risk": "comments",
    "ask": "stream_minutes",
}
FRIENDLY = ("这一块暂时算不出来", "could not be worked out")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_the_sample_without_a_fault(
    open_page: Open, sample: Path, page: str, lang: str
) -> None:
    app = open_page(sample, page, lang)
    said = words(app)
    assert not app.exception
    assert escape(nav.BY_CODE[code_of(page)].title(lang)) in said
    assert not [fault for fault in FRIENDLY if fault in said]
    assert not app.warning and not app.error


@pytest.mark.parametrize("page", PAGES)
def test_no_chinese_sentence_is_left_on_an_english_page(
    open_page: Open, sample: Path, page: str
) -> None:
    said = words(open_page(sample, page, "en"))
    for chinese in ("样本", "目标", "导出", "区间", "建议"):
        assert chinese not in said


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_workspace_welcomes_and_leads_to_the_data_desk(
    open_page: Open, tmp_path: Path, page: str
) -> None:
    app = open_page(tmp_path / "empty", page, "en")
    assert not app.exception and not app.error
    if page == "data":
        assert any(button.label == "Import the sample" for button in app.button)
    else:
        assert "No data yet" in words(app)
        assert app.get("page_link")


@pytest.mark.parametrize(("page", "table"), NEEDS.items())
def test_a_missing_table_is_named_and_the_rest_still_works(
    open_page: Open, tmp_path: Path, page: str, table: str
) -> None:
    workspace = made(tmp_path / "without", without=table)
    app = open_page(workspace, page, "en")
    said = words(app)
    assert not app.exception
    assert f"{TABLES[table].title('en')}" in said and f"{table}.csv" in said
    assert not [fault for fault in FRIENDLY if fault in said]


def code_of(path: str) -> str:
    return next(page.code for page in nav.PAGES if page.path == path)
