"""U1: the journey map: ways before or after an event, and the users on a way."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import journey
from app.ui.section import fragment, section
from app.views.journey import behind

_TITLE = Text(
    "走到那一步之前，或之后，人走哪条路", "Which way do people go before or after a step?"
)
_LEAD = Text(
    "带子的宽度是人数。点一条带子，下面只列经过它的路；再选一条路，看走它的人。",
    "The width of a ribbon is people. Click one and only ways through it are listed; choose a way "
    "to see its people.",
)
_SIDE, _EVENT = Text("方向", "Direction"), Text("围绕哪一步", "Around which step")
_WHAT, _DEPTH = Text("路由什么组成", "A way is made of"), Text("看几步", "Steps")
_LEAST = Text("至少多少人", "At least so many people")
_COLLAPSE = Text("合并连续重复", "Collapse repeats")
_WAY = Text("哪条路（键盘可选）", "Which way (by keyboard)")
_THROUGH = Text("只看经过：{way}", "Only ways through: {way}")
_PEOPLE = Text("用户数", "Users")
_MADE_OF = ("event_type", "channel", "channel_class", "platform", "stream_id", "content_id")
_LEASTS = ("1", "5", "10", "20", "50", "100", "500", "1000")
_JOINT = " › "


def map_of_ways(scope: Scope, lang: Lang) -> None:
    """The Sankey, its ways as a table and the users of one."""
    with section("journey", lang, _TITLE, _LEAD):
        _map(scope, lang)


@fragment
def _map(scope: Scope, lang: Lang) -> None:
    params = _controls(lang)
    result = data.ask("paths", scope, **params)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    flow = result.frames["flow"]
    if flow.is_empty():
        markup.notes([note(lang) for note in result.notes])
        return
    draw = partial(journey.journey, flow, lang, users=_PEOPLE(lang))
    event = present.chart(
        draw, "journey", _TITLE(lang), result, lang, wide=True, on_select="rerun",
        selection_mode="picked",
    )  # fmt: skip
    paths = _through(result, _picked(event), params, lang)
    shown = paths.with_columns(path=_words(paths["path"], lang))
    present.table(
        shown, "journey-paths", lang, bars=("users",), height=300,
        columns=("path", "nodes", "users", "share", "low", "high"),
    )  # fmt: skip
    if paths.height:
        known = dict(zip(paths["path"], shown["path"], strict=True))
        way = controls.select(
            _WAY(lang), list(known), "journey-way", lang, width=620, words=lambda p: known[p]
        )
        asked = {k: v for k, v in params.items() if k != "least"}
        behind.people("journey", scope, lang, {"of": "path", "path": way, **asked})
    markup.notes([note(lang) for note in result.notes])
    present.tools("journey", lang, result, draw)


def _controls(lang: Lang) -> dict[str, Any]:
    log = data.current().event_log() if data.current().has("events") else None
    kinds = list(log.event_types) if log else []
    usual = log.conversion if log else None
    words = {"before": Text("之前", "Before"), "after": Text("之后", "After")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = controls.segments(
            _SIDE(lang), tuple(words), "journey-side", lang, words=lambda code: words[code](lang)
        )
        event = controls.select(
            _EVENT(lang), kinds or [""], "journey-event", lang, default=usual, width=170
        )
        made = controls.select(_WHAT(lang), _MADE_OF, "journey-made", lang, width=140)
        least = controls.select(
            _LEAST(lang), _LEASTS, "journey-least", lang, words=str, default="20", width=130
        )
        collapse = st.toggle(_COLLAPSE(lang), value=True, key=f"journey-collapse-{lang}")
    depth = st.slider(_DEPTH(lang), 2, 8, 4, key=f"journey-depth-{lang}", width=260)
    return {"event": event, "side": side, "dimension": made, "depth": depth,
            "least": int(least), "collapse": collapse}  # fmt: skip


def _picked(event: Any) -> str | None:
    """The ribbon chosen on the chart."""
    chosen = event.selection.get("picked") if event else None
    return str(chosen[0][journey.EDGE]) if chosen else None


def _through(result: Result, edge: str | None, params: dict[str, Any], lang: Lang) -> pl.DataFrame:
    """Ways through the chosen ribbon, all without one."""
    paths = result.frames["paths"]
    if edge is None:
        return paths
    step, source, target = edge.split("|")
    markup.notes([_THROUGH(lang, way=_way(f"{source} > {target}", lang))])
    place = int(step)
    listed = pl.col("path").str.split(" > ").list.eval(pl.element().filter(pl.element() != "…"))
    keep = pl.lit(True)
    for position, node in zip((place - 1, place), (source, target), strict=True):
        found = listed.list.get(position, null_on_oob=True)
        if node in ("(start)", "(left)"):
            keep &= found.is_null()
        elif node != "(other)":
            keep &= found == node
    return paths.filter(keep)


def _words(paths: pl.Series, lang: Lang) -> pl.Series:
    return pl.Series([_way(str(path), lang) for path in paths], dtype=pl.String)


def _way(path: str, lang: Lang) -> str:
    return _JOINT.join(labels.value(part.strip(), lang) for part in path.split(" > "))
