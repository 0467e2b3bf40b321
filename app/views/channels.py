"""U2: what an order costs per channel, what each class brings, which platform carries the shop."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.errors import FootprintError
from footprint.questions import require
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section

_COST = Text("每单与每个新买家花多少钱", "What an order and a new buyer cost")
_COST_LEAD = Text(
    "按渠道和月份；灰线是计划中提到的痛点价位，只作参考。",
    "By channel and month; the grey line is the pain level named in the plan, a reference only.",
)
_MEASURE = Text("看", "Measure")
_PAIN = Text("计划提到 {value} 元/单", "Plan mentions ¥{value} per order")
_MATRIX = Text("流量矩阵", "Traffic matrix")
_MATRIX_LEAD = Text(
    "每类流量花多少、来多少人、带来多少归因成交。圆越大，买家越多。",
    "What each class of traffic costs, brings and is credited with. Bigger: more buyers.",
)
_PLATFORMS = Text("平台占比", "Platform mix")
_PLATFORMS_LEAD = Text(
    "成交、观看、花费分别集中在哪个平台。", "Where GMV, viewers and cost are concentrated."
)
_SHARE = Text("占比", "Share")
_MEASURES = ("gmv_share", "viewer_share", "cost_share")


def cost(scope: Scope, lang: Lang) -> None:
    """Cost per order and per new buyer, channel by month."""
    with section("channel-cost", lang, _COST, _COST_LEAD):
        _cost(scope, lang)


@fragment
def _cost(scope: Scope, lang: Lang) -> None:
    result = data.ask("channel_cost", scope)
    if not result.scalars["cost"].value:
        # Without any cost there is nothing to draw: name the file that brings it.
        require(data.current(), ("costs",))
    cards.scalars(
        result.scalars, ("cost_per_order", "crossed_in", "crossed_channel", "unlabelled"), lang
    )
    measure = controls.segments(
        _MEASURE(lang),
        ("cost_per_order", "cost_per_new_buyer"),
        "cost-measure",
        lang,
        words=lambda code: _column(code, lang),
    )
    draw = partial(
        lines.line,
        months(result.frames["months"]),
        Field("month"),
        Field(measure, "CNY"),
        lang,
        by=Field("channel"),
        target=_pain(measure, lang),
        band=measure == "cost_per_order",
    )
    present.chart(draw, "channel-cost", _COST(lang), result, lang, measure)
    markup.notes([note(lang) for note in result.notes])
    present.tools("channel-cost", lang, result, draw)


def _pain(measure: str, lang: Lang) -> tuple[float, str] | None:
    if measure != "cost_per_order":
        return None
    try:
        mark = data.current().settings.reference("cac_per_order_pain").value
    except FootprintError:
        return None
    return (float(mark), _PAIN(lang, value=f"{mark:g}")) if isinstance(mark, int | float) else None


def matrix(scope: Scope, lang: Lang) -> None:
    """Spend against credited conversions per class of traffic."""
    with section("traffic", lang, _MATRIX, _MATRIX_LEAD):
        result = data.ask("traffic_matrix", scope)
        frame = result.frames["classes"]
        draw = partial(
            points.scatter,
            frame,
            Field("spend", "CNY"),
            Field("credited", "count"),
            lang,
            label=Field("channel_class"),
            size=Field("buyers", "count"),
            text=True,
        )
        left, right = st.columns(2, gap="medium")
        with left:
            present.chart(draw, "traffic", _MATRIX(lang), result, lang)
        with right:
            present.table(frame, "traffic", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("traffic", lang, result, draw)


def platforms(scope: Scope, lang: Lang) -> None:
    """GMV, viewers and cost by platform."""
    with section("platforms", lang, _PLATFORMS, _PLATFORMS_LEAD):
        result = data.ask("platform_mix", scope)
        cards.scalars(result.scalars, ("top2_share", "hhi"), lang)
        frame = result.frames["platforms"]
        present_measures = [name for name in _MEASURES if name in frame.columns]
        long = frame.unpivot(
            present_measures, index="platform", variable_name="metric", value_name="share"
        ).with_columns(
            pl.col("metric").replace_strict(
                {name: _column(name, lang) for name in present_measures}
            )
        )
        draw = partial(
            points.bars,
            long,
            Field("platform"),
            Field("share", "rate", _SHARE(lang)),
            lang,
            by=Field("metric"),
        )
        present.chart(draw, "platforms", _PLATFORMS(lang), result, lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("platforms", lang, result, draw)


def _column(name: str, lang: Lang) -> str:
    from app.ui import labels

    return labels.column(name, lang)
