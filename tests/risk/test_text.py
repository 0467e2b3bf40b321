"""Plain forms: one spelling for all ways of writing, and the way back."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from footprint.risk.text import plain, plain_series
from hypothesis import given
from hypothesis import strategies as st

# Characters both Unicode tables know, so that the sieve and the exact rules may be compared.
TEXTS = st.text(st.characters(max_codepoint=0x9FFF, exclude_categories=("Cs", "Cn")), max_size=40)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("我要打１２３１５投訴", "我要打12315投诉"),
        ("1-2-3 1·5", "12315"),
        ("誇大 宣傳！", "夸大宣传"),
        ("ＡＢc①", "abc1"),
        ("假*货~~", "假货"),
        ("", ""),
    ],
)
def test_ways_of_writing_become_one(text: str, form: str) -> None:
    assert plain(text).text == form


def test_spans_point_into_the_original() -> None:
    text = "快！誇*大 宣傳"
    found = plain(text)
    start = found.text.index("夸大")
    first, last = found.span(start, start + 2)
    assert text[first:last] == "誇*大"
    assert found.between(start, start + 1) == "*"


@given(st.lists(TEXTS, max_size=8))
def test_many_texts_equal_one_by_one(texts: list[str]) -> None:
    series = plain_series(pl.Series("t", texts, dtype=pl.String))
    known = unicodedata.unidata_version
    assert series.to_list() == [plain(text).text for text in texts], known


@given(TEXTS)
def test_the_map_is_monotone_and_the_form_stable(text: str) -> None:
    found = plain(text)
    assert len(found.starts) == len(found.text)
    assert list(found.starts) == sorted(found.starts)
    assert plain(found.text).text == found.text


def test_missing_text_stays_missing() -> None:
    assert plain_series(pl.Series("t", [None, "好"])).to_list() == [None, "好"]
