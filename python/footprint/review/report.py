"""A brief as plain values in both languages: what is frozen, and what every export is written from.

The same brief and the same edits give the same bytes. Nothing in it needs the data any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import footprint
from footprint.result import Finding, steady
from footprint.review.frames import Sheet, sheet_of
from footprint.review.targets import Headline, TargetLine
from footprint.review.weekly import Brief, Skipped
from footprint.settings import Settings
from footprint.text import Lang, Text

FORMAT = 1


class Words(TypedDict):
    """Words in both languages."""

    zh: str
    en: str


class Remark(TypedDict):
    """What somebody said of a finding; ``at`` ISO 8601."""

    at: str
    who: str
    words: str


class Task(TypedDict):
    """An action as the report shows it; ``fate``: what became of its finding since."""

    title: Words
    owner: str
    due: str | None
    impact: str
    stage: str
    overdue: bool
    verdict: str | None
    fate: str | None
    note: str
    standard: str


class Number(TypedDict):
    """One core number beside the period before."""

    metric: str
    title: Words
    definition: Words
    unit: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    previous: float | None
    change: float | None
    status: str


class Row(TypedDict):
    """One finding: problem, impact, suggestion, what was said of it and who does what."""

    id: str
    kind: str
    colour: str
    problem: Words
    suggestion: Words
    confidence: float
    n: int
    impact_cny: float | None
    impact_low: float | None
    impact_high: float | None
    question: str
    link: str
    evidence: Sheet | None
    folded: list[Words]
    remarks: list[Remark]
    tasks: list[Task]


class TargetRow(TypedDict):
    """One judged target. ``state``: slipped, reached, missed or held."""

    metric: str
    title: Words
    state: str
    sentence: Words
    unit: str
    value: float
    previous: float | None
    target: float


class Report(TypedDict):
    """The whole report; ``frozen`` says when and by whom, None while it is a draft."""

    format: int
    week: str
    start: str | None
    end: str | None
    tz: str
    colour: str
    reason: Words
    headline: list[Number]
    promises: list[Task]
    findings: list[Row]
    hidden: int
    targets: list[TargetRow]
    skipped: list[Words]
    notes: list[Words]
    settings: dict[str, Any]
    data_version: str
    code_version: str
    frozen: Mapping[str, str] | None


class Extra(TypedDict):
    """What people added to a brief: remarks and tasks by finding id, and last week's promises."""

    remarks: Mapping[str, list[Remark]]
    tasks: Mapping[str, list[Task]]
    promises: list[Task]


NOTHING: Extra = {"remarks": {}, "tasks": {}, "promises": []}


def report_of(
    brief: Brief,
    settings: Settings | None = None,
    *,
    findings: Sequence[Finding] | None = None,
    extra: Extra = NOTHING,
) -> Report:
    """The report of a brief, with the findings in the order given (default: as ranked)."""
    shown = brief.findings if findings is None else findings
    report: Report = {
        "format": FORMAT,
        "week": brief.week,
        "start": brief.scope.start.isoformat() if brief.scope.start else None,
        "end": brief.scope.end.isoformat() if brief.scope.end else None,
        "tz": brief.scope.tz,
        "colour": brief.colour,
        "reason": words(brief.reason),
        "headline": [_number(line) for line in brief.headline],
        "promises": list(extra["promises"]),
        "findings": [_row(item, brief, extra) for item in shown],
        "hidden": len(brief.findings) - len(shown),
        "targets": [_target(line) for line in brief.targets],
        "skipped": [_skipped(line) for line in brief.skipped],
        "notes": [words(note) for note in brief.notes],
        "settings": settings.edits if settings else {},
        "data_version": brief.data_version,
        "code_version": footprint.__version__,
        "frozen": None,
    }
    steadied: Report = steady(report)
    return steadied


def packed(report: Report) -> bytes:
    """The report as canonical JSON: equal reports have equal bytes."""
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def unpacked(content: bytes) -> Report:
    """The inverse of ``packed``."""
    report: Report = json.loads(content)
    return report


def name_of(content: bytes) -> str:
    """The name of packed content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def words(text: Text) -> Words:
    """A Text as plain values."""
    return {"zh": text.zh, "en": text.en}


def say(words: Words, lang: Lang) -> str:
    """Plain words in one language."""
    return words[lang]


def _number(line: Headline) -> Number:
    return {
        "metric": line.metric.id, "title": words(line.metric.title),
        "definition": words(line.metric.definition), "unit": line.metric.unit,
        "value": line.now.value, "n": line.now.n, "low": line.now.low, "high": line.now.high,
        "previous": line.before.value if line.before else None, "change": line.change,
        "status": line.status,
    }  # fmt: skip


def _row(finding: Finding, brief: Brief, extra: Extra) -> Row:
    evidence = finding.evidence
    return {
        "id": finding.id, "kind": finding.kind, "colour": finding.colour,
        "problem": words(finding.problem), "suggestion": words(finding.suggestion),
        "confidence": finding.confidence, "n": finding.n, "impact_cny": finding.impact_cny,
        "impact_low": finding.impact_low, "impact_high": finding.impact_high,
        "question": finding.question, "link": finding.link,
        "evidence": None if evidence is None or evidence.is_empty() else sheet_of(evidence),
        "folded": [words(other.problem) for other in brief.folded.get(finding.id, ())],
        "remarks": list(extra["remarks"].get(finding.id, ())),
        "tasks": list(extra["tasks"].get(finding.id, ())),
    }  # fmt: skip


def _target(line: TargetLine) -> TargetRow:
    return {
        "metric": line.metric.id, "title": words(line.metric.title), "state": line.state,
        "sentence": words(line.sentence), "unit": line.metric.unit, "value": line.value,
        "previous": line.previous, "target": line.target.value,
    }  # fmt: skip


def _skipped(line: Skipped) -> Words:
    reason = line.reason.en[:1].upper() + line.reason.en[1:]
    return {"zh": f"{line.title.zh}{line.reason.zh}", "en": f"{line.title.en} {reason}"}
