"""U3: do newcomers come back, do buyers buy again?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.errors import FootprintError
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import grids, lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section

_COHORTS = Text("新来的人还回来吗", "Do newcomers come back?")
_COHORTS_LEAD = Text(
    "每一行是同一时间第一次来的人；格子是其中后来又来的比例。观察期没满的格子不画，免得看着像"
    "在掉。",
    "A row is people who first came at the same time; a cell the share that came again. "
    "Cells whose "
    "days are not over yet are left out, or they would look like a fall.",
)
_BY, _KIND, _DAYS = Text("分组", "Group by"), Text("算法", "Counting"), Text("第几天", "Days")
_DAY_SETS = ("1,7,30", "1,3,7,14,30", "1,2,3,4,5,6,7,14,21,28,30")
_DAY_AXIS = Text("首次到访后第几天", "Day after the first visit")
_RATE = Text("留存率", "Retention")
_CURVE = Text("留存曲线，阴影为 95% 区间", "Retention curve, shade: 95% interval")
_REPURCHASE = Text("第一次买的人会再买吗", "Do first-time buyers buy again?")
_REPURCHASE_LEAD = Text(
    "首次购买后 N 天内又买的比例，只算观察期满的月份。",
    "Share buying again within N days of the first order; complete months only.",
)
_WITHIN = Text("天数 N", "Days N")
_REPEAT_RATE = Text("复购率", "Repurchase rate")
_GOAL = Text("目标 {value}", "Target {value}")


def cohorts(scope: Scope, lang: Lang) -> None:
    """Cohort heat map and pooled curve."""
    with section("cohorts", lang, _COHORTS, _COHORTS_LEAD):
        _cohorts(scope, lang)


@fragment
def _cohorts(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = controls.select(_BY(lang), ("week", "month", "day"), "cohort-by", lang, width=130)
        kind = controls.select(
            _KIND(lang), controls.choices_of("retention", "kind"), "cohort-kind", lang, width=180
        )
        days = controls.select(
            _DAYS(lang), _DAY_SETS, "cohort-days", lang, words=str, default=_DAY_SETS[1]
        )
    result = data.ask("retention", scope, by=by, kind=kind, days=days)
    cards.scalars(result.scalars, ("d1", "d7", "d30", "index"), lang)
    cells = result.frames["cohorts"]
    if "complete" in cells.columns:
        cells = cells.filter(pl.col("complete"))
    rate = Field("rate", "rate", _RATE(lang))
    draw = partial(
        grids.heat,
        cells.with_columns(pl.col("cohort").cast(pl.String)),
        Field("day"),
        Field("cohort"),
        rate,
        lang,
        present.mode(),
        form=".1%",
        more=(Field("size", "count"), Field("users", "count")),
        cell=25,
        x_title=_DAY_AXIS(lang),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        present.chart(draw, "cohorts", _COHORTS(lang), result, lang)
    with right:
        present.chart(
            lambda: lines.line(
                result.frames["curve"].filter(pl.col("day") > 0),
                Field("day", title=_DAY_AXIS(lang)),
                rate,
                lang,
                band=True,
            ),
            "curve",
            _CURVE(lang),
            result,
            lang,
        )
    markup.notes([note(lang) for note in result.notes])
    present.tools("cohorts", lang, result, draw)


def repurchase(scope: Scope, lang: Lang) -> None:
    """Repurchase of first-time buyers by month of their first order."""
    with section("repurchase", lang, _REPURCHASE, _REPURCHASE_LEAD):
        _repurchase(scope, lang)


@fragment
def _repurchase(scope: Scope, lang: Lang) -> None:
    days = int(
        controls.segments(
            _WITHIN(lang),
            ("7", "30", "60", "90"),
            "repurchase-days",
            lang,
            words=lambda n: f"{n} {'天' if lang == 'zh' else 'days'}",
            default="30",
        )
    )
    result = data.ask("repurchase", scope, days=days)
    cards.scalars(result.scalars, ("rate", "rate_first", "rate_last"), lang)
    frame = result.frames["cohorts"].filter(pl.col("complete"))
    draw = partial(
        points.columns,
        months(frame),
        Field("month"),
        Field("rate", "rate", _REPEAT_RATE(lang)),
        lang,
        line=_goal(days, lang),
    )
    present.chart(draw, "repurchase", _REPURCHASE(lang), result, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("repurchase", lang, result, draw)


def _goal(days: int, lang: Lang) -> tuple[float, str] | None:
    if days != 30:
        return None
    try:
        value = data.current().settings.value("repurchase_goal")
    except FootprintError:
        return None
    return (value, _GOAL(lang, value=f"{value:.0%}")) if value else None
