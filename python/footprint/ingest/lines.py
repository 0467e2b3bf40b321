"""Lines of delimited text: their cells, comments among them, and where a piece may end."""

from __future__ import annotations

import csv
import re

import numpy as np

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1_000_000
# Headings are looked for in so many lines.
HEAD_LINES = 30
# How many lines one quoted cell may span before its quote counts as stray.
LONGEST_CELL_LINES = 100
# Comments as Google writes them; order names such as #1001 are none.
COMMENT = re.compile(r"#(?:[ \t#=-]|$)")
csv.field_size_limit(LONGEST_LINE)


def split_cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one record; None when it ends inside a quoted cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def line_ends(body: bytes) -> np.ndarray:
    """Where the line feeds stand."""
    return np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))


def odd_lines(body: bytes, ends: np.ndarray) -> np.ndarray:
    """Numbers of the lines with an odd number of quotes: a quoted cell begins or ends there."""
    quotes = np.flatnonzero(np.frombuffer(body, np.uint8) == ord('"'))
    per_line = np.bincount(np.searchsorted(ends, quotes), minlength=len(ends))
    return np.flatnonzero(per_line % 2)


def safe_end(body: bytes) -> int:
    """How many bytes of whole lines may be read on their own: no quoted cell is cut in two."""
    if body.count(b'"') % 2 == 0:
        return len(body)
    ends = line_ends(body)
    open_: int | None = None
    for line in odd_lines(body, ends).tolist():
        paired = open_ is not None and line - open_ < LONGEST_CELL_LINES
        open_ = None if paired else line
    if not open_ or len(ends) - open_ > LONGEST_CELL_LINES:
        return len(body)
    return int(ends[open_ - 1]) + 1
