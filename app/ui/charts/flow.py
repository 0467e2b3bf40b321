"""A flow between ordered stages (Sankey), of plain areas so that it exports like any chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import labels
from app.ui.charts.base import Chart, coloured, legend

_STEPS = 24
_GAP = 0.03
_NODE = 0.035


def sankey(
    flow: pl.DataFrame,
    order: Sequence[str],
    lang: Lang,
    *,
    users: str,
    colours: Mapping[str, str],
    height: int = 400,
) -> Chart:
    """Streams of users between phases from month to month.

    ``flow``: month (of arrival), from, to, users. ``order`` lists the phases from top to bottom.
    """
    months = sorted(flow["month"].unique().to_list())
    totals = _totals(flow, months)
    peak = max((sum(nodes.values()) for nodes in totals), default=1) or 1
    tops = [_stack(nodes, order, peak) for nodes in totals]
    bands = _bands(flow, months, order, tops, peak, lang)
    boxes = pl.DataFrame(
        [
            {
                "x": step - _NODE,
                "x2": step + _NODE,
                "y": top,
                "y2": top + size / peak,
                "phase": labels.value(code, lang),
                "users": size,
                "month": _label(months, step),
            }
            for step, nodes in enumerate(tops)
            for code, (top, size) in nodes.items()
        ]
    )
    domain = [labels.value(code, lang) for code in order]
    colour = coloured(domain, colours, lang)
    ticks = list(range(len(tops)))
    names = [_label(months, step) for step in ticks]
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[-0.08, len(tops) - 0.92], nice=False),
        axis=alt.Axis(
            title=None,
            values=ticks,
            grid=False,
            domain=False,
            ticks=False,
            labelExpr=f"{names}[datum.value]",
            orient="top",
            labelOverlap=True,
        ),
    )
    y_scale = alt.Scale(reverse=True, zero=True)
    areas = (
        alt.Chart(bands)
        .mark_area(opacity=0.32)
        .encode(
            x=x,
            y=alt.Y("y:Q", scale=y_scale, axis=None),
            y2="y2:Q",
            detail="band:N",
            color=alt.Color("phase:N", scale=colour, legend=legend()),
            tooltip=[
                alt.Tooltip("words:N", title=" "),
                alt.Tooltip("users:Q", title=users, format=","),
            ],
        )
    )
    nodes = (
        alt.Chart(boxes)
        .mark_rect(cornerRadius=2)
        .encode(
            x=x,
            x2="x2",
            y=alt.Y("y:Q", scale=y_scale, axis=None),
            y2="y2",
            color=alt.Color("phase:N", scale=colour),
            tooltip=[
                alt.Tooltip("month:N", title=" "),
                alt.Tooltip("phase:N", title=" "),
                alt.Tooltip("users:Q", title=users, format=","),
            ],
        )
    )
    return alt.layer(areas, nodes).properties(height=height)


def ribbon(
    x: tuple[float, float], top: tuple[float, float], size: float, more: Mapping[str, object]
) -> list[dict[str, object]]:
    """Points of one ribbon: a smooth step from its place on the left to that on the right."""
    rows = []
    for i in range(_STEPS + 1):
        t = i / _STEPS
        y = top[0] + (top[1] - top[0]) * t * t * (3 - 2 * t)
        rows.append({**more, "x": x[0] + t * (x[1] - x[0]), "y": y, "y2": y + size})
    return rows


def _label(months: Sequence[object], step: int) -> str:
    """Each column's month; the first is the one before the first arrival."""
    if step:
        return str(months[step - 1])
    year, month = (int(part) for part in str(months[0]).split("-")[:2])
    return f"{year - (month == 1)}-{(month - 2) % 12 + 1:02d}"


def _totals(flow: pl.DataFrame, months: Sequence[object]) -> list[dict[str, int]]:
    """Users per phase at the start and after every month."""
    found = []
    first = flow.filter(pl.col("month") == months[0]).group_by("from").agg(pl.col("users").sum())
    found.append(dict(first.iter_rows()))
    for month in months:
        arrived = flow.filter(pl.col("month") == month).group_by("to").agg(pl.col("users").sum())
        found.append(dict(arrived.iter_rows()))
    return found


def _stack(nodes: dict[str, int], order: Sequence[str], peak: int) -> dict[str, tuple[float, int]]:
    """Top edge and size of each phase's box in one column."""
    top, placed = 0.0, {}
    for code in order:
        if nodes.get(code):
            placed[code] = (top, nodes[code])
            top += nodes[code] / peak + _GAP
    return placed


def _bands(
    flow: pl.DataFrame,
    months: Sequence[object],
    order: Sequence[str],
    tops: list[dict[str, tuple[float, int]]],
    peak: int,
    lang: Lang,
) -> pl.DataFrame:
    """Points of every ribbon."""
    rank = {code: i for i, code in enumerate(order)}
    rows: list[dict[str, object]] = []
    for step, month in enumerate(months):
        out = {code: top for code, (top, _) in tops[step].items()}
        into = {code: top for code, (top, _) in tops[step + 1].items()}
        moves = flow.filter(pl.col("month") == month).select("from", "to", "users").rows()
        for source, target, users in sorted(
            moves, key=lambda m: (rank.get(m[0], 9), rank.get(m[1], 9))
        ):
            if source not in out or target not in into:
                continue
            size = users / peak
            words = f"{labels.value(source, lang)} → {labels.value(target, lang)}"
            more = {
                "band": f"{step}-{source}-{target}",
                "phase": labels.value(source, lang),
                "words": words,
                "users": users,
            }
            span = (step + _NODE, step + 1 - _NODE)
            rows += ribbon(span, (out[source], into[target]), size, more)
            out[source] += size
            into[target] += size
    return pl.DataFrame(rows)
