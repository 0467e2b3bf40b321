"""Numbers of an answer with n and interval; what rests on too small a sample is withheld."""

from __future__ import annotations

import polars as pl

from footprint.result import Scalar
from footprint.stats import wilson
from footprint.text import Text


def rate(
    hits: float, n: float, label: Text, definition: Text | None = None, least: int = 1
) -> Scalar:
    """A rate 0..1 with its Wilson interval; without a value below ``least`` trials."""
    if n < max(least, 1):
        return Scalar(None, "rate", int(n), label=label, definition=definition)
    low, high = wilson(hits, n)
    return Scalar(hits / n, "rate", int(n), low, high, label, definition)


def count(value: int, n: int, label: Text, definition: Text | None = None) -> Scalar:
    """How many, out of ``n`` looked at."""
    return Scalar(int(value), "count", int(n), label=label, definition=definition)


def word(value: str | None, n: int, label: Text, definition: Text | None = None) -> Scalar:
    """A verdict or a name."""
    return Scalar(value, "text", int(n), label=label, definition=definition)


def over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """``part / whole``, null where the whole is not positive."""
    return pl.when(whole > 0).then(part / whole)
