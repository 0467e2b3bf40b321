"""Charts of estimates side by side: points with their intervals, bars, ranges, scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

ROW = 28


def _rows(frame: pl.DataFrame, name: str, row: int = ROW) -> int:
    return max(110, row * frame[name].n_unique() + 64)


def intervals(
    frame: pl.DataFrame,
    label: Field,
    value: Field,
    lang: Lang,
    *,
    mark: Field | None = None,
    line: tuple[float, str] | None = None,
    sort: Any = "-x",
    zero: bool = True,
    colours: dict[str, str] | None = None,
) -> Chart:
    """A point per row with its interval low..high; ``line`` is a marked level, ``mark`` colours."""
    drawn = worded(frame, [label.name, *([mark.name] if mark else [])], lang).drop_nulls(value.name)
    if sort in ("x", "-x"):  # layers do not share a sort by value, so the order is written out
        ranked = drawn.sort(value.name, descending=sort == "-x")
        sort = ranked[label.name].unique(maintain_order=True).to_list()
    y = alt.Y(label.name, type="nominal", sort=sort, axis=alt.Axis(title=None, labelLimit=150))
    x = alt.X(**number(value, lang, zero=zero, orient="bottom"))
    colour: Any = alt.value(tokens.MARK)
    extra = 0
    if mark and colours:
        worded_colours = {labels.value(code, lang): c for code, c in colours.items()}
        seen = [w for w in worded_colours if w in set(drawn[mark.name].to_list())]
        extra = legend_height(len(seen))
        colour = alt.Color(
            mark.name,
            type="nominal",
            legend=legend(),
            scale=alt.Scale(domain=seen, range=[worded_colours[w] for w in seen]),
        )
    tips = tooltip(
        [
            label,
            value,
            Field("low", value.unit),
            Field("high", value.unit),
            Field("n", "count"),
            *([mark] if mark else []),
        ],
        drawn,
        lang,
    )
    base = alt.Chart(drawn)
    layers: list[alt.Chart | alt.LayerChart] = []
    if {"low", "high"} <= set(drawn.columns):
        layers.append(
            base.mark_rule(strokeWidth=2, opacity=0.55).encode(
                x=alt.X("low:Q"), x2="high:Q", y=y, color=colour
            )
        )
    layers.append(
        base.mark_point(filled=True, size=75, opacity=1).encode(
            x=x, y=y, color=colour, tooltip=tips
        )
    )
    if line:
        layers.append(rule(*line, horizontal=False))
    return alt.layer(*layers).properties(height=_rows(drawn, label.name) + extra)


def columns(
    frame: pl.DataFrame,
    label: Field,
    value: Field,
    lang: Lang,
    *,
    sort: Any = None,
    highlight: Sequence[str] = (),
    line: tuple[float, str] | None = None,
    height: int = HEIGHT,
    zero: bool = True,
) -> Chart:
    """Points with intervals over an ordered axis (weekdays, months, bins); some may stand out."""
    drawn = worded(frame, [label.name], lang).drop_nulls(value.name)
    chosen = [labels.value(code, lang) for code in highlight]
    x = alt.X(
        label.name,
        type="ordinal",
        sort=sort,
        axis=alt.Axis(
            title=label.words(lang) if label.title else None, labelAngle=0, labelOverlap=True
        ),
    )
    colour: Any = alt.value(tokens.MARK)
    if chosen:
        colour = alt.condition(
            alt.FieldOneOfPredicate(field=label.name, oneOf=chosen),
            alt.value(tokens.MARK_2),
            alt.value(tokens.MARK),
        )
    tips = tooltip(
        [
            label,
            value,
            Field("low", value.unit),
            Field("high", value.unit),
            Field("n", "count"),
            Field("days", "count"),
        ],
        drawn,
        lang,
    )
    base = alt.Chart(drawn)
    layers: list[alt.Chart | alt.LayerChart] = []
    if {"low", "high"} <= set(drawn.columns):
        layers.append(
            base.mark_rule(strokeWidth=3, opacity=0.35).encode(
                x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour
            )
        )
    layers.append(
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=x, y=alt.Y(**number(value, lang, zero=zero)), color=colour, tooltip=tips
        )
    )
    if line:
        layers.append(rule(*line))
    return alt.layer(*layers).properties(height=height)


def bars(
    frame: pl.DataFrame,
    label: Field,
    value: Field,
    lang: Lang,
    *,
    sort: Any = "-x",
    by: Field | None = None,
    more: Sequence[Field] = (),
) -> Chart:
    """Horizontal bars, negative to the left; ``by`` puts groups beside one another."""
    drawn = worded(frame, [label.name, *([by.name] if by else [])], lang).drop_nulls(value.name)
    encodings: dict[str, Any] = {
        "y": alt.Y(
            label.name, type="nominal", sort=sort, axis=alt.Axis(title=None, labelLimit=150)
        ),
        "x": alt.X(**number(value, lang, orient="bottom")),
        "tooltip": tooltip(
            [label, *([by] if by else []), value, *more, Field("n", "count")], drawn, lang
        ),
    }
    rows = _rows(drawn, label.name)
    if by:
        encodings["yOffset"] = alt.YOffset(by.name, type="nominal")
        encodings["color"] = alt.Color(by.name, type="nominal", legend=legend())
        rows += 9 * frame.height + legend_height(drawn[by.name].n_unique())
    else:
        encodings["color"] = alt.condition(
            f"datum['{value.name}'] < 0", alt.value(tokens.MARK_2), alt.value(tokens.MARK)
        )
    return alt.Chart(drawn).mark_bar(cornerRadiusEnd=3).encode(**encodings).properties(height=rows)


def ranges(
    frame: pl.DataFrame, label: Field, value: Field, by: Field, lang: Lang, *, base_code: str
) -> Chart:
    """Each label's values under several methods: the range as a bar, methods as dots.

    The method ``base_code`` is drawn as a hollow diamond, since the others are read against it.
    """
    drawn = worded(frame, [label.name, by.name], lang).drop_nulls(value.name)
    base_words = labels.value(base_code, lang)
    y = alt.Y(
        label.name,
        type="nominal",
        axis=alt.Axis(title=None, labelLimit=150),
        sort=alt.EncodingSortField(value.name, op="max", order="descending"),
    )
    span = (
        alt.Chart(drawn)
        .mark_bar(size=9, opacity=0.22, color=tokens.REFERENCE, cornerRadius=4)
        .encode(x=alt.X(f"min({value.name}):Q"), x2=f"max({value.name}):Q", y=y)
    )
    tips = tooltip(
        [
            label,
            by,
            value,
            Field("conversions", "count"),
            Field("low", "count"),
            Field("high", "count"),
        ],
        drawn,
        lang,
    )
    x = alt.X(**number(value, lang, orient="bottom"))
    methods = [m for m in drawn[by.name].unique(maintain_order=True) if m != base_words]
    dots = (
        alt.Chart(drawn.filter(pl.col(by.name) != base_words))
        .mark_point(filled=True, size=62, opacity=0.95)
        .encode(
            x=x,
            y=y,
            tooltip=tips,
            color=alt.Color(
                by.name, type="nominal", scale=alt.Scale(domain=methods), legend=legend(2)
            ),
        )
    )
    hollow = (
        alt.Chart(drawn.filter(pl.col(by.name) == base_words))
        .mark_point(shape="diamond", size=130, strokeWidth=2.2, color=tokens.REFERENCE)
        .encode(x=x, y=y, tooltip=tips)
    )
    height = _rows(drawn, label.name, 44) + legend_height(len(methods), 2)
    return alt.layer(span, dots, hollow).properties(height=height)


def scatter(
    frame: pl.DataFrame,
    x: Field,
    y: Field,
    lang: Lang,
    *,
    label: Field,
    size: Field | None = None,
    flag: str | None = None,
    flag_words: tuple[str, str] = ("", ""),
    flag_colour: str = tokens.STATUS["red"],
    log_x: bool = False,
    text: bool = False,
    height: int = 300,
    zero: bool = True,
) -> Chart:
    """Rows as dots; a Boolean column ``flag`` sets some apart by colour and shape."""
    drawn = worded(frame, [label.name], lang).drop_nulls([x.name, y.name])
    tips = tooltip(
        [
            label,
            x,
            y,
            *([size] if size else []),
            Field("low", y.unit),
            Field("high", y.unit),
            Field("n", "count"),
        ],
        drawn,
        lang,
    )
    scale = alt.Scale(type="symlog") if log_x else alt.Scale(nice=True, zero=zero)
    encodings: dict[str, Any] = {
        "x": alt.X(x.name, type="quantitative", axis=axis(x, lang, tickCount=6), scale=scale),
        "y": alt.Y(**number(y, lang, zero=zero)),
        "tooltip": tips,
    }
    if size:
        encodings["size"] = alt.Size(
            size.name, type="quantitative", legend=None, scale=alt.Scale(range=[40, 900])
        )
    if flag:
        drawn = drawn.with_columns(
            pl.when(pl.col(flag).fill_null(False))
            .then(pl.lit(flag_words[1]))
            .otherwise(pl.lit(flag_words[0]))
            .alias("kind")
        )
        domain = list(flag_words)
        encodings["color"] = alt.Color(
            "kind:N",
            legend=legend(),
            scale=alt.Scale(domain=domain, range=[tokens.MARK, flag_colour]),
        )
        encodings["shape"] = alt.Shape(
            "kind:N", legend=None, scale=alt.Scale(domain=domain, range=["circle", "diamond"])
        )
    else:
        encodings["color"] = alt.value(tokens.MARK)
    dots = alt.Chart(drawn).mark_point(filled=True, size=70, opacity=0.75).encode(**encodings)
    layers = [dots]
    if text:
        layers.append(
            alt.Chart(drawn)
            .mark_text(dy=-22, fontSize=12, color=tokens.REFERENCE)
            .encode(x=encodings["x"], y=encodings["y"], text=alt.Text(label.name))
        )
    return alt.layer(*layers).properties(height=height)


def parts(
    frame: pl.DataFrame,
    label: Field,
    value: Field,
    by: Field,
    lang: Lang,
    *,
    order: Sequence[str],
    top: int = 12,
    colours: Mapping[str, str] | None = None,
) -> Chart:
    """One horizontal bar per label split into parts, the largest labels on top."""
    biggest = frame.group_by(label.name).agg(pl.col(value.name).sum()).top_k(top, by=value.name)
    kept = frame.filter(pl.col(label.name).is_in(biggest[label.name].implode(), nulls_equal=True))
    drawn = worded(kept, [label.name, by.name], lang)
    seen = set(kept[by.name].to_list())
    domain = [labels.value(code, lang) for code in order if code in seen]
    domain += [w for w in drawn[by.name].unique(maintain_order=True) if w not in domain]
    return (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            y=alt.Y(
                label.name, type="nominal", sort="-x", axis=alt.Axis(title=None, labelLimit=150)
            ),
            x=alt.X(**number(value, lang, orient="bottom")),
            color=alt.Color(
                by.name, type="nominal", scale=coloured(domain, colours, lang), legend=legend()
            ),
            tooltip=tooltip([label, by, value, Field("share", "rate")], drawn, lang),
        )
        .properties(height=_rows(drawn, label.name) + legend_height(len(domain)))
    )
