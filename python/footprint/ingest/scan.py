"""One quick pass over a text file: its hash, its encoding, and where its tables begin."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from footprint.errors import InputRejected, Where
from footprint.ingest.content import Content
from footprint.ingest.decode import UTF_8, UTF_16, Encoding, as_utf8, encoding_of, plain_lines
from footprint.ingest.headings import looks_like_data
from footprint.ingest.lines import DELIMITERS, HEAD_LINES, LONGEST_LINE, split_cells
from footprint.ingest.source import Source
from footprint.text import Text

Score = Callable[[Iterable[str]], int]
_PIECE = 2 << 20
# Of later pieces so many bytes are looked at to tell the encoding.
_GLANCE = 1 << 14
_MOST_STARTS = 2_000
# What follows the # of a comment (see ``COMMENT``).
_AFTER_HASH = np.frombuffer(b" \t#=-\r\n", np.uint8)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file where a line begins: its number from 0, and its byte."""

    line: int
    byte: int


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a text file: where it begins and the byte after its end."""

    start: Mark
    stop: int
    marks: tuple[Mark, ...] = ()

    @property
    def size(self) -> int:
        return self.stop - self.start.byte


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text file, ready to be read. ``marks``: places at which reading may begin."""

    name: str
    content: Content
    encoding: Encoding
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Start:
    """A line that may be the first of a further table."""

    mark: Mark
    text: bytes
    after_comment: bool


def scan(source: Source, score: Score) -> Scanned:
    """Read a text file once. ``score`` says how many of the given headings are known.

    Raises InputRejected when its encoding is unknown or a line has no end.
    """
    content, wide = plain_lines(source.content)
    marks: list[Mark] = []
    starts: list[_Start] = []
    sample = bytearray()
    last = (False, False)
    for mark, piece in _whole_lines(content, source.name):
        marks.append(mark)
        if len(starts) < _MOST_STARTS:
            found, last = _starts(mark, piece, last)
            starts += found
        if len(marks) == 1 or not piece[:_GLANCE].isascii():
            sample += piece if len(marks) == 1 else piece[: piece.rfind(b"\n", 0, _GLANCE) + 1]
    bom = codecs.BOM_UTF8 if marks and marks[0].byte else b""
    encoding = UTF_8 if wide else encoding_of(bom + sample, source.name)
    parts = _parts(content, marks, starts, encoding, bytes(sample), score)
    label = UTF_16.label if wide else encoding.label
    return Scanned(source.name, content, encoding, label, parts)


def _whole_lines(content: Content, name: str) -> Iterator[tuple[Mark, bytes]]:
    """The content in pieces of whole lines, the mark at the start of a file left out."""
    with content.open() as file:
        skip = 3 if file.read(3) == codecs.BOM_UTF8 else 0
        file.seek(skip)
        mark, rest = Mark(0, skip), b""
        while piece := file.read(_PIECE):
            rest += piece
            end = rest.rfind(b"\n") + 1
            if len(rest) - end > LONGEST_LINE:
                raise endless(name, mark.line + rest.count(b"\n") + 1, len(rest) - end)
            if end:
                yield mark, rest[:end]
                mark = Mark(mark.line + rest.count(b"\n", 0, end), mark.byte + end)
                rest = rest[end:]
        if rest:
            yield mark, rest + b"\n"


def _starts(
    mark: Mark, piece: bytes, before: tuple[bool, bool]
) -> tuple[list[_Start], tuple[bool, bool]]:
    """Lines behind a blank or a comment; ``before``: the line before was apart, was a comment."""
    letters = np.frombuffer(piece, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1))
    first = letters[begins]
    odd = (first == ord("#")) | (first == ord("\n")) | (first == ord("\r"))
    if not (before[0] or odd.any()):
        return [], (False, False)
    second = letters[np.minimum(begins + 1, len(letters) - 1)]
    comment = (first == ord("#")) & np.isin(second, _AFTER_HASH)
    blank = (first == ord("\n")) | ((first == ord("\r")) & (second == ord("\n")))
    apart = np.concatenate(([before[0]], comment | blank))
    was_comment = np.concatenate(([before[1]], comment))
    found = [
        _Start(
            Mark(mark.line + line, mark.byte + int(begins[line])),
            piece[begins[line] : ends[line]],
            bool(was_comment[line]),
        )
        for line in np.flatnonzero(apart[:-1] & ~apart[1:]).tolist()
    ]
    return found, (bool(apart[-1]), bool(was_comment[-1]))


def _parts(
    content: Content, marks: list[Mark], starts: list[_Start], encoding: Encoding, head: bytes,
    score: Score,
) -> tuple[Part, ...]:  # fmt: skip
    """The tables of a file.

    A further table begins after a blank line or a ``#`` comment with a line of known headings;
    after a comment unknown headings do as well.
    """
    first = marks[0] if marks else Mark(0, 0)
    found = [first]
    for start in starts:
        known, plain = _known(as_utf8(start.text, encoding).decode(), score)
        if start.mark.line and plain and (known > 1 or start.after_comment):
            found.append(start.mark)
    if len(found) > 1 and not _has_headings(head, found[1], first, encoding, score):
        found = [first, *found[2:]]
    stops = [mark.byte for mark in found[1:]] + [content.size]
    return tuple(
        replace(part, marks=tuple(m for m in marks if part.start.byte < m.byte < part.stop))
        for part in map(Part, found, stops)
    )


def _has_headings(
    head: bytes, until: Mark, first: Mark, encoding: Encoding, score: Score
) -> bool:  # fmt: skip
    """Whether the lines over ``until`` are a table of their own, not a preamble."""
    over = head[: until.byte - first.byte]
    lines = as_utf8(over, encoding).decode().split("\n")[:HEAD_LINES]
    return any(known > 0 and plain for known, plain in (_known(text, score) for text in lines))


def _known(text: str, score: Score) -> tuple[int, bool]:
    """How many headings of a line are known, and whether it may be a line of headings at all."""
    rows = [cells for d in DELIMITERS if len(cells := split_cells(text, d) or []) > 1]
    known = max((score(row) for row in rows), default=0)
    return known, bool(rows) and not any(map(looks_like_data, rows))


def digest(content: Content) -> str:
    """SHA-256 of a file's content as it was given."""
    made = hashlib.sha256()
    with content.open() as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.hexdigest()


def endless(name: str, line: int, size: int) -> InputRejected:
    """The refusal of a line that is too long for a row."""
    return InputRejected(
        Text(
            f"这一行有 {size // 1000} KB 以上，不像表格的一行",
            f"this line has {size // 1000} KB or more, too long for a row",
        ),
        Text(
            "换行可能丢失了：请重新导出为 CSV。",
            "Line breaks may have been lost: export it as CSV again.",
        ),
        Where(name, line),
    )
