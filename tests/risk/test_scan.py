"""Term rules on comments and scripts: what fires, what is denied, what is harmless."""

from __future__ import annotations

import time

import numpy as np
import polars as pl
import pytest
from footprint.errors import InputRejected
from footprint.risk.rules import Rule, RuleBook, shipped
from footprint.risk.scan import hits, scan
from footprint.risk.text import plain
from hypothesis import given
from hypothesis import strategies as st

COMMENT = shipped().active("comment")
SCRIPT = shipped().active("script")


def states(text: str, rules: tuple[Rule, ...] = COMMENT) -> list[tuple[str, str]]:
    found = scan(pl.Series([text]), rules)
    return [(row["found"], row["state"]) for row in found.to_dicts()]


@pytest.mark.parametrize(
    "text",
    ["我要打１２３１５投诉", "1-2-3-1-5见", "315投诉你们", "3.15投诉", "我要上315", "打三一五",
     "去起诉", "不解决就找消協", "3·15曝光你"],
)  # fmt: skip
def test_red_patterns_fire(text: str) -> None:
    found = scan(pl.Series([text]), COMMENT).filter(state="hit")
    assert found["colour"].to_list() == ["red"]


@pytest.mark.parametrize(
    "text",
    ["3月15号买的投影仪", "假一赔十", "绝无假货", "第一次来", "315元投影仪", "买了123.15元",
     "订单号91231599", "找315房间号", "毫不夸大", "不会举报", "烟雾报警器", "一起诉苦",
     "这款曝光度高", "下午12:315点"],
)  # fmt: skip
def test_harmless_comments_are_silent(text: str) -> None:
    assert not [found for found, state in states(text) if state == "hit"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("这是假货", "hit"),
        ("不是假货", "negated"),
        ("本店没有卖过假货", "negated"),
        ("假货？不存在的", "negated"),
        ("难道不是假货", "hit"),
        ("不是假货吗", "hit"),
        ("是不是假货", "hit"),
        ("没想到是假货", "hit"),
        ("质量不好，假货", "hit"),
        ("没有，假货", "hit"),
        ("质量不行假货", "hit"),
    ],
)
def test_negation_stays_in_its_clause(text: str, state: str) -> None:
    assert [s for _, s in states(text)] == [state]


def test_longer_terms_win() -> None:
    assert states("誇大宣傳") == [("誇大宣傳", "hit")]
    assert states("打12315投诉") == [("12315", "hit")]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("这是全网最低的价格，国家级品质，百分之百有效", ["全网最低", "国家级", "百分之百有效"]),
        ("第一步先洗脸，最好在晚上用，本品不能代替药物", []),
        ("最新批次，最大承重两百斤", []),
        ("祛痘最有效", ["最有效"]),
    ],
)
def test_script_terms(text: str, terms: list[str]) -> None:
    assert [found for found, state in states(text, SCRIPT) if state == "hit"] == terms


def test_positions_are_of_the_original_and_rows_are_kept() -> None:
    texts = pl.Series(["好", "真是假 货", None, "真是假 货"])
    found = scan(texts, COMMENT)
    assert found["row"].to_list() == [1, 3]
    assert found.select("start", "end").row(0) == (2, 5)


CHARS = st.text("假货赔一十绝无不是没有123.5投诉夸大，吗 ", max_size=14)


@given(st.lists(CHARS, max_size=6))
def test_the_sieve_loses_nothing(texts: list[str]) -> None:
    """Oracle: every text looked at word by word, without the sieve."""
    expected = [
        (row, hit.rule, hit.state)
        for row, text in enumerate(texts)
        for hit in hits(plain(text), COMMENT)
    ]
    found = scan(pl.Series(texts, dtype=pl.String), COMMENT)
    assert sorted(found.select("row", "rule", "state").rows()) == sorted(expected)


@given(CHARS)
def test_spans_hold_what_was_found(text: str) -> None:
    for row in scan(pl.Series([text]), COMMENT).to_dicts():
        assert text[row["start"] : row["end"]] == row["found"]


def test_rules_survive_a_csv_round_trip() -> None:
    assert RuleBook.from_csv(shipped().to_csv()).rules == shipped().rules


def test_rules_can_be_switched_off_and_dated() -> None:
    book = shipped().switched("假货", on=False)
    assert not [r for r in book.active("comment") if r.term == "假货"]
    first = min(r.since for r in shipped().rules if r.since)
    assert shipped().active("comment", on=first.replace(year=first.year - 1)) == ()


@pytest.mark.parametrize(
    ("csv", "row"),
    [
        ("side,category,severity\nscript,a,1", 1),
        ("term,side,category,severity\n好,script,a,x", 2),
        ("term,side,category,severity\n好,script,a,1\n坏,street,a,1", 3),
        ("term,side,category,severity,match\n(,script,a,1,regex", 2),
        ("term,side,category,severity\n,script,a,1", 2),
    ],
)
def test_a_broken_rule_list_says_where(csv: str, row: int) -> None:
    with pytest.raises(InputRejected) as caught:
        RuleBook.from_csv(csv)
    assert caught.value.where.row == row


def test_a_million_comments_in_seconds() -> None:
    draws = np.random.default_rng(1).choice(
        list("我要好评不错很喜欢今天主播讲得真好尺码合适物流快"), (250_000, 16)
    )
    texts = pl.Series(["".join(row) for row in draws])
    texts = pl.concat([texts + str(i) for i in range(4)])
    start = time.perf_counter()
    assert scan(texts, COMMENT).filter(state="hit").height == 0
    assert time.perf_counter() - start < 10
