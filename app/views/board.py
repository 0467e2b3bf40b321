"""M1: where do we stand against each target, on pace, and is it trend, season or one-off?"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, cast

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.result import Result
from footprint.scope import SLICES, Scope
from footprint.text import Lang, Text

from app import data, state
from app.ui import cards, controls, labels, markup, present
from app.ui.cards import Card
from app.ui.charts import lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section

BOARDS = ("default", "content_commercial_ecosystem", "economic_user_brand")
_BOARD = Text("看板", "Scorecard")
_KPI = Text("关键指标", "Key metrics")
_KPI_LEAD = Text(
    "每张卡：数值、比上期、目标、样本与区间。只有目标与规则会让颜色改变。",
    "Each card: value, change, target, sample and interval. Only targets and rules colour.",
)
_REFERENCE = Text("计划中的参考值 {value}", "Reference in the plan {value}")
_SLICE = Text("拆开看", "Break down")
_METRIC = Text("指标", "Metric")
_BY = Text("按", "By")
_SLICED = Text("{metric}，按{by}", "{metric} by {by}")
_DAILY = Text("{metric}的每日走势", "{metric} by day")
_TREND = Text("趋势、周内规律、异常", "Trend, weekday pattern, unusual days")
_TREND_LEAD = Text(
    "把每天的数拆成三份：长期走势、每周重复的规律、其余。",
    "Every day split in three: the long course, what repeats each week, the rest.",
)
_TREND_WORDS = {
    "value": Text("每日", "Daily"),
    "trend": Text("趋势", "Trend"),
    "anomaly": Text("异常日", "Unusual day"),
}
_TREND_SCALARS = (
    "verdict",
    "weekend_pp",
    "weekend_relative",
    "weekend_p",
    "seasonal_strength",
    "trend_strength",
)
_WEEKDAYS = Text("星期规律", "Weekday pattern")
_WEEKDAY_NAMES = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
_WEEKEND = Text("周末成交占比，改动前后", "Weekend share of GMV, before and after a change")
_WEEKEND_LEAD = Text(
    "选一个改排期的日子，看之后周末占比变了多少个百分点。",
    "Pick the day a schedule changed; see how many points the weekend share moved.",
)
_CHANGE = Text("改动日", "Day of the change")
_NOTHING = Text("这个范围内没有可看的指标。", "No metric has data in this scope.")


def scorecard(scope: Scope, lang: Lang) -> None:
    """The KPI cards of a scorecard and one metric broken down."""
    with section("scorecard", lang, _KPI, _KPI_LEAD, card=False):
        chosen = controls.segments(_BOARD(lang), BOARDS, "scorecard", lang)
        result = data.ask("board", scope, scorecard=chosen)
        cards.grid(metric_cards(result, lang), lang)
        markup.notes([note(lang) for note in result.notes])
        present.tools("scorecard", lang, result)
    with section("slices", lang, _SLICE):
        slices(scope, chosen, lang)


def metric_cards(result: Result, lang: Lang, only: tuple[str, ...] = ()) -> list[Card]:
    """A card per metric of a board's answer, with the course over its days."""
    daily = result.frames["daily"].sort("date")
    rows = result.frames["metrics"].to_dicts()
    return [
        _card(row, result, daily.filter(pl.col("metric") == row["metric"])["value"].to_list(), lang)
        for row in rows
        if not only or row["metric"] in only
    ]


def _card(row: dict[str, Any], result: Result, course: list[float], lang: Lang) -> Card:
    scalar = result.scalars[row["metric"]]
    unit, change = row["unit"], row["change"]
    good = None if not change else (change > 0) == (row["direction"] in ("up", "ge", "gt"))
    direction = "ge" if row["direction"] in ("up", "ge", "gt") else "le"
    judged = row["status"] in ("met", "missed")
    references = [
        _REFERENCE(lang, value=cards.figure(v, unit, lang)) for v in row.get("reference") or []
    ]
    return Card(
        label=scalar.label(lang) if scalar.label else labels.value(row["metric"], lang),
        value=cards.figure(row["value"], unit, lang),
        definition=scalar.definition(lang) if scalar.definition else "",
        change=fmt.delta(change, lang) if change is not None else "",
        good=good,
        target=cards.target_line(row["target"], unit, direction, lang),
        status=row["status"] if judged else "",
        status_words=cards.status_words(row["status"], lang) if row["target"] is not None else "",
        lines=cards.evidence(unit, row["n"], row["low"], row["high"], lang) + references,
        course=course,
    )


