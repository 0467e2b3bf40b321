"""The default chart of a frame, chosen by its columns: for evidence and open questions."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from footprint.text import Lang, Text

from app.ui import labels, present, tokens
from app.ui.charts import grids, lines, points
from app.ui.charts.base import Chart, Field

_CLOCKS = ("date", "week", "month", "day", "start", "window_start")
# The number worth drawing, first match wins.
_VALUES = (
    "value",
    "rate",
    "return_rate",
    "conversion",
    "share",
    "profit_share",
    "profit",
    "relative",
    "index",
    "exit_rate",
    "stutter_rate",
    "z",
    "effect",
    "jaccard",
    "amount",
    "hits",
    "gmv",
    "count",
    "n",
)
_MAX_ROWS = 12
_GAIN, _LOSS = Text("盈利", "In profit"), Text("亏损", "At a loss")


def drawer(frame: pl.DataFrame, lang: Lang) -> Callable[[], Chart] | None:
    """A function that draws the frame, None when a table says it better."""
    if {"aov", "conversion", "profit"} == set(frame.columns):
        x, y, z = Field("aov", "CNY"), Field("conversion", "rate"), Field("profit", "CNY")
        return lambda: grids.surface(frame, x, y, z, lang, present.mode())
    if {"aov", "conversion", "profit", "stream_id"} <= set(frame.columns):
        dots = frame.with_columns(loss=pl.col("profit") < 0)
        words = (_GAIN(lang), _LOSS(lang))
        return lambda: points.scatter(
            dots,
            Field("aov", "CNY"),
            Field("conversion", "rate"),
            lang,
            label=Field("stream_id"),
            flag="loss",
            flag_words=words,
            flag_colour=tokens.MARK_2,
        )
    value = _value(frame)
    if value is None or frame.height < 2:
        return None
    field = Field(value, labels.unit(value))
    steps = [name for name in frame.columns if name.endswith("_s") and name != value]
    if steps:
        axis = Field(steps[0], "", labels.column(steps[0], lang))
        by_step = frame.sort(steps[0])
        return lambda: points.columns(by_step, axis, field, lang)
    clock = frame.columns[0]
    if clock in _CLOCKS and frame[clock].n_unique() == frame.height:
        return lambda: lines.line(frame, Field(clock), field, lang, band="low" in frame.columns)
    label = _label(frame)
    if label is None:
        return None
    top = frame.sort(value, descending=True, nulls_last=True).head(_MAX_ROWS)
    if {"low", "high"} <= set(frame.columns):
        return lambda: points.intervals(top, Field(label), field, lang)
    return lambda: points.bars(top, Field(label), field, lang)


def _value(frame: pl.DataFrame) -> str | None:
    numeric = [
        c
        for c, dtype in frame.schema.items()
        if dtype.is_numeric() and not frame[c].is_null().all()
    ]
    return next((name for name in _VALUES if name in numeric), None)


def _label(frame: pl.DataFrame) -> str | None:
    """A text column that names the rows."""
    for name, dtype in frame.schema.items():
        if dtype == pl.String and frame[name].n_unique() == frame.height:
            return name
    return None
