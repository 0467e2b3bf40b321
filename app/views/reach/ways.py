"""U2: the path explorer: channels passed before an order, filtered by touch, with their users."""

from __future__ import annotations

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import controls, labels, markup, present
from app.ui.section import fragment, section
from app.views.journey import behind

_TITLE = Text("哪些路带来订单，哪些走不到", "Which paths bring orders, and which do not?")
_LEAD = Text(
    "一条路是一个人下单前（或最后一次下单后）的全部触点。选一条路，看走它下单的人。",
    "A path is a person's touches before an order, or after the last. Choose one to see the "
    "buyers on it.",
)
_TOUCH, _KIND = Text("经过", "Through"), Text("结果", "Outcome")
_ANY = Text("任何触点", "Any touch")
_KINDS = {
    "all": Text("全部", "All"),
    "won": Text("有订单", "With orders"),
    "lost": Text("没有订单", "Without orders"),
}
_WAY = Text("看哪条路的买家（键盘可选）", "Buyers on which path (by keyboard)")
_RATE = Text("走这条路的人里下单的", "Of the people on it, ordered")
_SAME = Text(
    "下面列的是第一次下单前正好走这条路的人；连续重复的触点算一个。",
    "Listed are people whose way to their first order is exactly this; repeats count once.",
)
_DEPTH = 20
_JOINT = " › "


def explorer(scope: Scope, lang: Lang) -> None:
    """Paths by touch and outcome, and the buyers on one."""
    with section("ways", lang, _TITLE, _LEAD):
        _explorer(scope, lang)


@fragment
def _explorer(scope: Scope, lang: Lang) -> None:
    result = data.ask("attribution", scope)
    paths = result.frames["paths"]
    touches = result.frames["credits"]["touch"].unique(maintain_order=True).to_list()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        touch = controls.select(
            _TOUCH(lang), ("", *touches), "ways-touch", lang,
            words=lambda code: labels.value(code, lang) if code else _ANY(lang),
        )  # fmt: skip
        kind = controls.segments(
            _KIND(lang), tuple(_KINDS), "ways-kind", lang, words=lambda code: _KINDS[code](lang)
        )
    shown = _filtered(paths, touch, kind).with_columns(
        rate=pl.col("conversions") / (pl.col("conversions") + pl.col("nulls"))
    )
    named = shown.with_columns(
        path=pl.Series([_words(path, lang) for path in shown["path"]], dtype=pl.String)
    )
    present.table(
        named, "ways", lang, columns=("path", "conversions", "nulls", "rate", "value"),
        units={"value": "CNY"}, headings={"rate": _RATE(lang)}, bars=("conversions",), height=330,
    )  # fmt: skip
    won = shown.filter(pl.col("conversions") > 0)
    if won.height:
        ways = {_route(path): _words(_route(path), lang) for path in won["path"]}
        way = controls.select(
            _WAY(lang), tuple(ways), "ways-way", lang, width=520, words=lambda code: ways[code]
        )
        behind.people("ways", scope, lang, {
            "of": "path", "path": way, "dimension": "channel", "side": "before", "depth": _DEPTH,
        })  # fmt: skip
        markup.notes([_SAME(lang)])
    present.tools("ways", lang, result, frames=("paths",))


def _filtered(paths: pl.DataFrame, touch: str, kind: str) -> pl.DataFrame:
    if touch:
        paths = paths.filter(pl.col("path").str.split(" > ").list.contains(touch))
    if kind == "won":
        return paths.filter(pl.col("conversions") > 0)
    return paths.filter(pl.col("conversions") == 0) if kind == "lost" else paths


def _route(path: str) -> str:
    """The path with equal neighbours taken as one."""
    parts = path.split(" > ")
    return " > ".join(p for i, p in enumerate(parts) if not i or parts[i - 1] != p)


def _words(path: str, lang: Lang) -> str:
    return _JOINT.join(labels.value(part.strip(), lang) for part in path.split(" > "))
