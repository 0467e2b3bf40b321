"""U2: recommended share of each platform's traffic, and the day on which it changed."""

from __future__ import annotations

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

_TITLE = Text("平台推荐的流量突然少了吗", "Did recommended traffic drop?")
_LEAD = Text(
    "推荐流量占平台全部流量的比例。找到变化的那天，并看同期视频有没有变；只说明时间，不说明原因。",
    "Recommended traffic as a share of all. Finds the day of a change and checks whether the "
    "videos changed too; it tells when, not why.",
)
_PLATFORM, _MEASURE = Text("平台", "Platform"), Text("按什么算", "Measured in")
_MEASURES = {"impressions": Text("曝光", "Impressions"), "clicks": Text("点击", "Clicks")}
_DAILY, _LEVEL = Text("每天", "Each day"), Text("水平", "Level")
_CONTENT = Text("同期视频前后对比", "Videos before and after")
_SHARE = Text("推荐占比", "Recommended share")
_NO_MIX = Text(
    "渠道日报里没有同时含推荐与其他渠道的平台。",
    "No platform in the channel report has recommended and other channels.",
)


def recommended(scope: Scope, lang: Lang) -> None:
    """Share by day with its change points and the check of the videos."""
    with section("share", lang, _TITLE, _LEAD):
        _recommended(scope, lang)


@fragment
def _recommended(scope: Scope, lang: Lang) -> None:
    measure = controls.segments(
        _MEASURE(lang), tuple(_MEASURES), "share-measure", lang,
        words=lambda code: _MEASURES[code](lang),
    )  # fmt: skip
    every = data.ask("traffic_share", scope, measure=measure)
    names = every.frames["changes"]["platform"].unique(maintain_order=True).to_list()
    if not names:
        markup.notes([_NO_MIX(lang)])
        return
    platform = controls.select(_PLATFORM(lang), names, "share-platform", lang)
    result = data.ask("traffic_share", scope, measure=measure, platform=platform)
    cards.scalars(
        result.scalars, ("verdict", "change_on", "share_before", "share_after", "pp", "p_value",
                         "content"), lang,
    )  # fmt: skip
    days = result.frames["days"].filter(pl.col("platform") == platform)
    words = {"share": _DAILY(lang), "level": _LEVEL(lang)}
    long = days.unpivot(["share", "level"], index=["date", "n"], variable_name="kind",
                        value_name="rate").with_columns(pl.col("kind").replace(words))  # fmt: skip
    found = result.frames["changes"].filter(pl.col("platform") == platform)["change_on"]
    draw = partial(
        lines.line, long, Field("date"), Field("rate", "rate", _SHARE(lang)), lang,
        by=Field("kind", "", " "), points=False, order=tuple(words.values()),
        change=found[0] if len(found) else None,
    )  # fmt: skip
    present.chart(draw, "share", _TITLE(lang), result, lang, (platform, measure))
    units = {"before": "rate", "after": "rate", "low": "", "high": ""}
    present.table(result.frames["changes"], "share", lang, units=units)
    checked = result.frames["content"].filter(pl.col("platform") == platform)
    if checked.height:
        with st.expander(_CONTENT(lang), icon=":material/movie:"):
            named = checked.with_columns(
                measure=pl.Series([_measured(code, lang) for code in checked["measure"]])
            )
            present.table(named, "share-content", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("share", lang, result, draw)


def _measured(code: str, lang: Lang) -> str:
    name, _, value = code.partition(": ")
    whole = labels.value(code, lang)
    if whole != code or not value:
        return whole
    return f"{labels.column(name, lang)}: {labels.value(value, lang)}"
