"""Frames as files: CSV and Excel whose text cells no spreadsheet takes for a formula.

A text cell that begins with ``= + - @``, tab, carriage return or NUL gets a leading apostrophe
(OWASP ASVS 1.2.10); numbers and dates keep their type, so -5 stays a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

import polars as pl
import xlsxwriter

_RISKY = r"^[\x00\t\r\n =+\-@＝＋－＠]*[=+\-@\t\r\x00＝＋－＠]"
_BOM = b"\xef\xbb\xbf"
_SHEET_NAME_LIMIT = 31
_FORBIDDEN_IN_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with text cells (and text headings) made harmless, lists joined by ``;``.

    Full-width signs count too, and so do signs behind leading blanks, as spreadsheets trim them.
    """
    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join(";")
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.List)
    )
    text = [name for name, dtype in flat.schema.items() if _is_text(dtype)]
    safe = flat.with_columns(_neutral(pl.col(name).cast(pl.String)) for name in text)
    headings = pl.Series(safe.columns, dtype=pl.String).to_frame("heading")
    return safe.rename(
        dict(
            zip(safe.columns, headings.select(_neutral(pl.col("heading")))["heading"], strict=True)
        )
    )


def harmless(text: str) -> str:
    """One text as ``neutral`` writes it."""
    return f"'{text}" if re.match(_RISKY, text) else text


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """UTF-8 CSV with a byte-order mark (spreadsheets then read Chinese), text cells neutral."""
    return _BOM + neutral(frame).write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%:z").encode()


def xlsx_bytes(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """One workbook, a sheet per frame, text cells neutral and never read as formula or link."""
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        for name, frame in frames.items():
            neutral(_naive_times(frame)).write_excel(book, worksheet=_sheet_name(name, book))
    return buffer.getvalue()


def _neutral(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_RISKY)).then(pl.lit("'") + text).otherwise(text).name.keep()


def _is_text(dtype: pl.DataType) -> bool:
    return dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum)


def _naive_times(frame: pl.DataFrame) -> pl.DataFrame:
    """Excel has no time zones: instants are written as UTC wall time."""
    return frame.with_columns(
        pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Datetime) and dtype.time_zone
    )


def _sheet_name(name: str, book: xlsxwriter.Workbook) -> str:
    """A name Excel accepts: at most 31 characters, none forbidden, unique in the book."""
    base = name.translate(_FORBIDDEN_IN_SHEET_NAME).strip("'")[:_SHEET_NAME_LIMIT] or "sheet"
    taken = {str(sheet.get_name()).lower() for sheet in book.worksheets()}
    candidate, number = base, 2
    while candidate.lower() in taken:
        tail = f"_{number}"
        candidate, number = base[: _SHEET_NAME_LIMIT - len(tail)] + tail, number + 1
    return candidate
