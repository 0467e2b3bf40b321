"""How sure fitted parameters are: the inverse curvature of the loss at its lowest point."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEP = 1e-4
_FLATTEST = 1e-9


def covariance(at: np.ndarray, slope: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Covariance of the parameters at the lowest point ``at``, from differences of its slope."""
    rows = [
        (slope(at + _STEP * unit) - slope(at - _STEP * unit)) / (2 * _STEP)
        for unit in np.eye(at.size)
    ]
    curvature = np.array(rows)
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    return (vectors / np.maximum(values, _FLATTEST)) @ vectors.T


def spread_of(
    total: Callable[[np.ndarray], float], at: np.ndarray, covariance: np.ndarray
) -> float:
    """Standard error of a function of the parameters (delta method, central differences)."""
    slope = np.array([
        (total(at + _STEP * unit) - total(at - _STEP * unit)) / (2 * _STEP)
        for unit in np.eye(at.size)
    ])  # fmt: skip
    return float(np.sqrt(max(slope @ covariance @ slope, 0.0)))
