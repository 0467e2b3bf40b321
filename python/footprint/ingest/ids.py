"""Ids as they were issued: marks of exports removed, ids a spreadsheet has ruined found."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

_MARKS = r"^['’`\t\ufeff]+"
_SCIENTIFIC = r"^\d(?:\.\d+)?(?:E\+?(?:1\d|2\d)|e\+?(?:1[5-9]|2\d))$"
# R writes 40128000000 as 4.0128e+10: nothing is lost below 15 digits, where doubles are exact.
_SHORT = r"^\d(?:\.\d+)?e\+(?:0\d|1[0-4])$"
# A spreadsheet keeps 15 digits: when all of several long ids end in zeros it has cut them.
_CUT, _LONG, _SEVERAL = r"^\d{15}0{2,}$", r"^\d{17,}$", 5


def is_id(name: str) -> bool:
    """Whether a column of the schema holds ids."""
    return name.endswith("_id")


def without_marks(values: pl.Series) -> pl.Series:
    """Ids without the marks that keep spreadsheets from reading them as numbers, in full digits."""
    bare = values.str.replace(_MARKS, "") if values.str.contains(_MARKS).any() else values
    short = bare.filter(bare.str.contains(_SHORT).fill_null(False)).unique()
    written = [f"{Decimal(text):f}" for text in short.to_list()]
    return bare.replace(short, pl.Series(written, dtype=pl.String)) if len(short) else bare


def cut_ids(values: pl.Series) -> tuple[int, int]:
    """How many different ids are long, and how many of those end in zeros from the 16th digit."""
    long = values.filter(values.str.contains(_LONG).fill_null(False)).unique()
    return len(long), int(long.str.contains(_CUT).sum())


def all_cut(long: int, cut: int) -> bool:
    """Whether that many long ids were cut by a spreadsheet, which keeps 15 digits."""
    return long >= _SEVERAL and long == cut


def ruined(values: pl.Series, cut: bool) -> pl.Series:
    """Per value whether its last digits are lost: written as 5.43E+16, or ``cut`` to zeros."""
    scientific = values.str.contains(_SCIENTIFIC).fill_null(False)
    return scientific | values.str.contains(_CUT).fill_null(False) if cut else scientific
