"""What a question returns: frames, scalars with their n and interval, and findings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from footprint.scope import Scope
from footprint.text import Lang, Text

Colour = Literal["red", "yellow", "green", "grey"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One number (or verdict word) of an answer.

    ``value`` is in ``unit`` (CNY, rate 0..1, pp, count, s, d, x, p, text, or change = signed
    relative, .31 = +31 %); ``n`` is the sample it
    rests on; ``low`` and ``high`` bound the 95 % interval where the value is an estimate.
    ``label`` and ``definition`` are what a page prints beside it.
    """

    value: float | int | str | None
    unit: str
    n: int | None = None
    low: float | None = None
    high: float | None = None
    label: Text | None = None
    definition: Text | None = None

    def to_dict(self) -> dict[str, Any]:
        parts = ("value", "unit", "n", "low", "high")
        return {part: _plain(getattr(self, part)) for part in parts}


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the weekly review: problem, impact in money, suggestion.

    ``kind`` names the template and is stable (``complaint_rate``); ``id`` is kind plus the thing it
    is about, so the same cause has the same id every week. ``impact_*`` is CNY in the scope's
    period (positive = money lost or at stake), None where money cannot be estimated.
    ``severity`` 1..3, ``confidence`` 0..1, ``n`` the sample. ``question``/``params`` reproduce the
    evidence: ``evidence`` is a small frame that shows it.
    """

    id: str
    kind: str
    severity: int
    colour: Colour
    problem: Text
    suggestion: Text
    confidence: float
    n: int
    page: str
    question: str
    impact_cny: float | None = None
    impact_low: float | None = None
    impact_high: float | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope | None = None
    evidence: pl.DataFrame | None = None

    @property
    def link(self) -> str:
        """Deep link of the page that shows the evidence: path and query, without the host."""
        from urllib.parse import urlencode

        query = {"finding": self.id, **{k: str(v) for k, v in self.params.items()}}
        if self.page == "ASK":
            query["q"] = self.question
        if self.scope:
            query |= self.scope.to_query()
        return f"/{PAGE_PATHS[self.page]}?{urlencode(query)}"

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        evidence = self.evidence if self.evidence is not None else pl.DataFrame()
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity,
            "colour": self.colour,
            "problem": self.problem(lang),
            "impact_cny": _plain(self.impact_cny),
            "impact_low": _plain(self.impact_low),
            "impact_high": _plain(self.impact_high),
            "suggestion": self.suggestion(lang),
            "confidence": _plain(self.confidence),
            "n": self.n,
            "evidence": frame_rows(evidence),
            "page": self.page,
            "link": self.link,
        }


# Page code of the page map -> url path in the app. The app's navigation reads the same names.
PAGE_PATHS: dict[str, str] = {
    "W1": "brief",
    "W2": "data",
    "M1": "board",
    "U1": "journey",
    "U2": "attribution",
    "U3": "retention",
    "U4": "lifecycle",
    "C1": "risk",
    "L3": "improve",
    "U5": "content",
    "ASK": "ask",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one question over one data version and scope."""

    scalars: Mapping[str, Scalar] = field(default_factory=dict)
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    notes: Sequence[Text] = ()
    question: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope | None = None
    data_version: str = ""

    def stamped(self, **origin: Any) -> Result:
        """The same answer with its origin (question, params, scope, data_version) filled in."""
        return replace(self, **origin)

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The one JSON object that ``footprint ask --json`` prints."""
        return {
            "question": self.question,
            "params": {key: _plain(value) for key, value in self.params.items()},
            "scope": self.scope.to_dict() if self.scope else None,
            "data_version": self.data_version,
            "scalars": {name: scalar.to_dict() for name, scalar in self.scalars.items()},
            "frames": {name: frame_rows(frame) for name, frame in self.frames.items()},
            "findings": [finding.to_dict(lang) for finding in self.findings],
            "notes": [note(lang) for note in self.notes],
        }


def frame_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as plain JSON values: times ISO 8601 with zone, no NaN."""
    return [{key: _plain(value) for key, value in row.items()} for row in frame.to_dicts()]


def steady(value: Any) -> Any:
    """``value`` with every number inside cut to twelve significant digits.

    Sums of floats differ in the last digits with the order of threads; a written report must not.
    """
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, Mapping):
        return {key: steady(item) for key, item in value.items()}
    return [steady(item) for item in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    return value.item() if hasattr(value, "item") else value
