"""Delimited text to a raw sheet: find headings and delimiter, keep every row's line number.

Well-formed text goes through Arrow's reader. Text with quotes that run over line ends is read line
by line, so that one stray quote costs its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import numpy as np
import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.decode import decode
from footprint.ingest.headings import find_headings
from footprint.ingest.raw import Broken, RawSheet, without_blank_rows
from footprint.ingest.source import Source
from footprint.text import Text

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1_000_000
_HEAD_LINES = 30
# How many lines one quoted cell may span before its quote counts as stray.
_LONGEST_CELL_LINES = 100
csv.field_size_limit(LONGEST_LINE)


def read_delimited(source: Source, score: Callable[[Iterable[str]], int]) -> RawSheet:
    """The sheet of a text file. ``score`` says how many of the given headings are known.

    Raises InputRejected: unknown encoding, endless line, no headings, no rows below them.
    """
    text, encoding = decode(source.data, source.name)
    body = text.encode() if text.endswith("\n") else f"{text}\n".encode()
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))
    _refuse_endless_line(source.name, ends)
    top, delimiter, headings = _heading_line(body, ends, source.name, score)
    start = int(ends[top]) + 1
    sheet = _fast(body[start:], ends[top + 1 :] - start, len(headings), delimiter)
    if sheet is None:
        sheet = _line_by_line(body[start:], len(headings), delimiter)
    cells, lines, broken = sheet
    cells, rows = without_blank_rows(cells, pl.Series("row", lines + top + 2))
    cells, rows, unreadable = _unreadable(cells, rows)
    told = (b for b in broken if b.text.strip())
    moved = tuple(Broken(b.row + top + 2, b.code, b.text) for b in told) + unreadable
    if not cells.height and not moved:
        raise InputRejected(
            Text("只有表头，没有数据行", "there are headings but no rows"),
            Text("请导出有数据的时间段。", "Export a period that has data."),
            Where(source.name, top + 1),
        )
    return RawSheet(source.name, headings, cells, rows, encoding, top + 1, moved)


Parsed = tuple[pl.DataFrame, np.ndarray, list[Broken]]


def _fast(body: bytes, ends: np.ndarray, width: int, delimiter: str) -> Parsed | None:
    """Arrow's reader; None when a quoted cell may span lines."""
    quotes = np.flatnonzero(np.frombuffer(body, np.uint8) == ord('"'))
    per_line = np.bincount(np.searchsorted(ends, quotes), minlength=len(ends))
    if (per_line % 2).any():
        return None
    frame, broken = _arrow(body, width, delimiter)
    if frame.height + len(broken) != len(ends):
        return None
    kept = np.delete(np.arange(len(ends)), [b.row for b in broken])
    return frame, kept, broken


def _arrow(body: bytes, width: int, delimiter: str) -> tuple[pl.DataFrame, list[Broken]]:
    from pyarrow import csv as arrow
    from pyarrow import string

    broken: list[Broken] = []

    def set_aside(row: arrow.InvalidRow) -> str:
        broken.append(Broken(row.number - 1, "wrong_cell_count", row.text))
        return "skip"

    names = [str(i) for i in range(width)]
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String)), broken
    table = arrow.read_csv(
        BytesIO(body),
        arrow.ReadOptions(use_threads=False, column_names=names, block_size=32 * LONGEST_LINE),
        arrow.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        arrow.ConvertOptions(
            column_types=dict.fromkeys(names, string()),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame, broken


def _line_by_line(body: bytes, width: int, delimiter: str) -> Parsed:
    good: list[list[str]] = []
    starts: list[int] = []
    broken: list[Broken] = []
    lines = body.decode().split("\n")[:-1]
    for start, cells in _records(lines, width, delimiter):
        if cells is None:
            broken.append(Broken(start, "stray_quote", lines[start]))
        elif len(cells) == width:
            good.append(cells)
            starts.append(start)
        else:
            broken.append(Broken(start, "wrong_cell_count", lines[start]))
    schema = {str(i): pl.String for i in range(width)}
    return pl.DataFrame(good, schema=schema, orient="row"), np.array(starts, np.int64), broken


def _records(
    lines: list[str], width: int, delimiter: str
) -> Iterator[tuple[int, list[str] | None]]:
    """First line and cells of each record; None for cells when its quote never closes well."""
    at = 0
    while at < len(lines):
        used, cells = 1, _cells(lines[at], delimiter)
        if cells is None:
            joined = _spanning(lines, at, width, delimiter)
            used, cells = joined or (1, None)
        yield at, cells
        at += used


def _spanning(
    lines: list[str], at: int, width: int, delimiter: str
) -> tuple[int, list[str]] | None:
    for end in range(at + 1, min(at + _LONGEST_CELL_LINES, len(lines))):
        if '"' not in lines[end]:
            continue
        cells = _cells("\n".join(lines[at : end + 1]), delimiter)
        if cells is not None:
            return (end - at + 1, cells) if len(cells) == width else None
    return None


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one record; None when it ends inside a quoted cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _unreadable(
    cells: pl.DataFrame, rows: pl.Series
) -> tuple[pl.DataFrame, pl.Series, tuple[Broken, ...]]:
    """Rows that hold letters no encoding could read are set aside."""
    hit = cells.select(pl.any_horizontal(pl.all().str.contains("\ufffd", literal=True)))
    bad = hit.to_series() if hit.width else pl.Series([], dtype=pl.Boolean)
    if not bad.any():
        return cells, rows, ()
    texts = cells.filter(bad).select(pl.concat_str(pl.all(), separator=",")).to_series()
    found = zip(rows.filter(bad).to_list(), texts.to_list(), strict=True)
    broken = tuple(Broken(row, "unreadable_letters", text) for row, text in found)
    return cells.filter(~bad), rows.filter(~bad), broken


def _heading_line(
    body: bytes, ends: np.ndarray, name: str, score: Callable[[Iterable[str]], int]
) -> tuple[int, str, tuple[str, ...]]:
    head = body[: int(ends[min(_HEAD_LINES, len(ends)) - 1])].decode().split("\n")
    candidates = [
        (row, delimiter, cells)
        for row, line in enumerate(head)
        for delimiter in DELIMITERS
        if line.strip() and (cells := _cells(line, delimiter)) is not None
    ]
    best = find_headings([cells for _, _, cells in candidates], name, score)
    row, delimiter, cells = candidates[best]
    return row, delimiter, tuple(cell.strip() for cell in cells)


def _refuse_endless_line(name: str, ends: np.ndarray) -> None:
    lengths = np.diff(ends, prepend=-1)
    longest = int(lengths.argmax())
    if lengths[longest] > LONGEST_LINE:
        size = int(lengths[longest]) // 1000
        raise InputRejected(
            Text(
                f"这一行有 {size} KB，不像表格的一行",
                f"this line has {size} KB, too long for a row",
            ),
            Text(
                "换行可能丢失了：请重新导出为 CSV。",
                "Line breaks may have been lost: export it as CSV again.",
            ),
            Where(name, longest + 1),
        )
