"""A line of delimited text: its cells, and whether it is a comment."""

from __future__ import annotations

import csv
import re

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1_000_000
# Headings are looked for in so many lines.
HEAD_LINES = 30
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
