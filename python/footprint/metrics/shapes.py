"""The four shapes a metric takes: a sum, a share, a ratio over streams, a mean. All polars."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from footprint import stats


def total(rows: pl.DataFrame, value: pl.Expr, n: pl.Expr) -> pl.DataFrame:
    """A full count or sum per key: no interval, since nothing was sampled."""
    none = pl.lit(None, dtype=pl.Float64)
    return rows.group_by("key").agg(value=value, n=n).with_columns(low=none, high=none)


def share(rows: pl.DataFrame, hits: pl.Expr, size: pl.Expr, scale: float = 1.0) -> pl.DataFrame:
    """Hits over size per key with its Wilson interval; ``scale`` 1000 gives "per 1000"."""
    counted = rows.group_by("key").agg(k=hits, n=size)
    low, high = stats.wilson_columns("k", "n")
    empty = pl.col("n") == 0
    return counted.with_columns(value=pl.col("k") / pl.col("n"), low=low, high=high).select(
        "key", "n", *(pl.when(empty).then(None).otherwise(pl.col(c) * scale).alias(c)
                      for c in ("value", "low", "high"))
    )  # fmt: skip


def ratio(units: pl.DataFrame, top: str, bottom: str) -> pl.DataFrame:
    """Sum of ``top`` over sum of ``bottom`` per key, for units (streams, videos) of unlike size.

    Viewers of one stream are alike, so the interval comes from the spread between units
    (linearised ratio, Student t); Wilson below eight units. n is the sum of ``bottom``.
    """
    t, b = pl.col(top).cast(pl.Float64), pl.col(bottom).cast(pl.Float64)
    sums = (
        units.filter(b > 0)
        .group_by("key")
        .agg(t=t.sum(), b=b.sum(), tt=(t * t).sum(), tb=(t * b).sum(), bb=(b * b).sum(), m=pl.len())
    )
    bounds = [_ratio_bounds(*row) for row in sums.select("t", "b", "tt", "tb", "bb", "m").rows()]
    return sums.select(
        "key", value=pl.col("t") / pl.col("b"), n=pl.col("b").cast(pl.Int64)
    ).with_columns(
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    )


def _ratio_bounds(
    t: float, b: float, tt: float, tb: float, bb: float, m: int
) -> tuple[float, float]:
    if m < 8:
        return stats.wilson(min(t, b), b)
    rate = t / b
    spread = max(0.0, tt - 2 * rate * tb + rate * rate * bb)
    half = stats.t_quantile(m - 1) * math.sqrt(spread * m / (m - 1)) / b
    return max(0.0, rate - half), rate + half


def mean(rows: pl.DataFrame, value: str) -> pl.DataFrame:
    """Mean of a column per key with its Student interval; no interval below two rows."""
    found = (
        rows.filter(pl.col(value).is_not_null())
        .group_by("key")
        .agg(mean=pl.col(value).mean(), sd=pl.col(value).std(), n=pl.len())
    )
    sizes = found["n"].to_numpy()
    error = np.array([stats.t_quantile(n - 1) / math.sqrt(n) if n > 1 else np.nan for n in sizes])
    half = pl.col("sd") * pl.lit(pl.Series(error, dtype=pl.Float64))
    return found.select(
        "key", "n", value=pl.col("mean"), low=pl.col("mean") - half, high=pl.col("mean") + half
    )
