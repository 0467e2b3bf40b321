"""The weekly brief: what happened, what it is worth, what to do. Same data, same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from footprint.data import Data
from footprint.errors import DataMissing, FootprintError
from footprint.format import sentence
from footprint.questions import Question, ask, questions
from footprint.result import Colour, Finding, steady
from footprint.review.period import active, last_week, period
from footprint.review.ranking import colour_of, merged
from footprint.review.targets import Headline, TargetLine, core, measured, target_lines
from footprint.scope import Scope
from footprint.text import Lang, Text

# The requirement rows a brief serves.
ROWS = ("S1.2.1-d", "S7.4-d", "S8.1-b")
_REASONS = {
    "red": Text(
        "红色：{red} 条红色警情要马上处理，另有 {yellow} 条黄色预警。",
        "Red: red alerts to handle at once: {red}. Yellow alerts besides: {yellow}.",
    ),
    "yellow": Text(
        "黄色：没有红色警情，有 {yellow} 条黄色预警。",
        "Yellow: no red alert. Yellow alerts: {yellow}.",
    ),
    "green": Text("绿色：没有预警。", "Green: no alert."),
    "grey": Text("灰色：这段时间没有可以检查的数据。", "Grey: no data to check in this period."),
}
_SLIPPED = Text("{n} 个目标掉到线外。", "Targets that slipped: {n}.")
_UNCHECKED = Text("{n} 项检查缺少数据，没有做。", "Checks not made for lack of data: {n}.")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question of the brief that could not be asked, and why; ``tables`` would unlock it."""

    question: str
    title: Text
    reason: Text
    tables: tuple[str, ...] = ()

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "question": self.question,
            "title": self.title(lang),
            "reason": self.reason(lang),
            "tables": list(self.tables),
        }


@dataclass(frozen=True, slots=True)
class Brief:
    """One period in findings, ranked: reds first, then money at stake times confidence.

    ``week`` is the label asked for (2026-W46, or a month or day). ``folded`` holds findings that
    share their cause with the lead whose id is the key. ``headline`` are the core metrics.
    """

    week: str
    scope: Scope
    colour: Colour
    reason: Text
    findings: tuple[Finding, ...]
    folded: Mapping[str, tuple[Finding, ...]]
    targets: tuple[TargetLine, ...]
    headline: tuple[Headline, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Text, ...]
    data_version: str

    def to_dict(self, lang: Lang = "zh") -> dict[str, Any]:
        """The brief as one JSON object in one language, numbers to twelve digits.

        Sums of floats differ in the last digits with the order of threads; a report must not.
        """
        return steady(self._parts(lang))

    def _parts(self, lang: Lang) -> dict[str, Any]:
        return {
            "week": self.week,
            "colour": self.colour,
            "reason": self.reason(lang),
            "findings": [
                {
                    **finding.to_dict(lang),
                    "folded": [other.to_dict(lang) for other in self.folded.get(finding.id, ())],
                }
                for finding in self.findings
            ],
            "targets": [line.to_dict(lang) for line in self.targets],
            "data_version": self.data_version,
            "period": self.scope.to_dict(),
            "headline": [line.to_dict(lang) for line in self.headline],
            "skipped": [line.to_dict(lang) for line in self.skipped],
            "notes": [note(lang) for note in self.notes],
        }

    def frame(self, lang: Lang = "zh") -> pl.DataFrame:
        """The findings as a table: problem, impact, suggestion (requirement row S7.4-d)."""
        rows = [
            {
                "rank": rank, "colour": finding.colour, "problem": finding.problem(lang),
                "impact_cny": finding.impact_cny, "impact_low": finding.impact_low,
                "impact_high": finding.impact_high, "suggestion": finding.suggestion(lang),
                "confidence": finding.confidence, "n": finding.n, "id": finding.id,
            }
            for rank, finding in enumerate(self.findings, 1)
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=_ROWS)

    def html(self, lang: Lang = "zh", base_url: str | None = None) -> str:
        """One self-contained page; with ``base_url`` findings link into the running app."""
        from footprint.review.html import page
        from footprint.review.private import without_contacts
        from footprint.review.report import report_of

        return page(without_contacts(report_of(self)), lang, base_url)


_ROWS = {
    "rank": pl.Int64(), "colour": pl.String(), "problem": pl.String(), "impact_cny": pl.Float64(),
    "impact_low": pl.Float64(), "impact_high": pl.Float64(), "suggestion": pl.String(),
    "confidence": pl.Float64(), "n": pl.Int64(), "id": pl.String(),
}  # fmt: skip


def brief(data: Data, week: str | None = None) -> Brief:
    """The brief of a week (default: the last complete one), month or day.

    Asks every question declared for the brief with its default parameters; a question whose tables
    are missing is listed in ``skipped``. Raises UsageError for a label that is no period and
    DataMissing when the data holds no dates at all. Source: requirement rows S7.4-d and S8.1-b.
    """
    label = week or last_week(data)
    if label is None:
        raise DataMissing(
            Text("还没有带日期的数据", "there is no dated data yet"),
            Text("请先上传订单或直播场次。", "Upload orders or streams first."),
            ("orders", "streams"),
        )
    scope = period(label, data.tz)
    if not active(data, scope):
        return Brief(label, scope, "grey", _REASONS["grey"], (), {}, (), (), (), (), data.version)
    found, skipped, notes = _ask_all(data, scope)
    leads, folded = merged(found)
    lines = measured(data, scope)
    targets = target_lines(lines)
    colour: Colour = "grey" if _nothing_asked(skipped) else colour_of(found)
    reason = _reason(colour, leads, targets, skipped)
    return Brief(
        label, scope, colour, reason, leads, folded, targets, core(lines),
        skipped, notes, data.version,
    )  # fmt: skip


def asked() -> list[Question]:
    """The questions a brief asks."""
    return [question for question in questions().values() if question.in_brief]


def _ask_all(
    data: Data, scope: Scope
) -> tuple[list[Finding], tuple[Skipped, ...], tuple[Text, ...]]:
    found: list[Finding] = []
    skipped: list[Skipped] = []
    notes: list[Text] = []
    for question in asked():
        try:
            result = ask(data, question.id, scope, {})
        except FootprintError as error:
            tables = error.tables if isinstance(error, DataMissing) else ()
            reason = Text(error.message("zh"), error.message("en"))
            skipped.append(Skipped(question.id, question.title, reason, tables))
            continue
        found += result.findings
        notes += [_about(question, note) for note in result.notes]
    return found, tuple(skipped), tuple(notes)


def _about(question: Question, note: Text) -> Text:
    """A note under the name of the question it limits."""
    return Text(f"{question.title.zh}{note.zh}", f"{question.title.en} {note.en}")


def _nothing_asked(skipped: tuple[Skipped, ...]) -> bool:
    return len(skipped) == len(asked())


def _reason(
    colour: Colour,
    findings: tuple[Finding, ...],
    targets: tuple[TargetLine, ...],
    skipped: tuple[Skipped, ...],
) -> Text:
    """The colour in words, and what limits it."""
    count = {name: sum(f.colour == name for f in findings) for name in ("red", "yellow")}
    slipped = sum(line.state == "slipped" for line in targets)
    parts = [
        sentence(_REASONS[colour], red=(count["red"], "count"), yellow=(count["yellow"], "count"))
    ]
    parts += [sentence(_SLIPPED, n=(slipped, "count"))] if slipped else []
    parts += [sentence(_UNCHECKED, n=(len(skipped), "count"))] if skipped else []
    return Text("".join(p.zh for p in parts), " ".join(p.en for p in parts))
