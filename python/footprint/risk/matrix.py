"""Expected loss of a risk and its place in the 5 x 5 view.

Likelihood is Beta(1 + events, 19 + opportunities - events): a risk that never came true keeps a
small chance, and more opportunities narrow the interval. Expected loss is likelihood times
opportunities times loss per event; the cells are a view of it, never the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from footprint.stats import percentile_interval

_PRIOR_EVENTS, _PRIOR_REST = 1.0, 19.0
_DRAWS = 4000
CELLS = 5


@dataclass(frozen=True, slots=True)
class Chance:
    """Likelihood per opportunity with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Expected loss over all opportunities with its 95 % interval, CNY."""

    mean: float
    low: float
    high: float


def likelihood(events: int, opportunities: int) -> Chance:
    """Beta posterior mean and interval. Raises ValueError when events exceed opportunities."""
    from scipy.special import betaincinv

    a, b = _shape(events, opportunities)
    low, high = (float(betaincinv(a, b, q)) for q in (0.025, 0.975))
    return Chance(a / (a + b), low, high)


def expected_loss(
    events: int, opportunities: int, losses: Sequence[float], factor: float = 1.0, seed: int = 0
) -> Loss | None:
    """Expected loss of as many opportunities again; None without any known loss.

    The interval draws the likelihood from its Beta and, with two or more losses, the mean loss
    from its standard error. ``factor`` scales it (treatment effects).
    """
    if not len(losses):
        return None
    a, b = _shape(events, opportunities)
    values = np.asarray(losses, dtype=float)
    generator = np.random.default_rng(seed)
    p = generator.beta(a, b, _DRAWS)
    error = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else 0.0
    each = np.clip(generator.normal(values.mean(), error, _DRAWS), 0, None)
    low, high = percentile_interval(p * each)
    scale = opportunities * factor
    return Loss(a / (a + b) * float(values.mean()) * scale, float(low) * scale, float(high) * scale)


def cell(value: float, bounds: Sequence[float]) -> int:
    """Cell 1..5 of a value; a value on a bound belongs to the higher cell."""
    return int(np.searchsorted(np.sort(np.asarray(bounds, dtype=float)), value, side="right")) + 1


def edges(bounds: Sequence[float], top: float | None) -> list[tuple[float, float | None]]:
    """Lower and upper bound of each cell, from 0 to ``top`` (None = open)."""
    inner = sorted(float(bound) for bound in bounds)
    return list(zip([0.0, *inner], [*inner, top], strict=True))


def _shape(events: int, opportunities: int) -> tuple[float, float]:
    if not 0 <= events <= opportunities:
        raise ValueError("events must lie between 0 and opportunities")
    return _PRIOR_EVENTS + events, _PRIOR_REST + opportunities - events
