"""Where the tables of one text file begin: Google writes several, parted by blanks and comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from footprint.ingest.headings import looks_like_data
from footprint.ingest.lines import DELIMITERS, HEAD_LINES, split_cells

# What follows the # of a comment (see ``COMMENT``).
_AFTER_HASH = np.frombuffer(b" \t#=-\n", np.uint8)


def table_starts(body: bytes, ends: np.ndarray, score: Callable[[Iterable[str]], int]) -> list[int]:
    """Line numbers (from 0) at which the tables of a file begin; the first is always 0.

    A further table begins after a blank line or a ``#`` comment with a line of known headings;
    after a comment unknown headings do as well.
    """
    begins = np.concatenate(([0], ends[:-1] + 1))
    letters = np.frombuffer(body, np.uint8)
    after = letters[np.minimum(begins + 1, len(letters) - 1)]
    comment = (letters[begins] == ord("#")) & np.isin(after, _AFTER_HASH)
    apart = comment | (begins == ends)
    found = [0]
    for line in np.flatnonzero(apart[:-1] & ~apart[1:]) + 1:
        known, plain = _known(body[begins[line] : ends[line]].decode(), score)
        if plain and (known > 1 or comment[line - 1]):
            found.append(int(line))
    return (
        found if len(found) == 1 or _has_headings(body, ends, found[1], score) else [0, *found[2:]]
    )


def _has_headings(
    body: bytes, ends: np.ndarray, line: int, score: Callable[[Iterable[str]], int]
) -> bool:
    """Whether the lines over ``line`` are a table of their own, not a preamble."""
    head = body[: int(ends[min(line, HEAD_LINES) - 1])].decode().split("\n")
    return any(known > 0 and plain for known, plain in (_known(text, score) for text in head))


def _known(text: str, score: Callable[[Iterable[str]], int]) -> tuple[int, bool]:
    """How many headings of a line are known, and whether it may be a line of headings at all."""
    rows = [cells for d in DELIMITERS if len(cells := split_cells(text, d) or []) > 1]
    known = max((score(row) for row in rows), default=0)
    return known, bool(rows) and not any(map(looks_like_data, rows))