@fragment
def slices(scope: Scope, board: str, lang: Lang) -> None:
    """One metric by day and by a chosen column."""
    whole = data.ask("board", scope, scorecard=board)
    names = whole.frames["metrics"].filter(pl.col("value").is_not_null())["metric"].to_list()
    if not names:
        markup.notes([_NOTHING(lang)])
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = controls.select(
            _METRIC(lang), names, "board-metric", lang, words=lambda code: _title(whole, code, lang)
        )
        by = controls.select(
            _BY(lang), [s for s in SLICES if s != "stream_id"], "board-slice", lang
        )
    result = data.ask("board", scope, scorecard=board, slice=by)
    unit, title = result.scalars[metric].unit, _title(result, metric, lang)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        y = Field("value", unit, title)
        present.chart(
            lambda: lines.line(
                _of(result, "daily", metric),
                Field("date"),
                y,
                lang,
                points=False,
                zero=unit != "rate",
            ),
            "board-daily",
            _DAILY(lang, metric=title),
            result,
            lang,
            metric,
            title=_DAILY(lang, metric=title),
        )
    with right:
        parts = _of(result, "slices", metric).sort("value", descending=True).head(15)
        if parts.is_empty():
            markup.notes([note(lang) for note in result.notes])
        else:
            present.chart(
                lambda: points.bars(parts, Field("slice"), Field("value", unit, title), lang),
                "board-slices",
                _SLICED(lang, metric=title, by=labels.value(by, lang)),
                result,
                lang,
                metric,
            )
    present.tools("slices", lang, result, frames=("daily", "slices"))


def trend(scope: Scope, lang: Lang) -> None:
    """Trend, weekday pattern and unusual days of one metric."""
    with section("trend", lang, _TREND, _TREND_LEAD):
        _trend(scope, lang)


@fragment
def _trend(scope: Scope, lang: Lang) -> None:
    asked = state.param("metric", "conversion")
    metric = controls.choice_of("trend", "metric", asked, lang)
    result = data.ask("trend", Scope(None, None, scope.where, scope.tz), metric=metric)
    cards.scalars(result.scalars, _TREND_SCALARS, lang)
    unit = controls.metric_unit(metric)
    title = controls.metric_title(metric, lang)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        words = {name: text(lang) for name, text in _TREND_WORDS.items()}
        draw = partial(lines.decomposition, result.frames["series"], unit, lang, words, title)
        present.chart(draw, "trend", f"{title}: {_TREND(lang)}", result, lang)
    with right:
        days = _weekdays(result.frames["weekdays"], lang)
        weekend = [_WEEKDAY_NAMES[5](lang), _WEEKDAY_NAMES[6](lang)]
        present.chart(
            lambda: points.columns(
                days,
                Field("weekday"),
                Field("mean", unit, title),
                lang,
                highlight=weekend,
                zero=False,
                sort=[name(lang) for name in _WEEKDAY_NAMES],
            ),
            "weekdays",
            f"{title}: {_WEEKDAYS(lang)}",
            result,
            lang,
        )
    markup.notes([note(lang) for note in result.notes])
    present.tools("trend", lang, result, draw)


def _weekdays(frame: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Weekday numbers (ISO, Monday 1) as names; names stay."""
    if not frame.schema["weekday"].is_integer():
        return frame
    first = cast(int, frame["weekday"].min() or 1)
    names = [_WEEKDAY_NAMES[(day - (1 if first >= 1 else 0)) % 7](lang) for day in frame["weekday"]]
    return frame.with_columns(pl.Series("weekday", names))


def weekend(scope: Scope, lang: Lang) -> None:
    """Weekend share of GMV before and after a day."""
    with section("weekend", lang, _WEEKEND, _WEEKEND_LEAD):
        _weekend(scope, lang)


@fragment
def _weekend(scope: Scope, lang: Lang) -> None:
    bounds = data.days()
    if bounds is None:
        return
    middle = bounds[0] + (bounds[1] - bounds[0]) / 2
    change = st.date_input(
        _CHANGE(lang),
        state_date("change", middle),
        key="weekend-change",
        width=200,
        min_value=bounds[0],
        max_value=bounds[1],
        format="YYYY-MM-DD",
    )
    whole = Scope(None, None, scope.where, scope.tz)
    result = data.ask("weekend_share", whole, change=change)
    cards.scalars(result.scalars, ("share_before", "share_after", "pp", "p_value"), lang)
    draw = partial(
        lines.line,
        result.frames["weeks"],
        Field("week"),
        Field("share", "rate"),
        lang,
        zero=False,
        change=change,
    )
    present.chart(draw, "weekend", _WEEKEND(lang), result, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("weekend", lang, result, draw)


def state_date(name: str, default: date) -> date:
    """A day of the URL, the default when absent or nonsense."""
    try:
        return date.fromisoformat(str(state.param(name)))
    except ValueError:
        return default


def _of(result: Result, frame: str, metric: str) -> pl.DataFrame:
    return result.frames[frame].filter(pl.col("metric") == metric)


def _title(result: Result, metric: str, lang: Lang) -> str:
    scalar = result.scalars.get(metric)
    return scalar.label(lang) if scalar and scalar.label else labels.value(metric, lang)
