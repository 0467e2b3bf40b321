"""A funnel: people who reach each step, and those who left before it."""

from __future__ import annotations

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import tokens
from app.ui.charts.base import Chart, Field, number, tooltip

_ROW = 46


def bars(steps: pl.DataFrame, lang: Lang) -> Chart:
    """``steps``: name (in words), users, rate, step_rate, low, high; in their order."""
    users = Field("users", "count")
    drawn = steps.with_columns(
        before=pl.col("users").shift(1).fill_null(pl.col("users")),
        said=pl.format("{}%", (pl.col("rate") * 100).round(1)),
    )
    y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=170, labelFontSize=12))
    tips = tooltip(
        [Field("name"), users, Field("rate", "rate"), Field("low", "rate"), Field("high", "rate"),
         Field("step_rate", "rate"), Field("lost", "count")], drawn, lang,
    )  # fmt: skip
    base = alt.Chart(drawn).encode(y=y, tooltip=tips)
    came = base.mark_bar(color=tokens.REFERENCE, opacity=0.22, cornerRadiusEnd=3).encode(
        x=alt.X("before:Q")
    )
    reached = base.mark_bar(color=tokens.MARK, cornerRadiusEnd=3).encode(
        x=alt.X(**number(users, lang, orient="bottom"))
    )
    words = base.mark_text(align="left", dx=6, color=tokens.REFERENCE, fontSize=12).encode(
        x=alt.X("before:Q"), text="said:N"
    )
    return alt.layer(came, reached, words).properties(height=max(140, _ROW * drawn.height + 40))
