"""The one list of metrics: what each is called, how it is computed, which way is good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

import polars as pl

from footprint.errors import unknown
from footprint.metrics.view import By, View
from footprint.questions import require
from footprint.result import Scalar
from footprint.text import Text

Direction = Literal["up", "down"]
# One row per group: key (null when not grouped), value, n, low, high.
Compute = Callable[[View, By], pl.DataFrame]

MODULES: tuple[str, ...] = (
    "footprint.metrics.sales",
    "footprint.metrics.audience",
    "footprint.metrics.loyalty",
    "footprint.metrics.reputation",
    "footprint.metrics.partners",
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One declared metric.

    ``direction``: which way is good. ``target_key`` names a setting of kind target or threshold,
    the only thing that may colour the metric; ``reference_key`` a grey mark of the plan.
    ``needs`` are tables without which it has no data. Below ``min_n`` it is shown but not judged.
    """

    id: str
    title: Text
    unit: str
    definition: Text
    direction: Direction
    needs: tuple[str, ...]
    rows: tuple[str, ...]
    target_key: str | None
    reference_key: str | None
    min_n: int
    compute: Compute


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric over one scope: sample size and 95 % interval (None where nothing is estimated)."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None

    def scalar(self, metric: Metric) -> Scalar:
        """The measure as an answer's scalar, with the metric's name and definition."""
        return Scalar(
            self.value, metric.unit, self.n, self.low, self.high, metric.title, metric.definition
        )


_METRICS: dict[str, Metric] = {}


def metric(
    id: str,
    *,
    title: Text,
    unit: str,
    definition: Text,
    direction: Direction,
    needs: tuple[str, ...],
    rows: tuple[str, ...] = ("S7.2-e",),
    target_key: str | None = None,
    reference_key: str | None = None,
    min_n: int = 30,
) -> Callable[[Compute], Compute]:
    """Declare a metric on a function ``(view, by) -> frame`` of key, value, n, low, high."""

    def declare(compute: Compute) -> Compute:
        if id in _METRICS:
            raise ValueError(f"metric {id} is declared twice")
        _METRICS[id] = Metric(
            id, title, unit, definition, direction, needs, rows, target_key, reference_key, min_n,
            compute,
        )  # fmt: skip
        return compute

    return declare


def metrics() -> Mapping[str, Metric]:
    """All declared metrics by id, in the order of their files."""
    for module in MODULES:
        import_module(module)
    # Files import one another, so the order of declaration says nothing.
    places = {module: place for place, module in enumerate(MODULES)}
    return dict(
        sorted(
            _METRICS.items(), key=lambda item: places.get(item[1].compute.__module__, len(places))
        )
    )


def find(id: str) -> Metric:
    """The metric of this id. Raises UsageError with the nearest names."""
    known = metrics()
    if id not in known:
        raise unknown("metric", "指标", id, known)
    return known[id]


def measure(id: str, view: View) -> Measure:
    """A metric over the whole scope. Raises DataMissing naming the file that would unlock it."""
    frame = _compute(id, view, None)
    if frame.is_empty():
        return Measure(None, 0)
    row = frame.row(0, named=True)
    return Measure(row["value"], row["n"] or 0, row["low"], row["high"])


def by_group(id: str, view: View, by: str) -> pl.DataFrame:
    """A metric per day (``by="date"``) or per slice: key, value, n, low, high, ordered by key.

    Raises DataMissing, or SliceError when the metric's tables do not know the column.
    """
    frame = _compute(id, view, by)
    return frame.filter(pl.col("key").is_not_null()).sort("key")


def _compute(id: str, view: View, by: By) -> pl.DataFrame:
    found = find(id)
    require(view.data, found.needs)
    frame = found.compute(view, by)
    numbers = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in ("value", "low", "high")]
    return frame.select("key", "value", "n", "low", "high").with_columns(
        *numbers, pl.col("n").cast(pl.Int64)
    )
