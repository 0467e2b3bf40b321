"""U3: do newcomers come back?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import polars as pl
import streamlit as st
from footprint.analysis.returners import GROUPS
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import grids, lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views import listed

_COHORTS = Text("新来的人还回来吗", "Do newcomers come back?")
_COHORTS_LEAD = Text(
    "每一行是同一时间第一次来的人；格子是其中后来又来的比例。观察期没满的格子不画，免得看着像"
    "在掉。",
    "A row is people who first came at the same time; a cell the share that came again. "
    "Cells whose days are not over yet are left out, or they would look like a fall.",
)
_BY, _KIND, _DAYS = Text("分组", "Group by"), Text("算法", "Counting"), Text("第几个", "Which")
_UNIT = Text("间隔按", "Gaps in")
_DAY_SETS = ("1,7,30", "1,3,7,14,30", "1,2,3,4,5,6,7,14,21,28,30")
_STEP_SETS = ("1,2,3,4", "1,2,3,4,5,6,7,8", "1,2,4,8,12")
_AXES = {
    "day": Text("首次到访后第几天", "Day after the first visit"),
    "week": Text("首次到访后第几周", "Week after the first visit"),
    "month": Text("首次到访后第几个月", "Month after the first visit"),
}
_RATE = Text("留存率", "Retention")
_CURVE = Text("留存曲线，阴影为 95% 区间", "Retention curve, shade: 95% interval")
_CELL = Text("看哪一批人", "Which people")
_BACK = Text("回来的（关=没回来的）", "Came back (off: did not)")
_ALL = Text("全部", "All")
_SPLIT = Text("哪里来的人更会回来", "Whose newcomers come back more?")
_SPLIT_LEAD = Text(
    "按第一次的渠道、主播、买的商品分开；和其他人比，已校正多次比较。",
    "By the first channel, host or product bought; against all others, corrected for many looks.",
)
_GROUP = Text("按首次的", "By first")
_DAY = Text("第几天", "Day")
_CHANGE = Text("某天前后变了吗", "Did it change on a day?")
_CHANGE_LEAD = Text(
    "选一天（例如积分上线），比较之前和之后新来的人。",
    "Pick a day (for instance the start of a points programme) and compare newcomers before and "
    "after.",
)
_ON = Text("哪一天", "On")
_EVERYONE = Text("全部新客", "All newcomers")
_FIRST, _LAST = Text("首次到访", "First came"), Text("最近一次", "Last active")
_GAP = "d7_before", "d7_after", "d7_pp", "d7_p"


def cohorts(scope: Scope, lang: Lang) -> None:
    """Cohort heat map, pooled curve and the people of a cell."""
    with section("cohorts", lang, _COHORTS, _COHORTS_LEAD):
        _cohorts(scope, lang)


@fragment
def _cohorts(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = controls.select(_BY(lang), ("week", "month", "day"), "cohort-by", lang, width=120)
        kind = controls.select(
            _KIND(lang), controls.choices_of("retention", "kind"), "cohort-kind", lang, width=170
        )
        unit = controls.select(
            _UNIT(lang), tuple(_AXES), "cohort-unit", lang, width=110
        )  # fmt: skip
        sets = _DAY_SETS if unit == "day" else _STEP_SETS
        days = controls.select(
            _DAYS(lang), sets, f"cohort-days-{unit}", lang, words=str, default=sets[1], width=200
        )
    result = data.ask("retention", scope, by=by, kind=kind, days=days, unit=unit)
    cards.scalars(result.scalars, ("d1", "d7", "d30", "index"), lang)
    cells = result.frames["cohorts"].filter("complete")
    axis, rate = _AXES[unit](lang), Field("rate", "rate", _RATE(lang))
    draw = partial(
        grids.heat,
        cells.with_columns(pl.col("cohort").cast(pl.String)),
        Field("day", "count", axis),
        Field("cohort"),
        rate,
        lang,
        present.mode(),
        form=".1%",
        more=(Field("size", "count"), Field("users", "count")),
        cell=25,
        x_title=axis,
    )
    curve = partial(
        lines.line,
        result.frames["curve"].filter(pl.col("day") > 0),
        Field("day", title=axis),
        rate,
        lang,
        band=True,
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        present.chart(draw, "cohorts", _COHORTS(lang), result, lang)
    with right:
        present.chart(curve, "curve", _CURVE(lang), result, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("cohorts", lang, result, draw, ("cohorts", "curve"))
    if unit == "day" and cells.height:
        _people(cells, by, kind, scope, lang)


def _people(cells: pl.DataFrame, by: str, kind: str, scope: Scope, lang: Lang) -> None:
    """The people of one cell, chosen by row and day."""
    rows = [str(one) for one in cells["cohort"].unique().sort(descending=True)]
    days = [str(one) for one in cells["day"].unique().sort() if one]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row = controls.select(
            _CELL(lang), ["", *rows], "cell-row", lang, width=160,
            words=lambda code: code or _ALL(lang),
        )  # fmt: skip
        day = controls.select(_DAY(lang), days or ["7"], "cell-day", lang, words=str, width=100)
        back = st.toggle(_BACK(lang), value=True, key=f"cell-back-{lang}")
    params = {"by": by, "kind": kind, "day": int(day), "returned": back}
    listed.people(
        "cohort_users", "cell", scope, lang, params | ({"cohort": row} if row else {}),
        headings=_headings(lang),
    )  # fmt: skip


def _headings(lang: Lang) -> dict[str, str]:
    return {"first": _FIRST(lang), "last": _LAST(lang)}


def splits(scope: Scope, lang: Lang) -> None:
    """Return rates by where people first came from."""
    with section("splits", lang, _SPLIT, _SPLIT_LEAD):
        _splits(scope, lang)


@fragment
def _splits(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = controls.select(_GROUP(lang), GROUPS, "split-group", lang, width=140)
        kind = controls.select(
            _KIND(lang), controls.choices_of("retention", "kind"), "split-kind", lang, width=170
        )
        day = controls.select(_DAY(lang), ("7", "1", "30"), "split-day", lang, words=str, width=90)
    result = data.ask("retention", scope, group=group, kind=kind)
    rows = result.frames["groups"].filter(pl.col("day") == int(day))
    if rows.is_empty():
        present.table(rows, "splits", lang)
        return
    whole = result.scalars[f"d{day}"].value
    draw = partial(
        points.intervals,
        rows.rename({"size": "n"}),
        Field("group"),
        Field("rate", "rate", _RATE(lang)),
        lang,
        line=(float(whole), _EVERYONE(lang)) if isinstance(whole, int | float) else None,
    )
    present.chart(draw, "splits", _SPLIT(lang), result, lang, day)
    columns = ("group", "size", "users", "rate", "low", "high", "p_adjusted", "sure")
    present.table(rows, "splits", lang, columns=columns)
    value = controls.select(_GROUP(lang), rows["group"].to_list(), "split-value", lang, width=220)
    listed.people(
        "cohort_users", "split", scope, lang,
        {"group": group, "value": value, "kind": kind, "day": int(day)}, headings=_headings(lang),
    )  # fmt: skip
    markup.notes([result.notes[-1](lang)])
    present.tools("splits", lang, result, draw, ("groups",))


def change(scope: Scope, lang: Lang) -> None:
    """Newcomers before and after a day."""
    with section("change", lang, _CHANGE, _CHANGE_LEAD):
        _change(scope, lang)


@fragment
def _change(scope: Scope, lang: Lang) -> None:
    bounds = data.days()
    if bounds is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        middle = bounds[0] + timedelta(days=(bounds[1] - bounds[0]).days // 2)
        day = st.date_input(
            _ON(lang), value=middle, min_value=bounds[0], max_value=bounds[1],
            key=f"change-day-{lang}", format="YYYY-MM-DD", width=170,
        )  # fmt: skip
        kind = controls.select(
            _KIND(lang), controls.choices_of("retention", "kind"), "change-kind", lang, width=170
        )
    if not isinstance(day, date):
        return
    result: Result = data.ask("retention", scope, kind=kind, change=day)
    cards.scalars(result.scalars, _GAP, lang)
    present.table(result.frames["change"], "change", lang)
    markup.notes([result.notes[-1](lang)] if result.notes else [])
    present.tools("change", lang, result, None, ("change",))
