"""Delimited text to a raw sheet: find headings and delimiter, keep every row's line number.

Well-formed text goes through Arrow's reader. Text with quotes that run over line ends is read line
by line, so that one stray quote costs its own line and not the rest of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.decode import decode
from footprint.ingest.headings import find_headings, two_lines
from footprint.ingest.lines import COMMENT, DELIMITERS, HEAD_LINES, LONGEST_LINE, split_cells
from footprint.ingest.raw import (
    Broken,
    RawSheet,
    set_aside,
    without_blank_rows,
    without_totals,
)
from footprint.ingest.source import Source
from footprint.ingest.tables import table_starts
from footprint.text import Text

# How many lines one quoted cell may span before its quote counts as stray.
_LONGEST_CELL_LINES = 100


def read_delimited(
    source: Source, score: Callable[[Iterable[str]], int]
) -> tuple[list[RawSheet], list[InputRejected]]:
    """The tables of a text file, and why others in it are none.

    ``score`` says how many of the given headings are known. Raises InputRejected when there is no
    table at all: unknown encoding, endless line, no headings, no rows below them.
    """
    text, encoding = decode(source.data, source.name)
    body = text.encode() if text.endswith("\n") else f"{text}\n".encode()
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))
    _refuse_endless_line(source.name, ends)
    starts = table_starts(body, ends, score)
    found: list[RawSheet] = []
    refused: list[InputRejected] = []
    for number, (first, after) in enumerate(pairwise((*starts, len(ends)))):
        name = source.name if len(starts) == 1 else f"{source.name} [{number + 1}]"
        begin = int(ends[first - 1]) + 1 if first else 0
        part = body[begin : int(ends[after - 1]) + 1]
        try:
            found.append(_table(name, part, ends[first:after] - begin, first, encoding, score))
        except InputRejected as refusal:
            row = refusal.where.row
            where = replace(refusal.where, row=row if not first else row and row + first)
            refused.append(InputRejected(refusal.what, refusal.mend, where))
    if not found:
        raise refused[-1]
    return found, refused


def _table(
    name: str,
    body: bytes,
    ends: np.ndarray,
    above: int,
    encoding: str,
    score: Callable[[Iterable[str]], int],
) -> RawSheet:
    """One table; ``above`` lines of the file stand over it."""
    top, delimiter, headings = _heading_line(body, ends, name, score)
    start = int(ends[top]) + 1
    sheet = _fast(body[start:], ends[top + 1 :] - start, len(headings), delimiter)
    if sheet is None:
        sheet = _line_by_line(body[start:], len(headings), delimiter)
    cells, lines, broken = sheet
    first = above + top + 2
    cells, rows = without_blank_rows(cells, pl.Series("row", lines + first))
    cells, rows, unreadable = _unreadable(cells, rows)
    cells, rows, totals = without_totals(cells, rows)
    told = (b for b in broken if b.text.strip() and not COMMENT.match(b.text))
    moved = tuple(Broken(b.row + first, b.code, b.text) for b in told) + unreadable + totals
    if not cells.height and not moved:
        raise InputRejected(
            Text("只有表头，没有数据行", "there are headings but no rows"),
            Text("请导出有数据的时间段。", "Export a period that has data."),
            Where(name, top + 1),
        )
    preamble = tuple(body[:start].decode().split("\n")[:top])
    return RawSheet(name, headings, cells, rows, encoding, first - 1, moved, (), preamble)


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
        used, cells = 1, split_cells(lines[at], delimiter)
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
        cells = split_cells("\n".join(lines[at : end + 1]), delimiter)
        if cells is not None:
            return (end - at + 1, cells) if len(cells) == width else None
    return None


def _unreadable(
    cells: pl.DataFrame, rows: pl.Series
) -> tuple[pl.DataFrame, pl.Series, tuple[Broken, ...]]:
    """Rows that hold letters no encoding could read are set aside."""
    hit = cells.select(pl.any_horizontal(pl.all().str.contains("\ufffd", literal=True)))
    bad = hit.to_series() if hit.width else pl.Series([], dtype=pl.Boolean)
    return set_aside(cells, rows, bad, "unreadable_letters")


def _heading_line(
    body: bytes, ends: np.ndarray, name: str, score: Callable[[Iterable[str]], int]
) -> tuple[int, str, tuple[str, ...]]:
    head = body[: int(ends[min(HEAD_LINES, len(ends)) - 1])].decode().split("\n")
    cut = {
        delimiter: [split_cells(line, delimiter) or [] for line in head] for delimiter in DELIMITERS
    }
    candidates = [
        (row, delimiter)
        for row, line in enumerate(head)
        # The delimiter that cuts most lines into as many cells as this one comes first.
        for delimiter in sorted(DELIMITERS, key=lambda one: -_alike(cut[one], row))
        if line.strip() and cut[delimiter][row]
    ]
    best = find_headings([cut[delimiter][row] for row, delimiter in candidates], name, score)
    row, delimiter = candidates[best]
    last, headings = two_lines(cut[delimiter], row, score)
    return last, delimiter, headings


def _alike(rows: Sequence[Sequence[str]], row: int) -> int:
    width = len(rows[row])
    return sum(len(other) == width for other in rows) if width > 1 else 0


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
