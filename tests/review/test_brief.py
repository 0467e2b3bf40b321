"""The brief end to end: default week, words in both languages, skipped checks, JSON and HTML."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import polars as pl
import pytest
from footprint.errors import DataMissing
from footprint.questions import ask
from footprint.review import brief
from footprint.review.charts import chart
from footprint.store.memory import MemoryData
from footprint.text import LANGS

MONDAY = datetime(2026, 10, 18, 16, tzinfo=UTC)  # 2026-10-19 00:00 in Shanghai
NASTY = "<script>alert('x')</script>&\"="


def shop(logistics: float = 0.31) -> dict[str, pl.DataFrame]:
    """Four weeks of orders and costs; logistics jump in the last week; goods named nastily."""
    lines = 4000
    skus = ["n"] * 200 + [f"s{i % 40}" for i in range(lines - 200)]
    orders = pl.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(lines)],
            "order_ts": [
                MONDAY + timedelta(minutes=(i * 7919) % (28 * 1440)) for i in range(lines)
            ],
            "user_id": [f"u{i % 1000}" for i in range(lines)],
            "sku_id": skus,
            "qty": 1,
            "paid_amount": 100.0,
        }
    )
    names = ["n", *(f"s{i}" for i in range(40))]
    products = pl.DataFrame(
        {
            "sku_id": names,
            "name": [NASTY] * len(names),
            "category": "food",
            "price": 100.0,
            "unit_cost": [52.0] + [94.0] * 40,
        }
    )
    rows = []
    for day in range(28):
        share = logistics if day >= 21 else 0.12
        when = date(2026, 10, 19) + timedelta(days=day)
        parts = {"logistics": share, "ads": 0.08, "staff": 0.92 - share}
        rows += [{"cost_date": when, "category": k, "amount": 1000 * v} for k, v in parts.items()]
    return {"orders": orders, "products": products, "costs": pl.DataFrame(rows)}


class Page(HTMLParser):
    """Tags and attributes of a page, and whether every tag is closed."""

    VOID = ("meta", "rect", "line")

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_last_whole_week_with_its_findings():
    found = brief(MemoryData(shop()))
    assert found.week == "2026-W46"
    assert found.colour == "yellow"
    assert {f.id for f in found.findings} == {"cost_share:logistics", "ignored_sku:food"}
    skipped = {line.question for line in found.skipped}
    assert {"opinion_alerts", "benchmark_alert"} <= skipped
    assert "1" in found.reason.en
    assert str(len(skipped)) in found.reason.zh


def test_a_calm_week_is_green():
    calm = {**shop(), "products": shop()["products"].with_columns(unit_cost=pl.lit(94.0))}
    found = brief(MemoryData(calm), "2026-W45")
    assert (found.colour, found.findings) == ("green", ())
    assert found.reason.en.startswith("Green: no alert.")


def test_a_week_without_data_is_grey_never_green():
    found = brief(MemoryData(shop()), "2025-W01")
    assert (found.colour, found.findings, found.targets) == ("grey", (), ())


def test_a_shop_without_any_checkable_table_is_grey():
    streams = pl.DataFrame({"stream_id": ["x"], "start_ts": [MONDAY]})
    assert brief(MemoryData({"streams": streams})).colour == "grey"


def test_nothing_dated_names_the_file_that_helps():
    with pytest.raises(DataMissing, match="orders"):
        brief(MemoryData({}))


@pytest.mark.parametrize("lang", LANGS)
def test_the_object_is_plain_json_with_the_agreed_keys(lang):
    found = brief(MemoryData(shop())).to_dict(lang)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    agreed = {"week", "colour", "reason", "findings", "targets", "data_version"}
    assert agreed <= set(found)
    first = found["findings"][0]
    assert {"problem", "impact_cny", "suggestion", "link", "evidence", "folded"} <= set(first)


def test_each_finding_can_be_asked_again_from_its_question_and_params():
    data = MemoryData(shop())
    for finding in brief(data).findings:
        assert finding.scope is not None
        again = ask(data, finding.question, finding.scope, finding.params)
        assert finding.id in {other.id for other in again.findings}


def test_the_same_data_gives_the_same_page():
    pages = [brief(MemoryData(shop())).html("zh") for _ in range(2)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_self_contained_and_escaped(lang):
    text = brief(MemoryData(shop())).html(lang)
    page = Page()
    page.feed(text)
    assert page.open == []
    assert "<script" not in text
    assert NASTY not in text
    assert not [tag for tag, attrs in page.tags if {"src", "href"} & set(attrs)]
    assert "@import" not in text
    assert "url(" not in text
    assert ("html", {"lang": {"zh": "zh-CN", "en": "en"}[lang]}) in page.tags
    assert len([tag for tag, _ in page.tags if tag == "svg"]) == 2


@pytest.mark.parametrize("lang", LANGS)
def test_no_placeholder_is_left_and_no_language_leaks(lang):
    text = brief(MemoryData(shop())).html(lang)
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<table.*?</table>", "", text, flags=re.S)
    assert "{" not in body
    assert "None" not in body
    assert "nan" not in body.lower().split()
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", body)


def test_links_only_to_web_addresses():
    found = brief(MemoryData(shop()))
    assert 'href="http://127.0.0.1:8501/risk?' in found.html("en", "http://127.0.0.1:8501/")
    assert "href" not in found.html("en", "javascript:alert(1)//")


def test_the_table_has_problem_impact_suggestion():
    table = brief(MemoryData(shop())).frame("en")
    assert table["rank"].to_list() == [1, 2]
    assert {"problem", "impact_cny", "suggestion"} <= set(table.columns)


def test_evidence_without_numbers_has_no_chart():
    empty = pl.DataFrame({"week": ["a"], "share": [None]}, {"week": pl.String, "share": pl.Float64})
    assert chart(pl.DataFrame({"term": ["a"], "example": ["b"]}), "en", "UTC") == ""
    assert chart(empty, "en", "UTC") == ""
