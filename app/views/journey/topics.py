"""U1: what people ask, complain about and return for, at each step."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section

_TITLE = Text("每一步大家在说什么", "What people say at each step")
_LEAD = Text(
    "看直播时、问客服时、收货以后的评论，和退货的理由，按话题数。",
    "Comments while watching, to service and after delivery, and reasons of returns, by topic.",
)
_STEP, _TOPIC = Text("哪一步", "Step"), Text("话题", "Topic")
_SHARE = Text("占这一步的比例", "Share of the step")
_COURSE = Text("“{topic}”每周的占比", "“{topic}” by week")


def steps(scope: Scope, lang: Lang) -> None:
    """Topics per step and the course of one."""
    with section("topics", lang, _TITLE, _LEAD):
        _steps(scope, lang)


@fragment
def _steps(scope: Scope, lang: Lang) -> None:
    result = data.ask("topics", scope)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    table = result.frames["topics"]
    if table.is_empty():
        markup.notes([note(lang) for note in result.notes])
        return
    found = table["step"].unique(maintain_order=True).to_list()
    step = controls.segments(
        _STEP(lang), found, "topics-step", lang, default="return" if "return" in found else found[0]
    )
    shown = table.filter(pl.col("step") == step)
    named = shown.filter(pl.col("topic") != "other").drop_nulls("share")
    left, right = st.columns(2, gap="medium")
    draw = partial(
        points.intervals, named, Field("topic"), Field("share", "rate", _SHARE(lang)), lang
    )
    with left:
        if named.height:
            present.chart(draw, "topics", _TITLE(lang), result, lang, step)
        else:
            present.table(shown, "topics-few", lang)
    with right:
        topic = controls.select(_TOPIC(lang), shown["topic"].to_list(), "topics-topic", lang)
        weeks = result.frames["weeks"].filter(pl.col("step") == step, pl.col("topic") == topic)
        words = _COURSE(lang, topic=labels.value(topic, lang))
        if weeks.height > 1:
            course = partial(
                lines.line, weeks, Field("week"), Field("share", "rate", _SHARE(lang)), lang
            )
            present.chart(course, "topics-weeks", words, result, lang, (step, topic), title=words)
    present.table(
        table,
        "topics",
        lang,
        bars=("count",),
        headings={"topic": _TOPIC(lang)},
        height=320,
    )
    markup.notes([note(lang) for note in result.notes])
    present.tools("topics", lang, result, draw if named.height else None)
