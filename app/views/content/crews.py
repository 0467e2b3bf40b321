"""Who sells better and which layer of content pays, like for like."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views.content import told
from app.views.content.effects import ALPHA, EQUAL, LAYER, STATES, WITHIN

_HOSTS = Text("同样的货，谁更会卖", "Same goods: who sells better?")
_HOSTS_LEAD = Text(
    "圆点在 1 右边：在同品类里比其他主播转化高。直接转化率会把货的差别算到人头上。",
    "Right of 1: converts better than other hosts in the same category. Raw conversion credits the "
    "host for easy goods.",
)
_LAYERS = Text("哪一层内容值得多做", "Which layer of content pays?")
_LAYERS_LEAD = Text(
    "基础（流程话术）、进阶（用户共创）、高阶的产出、完播、转化与花费；用户投稿走到了哪一步。",
    "Output, completion, conversion and cost of basic, user-made and high-end content, and how far "
    "user submissions get.",
)


def hosts(scope: Scope, lang: Lang) -> None:
    """Raw and like-for-like conversion of hosts."""
    with section("hosts", lang, _HOSTS, _HOSTS_LEAD):
        _hosts(scope, lang)


@fragment
def _hosts(scope: Scope, lang: Lang) -> None:
    within = controls.select(
        WITHIN(lang), controls.choices_of("host_ranking", "within"), "host-within", lang
    )
    result = data.ask("host_ranking", scope, within=within)
    cards.scalars(result.scalars, ("leader_raw", "leader_fair", "p_value", "reversed"), lang)
    told.findings(result, lang)
    table = result.frames["hosts"]
    if table.height:
        sure = pl.col("p_adjusted") < ALPHA
        drawn = table.drop("low", "high").rename({"ratio_low": "low", "ratio_high": "high"})
        drawn = drawn.with_columns(
            sure=pl.when(sure).then(pl.lit("sure")).otherwise(pl.lit("unsure"))
        )
        draw = partial(
            points.intervals,
            drawn.drop_nulls("ratio").head(20),
            Field("host_id"),
            Field("ratio", "x", EQUAL(lang)),
            lang,
            mark=Field("sure", title=""),
            colours=STATES,
            line=(1.0, ""),
            zero=False,
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            present.chart(draw, "host-ranking", _HOSTS(lang), result, lang)
        with right:
            shown = ("host_id", "rate", "rate_same_mix", "ratio", "p_adjusted", "n", "streams")
            present.table(table, "host-ranking", lang, columns=shown, height=420)
        present.tools("hosts", lang, result, draw)
    markup.notes([note(lang) for note in result.notes])


def layers(scope: Scope, lang: Lang) -> None:
    """Content layers and user-made content."""
    with section("layers", lang, _LAYERS, _LAYERS_LEAD):
        result = data.ask("content_layers", scope)
        frames = {
            name: frame.with_columns(pl.col("layer").replace(LAYER)) if "layer" in frame else frame
            for name, frame in result.frames.items()
        }
        cards.scalars(
            result.scalars,
            ("videos", "ugc_submitted", "ugc_approved", "ugc_used", "ugc_ratio", "verdict"),
            lang,
        )
        draw = None
        if "videos" in result.frames and result.frames["videos"].height:
            draw = partial(
                points.intervals,
                frames["videos"].with_columns(n=pl.col("videos")),
                Field("layer"),
                Field("rate", "rate", labels.value("completion", lang)),
                lang,
                zero=False,
            )
            present.chart(draw, "layers", _LAYERS(lang), result, lang)
        for name in ("videos", "streams", "ugc"):
            if name in frames and frames[name].height:
                markup.caption(labels.frame(name, lang))
                present.table(frames[name], f"layers-{name}", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("layers", lang, result, draw)
