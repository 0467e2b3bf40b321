"""Bursts of hits in sliding windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from footprint.risk.windows import bursts
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 11, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)


def times(*seconds: float) -> pl.Series:
    moments = [START + timedelta(seconds=s) for s in seconds]
    return pl.Series(moments, dtype=pl.Datetime("us", "UTC"))


def test_one_burst_counts_once() -> None:
    hits = times(*range(0, 480, 60))
    found = bursts(hits, hits, TEN, 5, 0.01)
    assert [(b.start, b.end, b.hits, b.comments) for b in found] == [(hits[0], hits[-1], 8, 8)]


def test_a_burst_across_a_grid_line_is_found() -> None:
    """Four hits before and four after 12:10 would each stay below 5 on a fixed grid."""
    hits = times(540, 560, 580, 599, 601, 620, 640, 660)
    assert [b.hits for b in bursts(hits, hits, TEN, 5, 0.01)] == [8]


def test_two_bursts_far_apart_are_two() -> None:
    hits = times(*range(5), *range(7200, 7205))
    assert [b.hits for b in bursts(hits, hits, TEN, 5, 0)] == [5, 5]


def test_share_of_comments_counts() -> None:
    hits = times(*range(0, 50, 10))
    crowd = times(*[i / 20 for i in range(1000)])
    everything = pl.concat([hits, crowd])
    assert bursts(hits, everything, TEN, 5, 0.01) == []
    assert len(bursts(hits, everything, TEN, 5, 0.004)) == 1


def test_hits_spread_thin_are_silent() -> None:
    hits = times(*range(0, 36000, 200))
    assert bursts(hits, hits, TEN, 5, 0) == []


@given(st.lists(st.integers(0, 5000), max_size=40), st.integers(1, 6))
def test_against_the_definition(seconds: list[int], minimum: int) -> None:
    """Oracle: a hit is in a burst exactly when some window of ten minutes around it is full."""
    hits = times(*seconds)
    found = bursts(hits, hits, TEN, minimum, 0)
    inside = sum(b.hits for b in found)
    ends = [s for s in seconds if sum(s - 600 < t <= s for t in seconds) >= minimum]
    expected = sum(any(e - 600 < s <= e for e in ends) for s in seconds)
    assert inside == expected
    assert all(a.end < b.start for a, b in pairwise(found))
