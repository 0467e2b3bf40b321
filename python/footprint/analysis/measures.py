"""Numbers of an answer with n and interval; what rests on too small a sample is withheld."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.result import Scalar
from footprint.scope import Scope
from footprint.stats import wilson
from footprint.text import Text

T = TypeVar("T")


def kept(data: Data, scope: Scope, name: str, build: Callable[[], T]) -> T:
    """``build()`` for this data version and scope, kept for the next question of the same scope."""
    return once(data, f"{name} {json.dumps(scope.to_dict(), sort_keys=True)}", build)


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
