"""Repeatable chance: a counter hash in place of a random generator.

Every draw is splitmix64 of a row number, the name of what is drawn and the salt, so a draw never
depends on the order of other draws and the bytes are the same on every version and machine. Only
exact operations are used (no logarithm, no cosine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Noise = Literal["quota", "binomial"]
Numbers = np.ndarray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def splitmix64(counter: Numbers) -> Numbers:
    """The splitmix64 output for each 64-bit counter (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        z = counter.astype(np.uint64) + _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Chance:
    """Named draws of one world. ``noise`` says whether rates are met exactly or by coin flips."""

    salt: int
    noise: Noise = "quota"

    def bits(self, name: str, rows: int | Numbers) -> Numbers:
        """64 random bits per row; ``rows`` is a count or the row numbers themselves."""
        numbers = np.arange(rows) if isinstance(rows, int) else np.asarray(rows)
        seed = np.uint64(self.salt)
        for byte in name.encode():
            seed = splitmix64(np.array([seed ^ np.uint64(byte)]))[0]
        with np.errstate(over="ignore"):
            return splitmix64(numbers.astype(np.uint64) * _GOLDEN + seed)

    def uniform(self, name: str, rows: int | Numbers) -> Numbers:
        """Draws in [0, 1)."""
        return (self.bits(name, rows) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, name: str, rows: int | Numbers) -> Numbers:
        """Nearly normal draws, mean 0 and variance 1: the sum of twelve uniforms less six."""
        draws = [self.uniform(f"{name}/{part}", rows) for part in range(12)]
        return np.sum(draws, axis=0) - 6.0

    def whole(self, name: str, rows: int | Numbers, low: int, high: int) -> Numbers:
        """Whole numbers from ``low`` to ``high``, both included."""
        return low + (self.uniform(name, rows) * (high - low + 1)).astype(np.int64)

    def order(self, name: str, rows: int) -> Numbers:
        """The numbers 0..rows-1 in a random order."""
        return np.argsort(self.bits(name, rows), kind="stable")

    def choice(self, name: str, rows: int | Numbers, weights: Mapping[str, float]) -> Numbers:
        """One key of ``weights`` per row."""
        bounds = np.cumsum(list(weights.values()))
        place = np.searchsorted(bounds, self.uniform(name, rows) * bounds[-1], side="right")
        return np.array(list(weights), dtype=object)[np.minimum(place, len(weights) - 1)]

    def pick(self, name: str, rows: int | Numbers, items: Sequence[str]) -> Numbers:
        """One of ``items`` per row, all equally likely."""
        return np.array(items, dtype=object)[self.whole(name, rows, 0, len(items) - 1)]

    def count(self, name: str, trials: int, rate: float) -> int:
        """Hits among ``trials``: the nearest whole number, or that many coin flips."""
        if self.noise == "binomial":
            return int((self.uniform(name, trials) < rate).sum())
        return int(np.floor(trials * rate + 0.5))

    def counts(self, name: str, trials: Numbers, rate: float) -> Numbers:
        """Hits in each of several groups at one rate; what rounding leaves is carried on, so that
        all groups together are exact."""
        if self.noise == "binomial":
            sizes = [self.count(f"{name}/{row}", int(n), rate) for row, n in enumerate(trials)]
            return np.array(sizes, dtype=np.int64)
        edges = np.floor(np.cumsum(trials) * rate + 0.5).astype(np.int64)
        return np.diff(edges, prepend=0)

    def hits(self, name: str, trials: int, rate: float) -> Numbers:
        """Which of ``trials`` rows are hits (bool), as many as ``count`` says."""
        if self.noise == "binomial":
            return self.uniform(name, trials) < rate
        found = np.zeros(trials, dtype=bool)
        found[self.order(name, trials)[: self.count(name, trials, rate)]] = True
        return found

    def rounded(self, name: str, values: Numbers) -> Numbers:
        """Values rounded up or down by chance so that sums stay true; int64."""
        floor = np.floor(values)
        return (floor + (self.uniform(name, len(values)) < values - floor)).astype(np.int64)
