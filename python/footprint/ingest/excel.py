"""Excel workbooks to raw sheets, every cell as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from zipfile import ZipFile

import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.headings import find_headings, numbered, two_lines
from footprint.ingest.raw import RawSheet, without_blank_rows, without_totals
from footprint.ingest.scan import Score
from footprint.ingest.sheets import OpenSheet, of_frame
from footprint.ingest.source import Source
from footprint.text import Text

_HEAD_ROWS = 30
# What a workbook may unpack to; an old .xls is not packed, but its cells grow when read.
LARGEST_BYTES, _OLD_GROWTH = 300_000_000, 3
_LONG = r"^[1-9]\d{15,}$"


def open_workbook(
    source: Source, score: Score, headings: Callable[[str], int | None]
) -> tuple[list[OpenSheet], list[InputRejected]]:
    """Every sheet with known headings, and why the others are none.

    ``score`` says how many of the given headings are known; ``headings`` gives for the name of a
    sheet the line of its headings where a person said so. Raises InputRejected when the workbook is
    damaged, locked or too large, or no sheet has known headings.
    """
    import fastexcel

    _refuse_size(source)
    try:
        book = fastexcel.read_excel(source.content.all())
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
    sheets: list[OpenSheet] = []
    refusals: list[InputRejected] = []
    for sheet, frame in zip(names, frames, strict=True):
        name = source.name if len(names) == 1 else f"{source.name} [{sheet}]"
        number = partial(_stored_as_number, book, sheet)
        size = source.content.size // len(names)
        try:
            sheets += _sheet(name, frame, score, headings(name), number, size)
        except InputRejected as refusal:
            refusals.append(refusal)
    if sheets:
        return sheets, refusals
    raise refusals[0] if refusals else _empty(source.name)


def _refuse_size(source: Source) -> None:
    """A workbook is read as a whole, so what it unpacks to is bounded."""
    size = source.content.size * _OLD_GROWTH
    if source.content.head(2) == b"PK":
        with source.content.open() as file, ZipFile(file) as archive:
            size = sum(info.file_size for info in archive.infolist())
    if size > LARGEST_BYTES:
        raise InputRejected(
            Text(
                f"工作簿太大：解开后有 {size // 1_000_000} MB",
                f"the workbook is too large: {size // 1_000_000} MB once unpacked",
            ),
            Text("请导出为 CSV，大小不限。", "Export it as CSV, which may be of any size."),
            Where(source.name),
        )


def _cells(sheet: object) -> pl.DataFrame:
    frame = sheet.to_polars()  # type: ignore[attr-defined]
    text = frame.with_columns(pl.all().cast(pl.String).fill_null(""))
    return text.rename({name: str(i) for i, name in enumerate(frame.columns)})


def _sheet(
    name: str,
    frame: pl.DataFrame,
    score: Score,
    said: int | None,
    stored_as_number: Callable[[int, int], bool],
    size: int,
) -> list[OpenSheet]:
    if frame.is_empty():
        return []
    head = frame.head(_HEAD_ROWS).rows()
    last, headings = _heading_line(head, name, score, said)
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
    above = tuple(",".join(row).rstrip(",") for row in head[: max(last, 0)])
    sheet = RawSheet(name, headings, cells, rows, "Excel", last + 1, totals, (), above)
    return [of_frame(sheet, tuple(head), size)]


def _heading_line(
    head: Sequence[tuple[str, ...]], name: str, score: Score, said: int | None
) -> tuple[int, tuple[str, ...]]:
    """Last line of the headings (from 0; -1: none) and their texts; ``said``: the line from 1."""
    if said is None:
        return two_lines(head, find_headings(head, name, score), score)
    if said <= 0:
        return -1, numbered(len(head[0]))
    row = min(said, len(head)) - 1
    return row, two_lines(head[row : row + 1], 0, score)[1]


def _stored_as_number(book: Any, sheet: str, heading_row: int, column: int) -> bool:
    """Whether the cells of a column are numbers in the workbook: those keep 15 digits only."""
    loaded = book.load_sheet(
        sheet, header_row=None if heading_row < 0 else heading_row, use_columns=[column]
    )
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
