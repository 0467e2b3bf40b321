"""U4: time in a phase, how far sharing spreads, short against long value."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present, tokens
from app.ui.charts import lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views import noticed

_TIMES = Text("每一步要多久", "How long does each step take?")
_TIMES_LEAD = Text(
    "还没走到下一步的人按“还在等”计，不当作不来；阴影是 95% 区间。",
    "People who have not moved on count as still waiting; the shade is the 95% interval.",
)
_WITHIN = Text("多少天内", "Within")
_DAYS = Text("{n} 天", "{n} days")
_SINCE = Text("到达上一步后的天数", "Days since the step before")
_SPREAD = Text("分享能传多远", "How far does sharing spread?")
_SPREAD_LEAD = Text(
    "每位客人带来几个新买家（K），哪种邀请话术更容易被接受，朋友带朋友带了几层。",
    "New buyers per customer (K), which invitation is accepted more, how deep chains of friends "
    "go.",
)
_WORDING = Text(
    "各话术的接受率，已校正多次比较", "Accept rate by wording, corrected for many looks"
)
_MONTHLY = Text("每位邀请人带来的新买家", "New buyers per inviter")
_CHAINS = Text("朋友带朋友：第几层", "Friends of friends: which level")
_ACCEPTED = Text("接受率", "Accept rate")
_INVITERS = Text("带来最多的人", "Who brought most")
_VERDICTS = {
    "effect_up": tokens.STATUS["green"],
    "effect_down": tokens.STATUS["red"],
    "no_effect": tokens.MARK,
    "too_small": tokens.REFERENCE,
    "alone": tokens.REFERENCE,
}
_LONG = Text("短期的赢家，长期还赢吗", "Do short-term winners stay winners?")
_LONG_LEAD = Text(
    "同一批新客，头几天和更长时间里每人的价值；只有两头都有把握才说名次对调。",
    "The same new customers: value each in the first days and over the long view. A change of "
    "places is claimed only where both orders are sure.",
)
_BY, _SHORT = Text("按什么比", "Compare by"), Text("短期", "Short view")
_EACH = Text("每位新客的价值", "Value per new customer")
_FLIPS = Text("名次对调的组合", "Pairs that change places")


def times(scope: Scope, lang: Lang) -> None:
    """Time from one phase to the next."""
    with section("times", lang, _TIMES, _TIMES_LEAD):
        _times(scope, lang)


@fragment
def _times(scope: Scope, lang: Lang) -> None:
    days = controls.segments(
        _WITHIN(lang), ("7", "30", "90"), "times-days", lang, default="30",
        words=lambda n: _DAYS(lang, n=n),
    )  # fmt: skip
    result = data.ask("stage_times", scope, days=int(days))
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    stages = result.frames["stages"]
    enough = stages.filter("enough")["stage"].implode()
    curve = result.frames["curve"].filter(pl.col("stage").is_in(enough))
    draw = partial(
        lines.line, curve, Field("day", title=_SINCE(lang)), Field("reached", "rate"), lang,
        by=Field("stage"), band=True, points=False,
    )  # fmt: skip
    if curve.height:
        present.chart(draw, "times", _TIMES(lang), result, lang)
    present.table(stages, "times", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("times", lang, result, draw if curve.height else None)


def spread(scope: Scope, lang: Lang) -> None:
    """K, wordings, chains of friends."""
    with section("spread", lang, _SPREAD, _SPREAD_LEAD):
        _spread(scope, lang)


@fragment
def _spread(scope: Scope, lang: Lang) -> None:
    result = data.ask("fission", scope)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    wordings = result.frames["wordings"]
    draw = partial(
        points.intervals, wordings.with_columns(n="invites"), Field("wording_id"),
        Field("accept_rate", "rate", _ACCEPTED(lang)), lang, mark=Field("verdict"),
        colours=_VERDICTS,
    )  # fmt: skip
    if wordings.height:
        present.chart(draw, "wordings", _WORDING(lang), result, lang, title=_WORDING(lang))
    bounds = dict.fromkeys(("low", "high"), "rate")
    present.table(wordings, "wordings", lang, units=bounds)
    left, right = st.columns(2, gap="medium")
    with left:
        monthly = partial(
            points.columns, months(result.frames["months"]).with_columns(n="inviters"),
            Field("month"), Field("per_inviter"), lang,
        )  # fmt: skip
        present.chart(monthly, "spread-months", _MONTHLY(lang), result, lang, title=_MONTHLY(lang))
    with right:
        depth = result.frames["depth"].with_columns(pl.col("depth").cast(pl.String))
        chains = partial(
            points.bars, depth, Field("depth"), Field("buyers", "count"), lang, sort=None,
            more=(Field("share", "rate"),),
        )  # fmt: skip
        present.chart(chains, "chains", _CHAINS(lang), result, lang, title=_CHAINS(lang))
    with st.expander(_INVITERS(lang), icon=":material/group:"):
        present.table(result.frames["inviters"], "inviters", lang, height=300)
    markup.notes([note(lang) for note in result.notes])
    present.tools("spread", lang, result, draw if wordings.height else None)


def long_view(scope: Scope, lang: Lang) -> None:
    """Short against long value of new customers."""
    with section("long", lang, _LONG, _LONG_LEAD):
        _long_view(scope, lang)


@fragment
def _long_view(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = controls.select(
            _BY(lang), controls.choices_of("long_value", "by"), "long-by", lang, width=150
        )
        short = controls.select(
            _SHORT(lang), ("7", "30", "60"), "long-short", lang, default="30", width=110,
            words=lambda n: _DAYS(lang, n=n),
        )  # fmt: skip
    result = data.ask("long_value", scope, by=by, short_days=int(short))
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    noticed.show(result, lang)
    groups = result.frames["groups"]
    if groups.height:
        both = pl.concat([
            groups.select(
                "group", what=pl.lit(side), value=f"{side}_value", low=f"{side}_low",
                high=f"{side}_high", n="customers",
            )
            for side in ("short", "long")
        ])  # fmt: skip
        draw = partial(
            points.intervals, both, Field("group"), Field("value", "CNY", _EACH(lang)), lang,
            mark=Field("what"), colours={"short": tokens.MARK_2, "long": tokens.MARK},
        )  # fmt: skip
        present.chart(draw, "long", _LONG(lang), result, lang)
        present.table(groups, "long", lang)
        if result.frames["flips"].height:
            markup.caption(_FLIPS(lang))
            present.table(result.frames["flips"], "flips", lang)
        present.tools("long", lang, result, draw)
    markup.notes([note(lang) for note in result.notes])
