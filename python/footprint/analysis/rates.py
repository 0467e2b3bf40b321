"""Compare a rate between two groups of streams or videos, like for like.

Viewers of one stream behave alike, so the stream, not the viewer, is the unit of chance: intervals
and p values are the more cautious of the binomial and the between-streams reading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.stats import (
    LEVEL,
    Comparison,
    benjamini_hochberg,
    normal_quantile,
    two_proportions,
    wilson,
)

_LEAST_SPARE = 5  # fewer cannot say how much units differ
_SCREEN = {
    "tag": pl.String(), "n_tag": pl.Int64(), "n_plain": pl.Int64(), "rate_tag": pl.Float64(),
    "rate_plain": pl.Float64(), "ratio": pl.Float64(), "adjusted_ratio": pl.Float64(),
    "low": pl.Float64(), "high": pl.Float64(), "coverage": pl.Float64(), "p_value": pl.Float64(),
}  # fmt: skip
_MANY = 1e9  # degrees of freedom of the plain binomial reading


@dataclass(frozen=True, slots=True)
class RateEffect:
    """Rates of both groups, ``ratio`` = with / without and ``diff`` = with - without.

    ``low``/``high`` bound diff, ``ratio_low``/``ratio_high`` the ratio; None where undefined.
    """

    rate_with: float
    rate_without: float
    diff: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Mantel-Haenszel rate ratio over strata; ``covered`` is the share of the tagged
    trials in strata that hold both groups."""

    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    strata: int
    covered: float


def compare(units: pl.DataFrame) -> RateEffect:
    """Compare units (columns ``tagged`` bool, ``hits``, ``trials``); raises ValueError when a
    group has no trials. Source: requirement row S2.1.3-a."""
    sides = [units.filter(pl.col("tagged") == side) for side in (True, False)]
    (k1, n1), (k2, n2) = [(int(s["hits"].sum()), int(s["trials"].sum())) for s in sides]
    plain = two_proportions(k1, n1, k2, n2)
    errors = [_cluster_error(side) for side in sides]
    spread = math.hypot(*errors)
    half = normal_quantile() * spread
    p = max(plain.p, math.erfc(abs(plain.diff) / spread / math.sqrt(2)) if spread > 0 else 0.0)
    low, high = min(plain.low, plain.diff - half), max(plain.high, plain.diff + half)
    ratio = _wider_ratio(plain, errors)
    return RateEffect(plain.rate1, plain.rate2, plain.diff, low, high, *ratio, p)


def _wider_ratio(
    plain: Comparison, errors: list[float]
) -> tuple[float | None, float | None, float | None]:
    if plain.ratio is None or plain.ratio_low is None or plain.ratio_high is None:
        return plain.ratio, None, None
    spread = normal_quantile() * math.hypot(errors[0] / plain.rate1, errors[1] / plain.rate2)
    return (
        plain.ratio,
        min(plain.ratio_low, plain.ratio * math.exp(-spread)),
        max(plain.ratio_high, plain.ratio * math.exp(spread)),
    )


def _cluster_error(units: pl.DataFrame) -> float:
    """Standard error of a ratio of sums when whole units are the sample (linearised)."""
    hits = units["hits"].to_numpy().astype(float)
    trials = units["trials"].to_numpy().astype(float)
    if hits.size < 2:
        return 0.0
    rest = hits - hits.sum() / trials.sum() * trials
    return math.sqrt(hits.size / (hits.size - 1) * float(rest @ rest)) / trials.sum()


def interval(units: pl.DataFrame) -> tuple[float | None, float | None]:
    """95 % interval of hits / trials over whole units: Wilson's, widened by how much units differ.

    A million plays of ten videos are ten videos, not a million. None without trials.
    """
    hits, trials = int(units["hits"].sum() or 0), int(units["trials"].sum() or 0)
    if not trials:
        return None, None
    low, high = wilson(hits, trials)
    half = normal_quantile() * _cluster_error(units)
    rate = hits / trials
    return max(0.0, min(low, rate - half)), min(1.0, max(high, rate + half))


