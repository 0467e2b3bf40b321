"""Where a rate jumps as something else grows: a step fitted by trying every place for it.

Chance is judged twice: shuffling the rates within each stream (or whole streams, where each holds
one level only) tells how large the best step gets when there is none; drawing whole streams anew
gives the intervals, since minutes of one stream are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footprint.stats import bucket_bootstrap, percentile_interval

Interval = tuple[float, float]
_MAX_LEVELS = 400
_MIN_SIDE = 0.02
_SHUFFLES = 199
_REPLICATES = 400
_WITHIN = 0.2
# The chance test shuffles at most this many rows (whole streams drawn at random); more add nothing.
_SHUFFLED_ROWS = 40_000


@dataclass(frozen=True, slots=True)
class Step:
    """The best step: ``rate_low`` up to ``at``, ``rate_high`` above it; ``ratio`` high / low.

    Each has its 95 % interval; ``p`` is the chance of so large a step without any. ``gap_interval``
    bounds rate_high - rate_low.
    """

    at: float
    at_interval: Interval
    rate_low: float
    rate_low_interval: Interval
    rate_high: float
    rate_high_interval: Interval
    ratio: float
    ratio_interval: Interval
    gap_interval: Interval
    p: float

    def holds(self, alpha: float) -> bool:
        """The step goes up, is beyond chance, and its interval excludes "no step"."""
        return self.p <= alpha and self.ratio_interval[0] > 1


def find_step(
    x: np.ndarray, hits: np.ndarray, size: np.ndarray, group: np.ndarray, seed: int = 0
) -> Step | None:
    """Best step of hits / size over ``x``; None with fewer than two levels or without hits.

    ``group`` numbers the stream of each row; ``size`` is the weight of a row (viewers).
    """
    keep = np.isfinite(x) & np.isfinite(hits) & (size > 0)
    x, hits, size = x[keep], hits[keep].astype(float), size[keep].astype(float)
    group = np.unique(group[keep], return_inverse=True)[1]
    if x.size < 2 or hits.sum() <= 0:
        return None
    levels, edges = _levels(x)
    if edges.size == 0:
        return None
    totals = np.stack([np.bincount(levels, w, edges.size + 1) for w in (hits, size)])
    gain, best = _best(totals)
    if not np.isfinite(gain):
        return None
    p = _chance(*_sample(levels, hits, size, group, seed), edges.size + 1, seed)
    return _with_intervals(edges, levels, hits, size, group, totals, int(best), p, seed)


def _levels(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Level of each row and the edges between levels (midpoints of neighbouring values)."""
    values = np.unique(x)
    if values.size > _MAX_LEVELS:
        values = np.unique(np.quantile(x, np.linspace(0, 1, _MAX_LEVELS), method="nearest"))
        edges = values[:-1]
        return np.searchsorted(edges, x, side="left"), edges
    return np.searchsorted(values, x), (values[:-1] + values[1:]) / 2


