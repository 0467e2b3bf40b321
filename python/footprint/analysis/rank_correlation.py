"""Rank correlation inside strata: does one number go up with another, like for like?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.stats import normal_quantile

LEAST = 10  # fewer units say nothing about a correlation
_LEAST_IN_STRATUM = 5


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's ``rho`` pooled over strata with its 95 % interval and two-sided p."""

    rho: float
    low: float
    high: float
    p: float
    n: int
    strata: int


def within(frame: pl.DataFrame, x: str, y: str, by: list[str]) -> Correlation | None:
    """Correlation of ``x`` and ``y`` over units ranked inside each stratum of ``by``.

    Ranks are centred and scaled per stratum, so a category that differs in both cannot pass for a
    relation; one stratum gives Spearman's rho. Interval: Fisher's z with the Bonett and Wright
    (2000) error; p: Student's t, both losing one degree of freedom per further stratum. None with
    fewer than ten units or when a side does not vary. Source: requirement row S9.1-d, truth PT20.
    """
    kept = frame.select(*by, x=pl.col(x), y=pl.col(y)).drop_nulls(["x", "y"])
    size = pl.len().over(by) if by else pl.len()
    kept = kept.filter(size >= _LEAST_IN_STRATUM)
    if kept.height < LEAST:
        return None
    a, b = (_centred(kept, name, by) for name in ("x", "y"))
    strata = kept.select(by).n_unique() if by else 1
    spread = math.sqrt(float(a @ a) * float(b @ b))
    if spread == 0:
        return None
    return _tested(float(a @ b) / spread, kept.height, strata)


def _centred(frame: pl.DataFrame, name: str, by: list[str]) -> np.ndarray:
    """Mid-ranks 0..1 less their mean, inside each stratum."""
    rank, size = pl.col(name).rank("average"), pl.len()
    score = (rank - (size + 1) / 2) / size
    return frame.select(score.over(by) if by else score).to_series().to_numpy()


def _tested(rho: float, n: int, strata: int) -> Correlation | None:
    from scipy.special import stdtr

    free = n - strata - 1
    if free < 4:
        return None
    rho = max(-1.0, min(1.0, rho))
    if abs(rho) == 1:
        return Correlation(rho, rho, rho, 0.0, n, strata)
    t = rho * math.sqrt(free / (1 - rho * rho))
    half = normal_quantile() * math.sqrt((1 + rho * rho / 2) / (free - 1))
    z = math.atanh(rho)
    p = 2 * float(stdtr(free, -abs(t)))
    return Correlation(rho, math.tanh(z - half), math.tanh(z + half), p, n, strata)
