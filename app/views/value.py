"""U3: who is of high value, is their share growing, who moved where, and what if we draw the line
elsewhere?"""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from footprint.access import person
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import flow, grids, lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views import listed, noticed

ORDER = ("high", "mid", "potential", "dormant")
COLOURS = tokens.TIERS | {"new": tokens.PHASES["new"]}
_TIERS = Text("高价值用户在变多吗", "Is the high-value share growing?")
_TIERS_LEAD = Text(
    "用固定门槛分层，每个月末各层占比。沉睡用户单列，不进分母。",
    "Tiers by fixed thresholds, share of each at month ends. Dormant users stand apart and are not "
    "in the denominator.",
)
_LINES = Text("门槛（改了马上看到影响）", "Thresholds (change one to see the effect)")
_SAVE = Text("存为设定", "Keep as settings")
_SAVED = Text("已保存，之后都按新门槛。", "Saved: from now on these thresholds apply.")
_TRIED = Text("正在试看，没有保存。", "You are trying these thresholds; they are not saved.")
_MIGRATION = Text("上个月的层到这个月的层", "From last month's tier to this month's")
_MIGRATION_LEAD = Text(
    "表格看一个月，带子看连续几个月；选一格可列出这些人。",
    "The grid shows one month, the ribbons several; pick a cell to list its people.",
)
_MONTH, _LAST = Text("哪个月末", "Month end"), Text("看最近几次", "Latest moves")
_MONTHS = Text("近 {n} 次", "Last {n}")
_USERS = Text("人数", "Users")
_FROM, _TO = Text("原来", "Was"), Text("现在", "Is")
_RFM = Text("八类客群", "Eight customer groups")
_RFM_LEAD = Text(
    "最近一次、次数、金额各分高低，界线就是分层门槛。",
    "Recency, frequency and money, each high or low; the cuts are the tier thresholds.",
)
_GROUP = Text("客群", "Group")
# Parameter of the question -> setting behind it.
_AMOUNTS = {
    "high_orders": "tier_high_orders",
    "high_spend": "tier_high_spend",
    "high_recency": "tier_high_recency_days",
    "mid_orders": "tier_mid_orders",
    "mid_spend": "tier_mid_spend",
    "mid_recency": "tier_mid_recency_days",
}


def tiers(scope: Scope, lang: Lang) -> None:
    """Tier shares by month, with thresholds to try."""
    with section("tiers", lang, _TIERS, _TIERS_LEAD):
        _tiers(scope, lang)


