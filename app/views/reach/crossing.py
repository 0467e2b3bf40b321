"""U2: people of one platform who buy on another, both ways."""

from __future__ import annotations

from functools import partial

import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import grids
from app.ui.charts.base import Field
from app.ui.section import fragment, section

_TITLE = Text("一个平台的人，会到另一个平台买吗", "Do people of one platform buy on another?")
_LEAD = Text(
    "横向读：来源平台的人里，两边都能认出的有多少、之后到那边买了多少。",
    "Read a row: of the people of a platform known on both, how many then buy on the other.",
)
_EVENT = Text("怎样算来源平台的人", "What makes a person theirs")
_KINDS = ("follow", "video_view", "stream_enter", "click", "comment")
_COLUMNS = ("source", "destination", "fans", "linked", "payers", "rate", "low", "high", "lag_days")
_RATE = Text("连上的人里买了的", "Linked people who bought")


def flow(scope: Scope, lang: Lang) -> None:
    """Source by destination with linked people, buyers and lag."""
    with section("crossing", lang, _TITLE, _LEAD):
        _flow(scope, lang)


@fragment
def _flow(scope: Scope, lang: Lang) -> None:
    held = data.current().event_log().event_types if data.current().has("events") else ()
    event = controls.select(
        _EVENT(lang), ("any", *(kind for kind in _KINDS if kind in held)), "crossing-event", lang
    )
    result = data.ask("platform_flow", scope, event=event)
    cards.scalars(
        result.scalars, ("link_rate", "source", "destination", "conversion", "lag_days"), lang
    )
    table = result.frames["flow"]
    known = table.drop_nulls("rate")
    rate = Field("rate", "rate", _RATE(lang))
    draw = partial(
        grids.heat,
        known,
        Field("destination"),
        Field("source"),
        rate,
        lang,
        present.mode(),
        x_title=labels.column("destination", lang),
        y_title=labels.column("source", lang),
        cell=64,
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        if known.height:
            present.chart(draw, "crossing", _TITLE(lang), result, lang, event, title=_RATE(lang))
    with right:
        present.table(table, "crossing", lang, columns=_COLUMNS)
    markup.notes([note(lang) for note in result.notes])
    present.tools("crossing", lang, result, draw if known.height else None)
