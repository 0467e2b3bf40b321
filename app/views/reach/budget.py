"""U2: which split of the budget brings more orders, and what an own split would bring."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import response
from app.ui.section import fragment, section

_TITLE = Text("预算怎么分，订单会多一些", "Which split of the budget brings more orders?")
_LEAD = Text(
    "按每周花费和订单估出每个渠道“越花越不划算”的曲线，在限度内把钱移到下一单最便宜的地方。"
    "这是一起变化的规律，不是因果。",
    "Falling returns per channel from weekly spend and orders; within limits money moves to where "
    "the next order is cheapest. Association, not cause.",
)
_BY, _BOUND = Text("按什么分", "Split by"), Text("每个渠道最多动", "A channel moves at most")
_MODEL = Text("订单按哪种归因算", "Orders credited by")
_CHANNEL = Text("看哪个渠道的曲线", "Curve of channel")
_NOW, _BEST, _MINE = Text("现在", "Now"), Text("建议", "Suggested"), Text("我的方案", "My plan")
_REFUSED = Text(
    "现在给不出建议：能看出规律的渠道不到两个。先让每周花费有高有低（比如隔周加减三成），"
    "几周后再看。",
    "No suggestion yet: fewer than two channels show a curve. Let weekly spend go up and down "
    "(say by 30 % every other week) and look again in some weeks.",
)
_OWN = Text("试试自己的方案（每周花费）", "Try a plan of your own (spend a week)")


def split(scope: Scope, lang: Lang) -> None:
    """Suggestion, own plan, curves."""
    with section("budget", lang, _TITLE, _LEAD):
        _split(scope, lang)


@fragment
def _split(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = controls.segments(_BY(lang), ("channel", "channel_class"), "budget-by", lang)
        model = controls.select(
            _MODEL(lang), controls.choices_of("budget", "model") or ("linear",), "budget-model",
            lang, default="linear",
        )  # fmt: skip
        bound = st.slider(
            _BOUND(lang), 5, 50, 30, 5, format="±%d%%", key=f"budget-bound-{lang}", width=240
        )
    asked = {"by": by, "model": model, "bound": bound / 100}
    result = data.ask("budget", scope, **asked)
    channels = result.frames["channels"]
    told = channels.filter(pl.col("state") == "ok")
    if told.height:
        result = data.ask("budget", scope, **asked, plan=_own(told, lang))
    cards.scalars(
        result.scalars,
        ("verdict", "spend_now", "orders_now", "orders_suggested", "gain", "plan_gain"),
        lang,
    )
    if result.scalars["verdict"].value != "ok":
        st.info(_REFUSED(lang), icon=":material/info:")
    draw = _curve(result, told["channel"].to_list(), lang) if told.height else None
    present.table(
        result.frames["channels"], "budget", lang,
        columns=("channel", "state", "weeks", "cv", "spend_now", "suggested", "change",
                 "orders_now", "orders_suggested", "low", "high", "cost_per_next_order", "plan",
                 "orders_plan"),
        units={"change": "rate", "low": "count", "high": "count", "plan": "CNY"},
    )  # fmt: skip
    markup.notes([note(lang) for note in result.notes])
    present.tools("budget", lang, result, draw)


def _own(told: pl.DataFrame, lang: Lang) -> str:
    """The plan typed in, as the question reads it; empty when nothing was changed."""
    parts = []
    with st.expander(_OWN(lang), icon=":material/tune:"), st.container(horizontal=True):
        for row in told.iter_rows(named=True):
            now = round(float(row["spend_now"]))
            wanted = st.number_input(
                labels.value(row["channel"], lang), 0, None, now, step=max(1, now // 20),
                key=f"plan-{row['channel']}-{lang}", width=170,
            )  # fmt: skip
            if wanted != now:
                parts.append(f"{row['channel']}={wanted}")
    return ",".join(parts)


def _curve(result: Result, names: list[str], lang: Lang) -> partial:
    channel = controls.select(_CHANNEL(lang), names, "budget-channel", lang)
    curve, weeks = (
        result.frames[name].filter(pl.col("channel") == channel) for name in ("curves", "points")
    )
    row = result.frames["channels"].filter(pl.col("channel") == channel).row(0, named=True)
    marks = [
        (_NOW(lang), "spend_now", "orders_now"),
        (_BEST(lang), "suggested", "orders_suggested"),
    ]
    if result.params["plan"]:
        marks.append((_MINE(lang), "plan", "orders_plan"))
    shown = pl.DataFrame(
        [(what, row[spend], row[orders]) for what, spend, orders in marks],
        schema=["what", "spend", "orders"], orient="row",
    )  # fmt: skip
    draw = partial(response.response, curve, weeks, shown, lang)
    present.chart(draw, "budget", _TITLE(lang), result, lang, channel)
    return draw
