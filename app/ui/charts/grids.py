"""Charts made of cells: heat maps, cohort triangles, the risk matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import tokens
from app.ui.charts.base import Chart, Field, number, text_ink, tooltip, worded

CELL = 30
# From this share of the highest value on, a cell is closer to the other ink.
_TURN = 0.62


def heat(
    frame: pl.DataFrame,
    x: Field,
    y: Field,
    value: Field,
    lang: Lang,
    mode: tokens.Mode,
    *,
    sort_x: Any = None,
    sort_y: Any = None,
    form: str = ".0%",
    more: Sequence[Field] = (),
    x_title: str | None = None,
    y_title: str | None = None,
    cell: int = CELL,
    text: bool = True,
) -> Chart:
    """Cells coloured by value with the number written in; low values recede into the page."""
    drawn = worded(frame, [x.name, y.name], lang).drop_nulls(value.name)
    top = float(drawn[value.name].cast(pl.Float64).to_numpy().max(initial=0)) or 1.0
    low, high = text_ink(mode)
    ink = (low, high) if mode == "light" else (high, low)
    ramp = list(tokens.SEQUENTIAL[mode])
    base = alt.Chart(drawn).encode(
        x=alt.X(
            x.name,
            type="ordinal",
            sort=sort_x,
            axis=alt.Axis(
                title=x_title,
                labelAngle=_slant(drawn[x.name]),
                orient="top",
                domain=False,
                ticks=False,
                labelLimit=130,
                labelOverlap=False,
                labelPadding=6,
            ),
        ),
        y=alt.Y(
            y.name,
            type="ordinal",
            sort=sort_y,
            axis=alt.Axis(title=y_title, domain=False, ticks=False, labelLimit=130),
        ),
    )
    cells = base.mark_rect(cornerRadius=3, stroke=tokens.PALETTES[mode].page, strokeWidth=2).encode(
        color=alt.Color(
            value.name,
            type="quantitative",
            legend=None,
            scale=alt.Scale(range=ramp, domain=[0, top]),
        ),
        tooltip=tooltip([y, x, value, *more, Field("n", "count")], drawn, lang),
    )
    height = max(90, cell * drawn[y.name].n_unique() + 62)
    if not text:
        return cells.properties(height=height)
    words = base.mark_text(fontSize=11).encode(
        text=alt.Text(value.name, type="quantitative", format=form),
        color=alt.condition(
            f"datum['{value.name}'] > {top * _TURN}", alt.value(ink[1]), alt.value(ink[0])
        ),
    )
    return alt.layer(cells, words).properties(height=height)


def surface(
    frame: pl.DataFrame, x: Field, y: Field, value: Field, lang: Lang, mode: tokens.Mode
) -> Chart:
    """A number over a regular grid of two others; gains in one colour, losses in the other."""
    steps = {f.name: _step(frame[f.name]) for f in (x, y)}
    drawn = frame.with_columns(
        (pl.col(f.name) + steps[f.name]).alias(f"{f.name}_end") for f in (x, y)
    )
    reach = float(drawn[value.name].abs().to_numpy().max(initial=1))
    scale = alt.Scale(range=list(tokens.DIVERGING[mode]), domain=[-reach, reach], interpolate="rgb")
    legend = alt.Legend(title=value.words(lang), orient="right", gradientLength=180, format="~s")
    tight = alt.Scale(zero=False, nice=False)
    return (
        alt.Chart(drawn)
        .mark_rect()
        .encode(
            x=alt.X(**number(x, lang, zero=False, grid=False) | {"scale": tight}),
            x2=f"{x.name}_end",
            y=alt.Y(**number(y, lang, zero=False, grid=False) | {"scale": tight}),
            y2=f"{y.name}_end",
            color=alt.Color(value.name, type="quantitative", scale=scale, legend=legend),
            tooltip=tooltip([x, y, value], drawn, lang),
        )
        .properties(height=340)
    )


def _step(values: pl.Series) -> float:
    """The distance between neighbours of a regular grid."""
    gaps = values.unique().sort().diff().drop_nulls()
    return float(gaps.to_numpy().min(initial=1e18)) if len(gaps) else 1.0


def _slant(words: pl.Series) -> int:
    """Column heads lie flat while they are short, else they lean."""
    longest = max((len(str(word).encode("gb18030")) for word in words.unique()), default=0)
    return 0 if longest <= 10 else -30


def matrix(
    cells: pl.DataFrame,
    lang: Lang,
    mode: tokens.Mode,
    titles: tuple[str, str],
    selected: str | None,
) -> Chart:
    """The 5x5 risk matrix: probability across, loss upward; click a cell to read its risks.

    ``cells``: x, y (1..5), p_words, loss_words, risks (count), level (1..5), cell (``x-y``).
    """
    palette = tokens.PALETTES[mode]
    pick = alt.selection_point(name="cell", fields=["cell"], on="click", empty=False)
    x = alt.X(
        "p_words:N",
        sort=alt.SortField("x"),
        axis=alt.Axis(
            title=titles[0],
            labelAngle=0,
            domain=False,
            ticks=False,
            labelExpr="split(datum.label, '|')",
            labelLineHeight=13,
        ),
    )
    y = alt.Y(
        "loss_words:N",
        sort=alt.SortField("y", order="descending"),
        axis=alt.Axis(title=titles[1], domain=False, ticks=False, labelLimit=120),
    )
    chosen = cells.with_columns((pl.col("cell") == (selected or "")).alias("chosen"))
    base = alt.Chart(chosen).encode(x=x, y=y)
    ramp = {
        "light": ["#eef5ef", "#f6f3df", "#fbe6c0", "#f7c9a5", "#f0a394"],
        "dark": ["#14251c", "#272817", "#3a2d12", "#4a2a18", "#5d2320"],
    }[mode]
    squares = (
        base.mark_rect(cornerRadius=4, cursor="pointer")
        .encode(
            color=alt.Color(
                "level:O", legend=None, scale=alt.Scale(domain=[1, 2, 3, 4, 5], range=ramp)
            ),
            stroke=alt.condition("datum.chosen", alt.value(palette.ink), alt.value(palette.page)),
            strokeWidth=alt.condition("datum.chosen", alt.value(2.5), alt.value(2)),
            tooltip=[
                alt.Tooltip("p_words:N", title=titles[0]),
                alt.Tooltip("loss_words:N", title=titles[1]),
                alt.Tooltip("names:N", title=" "),
            ],
        )
        .add_params(pick)
    )
    dots = (
        base.transform_filter("datum.risks > 0")
        .mark_circle(size=620, color=palette.ink, opacity=0.88, cursor="pointer")
        .encode()
    )
    counts = (
        base.transform_filter("datum.risks > 0")
        .mark_text(fontSize=14, fontWeight=700, color=palette.page, cursor="pointer")
        .encode(text="risks:Q")
    )
    return alt.layer(squares, dots, counts).properties(height=430)
