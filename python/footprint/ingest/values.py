"""Values for all rows, quoted where a mapping names a heading: ``'facebook'`` = platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from footprint.ingest.raw import RawSheet

_QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’"}


def with_values(sheet: RawSheet, words: Iterable[str]) -> RawSheet:
    """The sheet with a column for every quoted word that is no heading of its own."""
    for word in words:
        value = word[1:-1]
        if len(word) < 3 or _QUOTES.get(word[0]) != word[-1] or word in sheet.headings:
            continue
        at = str(len(sheet.headings))
        cells = sheet.cells.with_columns(pl.lit(value).alias(at))
        sheet = replace(sheet, headings=(*sheet.headings, word), cells=cells)
    return sheet
