"""U4: how many people are in each phase, how they move, which phase and host earn the profit."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.analysis.phases import LABELS, PHASES
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import flow as flows
from app.ui.charts import lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views import listed

ORDER = ("fission", "repurchase", "conversion", "exposure", "new", "dormant")
_PHASES = Text("每个月各阶段有多少人", "People in each phase, month by month")
_PHASES_LEAD = Text(
    "看过、买过、再买过、带人来买过：每人每月只算到达的最高阶段。",
    "Saw, bought, bought again, brought a buyer: everyone counts once a month, in the "
    "highest phase reached.",
)
_SHOW = Text("显示", "Show")
_COUNT, _SHARE = Text("人数", "People"), Text("占比", "Share")
_FLOW = Text("从哪一步走到哪一步", "From which phase to which")
_FLOW_LEAD = Text(
    "带子的宽度是人数，从左边的阶段流到下个月的阶段。",
    "The width of a ribbon is people moving to the phase of the next month.",
)
_LAST = Text("看最近几次月度变化", "Latest monthly moves")
_MONTHS = Text("近 {n} 次", "Last {n}")
_PROFIT = Text("哪个主播的利润来自哪一步", "Which phase earns each host's profit")
_PROFIT_LEAD = Text(
    "被邀请来的人第一次购买的利润算在裂变上，各阶段加起来等于总利润。",
    "The first order of an invited person counts as referral; phases add up to the total.",
)
_PEOPLE = Text("这些人是谁", "Who are they?")
_PEOPLE_LEAD = Text(
    "选一个阶段，或从哪一步到哪一步，列出名单。",
    "Pick a phase, or a move from one to another, and list the people.",
)
_MONTH, _WAS, _NOW = Text("哪个月末", "Month end"), Text("原来", "Was"), Text("现在", "Is")
_LAST_SEEN = Text("最近一次", "Last active")
_DATED = ("exposure", "conversion", "repurchase", "fission")
_GROWTH = Text("活跃的人从哪来、到哪去", "Where active people come from and go")
_GROWTH_LEAD = Text(
    "每 28 天：新来的、留下的、回来的在上，流失的在下。增减比大于 1 才在变大。",
    "Every 28 days: new, retained and returning people above, lost ones below. A quick ratio "
    "above 1 means growth.",
)
_RATIO = Text("增减比：（新增＋回来）÷ 流失", "Quick ratio: (new + came back) / left")
_EVEN, _END = Text("不增不减", "Even"), Text("截至", "Up to")
_PARTS = {"retained": 1, "new": 1, "resurrected": 1, "churned": -1}
_GROWTH_COLOURS = {
    "retained": tokens.SERIES[0],
    "new": tokens.SERIES[2],
    "resurrected": tokens.SERIES[3],
    "churned": tokens.SERIES[1],
}


def phases(scope: Scope, lang: Lang) -> None:
    """Phases by month, as numbers of people or shares."""
    with section("phases", lang, _PHASES, _PHASES_LEAD):
        _phases(scope, lang)


@fragment
def _phases(scope: Scope, lang: Lang) -> None:
    result = data.ask("lifecycle", scope)
    cards.scalars(result.scalars, ("users", "silent_days"), lang)
    words = {"users": _COUNT(lang), "share": _SHARE(lang)}
    shown = controls.segments(
        _SHOW(lang), ("users", "share"), "phase-show", lang, words=lambda code: words[code]
    )
    frame = months(result.frames["phases"])
    y = Field("users", "rate" if shown == "share" else "count", words[shown])
    draw = partial(
        lines.stacked,
        frame,
        Field("month"),
        y,
        Field("phase"),
        lang,
        order=ORDER[::-1],
        normalise=shown == "share",
        colours=tokens.PHASES,
    )
    present.chart(draw, "phases", _PHASES(lang), result, lang, shown)
    markup.notes([note(lang) for note in result.notes])
    present.tools("phases", lang, result, draw, ("phases",))


def flow(scope: Scope, lang: Lang) -> None:
    """The flow of people between phases."""
    with section("flow", lang, _FLOW, _FLOW_LEAD):
        _flow(scope, lang)


@fragment
def _flow(scope: Scope, lang: Lang) -> None:
    result = data.ask("lifecycle", scope)
    frame = months(result.frames["flow"])
    known = sorted(frame["month"].unique().to_list())
    if not known:
        present.table(frame, "flow", lang)
        return
    count = controls.segments(
        _LAST(lang),
        [str(n) for n in (1, 3, 6) if n <= len(known)] or ["1"],
        "flow-months",
        lang,
        words=lambda n: _MONTHS(lang, n=n),
        default=str(min(3, len(known)) if len(known) != 2 else 1),
    )
    chosen = frame.filter(pl.col("month").is_in(known[-int(count) :]))
    draw = partial(
        flows.sankey, chosen, _known(frame), lang, users=_COUNT(lang), colours=tokens.PHASES
    )
    present.chart(draw, "flow", _FLOW(lang), result, lang, count)
    with st.expander(labels.column("users", lang), icon=":material/table_rows:"):
        present.table(chosen.sort("month", "users", descending=True), "flow", lang, bars=("users",))
    present.tools("flow", lang, result, draw, ("flow",))


def _known(frame: pl.DataFrame) -> list[str]:
    """The phases that occur, best first; unlisted ones at the end."""
    seen = set(frame["from"].to_list()) | set(frame["to"].to_list())
    return [code for code in ORDER if code in seen] + sorted(seen - set(ORDER))


def people(scope: Scope, lang: Lang) -> None:
    """The people of a phase or a move between phases."""
    with section("phase-people", lang, _PEOPLE, _PEOPLE_LEAD):
        _people(scope, lang)


@fragment
def _people(scope: Scope, lang: Lang) -> None:
    result = data.ask("lifecycle", scope)
    ends = [str(one) for one in result.frames["phases"]["month"].unique().sort(descending=True)]
    if not ends:
        present.table(result.frames["phases"], "phase-people", lang)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        end = controls.select(_MONTH(lang), ends, "phase-month", lang, words=str, width=150)
        was = listed.choice(_WAS(lang), ("new", *PHASES), "phase-from", lang)
        now = listed.choice(_NOW(lang), PHASES, "phase-to", lang)
    params = {"came_from": was, "phase": now, "as_of": end}
    headings = {code: LABELS[code](lang) for code in PHASES if code in _DATED}
    listed.people(
        "phase_users", "phase", scope, lang, {k: v for k, v in params.items() if v},
        headings=headings | {"last": _LAST_SEEN(lang)},
    )  # fmt: skip


def growth(scope: Scope, lang: Lang) -> None:
    """New, retained, resurrected and lost users by 28 days."""
    with section("growth", lang, _GROWTH, _GROWTH_LEAD):
        _growth(scope, lang)


@fragment
def _growth(scope: Scope, lang: Lang) -> None:
    result = data.ask("lifecycle", scope)
    frame = result.frames["accounting"]
    if frame.is_empty():
        present.table(frame, "growth", lang)
        return
    parts = frame.select(
        pl.col("end").cast(pl.String),
        "active",
        *(pl.col(name) * sign for name, sign in _PARTS.items()),
    ).unpivot(list(_PARTS), index=["end", "active"], variable_name="what", value_name="users")
    draw = partial(
        lines.stacked, parts, Field("end"), Field("users", "count", _COUNT(lang)), Field("what"),
        lang, order=tuple(_PARTS), colours=_GROWTH_COLOURS,
    )  # fmt: skip
    ratio = partial(
        lines.line, frame.with_columns(pl.col("end").cast(pl.String)), Field("end"),
        Field("quick_ratio"), lang, target=(1.0, _EVEN(lang)),
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        present.chart(draw, "growth", _GROWTH(lang), result, lang, title=_GROWTH(lang))
    with right:
        present.chart(ratio, "quick", _RATIO(lang), result, lang, title=_RATIO(lang))
    present.table(frame, "growth", lang, headings={"end": _END(lang)})
    present.tools("growth", lang, result, draw, ("accounting",))


def profit(scope: Scope, lang: Lang) -> None:
    """Profit by phase for each host."""
    with section("profit", lang, _PROFIT, _PROFIT_LEAD):
        result = data.ask("lifecycle", scope)
        cards.scalars(result.scalars, ("head_host", "fission_share"), lang)
        frame = result.frames["profit"]
        draw = partial(
            points.parts,
            frame,
            Field("host_id"),
            Field("profit", "CNY"),
            Field("phase"),
            lang,
            order=ORDER[::-1],
            colours=tokens.PHASES,
        )
        if frame.height:
            present.chart(draw, "profit", _PROFIT(lang), result, lang)
        present.table(frame, "profit", lang, height=240)
        markup.notes([note(lang) for note in result.notes])
        present.tools("profit", lang, result, draw if frame.height else None, ("profit",))