@fragment
def _tiers(scope: Scope, lang: Lang) -> None:
    tried = _amounts(lang)
    result = data.ask("value_tiers", scope, **tried)
    cards.scalars(result.scalars, ("high_share", "mid_share", "potential_share"), lang)
    noticed.show(result, lang)
    shares = result.frames["months"].filter(pl.col("tier") != "dormant")
    draw = partial(
        lines.line, months(shares), Field("month"), Field("share", "rate"), lang,
        by=Field("tier"), order=ORDER, colours=tokens.TIERS,
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        present.chart(draw, "tier-months", _TIERS(lang), result, lang)
    with right:
        if tried:
            present.table(result.frames["effect"], "tier-effect", lang)
        present.table(
            result.frames["tiers"], "tiers", lang,
            columns=("tier", "users", "share", "gmv", "aov"), bars=("share",),
        )  # fmt: skip
    markup.notes([note(lang) for note in result.notes])
    present.tools("tiers", lang, result, draw, ("tiers", "months", "effect"))


def _amounts(lang: Lang) -> dict[str, Any]:
    """The thresholds that differ from the settings, and a way to keep them."""
    settings = data.current().settings
    tried: dict[str, Any] = {}
    with st.expander(_LINES(lang), icon=":material/tune:"):
        with st.grid(3, min_column_width=190):
            for name, key in _AMOUNTS.items():
                setting = settings.get(key)
                whole = setting.unit in ("count", "d")
                now = settings.value(key)
                saved = int(now) if whole else float(now)
                value = st.number_input(
                    setting.label(lang), value=saved, min_value=type(saved)(0),
                    step=1 if whole else 50.0, key=f"{name}-{settings.fingerprint}-{lang}",
                )  # fmt: skip
                if value != saved:
                    tried[name] = int(value) if "recency" in name else float(value)
        if tried:
            markup.notes([_TRIED(lang)])
            if person().may("editor"):
                st.button(
                    _SAVE(lang), key=f"tiers-keep-{lang}", icon=":material/save:", type="primary",
                    on_click=_keep, args=(dict(tried), lang),
                )  # fmt: skip
    return tried


def _keep(tried: dict[str, Any], lang: Lang) -> None:
    for name, value in tried.items():
        data.workspace().set_setting(_AMOUNTS[name], value)
    st.toast(_SAVED(lang), icon=":material/check:")


def migration(scope: Scope, lang: Lang) -> None:
    """Moves between tiers: a grid for one month, ribbons for several, the people of a cell."""
    with section("migration", lang, _MIGRATION, _MIGRATION_LEAD):
        _migration(scope, lang)


@fragment
def _migration(scope: Scope, lang: Lang) -> None:
    result = data.ask("value_tiers", scope)
    moves = result.frames["moves"]
    ends = [str(one) for one in moves["month"].unique().sort(descending=True)]
    if not ends:
        present.table(moves, "moves", lang)
        return
    counts = [str(n) for n in (1, 3, 6) if n <= len(ends)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        end = controls.select(_MONTH(lang), ends, "moves-month", lang, words=str, width=150)
        last = controls.segments(
            _LAST(lang), counts, "moves-last", lang, words=lambda n: _MONTHS(lang, n=n),
            default=counts[min(1, len(counts) - 1)],
        )  # fmt: skip
    month = moves.filter(pl.col("month").cast(pl.String) == end)
    chosen = months(moves.filter(pl.col("month").cast(pl.String).is_in(ends[: int(last)])))
    grid = partial(_grid, month, lang)
    order = [code for code in (*ORDER, "new") if code in set(chosen["from"]) | set(chosen["to"])]
    ribbons = partial(flow.sankey, chosen, order, lang, users=_USERS(lang), colours=COLOURS,
                      height=330)  # fmt: skip
    left, right = st.columns([2, 3], gap="medium")
    with left:
        present.chart(grid, "migration", _MIGRATION(lang), result, lang, end, wide=True)
    with right:
        present.chart(ribbons, "tier-flow", _MIGRATION(lang), result, lang, last, wide=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        was = listed.choice(_FROM(lang), ("new", *ORDER), "moves-from", lang)
        now = listed.choice(_TO(lang), ORDER, "moves-to", lang)
    params = {"came_from": was, "tier": now, "as_of": end}
    listed.people("customer_list", "moves", scope, lang, {k: v for k, v in params.items() if v})
    present.tools("migration", lang, result, ribbons, ("moves", "migration"))


def _grid(month: pl.DataFrame, lang: Lang) -> Any:
    words = [labels.value(code, lang) for code in (*ORDER, "new")]
    return grids.heat(
        month, Field("to"), Field("from"), Field("users", "count", _USERS(lang)), lang,
        present.mode(), sort_x=words, sort_y=words, form=",", more=(Field("gmv", "CNY"),),
        x_title=_TO(lang), y_title=_FROM(lang), cell=44,
    )  # fmt: skip


def segments(scope: Scope, lang: Lang) -> None:
    """The eight customer groups by recency, frequency and money."""
    with section("rfm", lang, _RFM, _RFM_LEAD):
        _segments(scope, lang)


@fragment
def _segments(scope: Scope, lang: Lang) -> None:
    result: Result = data.ask("value_tiers", scope)
    frame = result.frames["rfm"]
    draw = partial(
        points.bars, frame.filter(pl.col("users") > 0), Field("segment"),
        Field("gmv_share", "rate"), lang, sort=None,
        more=(Field("users", "count"), Field("share", "rate"), Field("gmv", "CNY")),
    )  # fmt: skip
    left, right = st.columns([2, 3], gap="medium")
    with left:
        present.chart(draw, "rfm", _RFM(lang), result, lang)
    with right:
        present.table(frame, "rfm", lang, bars=("users",))
    group = controls.select(
        _GROUP(lang), frame.filter(pl.col("users") > 0)["segment"].to_list() or [""],
        "rfm-group", lang,
    )  # fmt: skip
    if group:
        listed.people("customer_list", "rfm", scope, lang, {"segment": group})
    present.tools("rfm", lang, result, draw, ("rfm",))
