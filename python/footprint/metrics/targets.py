"""The target of a metric: the shop's own targets table first, then the plan's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from footprint.data import Data
from footprint.metrics.registry import Measure, Metric, metrics
from footprint.scope import Scope
from footprint.settings import SETTING_KINDS

# A target is met on this side; an alert line ("gt", "lt") is met on the other side of it.
_MET_ABOVE = ("ge", "lt")


@dataclass(frozen=True, slots=True)
class Target:
    """A value and the side of it that is good."""

    value: float
    above: bool

    def met(self, value: float) -> bool:
        return value >= self.value if self.above else value <= self.value


def target_of(metric: Metric, data: Data, scope: Scope) -> Target | None:
    """What the metric is judged against in this scope; None means it is never coloured.

    Only settings of kind target, threshold or rule count. A row of the targets table with the
    metric's id (or its setting's key) and dates around the scope's end goes first.
    """
    return _own(metric, data, scope) or _planned(metric, data)


def status(metric: Metric, target: Target | None, measure: Measure) -> str:
    """met, missed, no_target, too_small (below the metric's min_n) or no_data."""
    if measure.value is None:
        return "no_data"
    if measure.n < metric.min_n:
        return "too_small"
    if target is None:
        return "no_target"
    return "met" if target.met(measure.value) else "missed"


def _planned(metric: Metric, data: Data) -> Target | None:
    if metric.target_key is None:
        return None
    setting = data.settings.get(metric.target_key)
    if setting.kind not in SETTING_KINDS or not isinstance(setting.value, int | float):
        return None
    return Target(float(setting.value), setting.direction in _MET_ABOVE)


def _own(metric: Metric, data: Data, scope: Scope) -> Target | None:
    if not data.has("targets"):
        return None
    day = scope.end or date.max
    names = [name for name in (metric.id, metric.target_key) if name]
    rows = (
        data.frame("targets")
        .filter(
            pl.col("key").is_in(names),
            pl.col("from").is_null() | (pl.col("from") <= day),
            pl.col("to").is_null() | (pl.col("to") >= day) | pl.lit(scope.end is None),
            _in_slice(scope),
        )
        .sort("from", nulls_last=False)
    )
    if rows.is_empty():
        return None
    row = rows.row(-1, named=True)
    return Target(_value(row), _above(row, metric.direction == "up"))


def own_goals(data: Data) -> dict[str, dict[str, Any]]:
    """Rows of the targets table that have an end, by key: value (canonical), above, from, to."""
    if not data.has("targets"):
        return {}
    known = metrics()
    ending = data.frame("targets").filter(pl.col("to").is_not_null(), _everywhere()).sort("to")
    found = {}
    for row in ending.to_dicts():
        up = row["key"] not in known or known[row["key"]].direction == "up"
        found[row["key"]] = {
            "value": _value(row), "above": _above(row, up), "from": row["from"], "to": row["to"],
        }  # fmt: skip
    return found


def _value(row: dict[str, Any]) -> float:
    return row["value"] * (0.01 if row["unit"] in ("pct", "%") else 1.0)


def _above(row: dict[str, Any], otherwise: bool) -> bool:
    return row["direction"] in _MET_ABOVE if row["direction"] else otherwise


def _everywhere() -> pl.Expr:
    return pl.col("scope").is_null() | pl.col("scope").is_in(["", "all", "shop"])


def _in_slice(scope: Scope) -> pl.Expr:
    """Rows without a scope fit all; ``category=beauty`` fits only that slice."""
    chosen = [f"{key}={value}" for key, values in scope.where.items() for value in values]
    return _everywhere() | pl.col("scope").is_in(chosen) if chosen else _everywhere()
