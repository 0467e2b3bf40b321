"""Which goods next: candidates by score, tastes of groups, pairs, regional streams."""

from __future__ import annotations

from functools import partial

import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import grids, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views.content.earners import names

_PICKS = Text("下一批选什么货", "Which goods next?")
_PICKS_LEAD = Text(
    "得分 = 客群偏好 × 每件利润 × 库存系数。选一个客群，看给这群人排什么。",
    "Score = taste of the group x profit per unit x stock factor. Choose a group to see what to "
    "line up for it.",
)
_SEGMENT, _GROUP = Text("客群按", "Groups by"), Text("客群", "Group")
_EVERYONE = "(all)"
_ALL = Text("全部买家", "Everyone")
_SCORE = Text("得分（元）", "Score (CNY)")
_TASTE = Text(
    "各客群对各品类的偏好（1 = 与大家一样）", "Tastes by group and category (1 = like all)"
)
_PAIRS = Text("常被同一买家买的组合", "Goods the same buyers buy")
_REGIONS = Text("地域特色直播打动了谁", "Whom do regional streams reach?")
_REGIONS_LEAD = Text(
    "目标地区 × 买家所在地，大于 1 是偏爱；灰字以外的数字已按格子数校正。",
    "Target region x home region of buyers; above 1 is a preference, corrected for the number of "
    "cells.",
)
_HOME = Text("买家所在地", "Home of the buyer")
_LIFT = Text("相对倍数", "Lift")


def candidates(scope: Scope, lang: Lang) -> None:
    """Products by score, tastes and pairs."""
    with section("picks", lang, _PICKS, _PICKS_LEAD):
        _candidates(scope, lang)


@fragment
def _candidates(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        segment = controls.select(
            _SEGMENT(lang), controls.choices_of("product_picks", "segment"), "pick-segment", lang
        )
        everyone = data.ask("product_picks", scope, segment=segment)
        groups = everyone.frames["affinity"]["segment"].unique().sort().to_list()
        group = controls.select(
            _GROUP(lang), [_EVERYONE, *groups], f"pick-group-{segment}", lang,
            words=lambda c: _ALL(lang) if c == _EVERYONE else labels.value(c, lang),
        )  # fmt: skip
    result = (
        everyone
        if group == _EVERYONE
        else data.ask("product_picks", scope, segment=segment, value=group)
    )
    cards.scalars(result.scalars, ("candidates", "pairs", "buyers"), lang)
    draw = partial(
        points.bars,
        names(result.frames["picks"]).drop_nulls("score").head(12),
        Field("name"),
        Field("score", "CNY", _SCORE(lang)),
        lang,
        more=(
            Field("affinity", "x"),
            Field("unit_profit", "CNY"),
            Field("cover_days"),
            Field("buyers", "count"),
        ),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        if result.frames["picks"].height:
            present.chart(draw, "picks", _PICKS(lang), result, lang)
    with right:
        _tastes(everyone, segment, lang)
    with st.expander(labels.frame("picks", lang), icon=":material/table_rows:"):
        present.table(result.frames["picks"], "picks", lang)
    markup.caption(_PAIRS(lang))
    shown = ("name_a", "name_b", "buyers", "expected", "lift", "p_adjusted")
    present.table(result.frames["pairs"].head(100), "pick-pairs", lang, columns=shown, height=240)
    markup.notes([note(lang) for note in result.notes])
    present.tools("picks", lang, result, draw)


def _tastes(result: Result, segment: str, lang: Lang) -> None:
    cells = result.frames["affinity"]
    if cells.is_empty():
        return
    present.chart(
        lambda: grids.heat(
            cells,
            Field("category"),
            Field("segment"),
            Field("lift", "x", _LIFT(lang)),
            lang,
            present.mode(),
            form=".2f",
            more=(Field("n", "count"), Field("low", "x"), Field("high", "x"),
                  Field("p_adjusted", "p")),
            cell=30,
        ),
        "tastes",
        _TASTE(lang),
        result,
        lang,
        segment,
        title=_TASTE(lang),
        wide=True,
    )  # fmt: skip


def regions(scope: Scope, lang: Lang) -> None:
    """Regional streams and where their buyers live."""
    with section("regional", lang, _REGIONS, _REGIONS_LEAD):
        result = data.ask("regional", scope)
        cards.scalars(
            result.scalars, ("regional_streams", "conversion_ratio", "cells", "verdict"), lang
        )
        cells = result.frames["regions"]
        draw = None
        if cells.height:
            draw = partial(
                grids.heat,
                cells,
                Field("region"),
                Field("region_target"),
                Field("lift", "x", _LIFT(lang)),
                lang,
                present.mode(),
                form=".2f",
                more=(Field("n", "count"), Field("low", "x"), Field("high", "x")),
                x_title=_HOME(lang),
                cell=42,
            )
            present.chart(draw, "regional", _REGIONS(lang), result, lang, wide=True)
            present.table(result.frames["targets"], "regional", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("regional", lang, result, draw)
