"""Ids as they were issued: marks of exports removed, ids a spreadsheet has ruined found."""

from __future__ import annotations

import polars as pl

_MARKS = r"^['’`\t\ufeff]+"
_SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+?(?:1\d|2\d)$"
# A spreadsheet keeps 15 digits: when all of several long ids end in zeros it has cut them.
_CUT, _LONG, _SEVERAL = r"^\d{15}0{2,}$", r"^\d{17,}$", 5


def is_id(name: str) -> bool:
    """Whether a column of the schema holds ids."""
    return name.endswith("_id")


def without_marks(values: pl.Series) -> pl.Series:
    """Ids without the apostrophe or tab that keeps spreadsheets from reading them as numbers."""
    return values.str.replace(_MARKS, "") if values.str.contains(_MARKS).any() else values


def ruined(values: pl.Series) -> pl.Series:
    """Per value whether its last digits are lost: written as 5.43E+16, or rounded to zeros."""
    scientific = values.str.contains(_SCIENTIFIC).fill_null(False)
    long = values.filter(values.str.contains(_LONG)).unique()
    if len(long) >= _SEVERAL and long.str.contains(_CUT).all():
        return scientific | values.str.contains(_CUT).fill_null(False)
    return scientific
