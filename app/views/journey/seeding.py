"""U1: the seeding loop: how many buyers saw a video first, what they spend, how long it takes."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section

_TITLE = Text("先种草、再下单的买家", "Buyers who saw it first, then bought")
_LEAD = Text(
    "下单前 N 天内看过种草内容的买家有多少，他们的订单贵不贵，多久才下单。",
    "How many buyers saw seeding content in the N days before, whether they pay more, and how "
    "long it takes.",
)
_DAYS, _TOUCH = Text("N 天", "N days"), Text("什么算种草", "What counts as seeding")
_TOUCHES = {
    "video": Text("看短视频", "Video seen"),
    "kol": Text("达人渠道", "Creator channel"),
    "both": Text("两者之一", "Either"),
}
_LAG = Text("从种草到下单的天数（累计）", "Days from touch to order (cumulative)")
_WINDOW = Text("不同 N 的渗透率", "Penetration by N")
_DAY = Text("天", "Days")


def loop(scope: Scope, lang: Lang) -> None:
    """Penetration, order value against others, lag curve."""
    with section("seeding", lang, _TITLE, _LEAD):
        _loop(scope, lang)


@fragment
def _loop(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = controls.segments(
            _DAYS(lang), ("7", "15", "30"), "seeding-days", lang, default="15",
            words=lambda n: f"{n} {_DAY(lang)}" if lang == "zh" else f"{n} {_DAY(lang).lower()}",
        )  # fmt: skip
        touch = controls.segments(
            _TOUCH(lang), tuple(_TOUCHES), "seeding-touch", lang,
            words=lambda code: _TOUCHES[code](lang),
        )  # fmt: skip
    result = data.ask("seeding", scope, days=int(days), touch=touch)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    windows = result.frames["windows"].with_columns(pl.col("days").cast(pl.String))
    left, right = st.columns(2, gap="medium")
    draw = partial(
        lines.line, result.frames["lag"], Field("day", "d", _DAY(lang)),
        Field("cumulative", "rate"), lang,
    )  # fmt: skip
    with left:
        present.chart(draw, "seeding-lag", _LAG(lang), result, lang, title=_LAG(lang))
    with right:
        shown = partial(
            points.columns, windows.with_columns(n="buyers"), Field("days", "", _DAY(lang)),
            Field("penetration", "rate"), lang,
        )  # fmt: skip
        present.chart(shown, "seeding-windows", _WINDOW(lang), result, lang, title=_WINDOW(lang))
    present.table(result.frames["windows"], "seeding-windows", lang,
                  units={"relative": "rate", "low": "rate", "high": "rate"})  # fmt: skip
    markup.notes([note(lang) for note in result.notes])
    present.tools("seeding", lang, result, draw)
