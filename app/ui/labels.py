"""Words for the columns and coded values of answers, and the unit a column is written in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl
from footprint.metrics import metrics
from footprint.names import category_name, cost_name
from footprint.questions import questions
from footprint.text import Lang

from app.ui import columns, values, words_content, words_journey, words_people

COLUMNS = words_people.COLUMNS | words_journey.COLUMNS | words_content.COLUMNS | columns.COLUMNS
FRAMES = words_people.FRAMES | words_journey.FRAMES | words_content.FRAMES | columns.FRAMES
VALUES = words_people.VALUES | words_journey.VALUES | words_content.VALUES | values.VALUES

# Columns whose interval stands in ``low`` and ``high``.
MEASURED = ("rate", "return_rate", "conversion", "share", "value", "relative", "mean")


def column(name: str, lang: Lang) -> str:
    """The heading of a column; an unlisted one is its own name in words."""
    if name in COLUMNS:
        return COLUMNS[name][0](lang)
    return name.replace("_", " ").strip().capitalize()


def unit(name: str) -> str:
    """The unit a column is written in, "" when unknown."""
    if name in COLUMNS:
        return COLUMNS[name][1]
    if name.endswith(("_share", "_rate")):
        return "rate"
    return "CNY" if name.endswith(("_cny", "_gmv")) else ""


def value(code: object, lang: Lang) -> str:
    """Words for a coded value; a value without words is itself."""
    return _value(str(code), lang)


@cache
def _value(code: str, lang: Lang) -> str:
    if code in VALUES:
        return VALUES[code](lang)
    for name in (cost_name(code), category_name(code)):
        if name.zh != code:
            return name(lang)
    found = metrics().get(code) or questions().get(code)
    return found.title(lang) if found else code


def joined(codes: Iterable[object], lang: Lang) -> str:
    """Several coded values as one enumeration."""
    return ("、" if lang == "zh" else ", ").join(value(code, lang) for code in codes)


def frame(name: str, lang: Lang) -> str:
    """The title of a frame of an answer."""
    return FRAMES[name](lang) if name in FRAMES else column(name, lang)


def localised(found: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Columns that come in both languages (``name``, ``name_en``) as the one of ``lang``."""
    pairs = [name for name in found.columns if f"{name}_en" in found.columns]
    if lang == "en":
        found = found.with_columns(pl.col(f"{name}_en").alias(name) for name in pairs)
    return found.drop(f"{name}_en" for name in pairs)
