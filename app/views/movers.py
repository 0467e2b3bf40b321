"""U3: who is rising, who slipped, who is about to?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.analysis.movers import DIRECTIONS
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views import noticed

_TITLE = Text("谁在往上走，谁要流失", "Who is rising, who is slipping?")
_LEAD = Text(
    "快要掉层：再不下单，几天内就会掉；名单可导出，先联系金额大的。",
    "About to slip: will fall within days unless they order. Export the list and start with the "
    "largest money.",
)
_AGO, _SOON = Text("和多少天前比", "Compared with"), Text("多少天内会掉", "Will slip within")
_DAYS = Text("{n} 天", "{n} days")
_WHICH = Text("哪一类", "Which")


def movers(scope: Scope, lang: Lang) -> None:
    """Counts and money of each direction, and the list."""
    with section("movers", lang, _TITLE, _LEAD):
        _movers(scope, lang)


@fragment
def _movers(scope: Scope, lang: Lang) -> None:
    def words(n: str) -> str:
        return _DAYS(lang, n=n)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        ago = controls.select(
            _AGO(lang), ("7", "30", "90"), "movers-ago", lang, words=words, default="30", width=130
        )
        soon = controls.select(
            _SOON(lang), ("7", "14", "30"), "movers-soon", lang, words=words, default="14",
            width=130,
        )  # fmt: skip
        which = controls.segments(_WHICH(lang), DIRECTIONS, "movers-which", lang)
    result = data.ask("movers", scope, days=int(ago), soon=int(soon))
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    noticed.show(result, lang)
    summary = result.frames["summary"].filter(pl.col("direction") == which)
    rows = result.frames["movers"].filter(pl.col("direction") == which)
    moves = summary.with_columns(
        move=pl.struct("from", "to").map_elements(
            lambda cell: _arrow(cell["from"], cell["to"], lang), return_dtype=pl.String
        )
    )
    draw = partial(
        points.bars, moves, Field("move"), Field("users", "count"), lang,
        more=(Field("at_stake", "CNY"),),
    )  # fmt: skip
    if moves.height:
        present.chart(draw, "movers", _TITLE(lang), result, lang, which)
    columns = ("user_id", "from", "to", "last_days", "orders", "gmv", "at_stake")
    present.table(rows, "movers", lang, columns=columns, bars=("at_stake",), height=360)
    markup.notes([note(lang) for note in result.notes])
    present.tools("movers", lang, result, draw if moves.height else None)


def _arrow(source: str, target: str, lang: Lang) -> str:
    return f"{labels.value(source, lang)} → {labels.value(target, lang)}"