def _best(totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest weighted sum of squares a split explains, and where; leading axes are kept.

    ``totals`` (..., 2, levels): hits and size. Sides below 2 % of the size are not tried.
    """
    hits, size = np.cumsum(totals[..., 0, :], -1), np.cumsum(totals[..., 1, :], -1)
    h, n = hits[..., -1:], size[..., -1:]
    left_h, left_n = hits[..., :-1], size[..., :-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = left_h**2 / left_n + (h - left_h) ** 2 / (n - left_n) - h**2 / n
    small = np.minimum(left_n, n - left_n) < _MIN_SIDE * n
    gain = np.where(small | ~np.isfinite(gain), -np.inf, gain)
    return gain.max(-1), gain.argmax(-1)


def _chance(
    levels: np.ndarray, hits: np.ndarray, size: np.ndarray, group: np.ndarray, count: int, seed: int
) -> float:
    if _varies_within(levels, group):
        rows, owner = (levels, hits, size), group
    else:
        rows, owner = _whole_groups(levels, hits, size, group), None
    generator = np.random.default_rng(seed)
    gain = float(_best(np.stack([np.bincount(rows[0], w, count) for w in rows[1:]]))[0])
    larger = 0
    for _ in range(_SHUFFLES):
        order = _shuffled(generator, owner, rows[0].size)
        totals = np.stack([np.bincount(rows[0], w[order], count) for w in rows[1:]])
        larger += float(_best(totals)[0]) >= gain * (1 - 1e-12)
    return (larger + 1) / (_SHUFFLES + 1)


def _sample(
    levels: np.ndarray, hits: np.ndarray, size: np.ndarray, group: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All rows, or those of randomly drawn streams when there are very many."""
    if levels.size <= _SHUFFLED_ROWS:
        return levels, hits, size, group
    groups = int(group.max()) + 1
    drawn = max(2, groups * _SHUFFLED_ROWS // levels.size)
    chosen = np.zeros(groups, dtype=bool)
    chosen[np.random.default_rng(seed).permutation(groups)[:drawn]] = True
    keep = chosen[group]
    return levels[keep], hits[keep], size[keep], np.unique(group[keep], return_inverse=True)[1]


def _shuffled(generator: np.random.Generator, owner: np.ndarray | None, rows: int) -> np.ndarray:
    """A permutation of rows that keeps each row within its owner."""
    if owner is None:
        return generator.permutation(rows)
    order = np.empty(rows, dtype=np.int64)
    order[np.argsort(owner, kind="stable")] = np.lexsort((generator.random(rows), owner))
    return order


def _varies_within(levels: np.ndarray, group: np.ndarray) -> bool:
    """True when at least a fifth of the variance of ``x`` (as levels) lies within streams."""
    means = np.bincount(group, levels) / np.bincount(group)
    total = float(((levels - levels.mean()) ** 2).sum())
    return total > 0 and float(((levels - means[group]) ** 2).sum()) >= _WITHIN * total


def _whole_groups(
    levels: np.ndarray, hits: np.ndarray, size: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    middle = np.rint(np.bincount(group, levels) / np.bincount(group)).astype(np.int64)
    return middle, np.bincount(group, hits), np.bincount(group, size)


def _with_intervals(
    edges: np.ndarray, levels: np.ndarray, hits: np.ndarray, size: np.ndarray, group: np.ndarray,
    totals: np.ndarray, best: int, p: float, seed: int,
) -> Step:  # fmt: skip
    count, groups = edges.size + 1, int(group.max()) + 1
    cell = group * count + levels
    parts = [np.bincount(cell, w, groups * count).reshape(groups, count) for w in (hits, size)]
    drawn = bucket_bootstrap(np.stack(parts, axis=1), _REPLICATES, seed)
    places = _best(drawn)[1]
    low, high = _rates(drawn, places)
    rate_low, rate_high = (float(r) for r in _rates(totals, np.array(best)))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.where(low > 0, high / low, np.nan)
    return Step(
        float(edges[best]), _bounds(edges[places]), rate_low, _bounds(low), rate_high,
        _bounds(high), rate_high / rate_low if rate_low else np.inf, _bounds(ratios),
        _bounds(high - low), p,
    )  # fmt: skip


def _rates(totals: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates up to and above the split of each replicate."""
    sums = np.cumsum(totals, -1)
    left = np.take_along_axis(sums, places[..., None, None], -1)[..., 0]
    right = sums[..., -1] - left
    with np.errstate(invalid="ignore", divide="ignore"):
        return left[..., 0] / left[..., 1], right[..., 0] / right[..., 1]


def _bounds(samples: np.ndarray) -> Interval:
    """95 % interval of the finite samples; NaN when there are none."""
    finite = samples[np.isfinite(samples)]
    if not finite.size:
        return np.nan, np.nan
    low, high = percentile_interval(finite)
    return float(low), float(high)
