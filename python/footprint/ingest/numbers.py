"""Text to numbers: thousands separators, currency signs, %, 万 and 亿, full-width digits."""

from __future__ import annotations

import polars as pl

_WIDE = dict(zip("０１２３４５６７８９．，－＋％（）−", "0123456789.,-+%()-", strict=True))
_SHAPE = (
    r"^\(?[+-]?\s*(?:￥|¥|\$|CNY|RMB|rmb|cny)?\s*[+-]?\s*"
    r"(?:\d{1,3}(?:,\d{3})+|\d+|\d{1,3}(?:,\d{3})+\.\d*|\d*\.\d+|\d+\.)(?:[eE][+-]?\d+)?"
    r"\s*(?:%|‰|千|万|亿|w|W)?\s*(?:元|圆|CNY|RMB|rmb|cny)?\)?$"
)
_FACTORS = {"%": 0.01, "‰": 0.001, "千": 1e3, "万": 1e4, "w": 1e4, "W": 1e4, "亿": 1e8}


def parse_numbers(text: pl.Series, *, percent: bool = True) -> pl.Series:
    """Float64, null where the text is no number. ``percent``: whether 12.3% may stand for 0.123."""
    plain = text.cast(pl.Float64, strict=False)
    plain = plain.set(~plain.is_finite(), None)
    rest = text.filter(plain.is_null() & text.is_not_null()).unique()
    if rest.is_empty():
        return plain
    cleaned = _cleaned(rest, percent)
    known = pl.DataFrame({"text": rest, "number": cleaned})
    found = text.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    return plain.fill_null(found["number"])


# 1.234,56 and 12,5 are written with a decimal comma, 1,234.56 and 12.5 with a point; 1,234 and
# 1.234 may be either.
_COMMA = r"\d,\d{1,2}\D*$|\d,\d{4,}\D*$|\d\.\d{3},\d|^\D*0,\d"
_POINT = r"\d\.\d{1,2}\D*$|\d\.\d{4,}\D*$|\d,\d{3}\.\d|^\D*0?\.\d"
_COMMA_SHAPE = r"^\D*(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?\D*$"


def comma_written(text: pl.Series) -> int:
    """How many numbers have a decimal comma."""
    return int(text.str.contains(_COMMA).sum()) if text.str.contains(",", literal=True).any() else 0


def point_written(text: pl.Series) -> int:
    """How many numbers have a decimal point."""
    return int(text.str.contains(_POINT).sum())


def with_points(text: pl.Series) -> pl.Series:
    """Numbers with a decimal comma written with a point.

    A number that does not fit the writing (12.5 in such a column) becomes unreadable, not another
    number.
    """
    fits = text.str.contains(_COMMA_SHAPE)
    turned = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    frame = pl.DataFrame({"t": text, "n": turned, "f": fits})
    return frame.select(pl.when("f").then("n").otherwise("? " + pl.col("t")))[:, 0]


def _cleaned(text: pl.Series, percent: bool) -> pl.Series:
    column = pl.col("t")
    body = column.str.replace_all(r"[^0-9.eE+-]", "")
    negative = column.str.starts_with("(") & column.str.ends_with(")")
    factor = pl.lit(1.0)
    for sign, size in _FACTORS.items():
        factor = pl.when(column.str.contains(sign, literal=True)).then(size).otherwise(factor)
    valid = column.str.contains(_SHAPE)
    if not percent:
        valid &= ~column.str.contains("[%‰]")
    # Rounding removes the binary dust of the factor: 12.3 * 0.01 is 0.123.
    number = (body.cast(pl.Float64, strict=False) * factor).round(12)
    signed = pl.when(negative).then(-number).otherwise(number)
    flat = text.str.replace_many(list(_WIDE), list(_WIDE.values())).str.strip_chars("' \t")
    frame = flat.to_frame("t").select(pl.when(valid).then(signed).alias("n"))
    return frame["n"].set(~frame["n"].is_finite(), None)
