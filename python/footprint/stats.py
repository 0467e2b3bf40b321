"""Intervals, comparisons and corrections that every analysis shares.

Each function is checked against scipy or statsmodels in the tests. Rates are 0..1, intervals are
two-sided with ``level`` .95 unless said otherwise, and heavy libraries load inside the functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl

LEVEL = 0.95
MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Comparison:
    """First rate against second: ``diff`` = rate1 - rate2, ``ratio`` = rate1 / rate2.

    ``low``/``high`` bound diff, ``ratio_low``/``ratio_high`` bound ratio; the ratio parts are None
    where a rate is zero. ``p`` is two-sided.
    """

    rate1: float
    rate2: float
    diff: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    p: float
    n1: int
    n2: int


@dataclass(frozen=True, slots=True)
class MeanComparison:
    """First mean against second: ``diff`` = mean1 - mean2 with its interval and two-sided p."""

    mean1: float
    mean2: float
    diff: float
    low: float
    high: float
    p: float
    df: float
    n1: int
    n2: int


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, sample standard deviation and size of one group."""

    mean: float
    sd: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float] | np.ndarray | pl.Series) -> Moments:
        """Moments of finite values; missing ones are left out, sd is 0 below two values."""
        found = _finite(values)
        if not found.size:
            return cls(math.nan, math.nan, 0)
        sd = float(found.std(ddof=1)) if found.size > 1 else 0.0
        return cls(float(found.mean()), sd, int(found.size))


Values = Sequence[float] | np.ndarray | pl.Series | Moments


def normal_quantile(level: float = LEVEL) -> float:
    """Half-width of a two-sided normal interval in standard errors (1.96 at .95)."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def t_quantile(df: float, level: float = LEVEL) -> float:
    """Half-width of a two-sided Student interval in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2))


