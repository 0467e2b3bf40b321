"""Delimited text to raw sheets: find headings and delimiter, keep every row's line number.

Well-formed text goes through Arrow's reader. A piece with quotes that run over line ends is read
line by line, so that one stray quote costs its own line and not the rest of the piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO

import numpy as np
import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.decode import as_utf8
from footprint.ingest.headings import HeadingsUnknown, find_headings, numbered, two_lines
from footprint.ingest.lines import (
    COMMENT,
    DELIMITERS,
    HEAD_LINES,
    LONGEST_CELL_LINES,
    LONGEST_LINE,
    line_ends,
    odd_lines,
    safe_end,
    split_cells,
)
from footprint.ingest.raw import (
    Broken,
    RawSheet,
    joined,
    set_aside,
    without_blank_rows,
    without_totals,
)
from footprint.ingest.scan import Part, Scanned, Score, endless, scan
from footprint.ingest.sheets import OpenSheet, Piece
from footprint.ingest.source import Source
from footprint.text import Text

PIECE = 5 << 19
# A table up to this size is looked at as a whole before it is taken in; of a larger one its first
# rows and glimpses of the others.
_WHOLE, _FIRST, _GLIMPSE, _GLIMPSES = 6 << 20, 2 << 20, 1 << 18, 8
_MOST_HEADINGS = 2_000


def open_text(
    source: Source, score: Score, headings: Callable[[str], int | None]
) -> tuple[list[OpenSheet], list[InputRejected]]:
    """The tables of a text file, and why others in it are none.

    ``score`` says how many of the given headings are known; ``headings`` gives for the name of a
    table the line of its headings where a person said so. Raises InputRejected when there
    is no table at all: unknown encoding, endless line, no headings, no rows below them.
    """
    scanned = scan(source, score)
    found: list[OpenSheet] = []
    refused: list[InputRejected] = []
    for number, part in enumerate(scanned.parts):
        name = source.name if len(scanned.parts) == 1 else f"{source.name} [{number + 1}]"
        try:
            found.append(_open(name, scanned, part, score, headings(name)))
        except InputRejected as refusal:
            row, above = refusal.where.row, part.start.line
            where = replace(refusal.where, row=row and row + above)
            refusal.where = where
            if isinstance(refusal, HeadingsUnknown) and refusal.line:
                refusal.line += above
            refused.append(refusal)
    if not found:
        raise refused[-1]
    return found, refused


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the lines of one table are cut. ``top``: line of the headings within the table."""

    name: str
    headings: tuple[str, ...]
    delimiter: str
    encoding: str
    top: int
    above: int
    preamble: tuple[str, ...]

    def sheet(self, body: bytes, first: int) -> RawSheet:
        """Rows of some lines; ``first``: the number of their first one, from 1."""
        ends = line_ends(body)
        _refuse_endless_line(self.name, ends, first)
        parsed = _fast(body, ends, len(self.headings), self.delimiter)
        cells, lines, broken = parsed or _line_by_line(body, len(self.headings), self.delimiter)
        cells, rows = without_blank_rows(cells, pl.Series("row", lines + first, pl.Int64))
        unreadable: tuple[Broken, ...] = ()
        if b"\xef\xbf\xbd" in body:
            cells, rows, unreadable = _unreadable(cells, rows)
        grand = b"rand total" in body or b"RAND TOTAL" in body
        cells, rows, totals = without_totals(cells, rows, grand=grand)
        told = (b for b in broken if b.text.strip() and not COMMENT.match(b.text))
        moved = tuple(Broken(b.row + first, b.code, b.text) for b in told) + unreadable + totals
        return RawSheet(self.name, self.headings, cells, rows, self.encoding,
                        self.above + self.top + 1, moved, (), self.preamble)  # fmt: skip


def _open(
    name: str, scanned: Scanned, part: Part, score: Score, said: int | None
) -> OpenSheet:  # fmt: skip
    body = next(_blocks(scanned, part, _FIRST), b"\n")
    ends = line_ends(body)
    _refuse_endless_line(name, ends, 1)
    lines = body[: int(ends[min(HEAD_LINES, len(ends)) - 1])].decode().split("\n")
    at = None if said is None else said - part.start.line
    top, delimiter, headings = _heading_line(lines, name, score, at)
    _refuse_width(name, headings, top)
    shape = _Shape(name, headings, delimiter, scanned.label, top, part.start.line,
                   tuple(lines[: max(top, 0)]))  # fmt: skip
    whole = part.size <= _WHOLE
    looked = _all(scanned, part, shape) if whole else _glimpses(scanned, part, shape, body)
    sample = joined(looked)
    if not sample.height:
        raise InputRejected(
            Text("只有表头，没有数据行", "there are headings but no rows"),
            Text("请导出有数据的时间段。", "Export a period that has data."),
            Where(name, top + 1),
        )
    head = tuple(tuple(split_cells(line, delimiter) or [line]) for line in lines)
    again = (lambda: iter([Piece(part.size, lambda: sample)])) if whole else (
        partial(_pieces, scanned, part, shape)
    )  # fmt: skip
    return OpenSheet(sample, whole, part.size, head, again)


