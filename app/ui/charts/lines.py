"""Charts over time or an ordered axis: courses, bands, decomposition, parts of a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import labels, tokens
from app.ui.charts.base import (
    HEIGHT,
    Chart,
    Field,
    axis,
    coloured,
    legend,
    legend_height,
    number,
    rule,
    tooltip,
    worded,
)


def _time(frame: pl.DataFrame, x: Field, lang: Lang) -> alt.X:
    kind = frame.schema[x.name]
    if kind.is_temporal():
        return alt.X(
            x.name,
            type="temporal",
            axis=alt.Axis(title=None, format="%-m/%-d", tickCount=7, grid=False),
        )
    if kind.is_numeric():
        return alt.X(
            x.name, type="quantitative", axis=axis(x, lang, grid=False), scale=alt.Scale(nice=False)
        )
    return alt.X(
        x.name,
        type="ordinal",
        sort=None,
        axis=alt.Axis(title=None, labelAngle=0, grid=False, labelOverlap=True),
    )


def line(
    frame: pl.DataFrame,
    x: Field,
    y: Field,
    lang: Lang,
    *,
    by: Field | None = None,
    band: bool = False,
    points: bool = True,
    target: tuple[float, str] | None = None,
    zero: bool = True,
    height: int = HEIGHT,
    order: Sequence[str] | None = None,
    change: date | None = None,
    colours: Mapping[str, str] | None = None,
) -> Chart:
    """A course per group; ``band`` shades low..high, ``target`` draws a marked level.

    ``order`` lists coded groups as they should be coloured; ``change`` marks a day.
    """
    drawn = worded(frame, [by.name] if by else [], lang).drop_nulls(y.name)
    shared: dict[str, Any] = {"x": _time(drawn, x, lang)}
    tips = tooltip(
        [
            x,
            *([by] if by else []),
            y,
            Field("low", y.unit),
            Field("high", y.unit),
            Field("n", "count"),
        ],
        drawn,
        lang,
    )
    layers: list[alt.Chart | alt.LayerChart] = []
    colour: Any = alt.value(tokens.MARK)
    if by:
        colour = alt.Color(
            by.name,
            type="nominal",
            legend=legend(),
            scale=_scale(drawn[by.name], order, colours, lang),
        )
    if band and {"low", "high"} <= set(drawn.columns):
        layers.append(
            alt.Chart(drawn)
            .mark_area(opacity=0.16)
            .encode(**shared, y=alt.Y("low:Q"), y2="high:Q", color=colour)
        )
    layers.append(
        alt.Chart(drawn)
        .mark_line(strokeWidth=2.2, point={"size": 34} if points else False)
        .encode(**shared, y=alt.Y(**number(y, lang, zero=zero)), color=colour, tooltip=tips)
    )
    if by:
        height += legend_height(drawn[by.name].n_unique())
    if target:
        layers.append(rule(*target))
    if change:
        day = alt.Chart(pl.DataFrame({"day": [change]}))
        layers.append(
            day.mark_rule(strokeDash=[4, 3], color=tokens.MARK_2, size=2).encode(x="day:T")
        )
    return alt.layer(*layers).properties(height=height)


def _scale(
    found: pl.Series, order: Sequence[str] | None, colours: Mapping[str, str] | None, lang: Lang
) -> alt.Scale:
    """Groups in the wanted order, so that each keeps its colour; others follow."""
    seen = found.unique(maintain_order=True).to_list()
    first = [words for code in order or () if (words := labels.value(code, lang)) in seen]
    return coloured(first + [words for words in seen if words not in first], colours, lang)


def decomposition(
    frame: pl.DataFrame, unit: str, lang: Lang, words: dict[str, str], title: str
) -> Chart:
    """Measured days, the trend through them and the unusual days.

    ``frame``: date, value, trend, anomaly (bool); ``words``: names of the three.
    """
    y = Field("value", unit, title)
    x = _time(frame, Field("date"), lang)
    scale = alt.Scale(
        domain=[words["value"], words["trend"], words["anomaly"]],
        range=[tokens.REFERENCE, tokens.MARK, tokens.MARK_2],
    )
    colour = alt.Color("what:N", scale=scale, legend=legend())
    tips = tooltip([Field("date"), y, Field("trend", unit), Field("n", "count")], frame, lang)

    def named(name: str) -> alt.Chart:
        return alt.Chart(frame.with_columns(what=pl.lit(words[name])))

    days = (
        named("value")
        .mark_line(strokeWidth=1, opacity=0.75)
        .encode(x=x, y=alt.Y(**number(y, lang, zero=False)), color=colour, tooltip=tips)
    )
    trend = (
        named("trend")
        .mark_line(strokeWidth=3, interpolate="monotone")
        .encode(x=x, y=alt.Y("trend:Q"), color=colour)
    )
    odd = (
        alt.Chart(
            frame.filter(pl.col("anomaly").fill_null(False)).with_columns(
                what=pl.lit(words["anomaly"])
            )
        )
        .mark_point(shape="diamond", size=90, filled=True)
        .encode(x=x, y="value:Q", color=colour, tooltip=tips)
    )
    return alt.layer(days, trend, odd).properties(height=HEIGHT + legend_height(3))


def stacked(
    frame: pl.DataFrame,
    x: Field,
    y: Field,
    by: Field,
    lang: Lang,
    *,
    order: Sequence[str] = (),
    normalise: bool = False,
    height: int = HEIGHT,
    colours: Mapping[str, str] | None = None,
) -> Chart:
    """Bars split into parts; ``order`` lists the coded parts from bottom to top."""
    known = [code for code in order if code in set(frame[by.name].to_list())]
    names = [labels.value(code, lang) for code in known]
    drawn = worded(frame, [by.name, x.name], lang).with_columns(
        pl.col(by.name)
        .replace_strict({n: i for i, n in enumerate(names)}, default=len(names))
        .alias("rank")
    )
    value = number(y, lang)
    value["stack"] = "normalize" if normalise else "zero"
    domain = names + [n for n in drawn[by.name].unique(maintain_order=True) if n not in names]
    return (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=_time(drawn, x, lang),
            y=alt.Y(**value),
            color=alt.Color(
                by.name,
                type="nominal",
                scale=coloured(domain, colours, lang),
                legend=legend(),
            ),
            order=alt.Order("rank:Q"),
            tooltip=tooltip([x, by, y, Field("users", "count"), Field("n", "count")], drawn, lang),
        )
        .properties(height=height + legend_height(len(domain)))
    )
