"""Which ignored goods earn: profit by product, and what is shown too little."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views.content import told

_IGNORED = Text("哪些被忽视的商品在赚钱", "Which ignored products earn?")
_IGNORED_LEAD = Text(
    "横轴是它在本类成交额里的占比，纵轴是利润占比：越靠上靠左，越被低估。",
    "Across: share of its category's sales; up: share of its profit. High and left is underrated.",
)
_FLAGS = (Text("其他商品", "Others"), Text("被忽略", "Overlooked"))
_LOW = Text("曝光少、每件赚得多", "Little shown, earning well per unit")
_LOW_LEAD = Text(
    "曝光不高于同类中位、每件利润在同类前四分之一的商品：先试着多讲一场。",
    "Shown no more than the middle product of its category, profit per unit in the top quarter: "
    "try "
    "one more stream.",
)
_DOTS = 400


def ignored(scope: Scope, lang: Lang) -> None:
    """Profit share against sales share of every product."""
    with section("ignored", lang, _IGNORED, _IGNORED_LEAD):
        _ignored(scope, lang)


@fragment
def _ignored(scope: Scope, lang: Lang) -> None:
    result = data.ask("sku_profit", scope)
    cards.scalars(result.scalars, ("niche_skus", "niche_gmv_share", "niche_profit_share"), lang)
    told.findings(result, lang)
    known = result.frames["categories"]["category"].to_list()
    if not known:
        markup.notes([note(lang) for note in result.notes])
        return
    category = controls.select(labels.value("category", lang), known, "ignored-category", lang)
    skus = result.frames["skus"].filter(pl.col("category") == category)
    draw = partial(
        points.scatter,
        names(skus).head(_DOTS),
        Field("gmv_share", "rate"),
        Field("profit_share", "rate"),
        lang,
        label=Field("name"),
        flag="niche",
        flag_words=(_FLAGS[0](lang), _FLAGS[1](lang)),
        flag_colour=tokens.MARK_2,
        height=340,
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        present.chart(draw, "ignored", _IGNORED(lang), result, lang, category)
    with right:
        found = skus.filter("niche") if skus["niche"].any() else skus
        shown = ("sku_id", "name", "gmv", "profit", "margin", "profit_share")
        present.table(found, "ignored-skus", lang, columns=shown, height=330)
    markup.caption(labels.frame("categories", lang))
    columns = ("category", "skus", "gmv", "profit", "margin", "niche_skus", "niche_gmv_share",
               "niche_profit_share")  # fmt: skip
    present.table(result.frames["categories"], "ignored-categories", lang, columns=columns)
    markup.notes([note(lang) for note in result.notes])
    present.tools("ignored", lang, result, draw, ("skus", "categories"))


def low_exposure(scope: Scope, lang: Lang) -> None:
    """Goods to show more."""
    with section("low-exposure", lang, _LOW, _LOW_LEAD):
        result = data.ask("sku_profit", scope)
        frame = result.frames["low_exposure"]
        draw = partial(
            points.bars,
            frame.head(12),
            Field("name"),
            Field("unit_profit", "CNY"),
            lang,
            more=(Field("streams_sold", "count"), Field("profit", "CNY")),
        )
        left, right = st.columns(2, gap="medium")
        with left:
            if frame.height:
                present.chart(draw, "low-exposure", _LOW(lang), result, lang)
        with right:
            present.table(frame.drop("sku_id"), "low-exposure", lang, height=380)
        present.tools("low-exposure", lang, result, draw, ("low_exposure",))


def names(frame: pl.DataFrame) -> pl.DataFrame:
    """Products by name; two of one name told apart by their id."""
    twice = pl.len().over("name") > 1
    both = pl.format("{} ({})", "name", "sku_id")
    return frame.with_columns(name=pl.when(twice).then(both).otherwise(pl.col("name")))
