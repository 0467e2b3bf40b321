"""U2: the click rate of each slot by day, before and after a change."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import lines
from app.ui.charts.base import Field
from app.ui.section import fragment, section

_TITLE = Text("推荐位的点击率", "Click rate of each slot")
_LEAD = Text(
    "点击 ÷ 曝光，按天。标一个改动日看前后；不标就自动找变化的那天，偶然的不报。",
    "Clicks divided by impressions, by day. Mark a day to compare before and after; without one "
    "the day of a change is looked for, and chance stays silent.",
)
_SLOT, _DAY = Text("资源位", "Slot"), Text("改动日（可不填）", "Day of the change (optional)")
_DAILY, _LEVEL = Text("每天", "Each day"), Text("前后水平", "Level")
_COLUMNS = ("platform", "channel", "slot", "impressions", "ctr", "change_on", "before", "after",
            "pp", "verdict")  # fmt: skip
_WORDS = {"home": Text("首页", "Home")}


def rates(scope: Scope, lang: Lang) -> None:
    """Click rate by slot and day."""
    with section("slots", lang, _TITLE, _LEAD):
        _rates(scope, lang)


@fragment
def _rates(scope: Scope, lang: Lang) -> None:
    first = data.ask("slot_ctr", scope).frames["slots"]
    if first.is_empty():
        markup.notes([note(lang) for note in data.ask("slot_ctr", scope).notes])
        return
    names = {row["slot"]: _named(row, lang) for row in first.iter_rows(named=True)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        slot = controls.select(
            _SLOT(lang), tuple(names), "slot", lang, width=320, words=lambda code: names[code]
        )
        change = st.date_input(
            _DAY(lang), None, key=f"slot-change-{lang}", format="YYYY-MM-DD", width=180
        )
    marked = change.isoformat() if isinstance(change, date) else None
    result = data.ask("slot_ctr", scope, slot=slot, change=marked)
    cards.scalars(result.scalars, ("ctr", "before", "after", "pp", "change_on", "verdict"), lang)
    days = result.frames["days"].filter(pl.col("slot") == slot)
    words = {"ctr": _DAILY(lang), "level": _LEVEL(lang)}
    long = days.unpivot(["ctr", "level"], index=["date", "n"], variable_name="kind",
                        value_name="rate").with_columns(pl.col("kind").replace(words))  # fmt: skip
    found = result.frames["slots"].filter(pl.col("slot") == slot)["change_on"]
    draw = partial(
        lines.line, long, Field("date"), Field("rate", "rate", labels.column("ctr", lang)), lang,
        by=Field("kind", "", " "), points=False, order=tuple(words.values()),
        change=found[0] if len(found) else None,
    )  # fmt: skip
    present.chart(draw, "slots", _TITLE(lang), result, lang, (slot, marked))
    table = result.frames["slots"].with_columns(
        slot=pl.Series([_place(code, lang) for code in result.frames["slots"]["slot"]])
    )
    present.table(
        table, "slots", lang, columns=_COLUMNS,
        headings={"slot": _SLOT(lang)},
        units={"before": "rate", "after": "rate"},
    )  # fmt: skip
    markup.notes([note(lang) for note in result.notes])
    present.tools("slots", lang, result, draw)


def _place(code: str, lang: Lang) -> str:
    return _WORDS[code](lang) if code in _WORDS else labels.value(code, lang)


def _named(row: dict[str, str], lang: Lang) -> str:
    parts = [labels.value(row["platform"], lang), _place(row["slot"], lang)]
    return " · ".join(parts)
