"""What all charts share: axes in words and units, tooltips, colours, reference lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, cast

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import labels, tokens

Chart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart
HEIGHT = 260
NOTHING = "(none)"

_ZH_NUMBER = (
    "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, ',.3~f') + '亿' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e4, ',.3~f') + '万' : "
    "format(datum.value, ',.4~r')"
)
_EN_NUMBER = "abs(datum.value) >= 1e4 ? format(datum.value, '~s') : format(datum.value, ',.4~r')"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a chart: its name, unit and (other than the common) title."""

    name: str
    unit: str = ""
    title: str | None = None

    def words(self, lang: Lang) -> str:
        """The title of an axis: words and unit."""
        return self.title if self.title is not None else labels.column(self.name, lang)


def axis(field: Field, lang: Lang, **more: Any) -> alt.Axis:
    """A number axis written in the field's unit."""
    if field.unit == "rate":
        return alt.Axis(title=field.words(lang), format=".2~%", **more)
    sign = "¥" if field.unit == "CNY" else ""
    expr = _ZH_NUMBER if lang == "zh" else _EN_NUMBER
    label = f"'{sign}' + ({expr})" if sign else expr
    title = field.words(lang)
    if field.unit in ("s", "d", "pp"):
        suffix = {"s": ("秒", "s"), "d": ("天", "days"), "pp": ("百分点", "points")}[field.unit]
        title = f"{title} ({suffix[lang == 'en']})"
    return alt.Axis(title=title, labelExpr=label, **more)


def number(field: Field, lang: Lang, *, zero: bool = True, **more: Any) -> dict[str, Any]:
    """Encoding arguments of a number axis."""
    return {
        "field": field.name,
        "type": "quantitative",
        "axis": axis(field, lang, tickCount=5, **more),
        "scale": alt.Scale(zero=zero, nice=True),
    }


def tooltip(fields: Sequence[Field], frame: pl.DataFrame, lang: Lang) -> list[alt.Tooltip]:
    """Tooltip lines for the fields the frame holds."""
    return [
        _tip(field, frame.schema[field.name], lang)
        for field in fields
        if field.name in frame.columns
    ]


def _tip(field: Field, dtype: pl.DataType, lang: Lang) -> alt.Tooltip:
    title = field.words(lang)
    if dtype.is_temporal():
        return alt.Tooltip(field.name, type="temporal", title=title, format="%Y-%m-%d")
    if not dtype.is_numeric():
        return alt.Tooltip(field.name, type="nominal", title=title)
    form = {"rate": ".2%", "CNY": "$,.0f", "count": ",", "p": ".3f"}.get(field.unit, ",.4~r")
    if field.unit == "CNY":
        return alt.Tooltip(field.name, type="quantitative", title=f"{title} (¥)", format=",.0f")
    return alt.Tooltip(field.name, type="quantitative", title=title, format=form)


def worded(frame: pl.DataFrame, columns: Sequence[str], lang: Lang) -> pl.DataFrame:
    """The frame with coded values of ``columns`` in words."""
    text = [n for n in columns if n in frame.columns and frame.schema[n] == pl.String]
    return frame.with_columns(
        frame[name]
        .fill_null(NOTHING)
        .map_elements(lambda code: labels.value(code, lang), return_dtype=pl.String)
        for name in text
    )


def months(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its days of month ends or starts as ``2026-11``."""
    if frame.schema["month"] == pl.Date:
        return frame.with_columns(pl.col("month").dt.strftime("%Y-%m"))
    return frame.with_columns(pl.col("month").cast(pl.String).str.head(7))


def coloured(domain: Sequence[str], colours: Mapping[str, str] | None, lang: Lang) -> alt.Scale:
    """A colour scale over words; ``colours`` gives coded values their fixed colour."""
    if not colours:
        return alt.Scale(domain=list(domain))
    fixed = {labels.value(code, lang): colour for code, colour in colours.items()}
    spare = iter([c for c in tokens.SERIES if c not in fixed.values()] * len(domain))
    return alt.Scale(domain=list(domain), range=[fixed.get(w) or next(spare) for w in domain])


def legend(columns: int = 3) -> alt.Legend:
    """A legend above the plot, close to it."""
    return alt.Legend(
        title=None,
        orient="top",
        columns=columns,
        labelLimit=170,
        offset=4,
        padding=0,
        symbolOpacity=1,
        rowPadding=2,
        columnPadding=12,
    )


def legend_height(entries: int, columns: int = 3) -> int:
    """Pixels a legend takes away from the plot."""
    return 26 + 20 * ceil(entries / columns)


def text_ink(mode: tokens.Mode) -> tuple[str, str]:
    """Ink on a light and on a dark cell of a heat map."""
    return ("#14213d", "#ffffff") if mode == "light" else ("#10141b", "#e7ebf1")


def rule(
    value: float,
    words: str,
    *,
    horizontal: bool = True,
    colour: str = tokens.REFERENCE,
    dash: bool = True,
) -> alt.LayerChart:
    """A reference line with its words at the end."""
    frame = pl.DataFrame({"at": [float(value)], "words": [words]})
    base = alt.Chart(frame)
    channel: dict[str, Any] = {
        "y" if horizontal else "x": alt.Y("at:Q") if horizontal else alt.X("at:Q")
    }
    line = base.mark_rule(color=colour, strokeDash=[4, 3] if dash else [1, 0], size=1.5).encode(
        **channel
    )
    where: dict[str, Any] = {"x": alt.value("width")} if horizontal else {"y": alt.value(8)}
    label = base.mark_text(
        align="right" if horizontal else "left",
        dx=-4 if horizontal else 5,
        dy=11 if horizontal else 0,
        color=colour,
        fontSize=11,
    ).encode(text="words:N", **channel, **where)
    return cast(alt.LayerChart, alt.layer(line, label))
