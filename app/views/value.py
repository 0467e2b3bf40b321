"""U3: who is of high value, is their share growing, who moved where?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, markup, present, tokens
from app.ui.charts import grids, lines
from app.ui.charts.base import Field, months
from app.ui.section import section

ORDER = ("high", "mid", "potential", "dormant")
_TIERS = Text("高价值用户在变多吗", "Is the high-value share growing?")
_TIERS_LEAD = Text(
    "用固定门槛分层（门槛在“数据与设定”里可改），每个月末各层占比。沉睡用户单列，不进分母。",
    "Tiers by fixed thresholds (editable in Data & settings), share of each at month ends. Dormant "
    "users stand apart and are not in the denominator.",
)
_MIGRATION = Text("上个月的层到这个月的层", "From last month's tier to this month's")
_USERS = Text("人数", "Users")
_RFM = Text("八类客群", "Eight customer groups")
_RFM_LEAD = Text(
    "最近一次、次数、金额各分高低。", "Recency, frequency and money, each high or low."
)
_FROM, _TO = Text("原来", "Was"), Text("现在", "Is")


def tiers(scope: Scope, lang: Lang) -> None:
    """Tier shares by month and the migration between tiers."""
    with section("tiers", lang, _TIERS, _TIERS_LEAD):
        result = data.ask("value_tiers", scope)
        cards.scalars(
            result.scalars,
            ("high_share", "mid_share", "potential_share"),
            lang,
        )
        shares = result.frames["months"].filter(pl.col("tier") != "dormant")
        draw = partial(
            lines.line,
            months(shares),
            Field("month"),
            Field("share", "rate"),
            lang,
            by=Field("tier"),
            order=ORDER,
            colours=tokens.TIERS,
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            present.chart(draw, "tier-months", _TIERS(lang), result, lang)
        with right:
            _migration(result.frames["migration"], result, lang)
        present.table(result.frames["tiers"], "tiers", lang, bars=("share",))
        markup.notes([note(lang) for note in result.notes])
        present.tools("tiers", lang, result, draw, ("tiers", "months", "migration"))


def _migration(frame: pl.DataFrame, result: object, lang: Lang) -> None:
    from footprint.result import Result

    from app.ui import labels

    assert isinstance(result, Result)
    pairs = frame.group_by("from", "to").agg(pl.col("users").sum())
    words = [labels.value(code, lang) for code in ORDER]
    present.chart(
        lambda: grids.heat(
            pairs,
            Field("to"),
            Field("from"),
            Field("users", "count", _USERS(lang)),
            lang,
            present.mode(),
            sort_x=words,
            sort_y=words,
            form=",",
            x_title=_TO(lang),
            y_title=_FROM(lang),
            cell=44,
        ),
        "migration",
        _MIGRATION(lang),
        result,
        lang,
        wide=True,
    )


def segments(scope: Scope, lang: Lang) -> None:
    """The eight customer groups by recency, frequency and money."""
    with section("rfm", lang, _RFM, _RFM_LEAD):
        result = data.ask("value_tiers", scope)
        frame = result.frames["rfm"]
        present.table(frame, "rfm", lang, bars=("users",))
        present.tools("rfm", lang, result, None, ("rfm",))
