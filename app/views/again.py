"""U3: do buyers buy again, do member streams work, do people who take part come back?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.errors import FootprintError
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views import listed

_REPURCHASE = Text("第一次买的人会再买吗", "Do first-time buyers buy again?")
_REPURCHASE_LEAD = Text(
    "首次购买后 N 天内又买的比例，只算观察期满的月份。",
    "Share buying again within N days of the first order; complete months only.",
)
_WITHIN = Text("天数 N", "Days N")
_REPEAT_RATE = Text("复购率", "Repurchase rate")
_GOAL = Text("目标 {value}", "Target {value}")
_MONTH, _AGAIN = Text("首购月份", "First ordered in"), Text("之后又买了", "Bought again")
_ANSWERS = {
    "no": Text("没有", "No"),
    "yes": Text("又买了", "Yes"),
    "waiting": Text("还在观察", "Still waiting"),
}
_BAND, _WHICH_DAY = Text("积分档", "Points"), Text("第几天", "Day")
_BACK = Text("回来的（关=没回来的）", "Came back (off: did not)")
_FIRST, _LAST = Text("首次到访", "First came"), Text("最近一次", "Last active")
_MEMBERS = Text("会员专场有用吗", "Do member streams work?")
_MEMBERS_LEAD = Text(
    "在会员专场和其他场第一次下单的人，之后多少天内又买。",
    "People who first ordered in a member stream and in others: how many order again.",
)
_POINTS = Text("互动多的人更会回来吗", "Do people who take part come back more?")
_POINTS_LEAD = Text(
    "第一天点赞、评论、分享、关注、点商品、加购各得几分（在“数据与设定”里可改），看各档之后"
    "回来的比例。",
    "Points for likes, comments, shares, follows, product clicks and carts of the first day "
    "(weights are under Data), and the share that came back by points.",
)
_KIND = Text("算法", "Counting")
_RATE = Text("留存率", "Retention")
_DAY = Text("第 {n} 天", "Day {n}")
_ACTION = Text("动作", "Action")
_POINTS_AXIS = Text("首日积分", "Points of the first day")


def repurchase(scope: Scope, lang: Lang) -> None:
    """Repurchase of first-time buyers by month of their first order."""
    with section("repurchase", lang, _REPURCHASE, _REPURCHASE_LEAD):
        _repurchase(scope, lang)


@fragment
def _repurchase(scope: Scope, lang: Lang) -> None:
    days = _days("repurchase", lang)
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
    known = [str(one) for one in result.frames["cohorts"]["month"].sort(descending=True)]
    if known:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            month = controls.select(
                _MONTH(lang), known, "repurchase-month", lang, words=lambda day: day[:7], width=130
            )
            again = controls.select(
                _AGAIN(lang), tuple(_ANSWERS), "repurchase-again", lang, width=150,
                words=lambda code: _ANSWERS[code](lang),
            )  # fmt: skip
        listed.people("customer_list", "repurchase", scope, lang,
                      {"first_month": month, "again": again, "days": days})  # fmt: skip
    markup.notes([note(lang) for note in result.notes])
    present.tools("repurchase", lang, result, draw)


def _days(key: str, lang: Lang) -> int:
    chosen = controls.segments(
        _WITHIN(lang),
        ("7", "30", "60", "90"),
        f"{key}-days",
        lang,
        words=lambda n: f"{n} {'天' if lang == 'zh' else 'days'}",
        default="30",
    )
    return int(chosen)


def _goal(days: int, lang: Lang) -> tuple[float, str] | None:
    if days != 30:
        return None
    try:
        value = data.current().settings.value("repurchase_goal")
    except FootprintError:
        return None
    return (value, _GOAL(lang, value=f"{value:.0%}")) if value else None


def members(scope: Scope, lang: Lang) -> None:
    """Member-only streams beside all others."""
    with section("members", lang, _MEMBERS, _MEMBERS_LEAD):
        _members(scope, lang)


@fragment
def _members(scope: Scope, lang: Lang) -> None:
    result = data.ask("member_streams", scope, days=_days("members", lang))
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    frame = result.frames["groups"]
    draw = partial(
        points.intervals,
        frame.with_columns(n="buyers"),
        Field("group"),
        Field("rate", "rate", _REPEAT_RATE(lang)),
        lang,
    )
    if frame.height:
        present.chart(draw, "members", _MEMBERS(lang), result, lang)
    present.table(frame, "members", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("members", lang, result, draw if frame.height else None)


def interaction(scope: Scope, lang: Lang) -> None:
    """Return rates by points of the first day."""
    with section("interaction", lang, _POINTS, _POINTS_LEAD):
        _interaction(scope, lang)


@fragment
def _interaction(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = controls.select(
            _KIND(lang), controls.choices_of("retention", "kind"), "points-kind", lang, width=170
        )
    result = data.ask("interaction_points", scope, kind=kind)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    bands = result.frames["bands"].filter("enough").rename({"size": "n"})
    drawn = bands.with_columns(
        day=pl.col("day").map_elements(lambda n: _DAY(lang, n=n), return_dtype=pl.String)
    )
    draw = partial(
        lines.line,
        drawn,
        Field("band", title=_POINTS_AXIS(lang)),
        Field("rate", "rate", _RATE(lang)),
        lang,
        by=Field("day"),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if drawn.height:
            present.chart(draw, "interaction", _POINTS(lang), result, lang)
        else:
            present.table(drawn, "interaction", lang)
    with right:
        present.table(
            result.frames["weights"], "points-weights", lang, headings={"action": _ACTION(lang)}
        )
    _scored(result, kind, scope, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("interaction", lang, result, draw if drawn.height else None)


def _scored(result: Result, kind: str, scope: Scope, lang: Lang) -> None:
    """The people of one band of points."""
    bands = result.frames["bands"]["band"].unique(maintain_order=True).to_list()
    if not bands:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        band = controls.select(_BAND(lang), bands, "points-band", lang, words=str, width=110)
        days = [str(day) for day in result.frames["bands"]["day"].unique().sort()]
        day = controls.select(_WHICH_DAY(lang), days, "points-day", lang, words=str, default="7",
                              width=90)  # fmt: skip
        back = st.toggle(_BACK(lang), value=True, key=f"points-back-{lang}")
    edges = sorted(float(edge) for edge in data.current().settings.value("points_bands"))
    low = float(band.split("–")[0].rstrip("+"))
    above = [edge for edge in edges if edge > low]
    params = {"day": int(day), "kind": kind, "returned": back, "points_from": low}
    listed.people(
        "cohort_users", "points", scope, lang,
        params | ({"points_below": above[0]} if above else {}),
        headings={"first": _FIRST(lang), "last": _LAST(lang)},
    )  # fmt: skip
