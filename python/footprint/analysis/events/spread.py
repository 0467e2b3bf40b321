"""Medians and shares with their intervals, as scalars."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint import stats
from footprint.result import Scalar
from footprint.text import Text


def median_scalar(seconds: pl.Series, label: Text, definition: Text) -> Scalar:
    """The median with its interval by order statistics, in seconds."""
    middle, low, high = median(seconds)
    return Scalar(middle, "s", len(seconds), low, high, label, definition)


def median(values: pl.Series) -> tuple[float | None, float | None, float | None]:
    """Median and its distribution-free bounds; None for no values."""
    n = len(values)
    if not n:
        return None, None, None
    found = values.to_numpy()
    half = stats.normal_quantile() * n**0.5 / 2
    first, last = max(int(n / 2 - half), 0), min(int(np.ceil(n / 2 + half)), n - 1)
    places = np.partition(found, [first, n // 2, (n - 1) // 2, last])
    return (
        float((places[n // 2] + places[(n - 1) // 2]) / 2),
        float(places[first]),
        float(places[last]),
    )


def share_scalar(hits: int, size: int, label: Text, definition: Text) -> Scalar:
    """A rate with its Wilson interval; no value for an empty group."""
    if not size:
        return Scalar(None, "rate", 0, label=label, definition=definition)
    low, high = stats.wilson(hits, size)
    return Scalar(hits / size, "rate", size, low, high, label, definition)


def binned(values: pl.Series, edges: tuple[float, ...], labels: tuple[str, ...]) -> pl.DataFrame:
    """label, n, share of values up to each edge (included) and above the last."""
    at = np.searchsorted(np.array(edges), values.to_numpy(), side="left")
    n = np.bincount(at, minlength=len(labels))
    return pl.DataFrame({"label": labels, "n": n.astype(np.int64), "share": n / max(n.sum(), 1)})
