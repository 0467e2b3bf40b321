"""When did the level of a daily series change, and is that more than chance?

A change is the split into two levels with the least squared error. Its chance is judged by
shuffling whole weeks: days of one week resemble each other and a test that shuffles single days
would call that a change. Several changes are found by splitting again on both sides. A slope that
explains the series better than a step is reported as gradual, because it has no date.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

BLOCK = 7
LEAST = 14
ALPHA = 0.01
DRAWS = 1999
_CHI2_95 = 3.841


@dataclass(frozen=True, slots=True)
class Change:
    """The series has another level from position ``at`` on (``first`` .. ``last``: 95 % interval
    of the position). ``before``/``after`` are means of the segments on both sides, ``start`` and
    ``end`` bound them; ``gradual``: a straight line fits the segment better than the step."""

    at: int
    first: int
    last: int
    before: float
    after: float
    p: float
    gradual: bool
    start: int
    end: int


def changes(values: np.ndarray, *, alpha: float = ALPHA, least: int = LEAST) -> list[Change]:
    """Every change of level whose chance is below ``alpha``, in order of time.

    ``values``: one number per day without gaps. Segments keep at least ``least`` days, so series
    under twice that hold no change. Source: requirement row S5.2-f; least-squares split as in
    ruptures KernelCPD with a linear kernel, chance by permutation of weeks (seeded, repeatable).
    """
    series = np.asarray(values, dtype=float)
    return sorted(_split(series, 0, series.size, alpha, least), key=lambda one: one.at)


def _split(series: np.ndarray, start: int, end: int, alpha: float, least: int) -> list[Change]:
    part = series[start:end]
    if part.size < 2 * least or not np.isfinite(part).all():
        return []
    gain = _gains(part[None, :], least)[0]
    p = _chance(part, float(gain.max()), least)
    if p >= alpha:
        return []
    at = int(np.argmax(gain)) + least
    first, last = _when(part, gain, at, least)
    found = Change(
        start + at,
        start + first,
        start + last,
        float(part[:at].mean()),
        float(part[at:].mean()),
        p,
        _gradual(part, at),
        start,
        end,
    )
    if found.gradual:
        return [found]
    sides = ((start, start + at), (start + at, end))
    return [found, *(one for a, b in sides for one in _split(series, a, b, alpha, least))]


def _gains(rows: np.ndarray, least: int) -> np.ndarray:
    """Squared error saved by splitting each row at ``least``, ``least`` + 1 ...; (rows, places)."""
    size = rows.shape[1]
    centred = rows - rows.mean(axis=1, keepdims=True)
    left = np.cumsum(centred, axis=1)[:, least - 1 : size - least]
    count = np.arange(least, size - least + 1)
    return left**2 * (size / (count * (size - count)))


def _chance(part: np.ndarray, seen: float, least: int) -> float:
    """Share of shuffled series whose best split saves as much; 1 when nothing varies."""
    if seen <= 1e-12 * max(1.0, float(np.abs(part).max()) ** 2):
        return 1.0
    blocks = math.ceil(part.size / BLOCK)
    padded = np.full(blocks * BLOCK, np.nan)
    padded[: part.size] = part
    weeks = padded.reshape(blocks, BLOCK)
    draw = np.random.default_rng(0).random((DRAWS, blocks)).argsort(axis=1)
    shuffled = weeks[draw].reshape(DRAWS, -1)
    known = shuffled[~np.isnan(shuffled)].reshape(DRAWS, part.size)
    best = _gains(known, least).max(axis=1)
    return (1 + int((best >= seen * (1 - 1e-12)).sum())) / (DRAWS + 1)


def _when(part: np.ndarray, gain: np.ndarray, at: int, least: int) -> tuple[int, int]:
    """Positions whose likelihood is within the 95 % range of the best one's."""
    rest = np.concatenate([part[:at] - part[:at].mean(), part[at:] - part[at:].mean()])
    error = float(rest @ rest)
    if error <= 0:
        return at, at
    rho = max(0.0, float(rest[1:] @ rest[:-1]) / error)
    spread = error / part.size * (1 + rho) / (1 - min(rho, 0.9))
    close = np.flatnonzero(gain.max() - gain <= _CHI2_95 * spread)
    return int(close.min()) + least, int(close.max()) + least


def _gradual(part: np.ndarray, at: int) -> bool:
    time = np.arange(part.size) - (part.size - 1) / 2
    slope = float(time @ part) / float(time @ time)
    line = part - part.mean() - slope * time
    step = np.concatenate([part[:at] - part[:at].mean(), part[at:] - part[at:].mean()])
    return float(line @ line) < float(step @ step)


def level_of(values: np.ndarray, found: list[Change]) -> np.ndarray:
    """The mean of each stretch between changes."""
    edges = [0, *(one.at for one in found), values.size]
    level = np.empty(values.size)
    for first, last in pairwise(edges):
        level[first:last] = values[first:last].mean() if last > first else np.nan
    return level
