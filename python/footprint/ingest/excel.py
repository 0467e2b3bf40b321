"""Excel workbooks to raw sheets, every cell as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.headings import find_headings, two_lines
from footprint.ingest.raw import RawSheet, without_blank_rows, without_totals
from footprint.ingest.source import Source
from footprint.text import Text

_HEAD_ROWS = 30
_LONG = r"^[1-9]\d{15,}$"


def read_excel(
    source: Source, score: Callable[[Iterable[str]], int]
) -> tuple[list[RawSheet], list[InputRejected]]:
    """Every sheet with known headings, and why the others are none.

    Raises InputRejected when the workbook is damaged or locked, or no sheet has known headings.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(source.data)
        names = book.sheet_names
        frames = [_cells(book.load_sheet(name, header_row=None, dtypes="string")) for name in names]
    except (fastexcel.FastExcelError, ValueError) as error:
        raise InputRejected(
            Text("打不开这个 Excel 文件", "this Excel file cannot be opened"),
            Text(
                "它可能已损坏或设了密码：请另存为 .xlsx 或 CSV。",
                "It may be damaged or locked with a password: save it again as .xlsx or CSV.",
            ),
            Where(source.name),
        ) from error
    sheets: list[RawSheet] = []
    refusals: list[InputRejected] = []
    for sheet, frame in zip(names, frames, strict=True):
        name = source.name if len(names) == 1 else f"{source.name} [{sheet}]"
        try:
            sheets += _sheet(name, frame, score, partial(_stored_as_number, book, sheet))
        except InputRejected as refusal:
            refusals.append(refusal)
    if sheets:
        return sheets, refusals
    raise refusals[0] if refusals else _empty(source.name)


def _cells(sheet: object) -> pl.DataFrame:
    frame = sheet.to_polars()  # type: ignore[attr-defined]
    text = frame.with_columns(pl.all().cast(pl.String).fill_null(""))
    return text.rename({name: str(i) for i, name in enumerate(frame.columns)})


def _sheet(
    name: str,
    frame: pl.DataFrame,
    score: Callable[[Iterable[str]], int],
    stored_as_number: Callable[[int, int], bool],
) -> list[RawSheet]:
    if frame.is_empty():
        return []
    head = frame.head(_HEAD_ROWS).rows()
    last, headings = two_lines(head, find_headings(head, name, score), score)
    lines = pl.int_range(last + 2, frame.height + 1, eager=True).alias("row")
    cells, rows = without_blank_rows(frame.slice(last + 1), lines)
    cells, rows, totals = without_totals(cells, rows)
    if cells.is_empty() and not totals:
        raise _empty(name)
    ruined = [
        at for at in cells.columns
        if cells[at].str.contains(_LONG).any() and stored_as_number(last, int(at))
    ]  # fmt: skip
    cells = cells.with_columns(_as_number(at) for at in ruined)
    above = tuple(",".join(row).rstrip(",") for row in head[:last])
    return [RawSheet(name, headings, cells, rows, "Excel", last + 1, totals, (), above)]


def _stored_as_number(book: Any, sheet: str, heading_row: int, column: int) -> bool:
    """Whether the cells of a column are numbers in the workbook: those keep 15 digits only."""
    loaded = book.load_sheet(sheet, header_row=heading_row, use_columns=[column])
    return any(info.dtype in ("int", "float") for info in loaded.selected_columns)


def _as_number(at: str) -> pl.Expr:
    """Long ids the workbook holds as numbers, written so that the lost digits do not look real."""
    column = pl.col(at)
    short = column.str.head(1) + "." + column.str.slice(1, 2) + "E+"
    digits = (column.str.len_chars() - 1).cast(pl.String)
    return pl.when(column.str.contains(_LONG)).then(short + digits).otherwise(column).alias(at)


def _empty(name: str) -> InputRejected:
    return InputRejected(
        Text("工作簿里没有数据行", "the workbook has no rows of data"),
        Text("请导出有数据的时间段。", "Export a period that has data."),
        Where(name),
    )
