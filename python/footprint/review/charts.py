"""Small charts of evidence as plain SVG: bars with an interval and a limit, or a line by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from footprint.review.columns import cell, title_of
from footprint.text import Lang, Text

_WIDTH, _ROW, _LABEL, _VALUE = 560, 26, 170, 90
_LIMITS = ("limit", "bound", "baseline", "plan")
_LABELS = ("week", "stream_id", "group", "name", "sku_id", "latency_s")
_VALUES = ("share", "rate", "return_rate", "value", "profit_share", "profit")
_MOST = 8
_CAPTION = Text("{value}（按{by}）", "{value} by {by}")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns a chart of this evidence reads."""

    label: str
    value: str
    limit: str | None
    interval: bool


def shape_of(frame: pl.DataFrame) -> Shape | None:
    """The chart that fits the evidence, None when it has no label and number to draw."""
    if "example" in frame.columns:  # comments speak for themselves
        return None
    label = next((name for name in _LABELS if name in frame.columns), None)
    value = next(
        (name for name in _VALUES if name in frame.columns and frame.schema[name].is_numeric()),
        None,
    )
    if label is None or value is None or frame[value].drop_nulls().is_empty():
        return None
    limits = [name for name in _LIMITS if name in frame.columns and name != value]
    limit = next((name for name in limits if frame[name].drop_nulls().len()), None)
    return Shape(label, value, limit, {"low", "high"} <= set(frame.columns))


def chart(frame: pl.DataFrame, lang: Lang, tz: str) -> str:
    """An SVG of the evidence's first eight rows (last eight weeks), or nothing."""
    shape = shape_of(frame)
    if shape is None:
        return ""
    rows = (frame.tail(_MOST) if shape.label == "week" else frame.head(_MOST)).to_dicts()
    top = _top(rows, shape)
    bars = "".join(_bar(i, row, shape, top, lang, tz) for i, row in enumerate(rows))
    height = _ROW * len(rows) + 8
    label = escape(
        _CAPTION(lang, value=title_of(shape.value, lang), by=title_of(shape.label, lang))
    )
    mark = _mark(rows, shape, top, height)
    return (
        f'<figure><figcaption class="soft">{label}</figcaption>'
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}">'
        f"<title>{label}</title>{bars}{mark}</svg></figure>"
    )


def _top(rows: Sequence[dict], shape: Shape) -> float:
    names = [shape.value, *([shape.limit] if shape.limit else [])]
    names += ["high"] if shape.interval else []
    values = [row[name] for row in rows for name in names if isinstance(row[name], int | float)]
    return max((value for value in values if value > 0), default=1.0)


def _x(value: float, top: float) -> float:
    return round(_LABEL + max(value, 0.0) / top * (_WIDTH - _LABEL - _VALUE), 1)


def _bar(i: int, row: dict, shape: Shape, top: float, lang: Lang, tz: str) -> str:
    y = 4 + i * _ROW
    value = row[shape.value] or 0.0
    end = _x(value, top)
    over = " over" if _is_over(row, shape) else ""
    label = escape(_short(cell(shape.label, row[shape.label], lang, tz)))
    written = escape(cell(shape.value, row[shape.value], lang, tz))
    right = end if not shape.interval or row["high"] is None else _x(row["high"], top)
    return (
        f'<text x="{_LABEL - 8}" y="{y + 16}" text-anchor="end">{label}</text>'
        f'<rect class="bar{over}" x="{_LABEL}" y="{y + 3}" width="{max(end - _LABEL, 1):.1f}" '
        f'height="{_ROW - 8}" rx="2"/>{_whisker(row, shape, top, y)}'
        f'<text x="{max(end, right) + 6}" y="{y + 16}">{written}</text>'
    )


def _whisker(row: dict, shape: Shape, top: float, y: int) -> str:
    if not shape.interval or row["low"] is None or row["high"] is None:
        return ""
    middle = y + 3 + (_ROW - 8) / 2
    return (
        f'<line class="whisker" x1="{_x(row["low"], top)}" x2="{_x(row["high"], top)}" '
        f'y1="{middle}" y2="{middle}"/>'
    )


def _is_over(row: dict, shape: Shape) -> bool:
    if row.get("state") == "alert":
        return True
    limit = row[shape.limit] if shape.limit else None
    return shape.limit == "limit" and limit is not None and (row[shape.value] or 0) > limit


def _mark(rows: Sequence[dict], shape: Shape, top: float, height: int) -> str:
    """The limit as a dashed line, when all rows share one."""
    if shape.limit is None:
        return ""
    values = {row[shape.limit] for row in rows if row[shape.limit] is not None}
    if len(values) != 1:
        return ""
    x = _x(values.pop(), top)
    return f'<line class="limit" x1="{x}" x2="{x}" y1="2" y2="{height - 2}"/>'


def _short(text: str) -> str:
    return text if len(text) <= 14 else text[:13] + "…"
