"""The brief of the sample shop's last week holds its planted truths and no null twin."""

from __future__ import annotations

from functools import cache

import pytest
from footprint.review import Brief, brief
from footprint.sample import plant
from footprint.store.memory import MemoryData
from footprint.text import LANGS

REPORT_WEEK = "2026-W46"
TRUTHS = {
    "opinion_red": "PT07",
    "opinion_yellow": "PT08",
    "cost_share": "PT22",
    "benchmark_alert": "PT21",
    "complaint_rate": "PT10",
    "exaggeration_returns": "PT06",
    "ignored_sku": "PT04",
    "latency_exits": "PT03",
}


@cache
def shop(salt: int = 0, **params: object) -> MemoryData:
    return MemoryData(plant(params or None, "tiny", salt)[0])


def kinds(found: Brief) -> list[str]:
    return sorted(finding.kind for finding in found.findings)


@pytest.mark.parametrize("salt", [0, 1])
def test_the_report_week_holds_each_truth_once(salt):
    found = brief(shop(salt))
    assert found.week == REPORT_WEEK
    assert kinds(found) == sorted(TRUTHS)
    assert (found.colour, found.findings[0].kind) == ("red", "opinion_red")
    assert found.skipped == ()


@pytest.mark.parametrize("week", ["2026-W23", "2026-W24", "2026-W40", "2026-W45"])
def test_calm_weeks_and_the_june_festival_are_green(week):
    found = brief(shop(), week)
    assert found.colour == "green"
    assert set(kinds(found)) <= {"latency_exits"}


def test_truths_that_were_not_planted_are_not_found():
    quiet = {"PT22.logistics": 0.2, "PT10.a": [5, 500], "PT06.bad": 0.09}
    data = MemoryData(plant(quiet, "tiny")[0])
    gone = {"cost_share", "complaint_rate", "exaggeration_returns"}
    assert kinds(brief(data)) == sorted(set(TRUTHS) - gone)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_is_whole(lang):
    found = brief(shop())
    for finding in found.findings:
        for words in (finding.problem(lang), finding.suggestion(lang)):
            assert words.endswith("。" if lang == "zh" else "."), words
            assert "{" not in words
            assert "None" not in words


def test_the_same_world_gives_the_same_words():
    one, other = (brief(MemoryData(plant(None, "tiny")[0])) for _ in range(2))
    assert one.to_dict("zh") == other.to_dict("zh")
    assert one.html("en") == other.html("en")


@pytest.mark.parametrize(
    ("table", "unasked"),
    [
        ("streams", {"benchmark_alert", "exaggeration"}),
        ("orders", {"complaints", "exaggeration", "sku_profit"}),
        ("comments", {"opinion_alerts"}),
        ("costs", {"cost_share"}),
        ("stream_minutes", {"latency"}),
    ],
)
def test_a_missing_table_costs_its_own_checks_and_no_more(table, unasked):
    tables, _ = plant(None, "tiny")
    found = brief(MemoryData({k: v for k, v in tables.items() if k != table}), REPORT_WEEK)
    assert {line.question for line in found.skipped} == unasked
    assert all(table in line.tables for line in found.skipped)
    assert found.html("en")


@pytest.mark.parametrize("table", ["streams", "orders", "comments", "costs", "products"])
def test_an_empty_table_breaks_nothing(table):
    tables, _ = plant(None, "tiny")
    found = brief(MemoryData({**tables, table: tables[table].clear()}), REPORT_WEEK)
    assert found.colour in ("red", "yellow")
    assert found.to_dict("zh")["findings"]
