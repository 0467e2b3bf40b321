"""Spend against orders: the fitted curve with its range, the weeks behind it, now and suggested."""

from __future__ import annotations

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import tokens
from app.ui.charts.base import Chart, Field, axis, legend, tooltip

HEIGHT = 260


def response(curve: pl.DataFrame, weeks: pl.DataFrame, marks: pl.DataFrame, lang: Lang) -> Chart:
    """One channel: ``curve`` (spend, orders, low, high), ``weeks`` (week, spend, orders), ``marks``
    (spend, orders, what: words such as now and suggested)."""
    spend, orders = Field("spend", "CNY"), Field("orders", "count")
    x = alt.X("spend:Q", axis=axis(spend, lang, tickCount=6), scale=alt.Scale(nice=False))
    y = alt.Y("orders:Q", axis=axis(orders, lang, tickCount=5))
    base = alt.Chart(curve)
    band = base.mark_area(opacity=0.16, color=tokens.MARK).encode(x=x, y="low:Q", y2="high:Q")
    line = base.mark_line(strokeWidth=2.4, color=tokens.MARK).encode(x=x, y=y)
    dots = (
        alt.Chart(weeks)
        .mark_point(size=36, color=tokens.REFERENCE, opacity=0.8)
        .encode(x=x, y=y, tooltip=tooltip([Field("week"), spend, orders], weeks, lang))
    )
    stops = (
        alt.Chart(marks)
        .mark_point(filled=True, size=120, opacity=1)
        .encode(
            x=x, y=y, tooltip=tooltip([Field("what", "", " "), spend, orders], marks, lang),
            shape=alt.Shape("what:N", legend=legend()),
            color=alt.Color("what:N", legend=legend(), scale=alt.Scale(
                domain=marks["what"].to_list(),
                range=[tokens.REFERENCE, tokens.MARK_2, tokens.SERIES[2]][: marks.height])),
        )
    )  # fmt: skip
    return alt.layer(band, line, dots, stops).properties(height=HEIGHT)
