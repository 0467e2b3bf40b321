"""What became of a promise: its finding since, its metric before and after, the solve rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from footprint.data import Data
from footprint.errors import DataMissing
from footprint.metrics import Measure, View, measure
from footprint.metrics.registry import find
from footprint.result import Finding
from footprint.review.actions import OPEN, Action, Verdict
from footprint.review.period import period
from footprint.review.report import Task
from footprint.review.weekly import Brief
from footprint.stats import wilson


@dataclass(frozen=True, slots=True)
class Course:
    """The metric of an action before (the week of its finding) and in a later week.

    ``verdict`` is what the two intervals say: better or worse when they do not meet, same when
    they do, None where the metric has no interval or no later week.
    """

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Score:
    """How the board does: solved of those that ended with a verdict, with the 95 % interval."""

    open: int
    overdue: int
    ended: int
    solved: int
    rate: float | None
    low: float | None
    high: float | None


def promised(actions: Iterable[Action], brief: Brief) -> list[Action]:
    """Actions of earlier weeks that were still open when the brief's period began."""
    start, end = brief.scope.start, brief.scope.end
    if start is None or end is None:
        return []
    found = [
        action for action in actions
        if (first := period(action.week, brief.scope.tz).start) and first < start
        and (action.done is None or action.done >= start)
    ]  # fmt: skip
    return sorted(found, key=lambda action: (action.due or date.max, action.id))


def task_of(action: Action, today: date, brief: Brief | None = None) -> Task:
    """An action as a report shows it; with a later ``brief`` also what became of its finding."""
    return {
        "title": action.title, "owner": action.owner,
        "due": action.due.isoformat() if action.due else None, "impact": action.impact,
        "stage": action.stage, "overdue": action.overdue(today), "verdict": action.verdict,
        "fate": fate(action, brief) if brief else None, "note": action.note,
        "standard": action.standard,
    }  # fmt: skip


def fate(action: Action, brief: Brief) -> str:
    """What a later brief says of the finding: gone, better, same, worse or unknown."""
    skipped = {line.question for line in brief.skipped}
    if brief.colour == "grey" or action.question in skipped:
        return "unknown"
    everything = [*brief.findings, *(f for group in brief.folded.values() for f in group)]
    now = next((f for f in everything if f.id == action.finding), None)
    if now is None:
        return "gone"
    return larger(action.stake, now)


def larger(stake: float | None, now: Finding) -> str:
    """Whether a finding's money grew: by its interval where it has one, else by the sum."""
    if stake is None or now.impact_cny is None:
        return "same"
    low = now.impact_cny if now.impact_low is None else now.impact_low
    high = now.impact_cny if now.impact_high is None else now.impact_high
    return "worse" if low > stake else "better" if high < stake else "same"


def measured(data: Data, metric: str | None, week: str) -> dict[str, Any] | None:
    """A metric in a week as plain values; None where it cannot be told."""
    if metric is None:
        return None
    try:
        found = measure(find(metric).id, View(data, period(week, data.tz)))
    except DataMissing:
        return None
    return None if found.value is None else _plain(found)


def course(action: Action, data: Data, week: str) -> Course:
    """The action's metric before and in ``week``, which must be later than its own."""
    begun, now = period(action.week, data.tz).start, period(week, data.tz).start
    later = bool(begun and now and now > begun)
    after = measured(data, action.metric, week) if later else None
    return Course(action.before, after, _verdict(action, after))


def score(actions: Sequence[Action], today: date) -> Score:
    """Counts of the board; the share solved is over actions that ended with a verdict (S7.4-c)."""
    ended = [action for action in actions if action.verdict]
    solved = sum(action.verdict == "solved" for action in ended)
    low, high = wilson(solved, len(ended)) if ended else (None, None)
    return Score(
        sum(action.stage in OPEN for action in actions),
        sum(action.overdue(today) for action in actions),
        len(ended), solved, solved / len(ended) if ended else None, low, high,
    )  # fmt: skip


def _plain(found: Measure) -> dict[str, Any]:
    return {"value": found.value, "n": found.n, "low": found.low, "high": found.high}


def _verdict(action: Action, after: dict[str, Any] | None) -> Verdict | None:
    before = action.before
    if action.metric is None or not (_bounded(before) and _bounded(after)):
        return None
    assert before is not None and after is not None
    if after["low"] <= before["high"] and after["high"] >= before["low"]:
        return "same"
    rose = after["low"] > before["high"]
    return "better" if rose == (find(action.metric).direction == "up") else "worse"


def _bounded(part: dict[str, Any] | None) -> bool:
    return part is not None and part["low"] is not None and part["high"] is not None
