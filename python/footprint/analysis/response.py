"""How orders answer to spend: a curve of falling returns, and the best split of a budget over it.

Curve: orders = a spend / (spend + h) per week. For given h the best a is a ratio of sums, so the
fit is a search over h alone; its interval holds every h whose squared error the F test cannot tell
from the best. The split sets equal marginal orders per yuan inside bounds: spend =
sqrt(a h / price) - h clipped, with the price found by bisection. Source: requirement row S9.2-b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_WEEKS = 8
LEAST_CV = 0.3
WIDEST = 4.0
_GRID = 400


@dataclass(frozen=True, slots=True)
class Curve:
    """orders = ``a`` x / (x + ``h``) with the 95 % interval of h and the fit's residual spread;
    ``hs``, ``a_s``, ``weights`` are the curves the data allow and how likely each is."""

    a: float
    h: float
    h_low: float
    h_high: float
    cv: float
    weeks: int
    state: str
    hs: np.ndarray
    a_s: np.ndarray
    weights: np.ndarray

    @property
    def known(self) -> bool:
        """Whether spend varied enough to tell the curve."""
        return self.state == "ok"

    def orders(self, spend: float) -> float:
        """Expected orders of a week at this spend."""
        return self.a * spend / (spend + self.h)

    def marginal(self, spend: float) -> float:
        """Further orders per further yuan."""
        return self.a * self.h / (spend + self.h) ** 2

    def draws(self, spend: float, count: int, seed: int) -> np.ndarray:
        """Expected orders under ``count`` of the curves the data allow."""
        pick = np.random.default_rng(seed).choice(self.hs.size, count, p=self.weights)
        return self.a_s[pick] * spend / (spend + self.hs[pick])


def fit(spend: Sequence[float] | np.ndarray, orders: Sequence[float] | np.ndarray) -> Curve:
    """The curve of weekly spend and orders; ``state`` says why it cannot be told: too_short,
    vary_spend (spend hardly varied or the interval of h is wider than fourfold), no_return."""
    x, y = np.asarray(spend, dtype=float), np.asarray(orders, dtype=float)
    paid = x > 0
    x, y = x[paid], y[paid]
    if x.size < LEAST_WEEKS:
        return _unknown(x, "too_short")
    cv = float(x.std(ddof=1) / x.mean())
    if not y.sum():
        return _unknown(x, "no_return", cv)
    hs = np.geomspace(x.mean() / 50, x.mean() * 50, _GRID)
    bends = x[None, :] / (x[None, :] + hs[:, None])
    a_s = (bends @ y) / (bends**2).sum(axis=1)
    errors = ((y[None, :] - a_s[:, None] * bends) ** 2).sum(axis=1)
    return _curve(x, hs, a_s, errors, cv)


def _curve(x: np.ndarray, hs: np.ndarray, a_s: np.ndarray, errors: np.ndarray, cv: float) -> Curve:
    from scipy.special import fdtri

    best, spare = int(np.argmin(errors)), x.size - 2
    floor = max(float(errors[best]), 1e-9 * float(a_s[best] ** 2))
    inside = np.flatnonzero(errors <= floor * (1 + float(fdtri(1, spare, 0.95)) / spare))
    low, high = hs[inside.min()], hs[inside.max()]
    at_edge = inside.min() == 0 or inside.max() == hs.size - 1
    weights = (floor / np.maximum(errors, floor)) ** (x.size / 2)
    weights *= np.isin(np.arange(hs.size), inside)
    wide = cv < LEAST_CV or at_edge or high / low > WIDEST
    return Curve(
        float(a_s[best]),
        float(hs[best]),
        float(low),
        float(high),
        cv,
        x.size,
        "vary_spend" if wide else "ok",
        hs,
        a_s,
        weights / weights.sum(),
    )


def _unknown(x: np.ndarray, state: str, cv: float = 0.0) -> Curve:
    none = np.empty(0)
    return Curve(0.0, 1.0, np.nan, np.nan, cv, x.size, state, none, none, none)


def allocate(
    curves: Sequence[Curve], now: Sequence[float], bound: float, total: float | None = None
) -> np.ndarray:
    """Spend per curve with the most expected orders, each within ``now`` times 1 +/- ``bound``.

    ``total`` is the money to split (today's by default, clipped to what the bounds allow).
    """
    x = np.asarray(now, dtype=float)
    low, high = x * (1 - bound), x * (1 + bound)
    money = float(np.clip(x.sum() if total is None else total, low.sum(), high.sum()))
    a, h = (np.array([getattr(curve, name) for curve in curves]) for name in ("a", "h"))
    first = min(curve.marginal(top) for curve, top in zip(curves, high, strict=True))
    last = max(curve.marginal(bottom) for curve, bottom in zip(curves, low, strict=True))
    edges = np.log([max(first, 1e-300) * (1 - 1e-9), max(last, 1e-300) * (1 + 1e-9)])
    for _ in range(200):
        middle = edges.mean()
        spent = np.clip(np.sqrt(a * h / np.exp(middle)) - h, low, high)
        edges[0 if spent.sum() > money else 1] = middle
    spent = np.clip(np.sqrt(a * h / np.exp(edges.mean())) - h, low, high)
    room = np.where(spent.sum() < money, high - spent, spent - low)
    gap = money - spent.sum()
    return spent + (gap * room / room.sum() if room.sum() > 0 else 0.0)
