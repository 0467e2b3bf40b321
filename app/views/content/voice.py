"""What buyers like, recommend and send back."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views.content import told

_RECOMMEND = Text("看过哪类内容的人更愿意推荐", "Which content makes people recommend us?")
_RECOMMEND_LEAD = Text(
    "左：打 9–10 分的占比。右：净推荐值（再减去 0–6 分的占比）。两个数不是一回事，别混用。",
    "Left: share scoring 9-10. Right: net promoter score (less the share scoring 0-6). Two "
    "different numbers.",
)
_TAG = Text("内容", "Content")
_EVERY, _ALL = "(all)", Text("全部答卷", "All answers")
_PROMOTERS = Text("愿意推荐的占比", "Promoter share")
_NPS = Text("净推荐值（分）", "NPS (points)")
_AGES = Text("不同年龄的人更爱看什么", "What does each age prefer to watch?")
_AGES_LEAD = Text(
    "大于 1：这个年龄段看这类内容的比例高于其他年龄段。",
    "Above 1: this age band watches such content more often than other ages do.",
)
_CELLS = Text("全部年龄段与标签", "Every age band and tag")
_BAND = Text("年龄段", "Age band")
_INDEX = Text("偏好指数（1 = 一样）", "Preference index (1 = alike)")
_RETURNS = Text("从某天起，退货少了吗，为什么退", "Did returns change from a day on, and why?")
_RETURNS_LEAD = Text(
    "默认从第一场尺码演示算起；也可以选日期。",
    "By default from the first stream with a size demo; or choose a date.",
)
_FROM = Text("从这天起", "From")
_REASONS = Text("退货原因", "Reasons for returns")
_RATE = Text("退货率，按月", "Return rate by month")
_TRIALS = Text("新品试播之后，退货降了吗", "Did returns fall after the trial of new goods?")
_TRIALS_LEAD = Text(
    "试播开始后 7 天与正式销售的退货率。", "Returns of the seven trial days and of formal sale."
)
_STATES = {"sure": tokens.MARK, "unsure": tokens.REFERENCE}


def recommend(scope: Scope, lang: Lang) -> None:
    """Promoter share and NPS by content."""
    with section("nps", lang, _RECOMMEND, _RECOMMEND_LEAD):
        _recommend(scope, lang)


@fragment
def _recommend(scope: Scope, lang: Lang) -> None:
    everything = data.ask("content_nps", scope)
    tags = everything.frames["tags"]
    tag = controls.select(
        _TAG(lang), [_EVERY, *tags["tag"].to_list()], "nps-tag", lang,
        words=lambda c: _ALL(lang) if c == _EVERY else labels.value(c, lang),
    )  # fmt: skip
    result = everything if tag == _EVERY else data.ask("content_nps", scope, tag=tag)
    cards.scalars(result.scalars, ("promoters", "detractors", "nps", "answers", "verdict"), lang)
    draw = None
    if tags.height:
        shares = tags.select("tag", "n", rate="promoters", low="promoters_low",
                             high="promoters_high")  # fmt: skip
        draw = partial(points.intervals, tags, Field("tag"), Field("nps", title=_NPS(lang)), lang)
        left, right = st.columns(2, gap="medium")
        with left:
            present.chart(
                lambda: points.intervals(
                    shares, Field("tag"), Field("rate", "rate", _PROMOTERS(lang)), lang
                ),
                "nps-promoters", _PROMOTERS(lang), everything, lang,
            )  # fmt: skip
        with right:
            present.chart(draw, "nps", _NPS(lang), everything, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("nps", lang, result, draw)


def ages(scope: Scope, lang: Lang) -> None:
    """Preference of age bands."""
    with section("ages", lang, _AGES, _AGES_LEAD):
        _ages(scope, lang)


@fragment
def _ages(scope: Scope, lang: Lang) -> None:
    everything = data.ask("age_index", scope)
    cells = everything.frames["cells"]
    if cells.is_empty():
        markup.notes([note(lang) for note in everything.notes])
        return
    band = controls.select(
        _BAND(lang), cells["age_band"].unique().sort().to_list(), "age-band", lang, words=str
    )
    result = data.ask("age_index", scope, band=band)
    cards.scalars(result.scalars, ("tag", "index", "p_value", "p_adjusted"), lang)
    told.findings(result, lang)
    own = cells.filter(pl.col("age_band") == band).with_columns(
        sure=pl.when("sure").then(pl.lit("sure")).otherwise(pl.lit("unsure")), n=pl.col("views")
    )
    draw = partial(
        points.intervals, own.sort("index", descending=True).head(14), Field("tag"),
        Field("index", "x", _INDEX(lang)), lang, mark=Field("sure", title=""), colours=_STATES,
        line=(1.0, ""), zero=False,
    )  # fmt: skip
    present.chart(draw, "ages", _AGES(lang), result, lang, band)
    with st.expander(_CELLS(lang), icon=":material/table_rows:"):
        present.table(cells, "ages", lang)
    present.tools("ages", lang, result, draw)


def returns(scope: Scope, lang: Lang) -> None:
    """Returns before and after a date, and their reasons."""
    with section("return-change", lang, _RETURNS, _RETURNS_LEAD):
        _returns(scope, lang)


@fragment
def _returns(scope: Scope, lang: Lang) -> None:
    change = st.date_input(
        _FROM(lang), value=None, key=f"return-from-{lang}", format="YYYY-MM-DD", width=220
    )
    params = {"change": change} if change else {}
    result = data.ask("return_change", scope, **params)
    cards.scalars(
        result.scalars,
        ("rate_before", "rate_after", "relative", "p_value", "top_topic", "size_share", "verdict"),
        lang,
    )
    told.findings(result, lang)
    left, right = st.columns(2, gap="medium")
    draw = partial(
        points.columns, months(result.frames["months"]), Field("month"),
        Field("rate", "rate", labels.column("return_rate", lang)), lang,
    )  # fmt: skip
    with left:
        present.chart(draw, "return-months", _RATE(lang), result, lang, title=_RATE(lang))
    with right:
        _reasons(result, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("return-change", lang, result, draw)


def _reasons(result: Result, lang: Lang) -> None:
    frame = result.frames["reasons"]
    if frame.height:
        present.chart(
            lambda: points.bars(
                frame, Field("topic"), Field("share", "rate"), lang,
                more=(Field("before", "count"), Field("after", "count")),
            ),
            "return-reasons", _REASONS(lang), result, lang, title=_REASONS(lang),
        )  # fmt: skip


def trials(scope: Scope, lang: Lang) -> None:
    """Trial against formal returns."""
    with section("trials", lang, _TRIALS, _TRIALS_LEAD):
        result = data.ask("trial_returns", scope)
        cards.scalars(
            result.scalars,
            ("rate_trial", "rate_formal", "relative", "p_value", "skus", "verdict"),
            lang,
        )
        if result.frames["skus"].height:
            present.table(result.frames["skus"], "trial-skus", lang)
        for name in ("reasons", "feedback"):
            frame = result.frames.get(name)
            if frame is not None and frame.height:
                with st.expander(labels.frame(name, lang), icon=":material/table_rows:"):
                    present.table(frame, f"trial-{name}", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("trials", lang, result)
