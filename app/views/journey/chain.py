"""U1: the value chain: volume, cost and pass rate of each stage, and where people are lost."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, labels, markup, present
from app.ui.charts import points
from app.ui.charts.base import Field
from app.ui.section import section

_TITLE = Text("分发、内容、成交：哪一段最漏人", "Reach, content, sale: which stage loses most?")
_LEAD = Text(
    "每个行为、订单和费用都归到一段。左边是走到下一段的比例，右边是钱花在哪。",
    "Every event, order and cost belongs to one stage. Left: who passes on; right: where money "
    "goes.",
)
_PASSES = Text("走到下一段的比例", "Share that passes on")
_COSTS = Text("各环节花费", "Cost by part")


def stages(scope: Scope, lang: Lang) -> None:
    """Pass rates with the bottleneck, costs and volume by part."""
    with section("chain", lang, _TITLE, _LEAD):
        result = data.ask("value_chain", scope)
        cards.scalars(result.scalars, tuple(result.scalars), lang)
        passes = result.frames["passes"].with_columns(
            step=pl.Series([
                f"{labels.value(row['from'], lang)} → {labels.value(row['to'], lang)}"
                for row in result.frames["passes"].iter_rows(named=True)
            ], dtype=pl.String), n="users",
        )  # fmt: skip
        left, right = st.columns(2, gap="medium")
        draw = partial(
            points.intervals, passes, Field("step"), Field("rate", "rate"), lang,
            sort=passes["step"].to_list(),
        )  # fmt: skip
        with left:
            present.chart(draw, "chain", _PASSES(lang), result, lang, title=_PASSES(lang))
        table = result.frames["stages"]
        costs = table.filter(pl.col("cost") > 0)
        with right:
            if costs.height:
                spent = partial(points.bars, costs, Field("substage"), Field("cost", "CNY"), lang)
                present.chart(spent, "chain-cost", _COSTS(lang), result, lang, title=_COSTS(lang))
        present.table(table, "chain", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("chain", lang, result, draw)
