"""Personal values kept out of a report, and small groups out of one that is shared.

Phones, identity numbers and mail addresses are masked in every report. In a shared one columns that
name or quote a person are dropped, and rows that rest on fewer than five are withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import polars as pl

from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading, masked
from footprint.result import Finding, Result
from footprint.review.frames import Sheet, frame_of, sheet_of
from footprint.review.report import Report

# A group of fewer than this many could point at a person (small-cell rule of shared links).
SMALLEST = 5
QUOTES = frozenset({"example", "text", "words", "comment", "quote"})
COUNTS = frozenset(
    {"n", "users", "buyers", "orders", "viewers", "comments", "complaints", "returns", "hits",
     "exits", "size", "people", "count", "conversions", "new_buyers", "sessions", "visits"}
)  # fmt: skip
# Keys whose strings are codes, never words of the data.
_CODES = frozenset(
    {"id", "kind", "link", "question", "metric", "data_version", "code_version", "settings",
     "state", "status", "unit", "colour", "tz", "week", "at", "due", "start", "end"}
)  # fmt: skip


def without_contacts(report: Report) -> Report:
    """The report with phones, identity numbers and mail addresses masked in every word of it."""
    found = sorted({text for text in _strings(report) if _worth(text)})
    if not found:
        return report
    before = pl.Series(found, dtype=pl.String)
    after = dict(zip(found, masked(before).to_list(), strict=True))
    return cast(Report, _mapped(report, lambda text: after.get(text, text)))


def for_strangers(report: Report) -> Report:
    """The report as a share link shows it: no personal columns, no small groups, no ways in."""
    rows = [
        {
            **row,
            "link": "",
            "evidence": None if row["evidence"] is None else _guarded(row["evidence"]),
        }
        for row in report["findings"]
    ]
    headline = [
        {**line, "value": None, "low": None, "high": None, "previous": None, "change": None}
        if 0 < line["n"] < SMALLEST else line
        for line in report["headline"]
    ]  # fmt: skip
    found = {**report, "findings": rows, "headline": headline, "settings": {}}
    return without_contacts(cast(Report, found))


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame without columns that name or quote a person and without rows of small groups."""
    kept = [name for name in frame.columns if not _personal(name)]
    counts = [name for name in kept if name in COUNTS and frame.schema[name].is_numeric()]
    small = [(pl.col(name) > 0) & (pl.col(name) < SMALLEST) for name in counts]
    found = frame.select(kept)
    return found.filter(~pl.any_horizontal(small).fill_null(False)) if small else found


def guarded_result(result: Result) -> Result:
    """An answer as a share link shows it."""
    from dataclasses import replace

    frames = {name: _no_contacts(guarded(frame)) for name, frame in result.frames.items()}
    scalars = {
        name: scalar for name, scalar in result.scalars.items()
        if scalar.n is None or not 0 < scalar.n < SMALLEST
    }  # fmt: skip
    findings: tuple[Finding, ...] = ()
    return replace(result, frames=frames, scalars=scalars, findings=findings)


def _guarded(sheet: Sheet) -> Sheet | None:
    frame = guarded(frame_of(sheet))
    return sheet_of(frame) if frame.width and frame.height else None


def _no_contacts(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(masked(frame[name]).alias(name) for name in texts)


def _personal(column: str) -> bool:
    return column in PERSON_COLUMNS or column in QUOTES or is_personal_heading(column)


def _worth(text: str) -> bool:
    return "@" in text or "＠" in text or sum(letter.isdigit() for letter in text) >= 11


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _CODES:
                yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {k: v if k in _CODES else _mapped(v, change) for k, v in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list) else value
