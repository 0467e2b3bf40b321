"""Correlation inside strata: equal to Spearman's, blind to strata, silent on noise."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from footprint.analysis.rank_correlation import within
from footprint.stats import benjamini_hochberg
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr


@given(st.integers(0, 10_000), st.integers(12, 60))
def test_one_stratum_is_spearmans_rho(seed: int, n: int) -> None:
    draw = np.random.default_rng(seed)
    x, y = draw.integers(0, 9, n), draw.normal(size=n)
    found = within(pl.DataFrame({"x": x, "y": y}), "x", "y", [])
    expected = spearmanr(x, y)
    if np.unique(x).size == 1:
        assert found is None
        return
    assert found is not None
    assert found.rho == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-9)
    assert found.low <= found.rho <= found.high


def test_a_category_that_differs_in_both_is_no_relation() -> None:
    draw = np.random.default_rng(3)
    noise = draw.normal(size=(2, 200))
    level = np.repeat([0.0, 50.0], 100)
    frame = pl.DataFrame({
        "kind": ["a"] * 100 + ["b"] * 100, "x": noise[0] + level, "y": noise[1] + level,
    })  # fmt: skip
    plain, fair = within(frame, "x", "y", []), within(frame, "x", "y", ["kind"])
    assert plain is not None and plain.rho > 0.7
    assert fair is not None and abs(fair.rho) < 0.2 and fair.p > 0.05


def test_the_interval_covers_the_truth_nineteen_times_in_twenty() -> None:
    hits, runs, n = 0, 400, 80
    draw = np.random.default_rng(7)
    # Spearman's rho of a bivariate normal with correlation r is 6/pi * asin(r/2).
    r = 0.5
    truth = 6 / np.pi * np.arcsin(r / 2)
    for _ in range(runs):
        x = draw.normal(size=n)
        y = r * x + np.sqrt(1 - r * r) * draw.normal(size=n)
        found = within(pl.DataFrame({"x": x, "y": y}), "x", "y", [])
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / runs <= 0.98


def test_a_screen_of_noise_rarely_finds_anything() -> None:
    draw = np.random.default_rng(11)
    loud = 0
    for _ in range(200):
        outcome = draw.normal(size=60)
        ps = []
        for _ in range(20):
            found = within(pl.DataFrame({"x": draw.normal(size=60), "y": outcome}), "x", "y", [])
            assert found is not None
            ps.append(found.p)
        loud += bool((benjamini_hochberg(ps) < 0.05).any())
    assert loud / 200 < 0.10


def test_few_units_and_constants_say_nothing() -> None:
    few = pl.DataFrame({"x": range(9), "y": range(9)})
    flat = pl.DataFrame({"x": [1.0] * 30, "y": range(30)})
    assert within(few, "x", "y", []) is None
    assert within(flat, "x", "y", []) is None
