"""Template CSVs derived from the schema: headings a user can fill in, with what they mean."""

from __future__ import annotations

import csv
from io import StringIO

from footprint.errors import unknown
from footprint.schema import TABLES, Column
from footprint.text import Lang, Text

_KINDS: dict[str, Text] = {
    "string": Text("文字", "text"),
    "int": Text("整数", "whole number"),
    "float": Text("数字", "number"),
    "timestamp": Text("时间，如 2026-11-09 20:15:00", "time, e.g. 2026-11-09 20:15:00"),
    "date": Text("日期，如 2026-11-09", "date, e.g. 2026-11-09"),
    "bool": Text("是/否", "yes/no"),
    "list": Text("用 | 分隔的多个值", "several values, separated by |"),
}
_UNITS: dict[str, Text] = {
    "CNY": Text("人民币元", "CNY"),
    "rate": Text("比率，写 12.3% 或 0.123", "rate, as 12.3% or 0.123"),
    "s": Text("秒", "seconds"),
    "count": Text("个数", "count"),
    "stars": Text("星级", "stars"),
    "bpm": Text("每分钟拍数", "beats per minute"),
}
_REQUIRED, _OPTIONAL = Text("必填", "required"), Text("可选", "optional")
_BOM = "\ufeff"


def template_csv(table: str, lang: Lang) -> bytes:
    """An empty CSV with the table's headings in ``lang``, ready to fill in and import.

    UTF-8 with a byte-order mark, so that spreadsheets read Chinese. UsageError: unknown table.
    """
    if table not in TABLES:
        raise unknown("table", "表", table, TABLES)
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(
        column.title(lang) for column in TABLES[table].columns
    )
    return (_BOM + text.getvalue()).encode()


def describe(column: Column, lang: Lang) -> str:
    """What a column takes: required or not, kind, unit and allowed values."""
    parts = [(_REQUIRED if column.required else _OPTIONAL)(lang), _KINDS[column.kind](lang)]
    if column.unit:
        parts.append(_UNITS[column.unit](lang))
    if column.choices:
        parts.append(" / ".join(column.choices))
    return ("，" if lang == "zh" else ", ").join(parts)
