"""Rates: whether a column writes 12.3 (per cent) or 0.123, settled by the whole column."""

from __future__ import annotations

import polars as pl

from footprint.ingest.numbers import parse_numbers
from footprint.text import Text

# A column of fractions may hold a few wrong values above 1; one of percentages mostly exceeds 1.
_MOSTLY = 0.5


def parse_rates(
    text: pl.Series, heading: str, written: str | None
) -> tuple[pl.Series, Text | None]:
    """Rates 0..1, and the reason when numbers without a % sign were read as per cent.

    ``written`` is the user's word: "percent" or "fraction".
    """
    values = parse_numbers(text)
    bare = text.is_not_null() & ~text.str.contains("[%％‰]")
    plain = values.filter(bare.fill_null(False) & (values != 0)).drop_nulls()
    reason = None if written else _reason(plain, heading, bool(bare.all()))
    if plain.is_empty() or not (written == "percent" or reason):
        return values, None
    scaled = (values / 100).round(12)
    return values.zip_with(~bare.fill_null(False), scaled), reason


def _reason(plain: pl.Series, heading: str, alone: bool) -> Text | None:
    """Why bare numbers are per cent; None when they are fractions."""
    if "%" in heading or "％" in heading:
        why = Text("表头写明 %", "its heading says %")
    elif alone and len(plain) and ((plain > 1).mean() or 0) >= _MOSTLY and plain.max() <= 100:  # type: ignore[operator]
        share = round(100 * float((plain > 1).mean() or 0))  # type: ignore[arg-type]
        why = Text(f"{share}% 的数值大于 1", f"{share} % of its values exceed 1")
    else:
        return None
    return Text(
        f"列“{heading}”按百分数读取（{why.zh}）；如不对，请用 @fraction",
        f"“{heading}” was read as per cent ({why.en}); if that is wrong, say @fraction",
    )
