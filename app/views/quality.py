"""W2: how clean the data is and how much of it can be joined."""

from __future__ import annotations

import polars as pl
from footprint.ingest.reasons import WHYS
from footprint.result import Result
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, empty, markup, present
from app.ui.section import section

_TITLE = Text("数据有多干净，能连上多少", "How clean the data is, how much of it joins")
_LEAD = Text(
    "订单能连到触点、场次、会话的比例；重复、负数、对不上的场次、金额不符。",
    "Share of orders joined to a touch, a stream, a session; repeats, negatives, orphans, amounts "
    "that disagree.",
)
_TRACKING = ("tracking_to_touch", "tracking_to_stream", "tracking_to_session")
_CHECKS = Text("各项检查", "Checks")
_REJECTED = Text("没有收下的行", "Rows set aside")
_FRESH = Text("每张表的新旧", "How fresh each table is")


def show(lang: Lang) -> None:
    """Tracking coverage and faults as numbers, then the checks, the rows set aside, freshness."""
    if data.empty():
        empty.welcome(lang)
        return
    with section("quality", lang, _TITLE, _LEAD):
        result = data.ask("data_quality", Scope(tz=data.current().tz))
        rest = [name for name in result.scalars if name not in _TRACKING]
        cards.scalars(result.scalars, (*_TRACKING, *rest), lang)
        _frame(result, "checks", _CHECKS, lang)
        _frame(result, "rejected", _REJECTED, lang)
        _frame(result, "freshness", _FRESH, lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("quality", lang, result)


def _frame(result: Result, name: str, title: Text, lang: Lang) -> None:
    frame = result.frames.get(name)
    if frame is None or frame.is_empty():
        return
    markup.heading(title(lang))
    present.table(_named(frame, result, lang), f"quality-{name}", lang)


def _named(frame: pl.DataFrame, result: Result, lang: Lang) -> pl.DataFrame:
    """Checks, tables and reasons by their titles; columns that hold nothing left out."""
    words: dict[str, dict[str, str]] = {
        "check": {n: s.label(lang) for n, s in result.scalars.items() if s.label},
        "table": {name: table.title(lang) for name, table in TABLES.items()},
        "reason": {code: why.what(lang) for code, why in WHYS.items()},
        "column": {c.name: c.title(lang) for t in TABLES.values() for c in t.columns},
    }
    known = [name for name in frame.columns if not frame[name].is_null().all()]
    return frame.select(known).with_columns(
        pl.col(name).replace(words[name]) for name in known if name in words
    )
