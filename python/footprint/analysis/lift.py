"""Who buys what more than chance: observed against expected counts, shrunk, with error control."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.stats import benjamini_hochberg

_PRIOR = 10.0  # orders worth of "like everyone else" mixed into every cell


def cell_lift(lines: pl.DataFrame, row: str, column: str, least: int) -> pl.DataFrame:
    """Lift of every cell of ``row`` x ``column`` over independence; cells of buyers, not orders.

    Counts distinct ``user_id`` per cell. ``lift`` = (observed + 10) / (expected + 10), so small
    cells stay near 1; ``low``/``high`` is the 95 % interval of the gamma posterior behind it,
    ``p_value`` two-sided Poisson, ``p_adjusted`` Benjamini-Hochberg over cells with ``least``
    expected buyers. Columns: row, column, n, expected, lift, low, high, p_value, p_adjusted.
    Source: requirement row S2.3.3-c.
    """
    kept = lines.drop_nulls([row, column])
    n = pl.col("user_id").n_unique().cast(pl.Int64)
    cells = kept.group_by(row, column).agg(n=n)
    rows = kept.group_by(row).agg(row_n=n)
    # A full grid, so that what nobody bought is seen too.
    grid = rows.select(row).join(cells.select(column).unique(), how="cross")
    full = grid.join(cells, on=[row, column], how="left").with_columns(pl.col("n").fill_null(0))
    total = float(full["n"].sum() or 0)
    if not total:
        return full.with_columns(
            pl.lit(None, pl.Float64).alias(name)
            for name in ("expected", "lift", "low", "high", "p_value", "p_adjusted")
        )
    expected = pl.col("n").sum().over(row) * pl.col("n").sum().over(column) / total
    return _judged(full.with_columns(expected=expected), least).sort(row, column)


def _judged(cells: pl.DataFrame, least: int) -> pl.DataFrame:
    from scipy.special import gammaincinv

    seen = cells["n"].to_numpy().astype(float)
    expected = cells["expected"].to_numpy()
    shape, rate = seen + _PRIOR, expected + _PRIOR
    p = poisson_p(seen, expected)
    judged = expected >= least
    fair = np.full(len(p), np.nan)
    fair[judged] = benjamini_hochberg(p[judged])
    return cells.with_columns(
        lift=pl.Series(shape / rate),
        low=pl.Series(gammaincinv(shape, 0.025) / rate),
        high=pl.Series(gammaincinv(shape, 0.975) / rate),
        p_value=pl.Series(p),
        p_adjusted=pl.Series(fair).fill_nan(None),
    )


def poisson_p(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Two-sided p of counts against their Poisson means (twice the smaller tail, at most 1)."""
    from scipy.special import gammainc, gammaincc

    safe = np.maximum(expected, 1e-12)
    above = np.where(seen > 0, gammainc(np.maximum(seen, 1e-12), safe), 1.0)  # P(X >= seen)
    below = gammaincc(seen + 1, safe)  # P(X <= seen)
    return np.minimum(1.0, 2 * np.minimum(above, below))