def _blocks(scanned: Scanned, part: Part, size: int) -> Iterator[bytes]:
    """Whole lines of a table in UTF-8, no quoted cell cut in two."""
    left, rest = part.size, b""
    with scanned.content.open() as file:
        file.seek(part.start.byte)
        while left or rest:
            piece = file.read(min(size, left))
            left = left - len(piece) if piece else 0
            rest += piece
            end = rest.rfind(b"\n") + 1 if left else len(rest)
            safe = safe_end(rest[:end]) if left else end
            if not end:
                continue
            lines, rest = rest[:safe], rest[safe:]
            if lines:
                yield as_utf8(lines if lines.endswith(b"\n") else lines + b"\n", scanned.encoding)


def _pieces(scanned: Scanned, part: Part, shape: _Shape) -> Iterator[Piece]:
    line, above = part.start.line + 1, shape.top + 1
    for body in _blocks(scanned, part, PIECE):
        lines = body.count(b"\n")
        skip = min(above, lines)
        rows = _below(body, skip)
        yield Piece(len(body), partial(shape.sheet, rows, line + skip))
        line, above = line + lines, above - skip


def _all(scanned: Scanned, part: Part, shape: _Shape) -> list[RawSheet]:
    return [piece.read() for piece in _pieces(scanned, part, shape)]


def _glimpses(scanned: Scanned, part: Part, shape: _Shape, first: bytes) -> list[RawSheet]:
    """The first rows, and some from places spread over the rest."""
    looked = [shape.sheet(_below(first, shape.top + 1), part.start.line + shape.top + 2)]
    step = max(1, len(part.marks) // _GLIMPSES)
    for mark in part.marks[step - 1 :: step]:
        glimpse = Part(mark, min(part.stop, mark.byte + _GLIMPSE))
        body = next(_blocks(scanned, glimpse, _GLIMPSE), b"")
        # The last line may be cut.
        body = body[: body.rfind(b"\n", 0, len(body) - 1) + 1]
        looked.append(shape.sheet(body, mark.line + 1))
    return looked


def _below(body: bytes, lines: int) -> bytes:
    """What stands under the first lines."""
    return body[int(line_ends(body)[lines - 1]) + 1 :] if lines else body


Parsed = tuple[pl.DataFrame, np.ndarray, list[Broken]]


def _fast(body: bytes, ends: np.ndarray, width: int, delimiter: str) -> Parsed | None:
    """Arrow's reader; None when a quoted cell may span lines."""
    if b'"' in body and len(odd_lines(body, ends)):
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
    for end in range(at + 1, min(at + LONGEST_CELL_LINES, len(lines))):
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
    head: Sequence[str], name: str, score: Score, said: int | None
) -> tuple[int, str, tuple[str, ...]]:
    """Line of the headings (from 0; -1: none), delimiter, headings; ``said``: the line from 1."""
    cut = {
        delimiter: [split_cells(line, delimiter) or [] for line in head] for delimiter in DELIMITERS
    }
    if said is not None and said <= 0:
        delimiter = max(DELIMITERS, key=lambda one: _alike(cut[one], 0))
        return -1, delimiter, numbered(len(cut[delimiter][0]))
    candidates = [
        (row, delimiter)
        for row, line in enumerate(head)
        # The delimiter that cuts most lines into as many cells as this one comes first.
        for delimiter in sorted(DELIMITERS, key=lambda one: -_alike(cut[one], row))
        if line.strip() and cut[delimiter][row] and said in (None, row + 1)
    ]
    rows = [cut[delimiter][row] for row, delimiter in candidates]
    if said is not None and rows:
        row, delimiter = candidates[0]
        return row, delimiter, two_lines(cut[delimiter][row : row + 1], 0, score)[1]
    row, delimiter = candidates[find_headings(rows, name, score)]
    last, headings = two_lines(cut[delimiter], row, score)
    return last, delimiter, headings


def _alike(rows: Sequence[Sequence[str]], row: int) -> int:
    width = len(rows[row])
    return sum(len(other) == width for other in rows) if width > 1 else 0


def _refuse_endless_line(name: str, ends: np.ndarray, first: int) -> None:
    lengths = np.diff(ends, prepend=-1)
    if len(lengths) and lengths.max() > LONGEST_LINE:
        longest = int(lengths.argmax())
        raise endless(name, first + longest, int(lengths[longest]))


def _refuse_width(name: str, headings: Sequence[str], top: int) -> None:
    if len(headings) > _MOST_HEADINGS:
        raise InputRejected(
            Text(
                f"有 {len(headings)} 列，超过 {_MOST_HEADINGS} 列的上限",
                f"there are {len(headings)} columns, more than the {_MOST_HEADINGS} allowed",
            ),
            Text("请只导出需要的列。", "Export the columns you need only."),
            Where(name, top + 1),
        )
