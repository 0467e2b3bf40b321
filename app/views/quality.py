"""W2: how clean the data is and how much of it can be joined."""

from __future__ import annotations

import polars as pl
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, empty, markup, present
from app.ui.section import section

_TITLE = Text("数据有多干净，能连上多少", "How clean the data is, how much of it joins")
_LEAD = Text(
    "重复、负数、对不上的场次、金额不符；订单能连到触点、场次、会话的比例。",
    "Repeats, negatives, orphans, amounts that disagree; share of orders joined to a touch, a "
    "stream, a session.",
)
_TRACKING = ("tracking_to_touch", "tracking_to_stream", "tracking_to_session")


def show(lang: Lang) -> None:
    """Counts of faults and tracking coverage, with the rows behind them."""
    if data.empty():
        empty.welcome(lang)
        return
    with section("quality", lang, _TITLE, _LEAD):
        result = data.ask("data_quality", Scope(tz=data.current().tz))
        rest = [name for name in result.scalars if name not in _TRACKING]
        cards.scalars(result.scalars, (*_TRACKING, *rest), lang)
        for name, frame in result.frames.items():
            if frame.height:
                present.table(_readable(frame), f"quality-{name}", lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("quality", lang, result)


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Frames without columns that hold nothing."""
    return frame.select(name for name in frame.columns if not frame[name].is_null().all())
