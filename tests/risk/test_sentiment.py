"""Negative comments by words and stars."""

from __future__ import annotations

import polars as pl
import pytest
from footprint.risk.sentiment import coverage, negative, polarity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("质量太差了", -1),
        ("質量太差", -1),
        ("一点也不好用", -1),
        ("不是很满意", -1),
        ("质量不错很喜欢", 1),
        ("不会后悔", 1),
        ("没想到这么好用", 1),
        ("好用但是太贵", 0),
        ("这个多少钱", None),
        ("支持退货吗", None),
    ],
)
def test_words_and_negation(text: str, expected: int | None) -> None:
    assert polarity(pl.Series([text]))[0] == expected


def test_stars_speak_first_and_undecided_is_not_negative() -> None:
    texts, stars = pl.Series(["很好", "质量太差", "多少钱", "多少钱"]), pl.Series([1.0, 5, 3, None])
    assert polarity(texts, stars).to_list() == [-1, 1, 0, None]
    assert negative(texts, stars).to_list() == [True, False, False, False]
    assert coverage(texts, stars) == pytest.approx(0.75)
    assert coverage(pl.Series([], dtype=pl.String)) is None
