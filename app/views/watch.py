"""C1: what the rules watch: comments, complaints, claims and returns, benchmarks, scripts."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, guarded, section
from app.views import arrival
from app.views.content import scripts

_TABS = {
    "opinion": Text("舆情", "Opinion"),
    "complaints": Text("投诉", "Complaints"),
    "claims": Text("夸大与退货", "Claims & returns"),
    "benchmark": Text("行业对照", "Benchmark"),
    "cost": Text("费用", "Costs"),
    "script": Text("查一段话术", "Check a script"),
}
_OF_QUESTION = {
    "complaints": "complaints",
    "exaggeration": "claims",
    "benchmark_alert": "benchmark",
    "cost_share": "cost",
    "script_check": "script",
}
_STATES = {"alert": tokens.STATUS["red"], "ok": tokens.MARK, "low_n": tokens.REFERENCE}
_TITLE = Text("规则在看什么", "What the rules watch")
_LEAD = Text("每条预警背后的数据。", "The data behind every alert.")
_BY = Text("按", "By")
_RATE = Text("投诉率", "Complaint rate")
_LIMIT = Text("界线 {value}", "Limit {value}")
_NEGATIVE = Text("每千条评论的负面数", "Negative per 1,000 comments")
_TERMS = Text("命中的词", "Terms found")
_WINDOWS = Text("触发的窗口", "Windows that fired")
_CLAIMS = Text("夸大用语多的场次，退货也多吗", "Do streams with more claims have more returns?")
_FLAG = (Text("未标记", "Not flagged"), Text("两样都高", "Both high"))
_METRIC = Text("指标", "Metric")
_Z = Text("低于行业均值多少个标准差", "Standard deviations from the industry mean")
_MINUS_2 = Text("−2 个标准差", "−2 sd")
_COSTS = Text("各类费用占当周支出的比例", "Share of each cost in the week's spending")


def tabs(scope: Scope, lang: Lang) -> None:
    """One tab at a time; only the open one is asked."""
    with section("watch", lang, _TITLE, _LEAD):
        _tabs(scope, lang)


@fragment
def _tabs(scope: Scope, lang: Lang) -> None:
    panes = st.tabs(
        [words(lang) for words in _TABS.values()],
        key=f"watch-{lang}",
        default=_TABS[_asked(scope)](lang),
        on_change="rerun",
    )
    shows = {
        "opinion": _opinion,
        "complaints": _complaints,
        "claims": _claims,
        "benchmark": _benchmark,
        "cost": _cost,
        "script": scripts.paste,
    }
    for pane, (name, show) in zip(panes, shows.items(), strict=True):
        if pane.open:
            with pane, guarded(lang, name):
                show(scope, lang)


def _asked(scope: Scope) -> str:
    """The tab of the finding a link leads to, else the first."""
    item = arrival.named(scope)
    return _OF_QUESTION.get(item.question, "opinion") if item else "opinion"


def _opinion(scope: Scope, lang: Lang) -> None:
    result = data.ask("opinion_alerts", scope)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        markup.heading(_WINDOWS(lang))
        present.table(result.frames["alerts"], "opinion-alerts", lang)
    with right:
        markup.heading(_TERMS(lang))
        present.table(result.frames["terms"], "opinion-terms", lang, bars=("hits",))
    present.tools("opinion", lang, result, inline=True)
    with guarded(lang, "negative"):
        _negative(scope, lang)


def _negative(scope: Scope, lang: Lang) -> None:
    result = data.ask("negative_index", scope)
    draw = partial(
        lines.line,
        result.frames["days"],
        Field("date"),
        Field("index", title=""),
        lang,
        points=False,
    )
    present.chart(draw, "negative", _NEGATIVE(lang), result, lang, title=_NEGATIVE(lang))
    markup.notes([note(lang) for note in result.notes])


def _complaints(scope: Scope, lang: Lang) -> None:
    by = controls.select(
        _BY(lang), controls.choices_of("complaints", "by") or ("stream_id",), "complaint-by", lang
    )
    result = data.ask("complaints", scope, by=by)
    cards.scalars(result.scalars, ("rate", "alerts", "low_n"), lang)
    limit = data.current().settings.value("complaint_rate")
    worst = result.frames["groups"].sort("rate", descending=True, nulls_last=True).head(14)
    draw = partial(
        points.intervals,
        worst,
        Field("group", title=labels.value(by, lang)),
        Field("rate", "rate", _RATE(lang)),
        lang,
        mark=Field("state"),
        colours=_STATES,
        line=(limit, _LIMIT(lang, value=f"{limit:.1%}")),
    )
    present.chart(draw, "complaints", _RATE(lang), result, lang)
    present.table(result.frames["groups"].sort("complaints", descending=True), "complaints", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("complaints", lang, result, draw, inline=True)


def _claims(scope: Scope, lang: Lang) -> None:
    result = data.ask("exaggeration", scope)
    cards.scalars(result.scalars, ("flagged", "script_hits_only"), lang)
    frame = result.frames["streams"]
    draw = partial(
        points.scatter,
        frame,
        Field("claim_hits", "count"),
        Field("return_rate", "rate"),
        lang,
        label=Field("stream_id"),
        flag="flagged",
        flag_words=(_FLAG[0](lang), _FLAG[1](lang)),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        present.chart(draw, "claims", _CLAIMS(lang), result, lang)
    with right:
        present.table(
            frame.sort("flagged", "claim_hits", descending=True), "claims", lang, height=300
        )
    markup.notes([note(lang) for note in result.notes])
    present.tools("claims", lang, result, draw, inline=True)


def _benchmark(scope: Scope, lang: Lang) -> None:
    metric = controls.choice_of("benchmark_alert", "metric", "conversion", lang)
    result = data.ask("benchmark_alert", scope, metric=metric)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    lowest = result.frames["streams"].sort("z", nulls_last=True).head(16)
    draw = partial(
        points.intervals,
        lowest.drop("low", "high", strict=False),
        Field("stream_id"),
        Field("z", title=_Z(lang)),
        lang,
        mark=Field("state"),
        colours=_STATES,
        sort="x",
        line=(-2.0, _MINUS_2(lang)),
    )
    present.chart(draw, "benchmark", _Z(lang), result, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("benchmark", lang, result, draw, inline=True)


def _cost(scope: Scope, lang: Lang) -> None:
    result = data.ask("cost_share", scope)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    weeks = result.frames["weeks"]
    over = weeks.filter(pl.col("state") == "alert")["category"].unique().to_list()
    share = Field("share", "rate")
    draw = partial(
        lines.line,
        weeks,
        Field("week"),
        share,
        lang,
        by=Field("category"),
        points=False,
        order=over,
    )
    present.chart(draw, "cost-share", _COSTS(lang), result, lang)
    present.table(weeks.sort("state", "week", descending=[False, True]), "cost-share", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("cost-share", lang, result, draw, inline=True)
