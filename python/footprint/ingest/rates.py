"""Rates: whether a column writes 12.3 (per cent) or 0.123, settled by the whole column."""

from __future__ import annotations

import polars as pl

from footprint.ingest.evidence import Evidence
from footprint.ingest.numbers import parse_numbers
from footprint.text import Text

# A column of fractions may hold a few wrong values above 1; one of percentages mostly exceeds 1.
_MOSTLY = 0.5


def parse_rates(text: pl.Series, percent: bool) -> pl.Series:
    """Rates 0..1. ``percent``: numbers without a sign are per cent."""
    values = parse_numbers(text)
    if not percent:
        return values
    bare = ~text.str.contains("[%％‰]").fill_null(True)
    return values.zip_with(~bare, (values / 100).round(12))


def per_cent(heading: str, found: Evidence) -> Text | None:
    """Why the bare numbers of a column are per cent; None when they are fractions."""
    if not found.bare:
        return None
    if "%" in heading or "％" in heading:
        why = Text("表头写明 %", "its heading says %")
    elif not found.signed and found.above >= _MOSTLY * found.bare and found.largest <= 100:
        share = round(100 * found.above / found.bare)
        why = Text(f"{share}% 的数值大于 1", f"{share} % of its values exceed 1")
    else:
        return None
    return Text(
        f"列“{heading}”按百分数读取（{why.zh}）；如不对，请用 @fraction",
        f"“{heading}” was read as per cent ({why.en}); if that is wrong, say @fraction",
    )
