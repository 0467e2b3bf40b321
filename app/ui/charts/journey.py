"""A journey map: where people come from before an event, or go after it, step by step (Sankey)."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
from footprint.text import Lang

from app.ui import labels, tokens
from app.ui.charts.base import Chart
from app.ui.charts.flow import ribbon

ENDS = ("(other)", "(start)", "(left)")
_GAP = 0.022
_NODE = 0.05
_LEAST_LABEL = 0.028
EDGE = "edge"


def journey(flow: pl.DataFrame, lang: Lang, *, users: str, height: int = 430) -> Chart:
    """Ribbons between the steps of a flow (step, from, to, n); a click selects ``edge``.

    Steps are distances from the event: -1 leads to it, 1 away from it. Colours follow the value a
    ribbon comes from (before) or goes to (after), ends stay grey.
    """
    before = bool(len(flow)) and int(flow["step"].min()) < 0  # type: ignore[arg-type]
    moved = flow.with_columns(
        at=pl.col("step") + (_depth(flow) if before else -1),
        edge=pl.format("{}|{}|{}", "step", "from", "to"),
    )
    nodes = _nodes(moved)
    peak = float(nodes.group_by("at").agg(pl.col("n").sum())["n"].max() or 1)  # type: ignore[arg-type]
    boxes = _boxes(nodes, peak, lang)
    bands = _bands(moved, boxes, peak, before, lang)
    last = float(nodes["at"].max() or 1)  # type: ignore[arg-type]
    kinds = boxes.filter(~pl.col("node").is_in(ENDS)).group_by("words").agg(pl.col("n").sum())
    ranked = kinds.sort("n", "words", descending=[True, False])["words"].to_list()
    grey = [labels.value(code, lang) for code in ENDS]
    colour = alt.Color(
        "words:N",
        legend=None,
        scale=alt.Scale(
            domain=[*ranked, *grey],
            range=[tokens.SERIES[i % 7] for i in range(len(ranked))] + [tokens.REFERENCE] * 3,
        ),
    )
    picked = alt.selection_point(name="picked", fields=[EDGE], on="click", clear="dblclick")
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.1, last + 0.62], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, zero=True))
    tip = [
        alt.Tooltip("way:N", title=" "),
        alt.Tooltip("n:Q", title=users, format=","),
        alt.Tooltip("share:Q", title="%", format=".1%"),
    ]
    areas = (
        alt.Chart(bands)
        .mark_area(cursor="pointer")
        .encode(x=x, y=y, y2="y2:Q", detail="edge:N", color=colour, tooltip=tip,
                opacity=alt.condition(picked, alt.value(0.42), alt.value(0.14)))
        .add_params(picked)
    )  # fmt: skip
    rects = (
        alt.Chart(boxes)
        .mark_rect(cornerRadius=2)
        .encode(x=alt.X("x:Q"), x2="x2", y=alt.Y("y:Q"), y2="y2", color=colour, tooltip=tip)
    )
    names = (
        alt.Chart(boxes.filter(pl.col("size") > _LEAST_LABEL))
        .mark_text(align="left", dx=4, fontSize=11, color=tokens.REFERENCE)
        .encode(x=alt.X("x2:Q"), y=alt.Y("middle:Q"), text="label:N")
    )
    return alt.layer(areas, rects, names).properties(height=height)


def _depth(flow: pl.DataFrame) -> int:
    return -int(flow["step"].min())  # type: ignore[arg-type]


def _nodes(moved: pl.DataFrame) -> pl.DataFrame:
    """at, node, n: what comes in or goes out, whichever is more."""
    out = moved.group_by("at", node="from").agg(n=pl.col("n").sum())
    into = moved.group_by(pl.col("at") + 1, node="to").agg(n=pl.col("n").sum())
    return pl.concat([out, into]).group_by("at", "node").agg(pl.col("n").max())


def _boxes(nodes: pl.DataFrame, peak: float, lang: Lang) -> pl.DataFrame:
    """Nodes of every column from top to bottom, the largest first and the ends last."""
    rows: list[dict[str, Any]] = []
    for (at,), part in nodes.sort("at").group_by(["at"], maintain_order=True):
        top = 0.0
        ranked = part.sort(pl.col("node").is_in(ENDS), -pl.col("n"), "node")
        for node, n in ranked.select("node", "n").iter_rows():
            size, words = n / peak, labels.value(node, lang)
            rows.append({
                "at": at, "node": node, "n": n, "words": words, "way": words, "size": size,
                "x": float(str(at)) - _NODE / 2, "x2": float(str(at)) + _NODE / 2, "y": top,
                "y2": top + size, "middle": top + size / 2, "share": n / part["n"].sum(),
                "label": f"{words}  {n:,}",
            })  # fmt: skip
            top += size + _GAP
    return pl.DataFrame(rows, infer_schema_length=None)


def _bands(
    moved: pl.DataFrame, boxes: pl.DataFrame, peak: float, before: bool, lang: Lang
) -> pl.DataFrame:
    tops = {(row["at"], row["node"]): row["y"] for row in boxes.iter_rows(named=True)}
    out, into = dict(tops), dict(tops)
    totals = dict(boxes.select(pl.format("{}|{}", "at", "node"), "n").iter_rows())
    rank = {key: place for place, key in enumerate(tops)}
    rows: list[dict[str, object]] = []
    edges = sorted(
        moved.select("at", "from", "to", "n", "edge").iter_rows(),
        key=lambda e: (e[0], rank[e[0], e[1]], rank[e[0] + 1, e[2]]),
    )
    for at, source, target, n, edge in edges:
        size = n / peak
        more = {
            EDGE: edge, "n": n, "words": labels.value(source if before else target, lang),
            "way": f"{labels.value(source, lang)} → {labels.value(target, lang)}",
            "share": n / totals[f"{at}|{source}"],
        }  # fmt: skip
        span = (at + _NODE / 2, at + 1 - _NODE / 2)
        rows += ribbon(span, (out[at, source], into[at + 1, target]), size, more)
        out[at, source] += size
        into[at + 1, target] += size
    return pl.DataFrame(rows, infer_schema_length=None)
