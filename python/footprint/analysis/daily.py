"""A metric as a daily series without gaps, and its parts: trend, weekly rhythm, rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from footprint.metrics import View, by_group

WEEK = 7
MIN_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """Components of a daily series; value = trend + season + rest."""

    trend: np.ndarray
    season: np.ndarray
    rest: np.ndarray

    @property
    def seasonal_strength(self) -> float:
        """max(0, 1 - Var(rest) / Var(season + rest)): 0 no weekly rhythm, 1 nothing else."""
        return _strength(self.season, self.rest)

    @property
    def trend_strength(self) -> float:
        """max(0, 1 - Var(rest) / Var(trend + rest))."""
        return _strength(self.trend, self.rest)


def daily_series(view: View, metric: str) -> pl.DataFrame:
    """date, value, n, filled for every calendar day between the first and last with a value.

    ``value`` is null and n 0 on days without data; ``filled`` is interpolated there.
    """
    found = by_group(metric, view, "date").select(date="key", value="value", n="n")
    found = found.filter(pl.col("value").is_not_null())
    if found.is_empty():
        return found.with_columns(filled=pl.col("value"))
    dates = pl.date_range(found["date"][0], found["date"][-1], "1d", eager=True).alias("date")
    every = pl.DataFrame({"date": dates}).join(found, on="date", how="left", maintain_order="left")
    return every.with_columns(pl.col("n").fill_null(0), filled=pl.col("value").interpolate())


def day_bounds(days: pl.Series) -> tuple[date, date]:
    """First and last of a Series of dates that is not empty."""
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last


def decompose(values: np.ndarray) -> Parts | None:
    """Robust STL with a weekly period; None below four weeks. ``values`` must be without gaps."""
    if values.size < MIN_WEEKS * WEEK:
        return None
    from statsmodels.tsa.seasonal import STL

    fitted = STL(values, period=WEEK, robust=True).fit()
    return Parts(np.asarray(fitted.trend), np.asarray(fitted.seasonal), np.asarray(fitted.resid))


def _strength(part: np.ndarray, rest: np.ndarray) -> float:
    whole = float(np.var(part + rest))
    return max(0.0, 1.0 - float(np.var(rest)) / whole) if whole > 0 else 0.0
