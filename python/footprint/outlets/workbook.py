"""A report as an Excel workbook: real numbers, dates and formats; no text is ever a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from footprint.export import harmless
from footprint.review import phrases
from footprint.review.columns import cell, is_rate, title_of, unit_of
from footprint.review.frames import frame_of
from footprint.review.report import Report, Row
from footprint.text import Lang, Text

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False}  # fmt: skip
_FORMATS = {
    "rate": "0.0%", "CNY": "¥#,##0", "count": "#,##0", "x": '0.00"×"', "number": "#,##0.00",
    "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm", "int": "#,##0", "change": "+0.0%;-0.0%",
}  # fmt: skip
_SUMMARY, _DATA = Text("周报", "Brief"), Text("数据", "Data")
_NUMBERS = Text("核心数字", "Core numbers")
_RANK, _COLOUR = Text("序号", "Rank"), Text("级别", "Level")
_KIND, _LOW, _HIGH = Text("类别", "Kind"), Text("区间下限", "Low"), Text("区间上限", "High")
_CNY = Text("影响（元）", "Impact (CNY)")
_SURE, _N = Text("把握", "Confidence"), Text("样本", "n")
_NAME, _VALUE = Text("指标", "Metric"), Text("数值", "Value")
_PREVIOUS, _CHANGE = Text("上期", "Period before"), Text("变化", "Change")
_DEFINITION = Text("口径", "Definition")
_WIDTHS = (8, 10, 60, 16, 14, 14, 60, 10, 10, 50, 50, 50)


class _Book:
    """A workbook in the making: its formats and one way to write a cell."""

    def __init__(self, book: xlsxwriter.Workbook, lang: Lang, tz: str) -> None:
        self.book, self.lang, self.tz = book, lang, tz
        wrap = {"text_wrap": True, "valign": "top"}
        self.text = book.add_format(wrap)
        self.head = book.add_format({"bold": True, "bottom": 1, **wrap})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self._formats = {
            unit: book.add_format({"num_format": form, "valign": "top"})
            for unit, form in _FORMATS.items()
        }

    def sheet(self, name: str, headings: Sequence[str], widths: Sequence[int]) -> Worksheet:
        made = self.book.add_worksheet(name)
        self.row(made, 0, [(heading, "head") for heading in headings])
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        made.freeze_panes(1, 0)
        return made

    def row(self, sheet: Worksheet, at: int, cells: Iterable[tuple[Any, str]]) -> None:
        for column, (value, unit) in enumerate(cells):
            self.cell(sheet, at, column, value, unit)

    def cell(self, sheet: Worksheet, row: int, column: int, value: Any, unit: str) -> None:
        """A value in the type it has: text neutral, instants as wall time of the shop."""
        form: Format = self.head if unit == "head" else self._formats.get(unit, self.text)
        if value is None:
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, datetime):
            local = value.astimezone(ZoneInfo(self.tz)).replace(tzinfo=None)
            sheet.write_datetime(row, column, local, self._formats["time"])
        elif isinstance(value, date):
            sheet.write_datetime(
                row, column, datetime(value.year, value.month, value.day), self._formats["date"]
            )
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, form)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, form)
        else:
            sheet.write_string(row, column, harmless(str(value)), form)


def workbook(report: Report, lang: Lang) -> bytes:
    """One sheet of findings, one of core numbers, then the evidence of each finding."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as made:
        # A fixed moment, so that equal reports are equal files.
        made.set_properties({"title": phrases.title(report, lang), "created": datetime(2020, 1, 1)})
        book = _Book(made, lang, report["tz"])
        _findings(book, report)
        _numbers(book, report)
        for rank, row in enumerate(report["findings"], 1):
            _evidence(book, rank, row)
        _about(book, report)
    return buffer.getvalue()


def _findings(book: _Book, report: Report) -> None:
    lang = book.lang
    heads = [_RANK, _COLOUR, phrases.PROBLEM, _CNY, _LOW, _HIGH, phrases.DO, _SURE, _N,
             phrases.RELATED, phrases.REMARKS, phrases.TASKS]  # fmt: skip
    sheet = book.sheet(_SUMMARY(lang), [head(lang) for head in heads], _WIDTHS)
    for rank, row in enumerate(report["findings"], 1):
        book.row(
            sheet, rank,
            ((rank, "int"), (phrases.COLOURS[row["colour"]](lang), ""), (row["problem"][lang], ""),
             (row["impact_cny"], "CNY"), (row["impact_low"], "CNY"), (row["impact_high"], "CNY"),
             (row["suggestion"][lang], ""), (min(row["confidence"], 0.99), "rate"),
             (row["n"], "count"),
             ("\n".join(other[lang] for other in row["folded"]), ""),
             ("\n".join(f"{item['who']}: {item['words']}" for item in row["remarks"]), ""),
             ("\n".join(phrases.task(item, lang) for item in row["tasks"]), "")),
        )  # fmt: skip


def _numbers(book: _Book, report: Report) -> None:
    lang = book.lang
    heads = [_NAME, _VALUE, _LOW, _HIGH, _N, _PREVIOUS, _CHANGE, _DEFINITION]
    sheet = book.sheet(
        _NUMBERS(lang), [head(lang) for head in heads], (24, 14, 14, 14, 10, 14, 12, 70)
    )
    for at, line in enumerate(report["headline"], 1):
        unit = line["unit"] if line["unit"] in _FORMATS else "number"
        book.row(
            sheet, at,
            ((line["title"][lang], ""), (line["value"], unit), (line["low"], unit),
             (line["high"], unit), (line["n"], "count"), (line["previous"], unit),
             (line["change"], "change"), (line["definition"][lang], "")),
        )  # fmt: skip


def _evidence(book: _Book, rank: int, row: Row) -> None:
    if row["evidence"] is None:
        return
    frame = frame_of(row["evidence"])
    name = f"{rank} {re.sub(r'[^a-z0-9_]', '_', row['kind'])}"[:31]
    heads = [title_of(column, book.lang) for column in frame.columns]
    sheet = book.sheet(name, heads, [18] * frame.width)
    units = [_unit(column, frame) for column in frame.columns]
    for at, values in enumerate(frame.rows(), 1):
        cells = [
            (cell(column, value, book.lang, book.tz), "")
            if isinstance(value, str | list)
            else (value, unit)
            for column, value, unit in zip(frame.columns, values, units, strict=True)
        ]
        book.row(sheet, at, cells)


def _unit(column: str, frame: pl.DataFrame) -> str:
    if is_rate(column, frame):
        return "rate"
    unit = unit_of(column)
    if unit in _FORMATS and unit != "number":
        return unit
    return "int" if frame.schema[column].is_integer() else "number"


def _about(book: _Book, report: Report) -> None:
    lang = book.lang
    sheet = book.book.add_worksheet(phrases.NOTES(lang))
    sheet.set_column(0, 0, 110)
    lines = [
        phrases.title(report, lang), phrases.period(report, lang), phrases.standing(report, lang),
        report["reason"][lang],
        *(phrases.task(item, lang) for item in report["promises"]),
        *(line["sentence"][lang] for line in report["targets"]),
        *(line[lang] for line in (*report["skipped"], *report["notes"])),
        phrases.footer(report, lang),
    ]  # fmt: skip
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, harmless(line), book.title if at == 0 else book.text)
