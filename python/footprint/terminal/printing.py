"""Answers as readable tables on a terminal; wide letters count as two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from footprint import format
from footprint.ingest.report import FileReport
from footprint.questions import Question
from footprint.result import Finding, Result
from footprint.settings import Setting
from footprint.text import Lang, Text

_MOST_ROWS = 20
_WIDEST = 60
_MORE = Text("… 另有 {n} 行（--csv 看全部）", "… {n} more rows (--csv for all)")
_VALUE, _N = Text("值", "value"), Text("样本", "n")
_INTERVAL, _NAME = Text("95% 区间", "95 % interval"), Text("名称", "name")
_MISSING_TABLES = Text("缺：{tables}", "missing: {tables}")
_FILE = Text(
    "{file} → {table}：{rows} 行，收下 {accepted}（新 {added}，改 {changed}，不变 {unchanged}），"
    "搁置 {set_aside}",
    "{file} → {table}: {rows} rows, {accepted} accepted ({added} new, {changed} changed, "
    "{unchanged} unchanged), {set_aside} set aside",
)
_REASON = Text("  {count} 行：{what}（首见第 {row} 行{column}）。{mend}",
               "  {count} rows: {what} (first in row {row}{column}). {mend}")  # fmt: skip
_GMV = Text("  这些天的成交金额：{before} → {after}", "  GMV of these days: {before} → {after}")
_WARNING = Text(
    "注意：{file} 的 {rows} 行中有 {set_aside} 行被搁置",
    "warning: {set_aside} of {rows} rows of {file} were set aside",
)
_COLUMN = Text("，列“{name}”", ", column “{name}”")
_DROPPED = Text("  未保留的列：{names}", "  columns not kept: {names}")
_ASIDE = Text("  下载搁置的行：footprint set-aside {id}", "  get them: footprint set-aside {id}")
_COLOURS = {
    "red": Text("红色", "RED"),
    "yellow": Text("黄色", "YELLOW"),
    "green": Text("绿色", "GREEN"),
    "grey": Text("灰色", "GREY"),
}


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Left-aligned columns, each as wide as its widest cell, cells cut at 60."""
    grid = [list(headings), *([_cut(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[at]) for row in grid) for at in range(len(headings))]
    lines = [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        for row in grid
    ]
    rule = "  ".join("─" * width for width in widths)
    return "\n".join(line.rstrip() for line in (lines[0], rule, *lines[1:]))


def result_text(result: Result, lang: Lang) -> str:
    """Scalars, findings, notes and the first rows of every frame."""
    parts = [scalars_text(result, lang), *(finding_text(f, lang) for f in result.findings)]
    parts += [note(lang) for note in result.notes]
    parts += [f"{name}\n{frame_text(f, lang)}" for name, f in result.frames.items() if f.height]
    return "\n\n".join(part for part in parts if part)


def scalars_text(result: Result, lang: Lang) -> str:
    """One line per scalar: name, value in its unit, sample, interval."""
    rows = []
    for name, scalar in result.scalars.items():
        ends = (scalar.low, scalar.high)
        known = None not in ends
        span = " – ".join(format.show(end, scalar.unit, lang) for end in ends) if known else ""
        label = scalar.label(lang) if scalar.label else ""
        n = "" if scalar.n is None else format.number(scalar.n, lang)
        rows.append([name, label, format.show(scalar.value, scalar.unit, lang), n, span])
    headings = ["", _NAME(lang), _VALUE(lang), _N(lang), _INTERVAL(lang)]
    return table(headings, rows) if rows else ""


def finding_text(finding: Finding, lang: Lang) -> str:
    """Problem, money at stake, suggestion."""
    impact = format.money_compact(finding.impact_cny, lang) if finding.impact_cny else ""
    head = f"● {_COLOURS[finding.colour](lang)} {finding.problem(lang)} {impact}".rstrip()
    return f"{head}\n  → {finding.suggestion(lang)}"


def frame_text(frame: pl.DataFrame, lang: Lang) -> str:
    """The first rows of a frame."""
    shown = table(
        frame.columns, ([cell(v, lang) for v in row] for row in frame.head(_MOST_ROWS).rows())
    )
    rest = frame.height - _MOST_ROWS
    return f"{shown}\n{_MORE(lang, n=rest)}" if rest > 0 else shown


def cell(value: Any, lang: Lang) -> str:
    """One value of a frame."""
    if value is None:
        return format.MISSING
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(cell(item, lang) for item in value)
    return str(value)


def file_text(report: FileReport, lang: Lang) -> str:
    """What became of one file, and why rows were set aside."""
    notes = [f"  {note(lang)}" for note in report.notes]
    if report.skipped:
        return report.file
    if report.already:
        return "\n".join([report.file, *notes])
    lines = [_FILE(lang, **{n: getattr(report, n) for n in _FILE_PARTS})]
    if report.gmv_before is not None and report.gmv_after is not None:
        money = {"before": report.gmv_before, "after": report.gmv_after}
        lines.append(_GMV(lang, **{k: format.money_compact(v, lang) for k, v in money.items()}))
    for reason in report.reasons:
        told = reason.to_dict(lang)
        where = _COLUMN(lang, name=reason.column) if reason.column else ""
        lines.append(
            _REASON(lang, count=reason.count, what=told["what"], row=reason.first_row,
                    column=where, mend=told["mend"])
        )  # fmt: skip
    if report.set_aside:
        lines.append(_ASIDE(lang, id=report.upload_id))
    if report.dropped:
        lines.append(_DROPPED(lang, names=", ".join(report.dropped)))
    return "\n".join([*lines, *notes])


_FILE_PARTS = (
    "file", "table", "rows", "accepted", "added", "changed", "unchanged", "set_aside",
)  # fmt: skip


def warning_text(report: FileReport, lang: Lang) -> str:
    """One line for stderr when a file was refused or lost rows; else empty."""
    if report.refused:
        return report.refused.message(lang)
    if not report.set_aside:
        return ""
    return _WARNING(lang, file=report.file, set_aside=report.set_aside, rows=report.rows)


def moment(text: str | None, lang: Lang, tz: str) -> str:
    """A stored first or last time: a day as it is, an instant in the shop's zone."""
    if text is None:
        return format.MISSING
    if "T" not in text:
        return format.date(date.fromisoformat(text), lang)
    return format.clock(datetime.fromisoformat(text), lang, tz)


def questions_text(known: Mapping[str, Question], held: set[str], lang: Lang) -> str:
    """Every question with its title and the tables it still misses."""
    rows = []
    for id, question in known.items():
        missing = [name for name in question.needs if name not in held]
        told = _MISSING_TABLES(lang, tables=", ".join(missing)) if missing else "✓"
        rows.append([id, question.title(lang), question.page, told])
    return table(["id", _NAME(lang), "", ""], rows)


def settings_text(settings: Iterable[Setting], lang: Lang) -> str:
    """Every setting with its value; edited ones are marked."""
    rows = [
        [s.key, s.label(lang), setting_value(s, lang), "✎" if s.edited else "", s.section]
        for s in settings
    ]
    return table(["key", _NAME(lang), _VALUE(lang), "", "§"], rows)


def setting_value(setting: Setting, lang: Lang) -> str:
    """A setting's value in its unit."""
    values = setting.value if isinstance(setting.value, list) else [setting.value]
    return " – ".join(format.show(value, setting.unit, lang) for value in values)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    if _width(flat) <= _WIDEST:
        return flat
    end, width = 0, 0
    while width < _WIDEST - 2:
        width += _width(flat[end])
        end += 1
    return f"{flat[:end]}…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