def wilson(k: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson interval of a rate of ``k`` hits in ``n``; (0, 1) when n is 0."""
    if n <= 0:
        return 0.0, 1.0
    z2 = normal_quantile(level) ** 2
    rate = k / n
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    low = 0.0 if k <= 0 else centre - half
    high = 1.0 if k >= n else centre + half
    return max(0.0, low), min(1.0, high)


def wilson_columns(k: str, n: str, level: float = LEVEL) -> tuple[pl.Expr, pl.Expr]:
    """Wilson bounds of two count columns as expressions named ``low`` and ``high``."""
    z = normal_quantile(level)
    hits, size = pl.col(k).cast(pl.Float64), pl.col(n).cast(pl.Float64)
    rate, scale = hits / size, 1 + z * z / size
    centre = (rate + z * z / (2 * size)) / scale
    half = z / scale * (rate * (1 - rate) / size + z * z / (4 * size * size)).clip(0).sqrt()
    empty = size <= 0
    low = pl.when(empty | (hits <= 0)).then(0.0).otherwise((centre - half).clip(0, 1))
    high = pl.when(empty | (hits >= size)).then(1.0).otherwise((centre + half).clip(0, 1))
    return low.alias("low"), high.alias("high")


def two_proportions(k1: float, n1: float, k2: float, n2: float, level: float = LEVEL) -> Comparison:
    """Compare k1 of n1 with k2 of n2 (first against second).

    p: pooled z test, Fisher's exact test when an expected count is below 5. Interval of the
    difference: Newcombe's hybrid of Wilson intervals; of the ratio: Katz on the log scale. Raises
    ValueError when a group is empty.
    """
    if n1 <= 0 or n2 <= 0:
        raise ValueError("both groups need at least one member")
    rate1, rate2 = k1 / n1, k2 / n2
    low1, high1 = wilson(k1, n1, level)
    low2, high2 = wilson(k2, n2, level)
    diff = rate1 - rate2
    low = diff - math.hypot(rate1 - low1, high2 - rate2)
    high = diff + math.hypot(high1 - rate1, rate2 - low2)
    ratio, ratio_low, ratio_high = _katz(k1, n1, k2, n2, level)
    p = _proportion_p(k1, n1, k2, n2)
    return Comparison(
        rate1, rate2, diff, low, high, ratio, ratio_low, ratio_high, p, int(n1), int(n2)
    )


def _katz(
    k1: float, n1: float, k2: float, n2: float, level: float
) -> tuple[float | None, float | None, float | None]:
    if k2 <= 0:
        return None, None, None
    ratio = (k1 / n1) / (k2 / n2)
    if k1 <= 0:
        return ratio, None, None
    half = normal_quantile(level) * math.sqrt(1 / k1 - 1 / n1 + 1 / k2 - 1 / n2)
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)


def _proportion_p(k1: float, n1: float, k2: float, n2: float) -> float:
    pooled = (k1 + k2) / (n1 + n2)
    if pooled in (0.0, 1.0):
        return 1.0
    if min(n1, n2) * min(pooled, 1 - pooled) < 5:
        from scipy.stats import fisher_exact

        table = np.rint([[k1, n1 - k1], [k2, n2 - k2]]).astype(int)
        return float(fisher_exact(table).pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    error = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return math.erfc(abs(k1 / n1 - k2 / n2) / error / math.sqrt(2))


def welch(first: Values, second: Values, level: float = LEVEL) -> MeanComparison:
    """Welch's test of two means, from values or from ``Moments`` (unequal spreads allowed).

    Raises ValueError below two values a group.
    """
    from scipy.special import stdtr

    a, b = _moments(first), _moments(second)
    if a.n < 2 or b.n < 2:
        raise ValueError("each group needs at least two values")
    diff = a.mean - b.mean
    va, vb = a.sd**2 / a.n, b.sd**2 / b.n
    if va + vb == 0:
        p = 1.0 if diff == 0 else 0.0
        return MeanComparison(a.mean, b.mean, diff, diff, diff, p, float(a.n + b.n - 2), a.n, b.n)
    error = math.sqrt(va + vb)
    df = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    half = t_quantile(df, level) * error
    p = 2 * float(stdtr(df, -abs(diff) / error))
    return MeanComparison(a.mean, b.mean, diff, diff - half, diff + half, p, df, a.n, b.n)


def mean_interval(values: Values, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean and its Student interval ``(mean, low, high)``; all the line below two values."""
    m = _moments(values)
    if m.n < 2:
        return m.mean, -math.inf, math.inf
    half = t_quantile(m.n - 1, level) * m.sd / math.sqrt(m.n)
    return m.mean, m.mean - half, m.mean + half


def poisson_interval(count: float, level: float = LEVEL) -> tuple[float, float]:
    """Exact (Garwood) interval of the expected value behind an observed count."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def robust_z(values: Sequence[float] | np.ndarray | pl.Series) -> np.ndarray:
    """Distance from the median in 1.4826 MAD; 0 everywhere when nothing varies. NaN stays NaN."""
    found = np.asarray(values, dtype=float)
    if not np.isfinite(found).any():
        return np.full(found.shape, np.nan)
    centre = np.nanmedian(found)
    scale = MAD_TO_SD * np.nanmedian(np.abs(found - centre))
    return (found - centre) / scale if scale > 0 else found * 0.0


def srm(counts: Sequence[float], expected: Sequence[float] | None = None) -> float:
    """p of the chi-square test that group sizes fit the planned shares (equal when not given).

    ``expected`` are shares or sizes in any scale. Source: sample-ratio mismatch check of
    experiments; p < .001 means the split is broken.
    """
    from scipy.special import chdtrc

    seen = np.asarray(counts, dtype=float)
    shares = np.ones_like(seen) if expected is None else np.asarray(expected, dtype=float)
    if seen.size < 2 or seen.sum() <= 0:
        return 1.0
    planned = shares / shares.sum() * seen.sum()
    return float(chdtrc(seen.size - 1, float(((seen - planned) ** 2 / planned).sum())))


def benjamini_hochberg(ps: Sequence[float] | np.ndarray) -> np.ndarray:
    """p values adjusted so that the share of false finds stays below the chosen level."""
    raw = np.asarray(ps, dtype=float)
    order = np.argsort(raw)[::-1]
    steps = raw.size / np.arange(raw.size, 0, -1)
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(raw[order] * steps))
    return adjusted


def holm(ps: Sequence[float] | np.ndarray) -> np.ndarray:
    """p values adjusted so that any false find at all stays below the chosen level."""
    raw = np.asarray(ps, dtype=float)
    order = np.argsort(raw)
    adjusted = np.empty_like(raw)
    scaled = raw[order] * np.arange(raw.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(scaled))
    return adjusted


def bucket_weights(buckets: int, replicates: int, seed: int = 0) -> np.ndarray:
    """How often each bucket of users is drawn in each bootstrap replicate (replicates, buckets)."""
    draws = np.random.default_rng(seed).multinomial(
        buckets, np.full(buckets, 1 / buckets), size=replicates
    )
    return draws.astype(float)


def bucket_bootstrap(per_bucket: np.ndarray, replicates: int = 1000, seed: int = 0) -> np.ndarray:
    """Bootstrap totals: (buckets, ...) sums per user bucket to (replicates, ...) totals."""
    flat = per_bucket.reshape(per_bucket.shape[0], -1)
    totals = bucket_weights(per_bucket.shape[0], replicates, seed) @ flat
    return totals.reshape(replicates, *per_bucket.shape[1:])


def percentile_interval(
    samples: np.ndarray, level: float = LEVEL, axis: int = 0
) -> tuple[Any, Any]:
    """Lower and upper percentile of bootstrap samples along ``axis``, NaN left out."""
    low, high = np.nanquantile(samples, [(1 - level) / 2, (1 + level) / 2], axis=axis)
    return low, high


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Rates pulled to the common rate a / (a + b), the more the smaller their group."""

    a: float
    b: float
    rates: np.ndarray


def shrink_rates(ks: Sequence[float] | np.ndarray, ns: Sequence[float] | np.ndarray) -> Shrunk:
    """Beta-binomial shrinkage (a + k) / (a + b + n), prior by maximum likelihood over the groups.

    Makes "the best of 50 streams" an honest ranking. Raises ValueError without any trial.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln

    hits, sizes = np.asarray(ks, dtype=float), np.asarray(ns, dtype=float)
    if sizes.sum() <= 0:
        raise ValueError("shrinkage needs at least one trial")
    mean = float(np.clip(hits.sum() / sizes.sum(), 1e-6, 1 - 1e-6))

    def loss(x: np.ndarray) -> float:
        rate, weight = 1 / (1 + math.exp(-x[0])), math.exp(x[1])
        a, b = rate * weight, (1 - rate) * weight
        fit = (betaln(a + hits, b + sizes - hits) - betaln(a, b)).sum()
        return float(-fit + (x[1] - math.log(100)) ** 2 / 50)  # a faint pull keeps it finite

    start = np.array([math.log(mean / (1 - mean)), math.log(100)])
    best = minimize(loss, start, method="Nelder-Mead").x
    rate, weight = 1 / (1 + math.exp(-best[0])), math.exp(best[1])
    a, b = rate * weight, (1 - rate) * weight
    return Shrunk(a, b, (a + hits) / (a + b + sizes))


def _moments(values: Values) -> Moments:
    return values if isinstance(values, Moments) else Moments.of(values)


def _finite(values: Sequence[float] | np.ndarray | pl.Series) -> np.ndarray:
    found = np.asarray(
        [math.nan if value is None else value for value in values]
        if not isinstance(values, np.ndarray)
        else values,
        dtype=float,
    )
    return found[np.isfinite(found)]
