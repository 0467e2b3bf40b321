"""Shared statistics against scipy and statsmodels, and against published numbers."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from footprint import stats
from hypothesis import given
from hypothesis import strategies as st

COUNTS = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(lambda x: (min(x), max(x)))


@given(COUNTS)
def test_wilson_equals_statsmodels(pair: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    k, n = pair
    assert stats.wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)


def test_wilson_columns_equal_the_scalar_form_at_the_edges() -> None:
    frame = pl.DataFrame({"k": [0, 9, 20, 0], "n": [10, 500, 20, 0]})
    low, high = stats.wilson_columns("k", "n")
    for row in frame.with_columns(low, high).iter_rows(named=True):
        assert (row["low"], row["high"]) == pytest.approx(stats.wilson(row["k"], row["n"]))


def test_complaint_interval_is_the_published_one() -> None:
    """PT10: 9 of 500 is 0.95..3.39 %."""
    low, high = stats.wilson(9, 500)
    assert (round(low, 4), round(high, 4)) == (0.0095, 0.0339)


@given(COUNTS, COUNTS)
def test_two_proportions_agree_with_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    (k1, n1), (k2, n2) = a, b
    mine = stats.two_proportions(k1, n1, k2, n2)
    bounds = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert (mine.low, mine.high) == pytest.approx(bounds, abs=1e-9)
    pooled = (k1 + k2) / (n1 + n2)
    if 0 < pooled < 1 and min(n1, n2) * min(pooled, 1 - pooled) >= 5:
        assert mine.p == pytest.approx(proportions_ztest([k1, k2], [n1, n2])[1], abs=1e-12)
    elif 0 < pooled < 1:
        assert mine.p == pytest.approx(fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue)
    if k1 and k2 and (k1 < n1 or k2 < n2):
        assert mine.ratio_low is not None
        assert mine.ratio_high is not None
        assert mine.ratio_low <= mine.ratio <= mine.ratio_high  # type: ignore[operator]


def test_published_experiment_values() -> None:
    """PT14 p .0006, PT15 p .86, PT16 p 2e-9."""
    assert stats.two_proportions(328, 2500, 250, 2500).p == pytest.approx(0.0006, abs=5e-5)
    assert stats.two_proportions(153, 3000, 150, 3000).p == pytest.approx(0.86, abs=5e-3)
    assert stats.srm([5300, 4700]) == pytest.approx(2e-9, rel=0.05)


def test_ratio_interval_is_katz() -> None:
    mine = stats.two_proportions(30, 200, 15, 250)
    half = 1.959963984540054 * math.sqrt(1 / 30 - 1 / 200 + 1 / 15 - 1 / 250)
    assert mine.ratio == pytest.approx(2.5)
    assert mine.ratio_low == pytest.approx(2.5 * math.exp(-half))
    assert mine.ratio_high == pytest.approx(2.5 * math.exp(half))


@given(
    st.lists(st.floats(-50, 50), min_size=3, max_size=30),
    st.lists(st.floats(-50, 50), min_size=3, max_size=30),
)
def test_welch_equals_scipy(a: list[float], b: list[float]) -> None:
    from scipy.stats import ttest_ind

    if np.std(a) < 1e-3 or np.std(b) < 1e-3:
        return
    theirs = ttest_ind(a, b, equal_var=False)
    mine = stats.welch(a, b)
    assert mine.p == pytest.approx(theirs.pvalue, abs=1e-9)
    bounds = theirs.confidence_interval()
    assert (mine.low, mine.high) == pytest.approx((bounds.low, bounds.high), rel=1e-6, abs=1e-6)
    assert stats.welch(stats.Moments.of(a), stats.Moments.of(b)).p == mine.p


def test_mean_and_poisson_intervals_equal_scipy() -> None:
    from scipy.stats import chi2, t

    values = [3.0, 4.5, 2.0, 8.0, None]
    mean, low, high = stats.mean_interval(values)  # type: ignore[arg-type]
    kept = np.array(values[:4], dtype=float)
    bounds = t.interval(0.95, 3, loc=kept.mean(), scale=kept.std(ddof=1) / 2)
    assert (mean, low, high) == pytest.approx((kept.mean(), *bounds))
    assert stats.poisson_interval(7) == pytest.approx(
        (chi2.ppf(0.025, 14) / 2, chi2.ppf(0.975, 16) / 2)
    )
    assert stats.poisson_interval(0)[0] == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrections_equal_statsmodels(ps: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    assert stats.benjamini_hochberg(ps) == pytest.approx(multipletests(ps, method="fdr_bh")[1])
    assert stats.holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])


def test_robust_z_ignores_the_outlier_and_constant_series() -> None:
    z = stats.robust_z([1, 2, 3, 4, 100])
    assert z[-1] == pytest.approx((100 - 3) / 1.4826)
    assert list(stats.robust_z([2, 2, 2])) == [0, 0, 0]


def test_bucket_bootstrap_interval_covers_the_truth() -> None:
    """The nominal 90 % interval of a total holds the truth in about 90 % of simulated logs."""
    rng = np.random.default_rng(3)
    inside = 0
    for trial in range(200):
        seen = rng.poisson(20, size=(256, 1)).astype(float)
        low, high = stats.percentile_interval(stats.bucket_bootstrap(seen, 400, trial), 0.9)
        inside += bool(low[0] <= 256 * 20 <= high[0])
    assert 0.83 <= inside / 200 <= 0.96


def test_shrinkage_pulls_small_groups_harder_and_finds_the_prior() -> None:
    rng = np.random.default_rng(1)
    truth = rng.beta(6, 94, size=400)
    ns = rng.integers(50, 400, size=400)
    ks = rng.binomial(ns, truth)
    found = stats.shrink_rates(ks, ns)
    assert found.a / (found.a + found.b) == pytest.approx(0.06, abs=0.006)
    assert np.mean((found.rates - truth) ** 2) < np.mean((ks / ns - truth) ** 2)
    small, large = stats.shrink_rates([5, 500, 2, 30], [10, 1000, 40, 600]).rates[:2]
    assert small < large
