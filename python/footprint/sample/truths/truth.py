"""What is known about the sample: which question, asked how, must answer what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from footprint.result import Result

Op = Literal["near", "eq", "lt", "le", "gt", "ge", "ne", "list"]


@dataclass(frozen=True, slots=True)
class Check:
    """One value to read from an answer and what it must be.

    With ``frame``: the ``column`` of the rows that ``match``; one value, or all of them for op
    ``list`` (the first ones count, each near). Without: the scalar named ``column``. ``tolerance``
    is absolute and belongs to near and list.
    """

    column: str
    op: Op
    value: Any
    tolerance: float = 0.0
    frame: str | None = None
    match: Mapping[str, Any] = field(default_factory=dict)

    def read(self, result: Result) -> Any:
        """The value in the answer; LookupError when the answer lacks it."""
        if self.frame is None:
            return result.scalars[self.column].value
        rows = result.frames[self.frame]
        for name, wanted in self.match.items():
            rows = rows.filter(pl.col(name).cast(pl.String) == str(wanted))
        values = rows[self.column].to_list()
        if self.op == "list":
            return values
        if len(values) != 1:
            raise LookupError(f"{self.frame}.{self.column}: {len(values)} rows match {self.match}")
        return values[0]

    def holds(self, value: Any) -> bool:
        """Whether a value read from an answer is what it must be."""
        if self.op == "list":
            return _all_near(value, self.value, self.tolerance)
        if self.op in ("eq", "ne"):
            return (value == self.value) == (self.op == "eq")
        if value is None or not math.isfinite(value):
            return False
        return {
            "near": abs(value - self.value) <= self.tolerance if self.op == "near" else False,
            "lt": value < self.value,
            "le": value <= self.value,
            "gt": value > self.value,
            "ge": value >= self.value,
        }[self.op]

    def to_dict(self) -> dict[str, Any]:
        place = {"frame": self.frame, "match": dict(self.match)} if self.frame else {}
        return {
            "column" if self.frame else "scalar": self.column,
            **place, "op": self.op, "value": self.value, "tolerance": self.tolerance,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its parameters and scope (``from``, ``to``, ``where``), and what it must say."""

    where: str
    question: str
    checks: Sequence[Check]
    params: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "where": self.where,
            "question": self.question,
            "params": dict(self.params),
            "scope": dict(self.scope),
            "expected": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """A planted fact, and its twin that must stay silent (None when the fact is itself a null)."""

    id: str
    asked: Asked
    twin: Asked | None = None

    def to_dict(self) -> dict[str, Any]:
        twin = self.twin.to_dict() if self.twin else None
        return {"id": self.id, **self.asked.to_dict(), "null_twin": twin}


def category(name: str, **more: Any) -> dict[str, Any]:
    """A scope of one category."""
    return {"where": {"category": name}, **more}


def _all_near(values: Sequence[Any], wanted: Sequence[Any], tolerance: float) -> bool:
    head = list(values)[: len(wanted)]
    if len(head) < len(wanted):
        return False
    return all(
        a == b if isinstance(b, str) else a is not None and abs(a - b) <= tolerance
        for a, b in zip(head, wanted, strict=True)
    )
