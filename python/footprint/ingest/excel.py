"""Excel workbooks to raw sheets, every cell as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.headings import find_headings
from footprint.ingest.raw import RawSheet, without_blank_rows
from footprint.ingest.source import Source
from footprint.text import Text

_HEAD_ROWS = 30


def read_excel(source: Source, score: Callable[[Iterable[str]], int]) -> list[RawSheet]:
    """Every sheet with headings the schema knows.

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
            sheets += _sheet(name, frame, score)
        except InputRejected as refusal:
            refusals.append(refusal)
    if sheets:
        return sheets
    raise refusals[0] if refusals else _empty(source.name)


def _cells(sheet: object) -> pl.DataFrame:
    frame = sheet.to_polars()  # type: ignore[attr-defined]
    text = frame.with_columns(pl.all().cast(pl.String).fill_null(""))
    return text.rename({name: str(i) for i, name in enumerate(frame.columns)})


def _sheet(name: str, frame: pl.DataFrame, score: Callable[[Iterable[str]], int]) -> list[RawSheet]:
    if frame.is_empty():
        return []
    top = find_headings(frame.head(_HEAD_ROWS).rows(), name, score)
    headings = tuple(cell.strip() for cell in frame.row(top))
    lines = pl.int_range(top + 2, frame.height + 1, eager=True).alias("row")
    cells, rows = without_blank_rows(frame.slice(top + 1), lines)
    if cells.is_empty():
        raise _empty(name)
    return [RawSheet(name, headings, cells, rows, "Excel", top + 1)]


def _empty(name: str) -> InputRejected:
    return InputRejected(
        Text("工作簿里没有数据行", "the workbook has no rows of data"),
        Text("请导出有数据的时间段。", "Export a period that has data."),
        Where(name),
    )
