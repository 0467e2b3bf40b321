"""Will stock last, what to reorder, how fast orders leave."""

from __future__ import annotations

from functools import partial

import polars as pl
import polars.selectors as cs
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views.content import told
from app.views.content.earners import names

_LEVELS = Text("库存转得快吗，够卖多久", "Does stock turn, and will it last?")
_LEVELS_LEAD = Text(
    "横轴是还能卖几天，纵轴是压着的成本；呆滞的标出来。",
    "Across: days it will last; up: money tied up. Dead stock stands out.",
)
_FLAGS = (Text("在动", "Moving"), Text("呆滞", "Dead"))
_TURNS = Text("年周转次数，按月", "Turns a year, by month")
_MOST = 3650
_MORE = {
    "tiers": Text("各级仓的库存", "Stock by tier of warehouse"),
    "transfers": Text("调拨建议", "What to move between tiers"),
}
_REORDER = Text("接下来要补哪些货", "What should be reordered?")
_REORDER_LEAD = Text(
    "按每场销量和计划场次算需求上限，减去在库和在途。",
    "Upper demand from sales per stream and planned streams, less stock and inbound.",
)
_DAYS, _STREAMS = Text("未来几天", "Days ahead"), Text("每个品类计划几场", "Streams per category")
_SERVICE = Text("够卖的把握", "Chance of lasting")
_AUTO = Text("按排期或最近的频率", "As scheduled or as of late")
_DELIVERY = Text("发货送货要多久", "How long do orders take?")
_DELIVERY_LEAD = Text(
    "蓝点：一半订单在此之内；橙点：九成订单在此之内；线为 95% 区间。",
    "Blue: half of the orders within; orange: nine in ten within; lines are 95 % intervals.",
)
_BY, _STEP = Text("按", "By"), Text("哪一步", "Step")
_HOURS = Text("小时", "Hours")
_QUANTILES = {"p50": tokens.MARK, "p90": tokens.MARK_2}


def levels(scope: Scope, lang: Lang) -> None:
    """Turnover, cover, dead stock, tiers and moves."""
    with section("stock", lang, _LEVELS, _LEVELS_LEAD):
        result = data.ask("stock", scope)
        cards.scalars(
            result.scalars,
            ("turnover", "days_on_hand", "cover_median", "dead_skus", "dead_value", "out_skus"),
            lang,
        )
        told.findings(result, lang)
        skus = result.frames["skus"]
        draw = partial(
            points.scatter,
            names(skus.filter(pl.col("cover_days") < _MOST)).head(400),
            Field("cover_days"),
            Field("stock_value", "CNY"),
            lang,
            label=Field("name"),
            flag="dead",
            flag_words=(_FLAGS[0](lang), _FLAGS[1](lang)),
            flag_colour=tokens.MARK_2,
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            present.chart(draw, "stock", _LEVELS(lang), result, lang)
        with right:
            present.chart(
                lambda: points.columns(
                    months(result.frames["months"]), Field("month"), Field("turnover", "x"), lang
                ),
                "stock-months", _TURNS(lang), result, lang, title=_TURNS(lang),
            )  # fmt: skip
        shown = ("name", "category", "on_hand", "per_day", "cover_days", "stock_value", "dead")
        rounded = skus.with_columns(pl.col("per_day").round(2), pl.col("cover_days").round(0))
        present.table(rounded, "stock-skus", lang, columns=shown, height=280)
        for name in ("tiers", "transfers"):
            if result.frames[name].height:
                with st.expander(_MORE[name](lang), icon=":material/table_rows:"):
                    present.table(result.frames[name], f"stock-{name}", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("stock", lang, result, draw)


def reorder(scope: Scope, lang: Lang) -> None:
    """The reorder list for the streams to come."""
    with section("reorder", lang, _REORDER, _REORDER_LEAD):
        _reorder(scope, lang)


@fragment
def _reorder(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.slider(_DAYS(lang), 3, 60, 14, key=f"reorder-days-{lang}", width=220)
        service = st.slider(
            _SERVICE(lang), 0.5, 0.99, 0.95, 0.01, key=f"reorder-service-{lang}", width=220,
            format="percent",
        )  # fmt: skip
        streams = st.number_input(
            _STREAMS(lang), min_value=0, value=None, step=1, key=f"reorder-streams-{lang}",
            placeholder=_AUTO(lang), width=220,
        )  # fmt: skip
    params = {"days": days, "service": round(service, 2)}
    if streams is not None:
        params["streams"] = int(streams)
    result = data.ask("reorder", scope, **params)
    cards.scalars(
        result.scalars,
        ("reorder_skus", "reorder_units", "reorder_cost", "planned_streams"),
        lang,
    )
    told.findings(result, lang)
    if "reorder" in result.frames:
        shown = ("name", "category", "expected", "upper", "on_hand", "inbound", "reorder", "cost",
                 "covered")  # fmt: skip
        frame = result.frames["reorder"]
        top = frame.filter(pl.col("reorder") > 0)
        left, right = st.columns([2, 3], gap="medium")
        draw = None
        if top.height:
            draw = partial(
                points.bars, names(top).head(12), Field("name"), Field("reorder", "count"), lang,
                more=(Field("on_hand", "count"), Field("upper", "count")),
            )  # fmt: skip
            with left:
                present.chart(draw, "reorder", _REORDER(lang), result, lang)
        with right if top.height else st.container():
            rounded = frame.with_columns(pl.col("expected").round(1))
            present.table(rounded, "reorder", lang, columns=shown, height=320)
        with st.expander(labels.frame("planned", lang), icon=":material/event:"):
            present.table(result.frames["planned"], "reorder-planned", lang)
        present.tools("reorder", lang, result, draw)
    markup.notes([note(lang) for note in result.notes])


def delivery(scope: Scope, lang: Lang) -> None:
    """Times to ship, to deliver and to refund, and what was out on air."""
    with section("delivery", lang, _DELIVERY, _DELIVERY_LEAD):
        _delivery(scope, lang)


@fragment
def _delivery(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = controls.select(
            _STEP(lang), controls.choices_of("fulfilment", "step"), "fulfil-step", lang
        )
        by = controls.select(_BY(lang), controls.choices_of("fulfilment", "by"), "fulfil-by", lang)
    result = data.ask("fulfilment", scope, by=by, step=step)
    cards.scalars(result.scalars, ("p50", "p90", "timed", "out_on_air"), lang)
    groups = result.frames["groups"]
    draw = None
    if groups.height:
        parts = [
            groups.select("group", "n", rate=q, low=f"{q}_low", high=f"{q}_high",
                          part=pl.lit(q))
            for q in _QUANTILES
        ]  # fmt: skip
        draw = partial(
            points.intervals, pl.concat(parts), Field("group", title=labels.value(by, lang)),
            Field("rate", title=_HOURS(lang)), lang, mark=Field("part", title=""),
            colours=_QUANTILES,
        )  # fmt: skip
        present.chart(draw, "delivery", _DELIVERY(lang), result, lang)
        present.table(groups.with_columns(cs.float().round(1)), "delivery", lang)
    out = result.frames.get("out_of_stock")
    if out is not None and out.height:
        markup.caption(labels.frame("out_of_stock", lang))
        present.table(out, "out-of-stock", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("delivery", lang, result, draw)