def adjusted(units: pl.DataFrame, by: list[str]) -> tuple[Adjusted, pl.DataFrame]:
    """Mantel-Haenszel ratio over the strata ``by`` and the strata themselves.

    Interval: Greenland and Robins (1985), widened by how much more units of a stratum differ than
    chance allows (quasi-binomial dispersion, from five spare units on). p: Cochran-Mantel-Haenszel,
    corrected likewise. Strata with one group only say nothing about the difference and are left
    out; ``covered`` tells how much of the tagged
    side remains.
    """
    tagged = pl.col("tagged")
    strata = (
        units.group_by(by)
        .agg(
            hits_tag=pl.col("hits").filter(tagged).sum(),
            trials_tag=pl.col("trials").filter(tagged).sum(),
            hits_plain=pl.col("hits").filter(~tagged).sum(),
            trials_plain=pl.col("trials").filter(~tagged).sum(),
        )
        .sort(by)
        .with_columns(used=(pl.col("trials_tag") > 0) & (pl.col("trials_plain") > 0))
    )
    used = strata.filter("used")
    total = float(strata["trials_tag"].sum() or 0)
    covered = float(used["trials_tag"].sum() or 0) / total if total else 0.0
    if not used["hits_plain"].sum() or not used["hits_tag"].sum():
        return Adjusted(None, None, None, None, used.height, covered), strata
    inside = units.join(used, on=by, nulls_equal=True)
    return _mantel_haenszel(used, inside, covered), strata


def _mantel_haenszel(used: pl.DataFrame, units: pl.DataFrame, covered: float) -> Adjusted:
    from scipy.special import fdtrc, stdtrit
    from statsmodels.stats.contingency_tables import StratifiedTable

    columns = ("hits_tag", "trials_tag", "hits_plain", "trials_plain")
    a, n1, b, n0 = (used[name].to_numpy().astype(float) for name in columns)
    table = StratifiedTable(np.array([[a, n1 - a], [b, n0 - b]]))
    ratio = float(table.riskratio_pooled)  # pyright: ignore[reportArgumentType]
    spread, spare = _dispersion(units, ratio, used.height)
    n = n1 + n0
    top = (n1 * n0 * (a + b) - a * b * n) / n**2
    variance = spread * float(top.sum() / ((a * n0 / n).sum() * (b * n1 / n).sum()))
    half = float(stdtrit(spare, 0.5 + LEVEL / 2)) * math.sqrt(max(variance, 0.0))
    null = table.test_null_odds(correction=False)
    p = float(fdtrc(1, spare, null.statistic / spread))  # pyright: ignore[reportAttributeAccessIssue]
    low, high = ratio * math.exp(-half), ratio * math.exp(half)
    return Adjusted(ratio, low, high, p, used.height, covered)


def _dispersion(units: pl.DataFrame, ratio: float, strata: int) -> tuple[float, float]:
    """Pearson chi-square per spare unit around stratum rates times the common ratio, at least 1,
    and the number of spare units (infinite when too few to measure anything)."""
    spare = units.height - strata - 1
    if spare < _LEAST_SPARE:
        return 1.0, _MANY
    hits = pl.col("hits_tag") + pl.col("hits_plain")
    base = hits / (pl.col("trials_plain") + ratio * pl.col("trials_tag"))
    rate = (base * pl.when("tagged").then(ratio).otherwise(1.0)).clip(1e-9, 1 - 1e-9)
    off = pl.col("hits") - pl.col("trials") * rate
    chi = units.select((off**2 / (pl.col("trials") * rate * (1 - rate))).sum()).item()
    return max(1.0, float(chi) / spare), float(spare)


def screen(units: pl.DataFrame, least: int, by: list[str] | None = None) -> pl.DataFrame:
    """Every value of ``tags`` held by at least ``least`` units and missing in as many.

    Compared as is and, with ``by``, like for like (``adjusted_ratio`` with low and high);
    ``p_value`` is then the larger of both, so that a tag must stand both ways. ``p_adjusted`` is
    Benjamini-Hochberg over the tags: the best of many looks good by chance.
    """
    tags = units.select(pl.col("tags").explode().drop_nulls()).to_series().unique().sort()
    rows = []
    for tag in tags:
        held = units.with_columns(tagged=pl.col("tags").list.contains(tag).fill_null(value=False))
        n = int(held["tagged"].sum())
        if min(n, held.height - n) >= least:
            found = compare(held)
            rates = (found.rate_with, found.rate_without, found.ratio)
            rows.append((tag, n, held.height - n, *rates, *_alike(held, by, found.p)))
    table = pl.DataFrame(rows, schema=_SCREEN, orient="row")
    fair = benjamini_hochberg(table["p_value"].to_numpy())
    return table.with_columns(p_adjusted=pl.Series(fair, dtype=pl.Float64)).sort("p_value", "tag")


def _alike(held: pl.DataFrame, by: list[str] | None, p: float) -> tuple[float | None, ...]:
    """Adjusted ratio, its interval, the share of trials it covers, the more cautious p."""
    if not by:
        return None, None, None, None, p
    mix, _ = adjusted(held, by)
    fair = 1.0 if mix.p is None else mix.p  # nothing alike to compare with: nothing is claimed
    return mix.ratio, mix.low, mix.high, mix.covered, max(p, fair)
