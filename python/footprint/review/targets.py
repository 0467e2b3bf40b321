"""Which targets slipped, were reached, are held or still missed, against the period before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from footprint.data import Data
from footprint.errors import DataMissing
from footprint.format import sentence
from footprint.metrics import Measure, View, measure, metrics
from footprint.metrics.boards import DEFAULT, members
from footprint.metrics.registry import Metric
from footprint.metrics.targets import Target, status, target_of
from footprint.scope import Scope
from footprint.text import Lang, Text

_SENTENCES = {
    "slipped": Text(
        "{name}掉到目标之外：{value}，上期 {before}，目标{side} {target}。",
        "{name} slipped off target: {value}, {before} in the period before; target {side} "
        "{target}.",
    ),
    "reached": Text(
        "{name}达到目标：{value}，上期 {before}，目标{side} {target}。",
        "{name} reached its target: {value}, {before} in the period before; target {side} "
        "{target}.",
    ),
    "missed": Text(
        "{name}未达目标：{value}，目标{side} {target}。",
        "{name} is off target: {value}; target {side} {target}.",
    ),
    "held": Text(
        "{name}保持达标：{value}，目标{side} {target}。",
        "{name} holds its target: {value}; target {side} {target}.",
    ),
}
_ORDER = tuple(_SENTENCES)
_SIDES = {True: Text("不低于", "at least"), False: Text("不高于", "at most")}


@dataclass(frozen=True, slots=True)
class Headline:
    """One core metric of the period beside the period before; ``change`` = value / previous - 1."""

    metric: Metric
    now: Measure
    before: Measure | None
    target: Target | None
    status: str

    @property
    def change(self) -> float | None:
        previous = self.before.value if self.before else None
        if not previous or self.now.value is None:
            return None
        return self.now.value / previous - 1

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "metric": self.metric.id,
            "title": self.metric.title(lang),
            "value": self.now.value,
            "unit": self.metric.unit,
            "n": self.now.n,
            "low": self.now.low,
            "high": self.now.high,
            "previous": self.before.value if self.before else None,
            "change": self.change,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One metric with a target. ``state``: slipped, reached, missed (again) or held."""

    metric: Metric
    state: str
    value: float
    n: int
    previous: float | None
    target: Target
    sentence: Text

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "metric": self.metric.id,
            "title": self.metric.title(lang),
            "state": self.state,
            "value": self.value,
            "unit": self.metric.unit,
            "n": self.n,
            "previous": self.previous,
            "target": self.target.value,
            "direction": "ge" if self.target.above else "le",
            "sentence": self.sentence(lang),
        }


def measured(data: Data, scope: Scope) -> tuple[Headline, ...]:
    """Every metric that has data in the scope, beside the period before."""
    return tuple(_lines(data, scope))


def core(lines: Iterable[Headline]) -> tuple[Headline, ...]:
    """The core metrics of the board among ``lines``, in the board's order."""
    found = {line.metric.id: line for line in lines}
    return tuple(found[id] for _, id in members(DEFAULT) if id in found)


def target_lines(lines: Iterable[Headline]) -> tuple[TargetLine, ...]:
    """Every metric that has a target and enough data to judge, changes first.

    Only settings of kind target, threshold or rule and the targets table judge. Source:
    requirement rows S7.4-d and S1.2.1-d.
    """
    found = [_judge(line) for line in lines if line.status in ("met", "missed")]
    return tuple(sorted(found, key=lambda line: _ORDER.index(line.state)))


def _lines(data: Data, scope: Scope) -> Iterator[Headline]:
    earlier = scope.previous()
    view, past = View(data, scope), View(data, earlier) if earlier else None
    for metric in metrics().values():
        now = _measured(metric, view)
        if now is None or now.value is None:
            continue
        before = _measured(metric, past) if past else None
        target = target_of(metric, data, scope)
        yield Headline(metric, now, before, target, status(metric, target, now))


def _measured(metric: Metric, view: View) -> Measure | None:
    try:
        return measure(metric.id, view)
    except DataMissing:
        return None


def _judge(line: Headline) -> TargetLine:
    assert line.target is not None and line.now.value is not None
    before = status(line.metric, line.target, line.before) if line.before else "no_data"
    was = {"met": True, "missed": False}.get(before)
    state = _state(line.status == "met", was)
    unit = line.metric.unit
    words = sentence(
        _SENTENCES[state], name=line.metric.title, value=(line.now.value, unit),
        before=(line.before.value if line.before else None, unit),
        side=_SIDES[line.target.above], target=(line.target.value, unit),
    )  # fmt: skip
    previous = line.before.value if line.before else None
    return TargetLine(line.metric, state, line.now.value, line.now.n, previous, line.target, words)


def _state(met: bool, was: bool | None) -> str:
    if met:
        return "reached" if was is False else "held"
    return "slipped" if was else "missed"
