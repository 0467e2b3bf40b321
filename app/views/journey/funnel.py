"""U1: a funnel of any events: where people stop, how long they take, who they are."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from footprint import stats
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import funnels, lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views.journey import behind

_TITLE = Text("从看到到下单，人在哪一步走了", "From seeing to ordering: where do people leave?")
_LEAD = Text(
    "自己选步骤、顺序和时间窗。每根条是到达这一步的人，灰色是在这一步之前走的人。",
    "Choose steps, order and window. A bar is the people who reach a step; grey left before it.",
)
_STEPS, _MODE = Text("步骤（按顺序选）", "Steps (in order)"), Text("怎么算", "Counting")
_WINDOW, _BY = Text("时间窗", "Window"), Text("按什么拆开", "Break down by")
_EXCLUDE = Text("中间不许出现", "Must not happen in between")
_COMPARE = Text("和谁比", "Compare with")
_NONE = Text("不拆", "Not broken down")
_NOBODY = Text("不比较", "No comparison")
_NOTHING = Text("不限", "Anything")
_BY_STEP = ("30m/step", "1d/step")
_SKIP = Text("可以跳过的步骤", "Steps that may be skipped")
_SKIPPED = Text(
    "可以跳过的步骤：做了与没做的人，后来各有多少走完（是关联，不是因果）",
    "Steps that may be skipped: who finished with and without them (association, not cause)",
)
_WINDOWS = {
    "1h": Text("1 小时", "1 hour"), "1d": Text("1 天", "1 day"), "7d": Text("7 天", "7 days"),
    "30d": Text("30 天", "30 days"),
    "30m/step": Text("每步 30 分钟", "30 min a step"), "1d/step": Text("每步 1 天", "1 day a step"),
}  # fmt: skip
_COMPARED = {
    "": _NOBODY,
    "previous": Text("上一段时间", "The period before"),
    "tier=high vs tier=mid": Text("高价值 与 中价值", "High value and mid value"),
    "tier=high vs tier=potential": Text("高价值 与 潜力", "High value and potential"),
}
_ORDERED = ("best", "first_entry")
_BREAKS = ("", "platform", "channel", "channel_class", "region", "age_band", "category", "host_id",
           "stream_id", "sku_id", "campaign_id")  # fmt: skip
_TREND = Text("每周的完成比例，阴影为 95% 区间", "Share who finish, by week of the first step")
_OPEN = Text("时间窗未满", "Window not over")
_FULL = Text("时间窗已满", "Window over")
_TIMES = Text("完成要多久", "Time to finish")
_USERS = Text("看哪一步的人", "People of step")
_STATE = Text("到了还是走了", "Reached or lost")
_STATES = {
    "reached": Text("到了这一步", "Reached it"),
    "lost": Text("在这之后走了", "Left after it"),
}
_MOST_GROUPS = 8
_MOST_STEPS = 8


def builder(scope: Scope, lang: Lang) -> None:
    """The funnel builder."""
    with section("funnel", lang, _TITLE, _LEAD):
        _builder(scope, lang)


@fragment
def _builder(scope: Scope, lang: Lang) -> None:
    params = _controls(scope, lang)
    result = data.ask("funnel", scope, **params)
    cards.scalars(
        result.scalars,
        ("started", "finished", "conversion", "median_s", "leak_rate", "lost_by_exclusion"),
        lang,
    )
    steps = result.frames["steps"]
    words = _named(steps, lang)
    left, right = st.columns([3, 2], gap="medium")
    draw = partial(funnels.bars, words, lang)
    with left:
        present.chart(draw, "funnel", _TITLE(lang), result, lang)
    with right:
        _trend(result, lang)
    _groups(result, lang)
    shown = ("name", "users", "lost", "rate", "low", "high", "step_rate")
    present.table(words, "funnel-steps", lang, columns=shown)
    if result.frames["optional"].height:
        st.caption(_SKIPPED(lang))
        present.table(
            _named(result.frames["optional"], lang), "funnel-optional", lang,
            columns=("name", "base", "users", "rate", "low", "high", "finish_rate",
                     "skipped_finish_rate"),
        )  # fmt: skip
    if result.frames["compared"].height:
        present.table(_named(result.frames["compared"], lang), "funnel-compared", lang)
    with st.expander(_TIMES(lang), icon=":material/timer:"):
        present.table(result.frames["times"], "funnel-times", lang)
    _people(scope, steps, params, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("funnel", lang, result, draw)


def _controls(scope: Scope, lang: Lang) -> dict[str, Any]:
    kinds = list(data.current().event_log().event_types) if data.current().has("events") else []
    usual = data.ask("funnel", scope).frames["steps"]["name"].to_list()
    steps = st.multiselect(
        _STEPS(lang), kinds, default=usual[:_MOST_STEPS], key=f"funnel-steps-{lang}",
        format_func=lambda code: labels.value(code, lang),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = controls.select(
            _MODE(lang), controls.choices_of("funnel", "mode") or ("best",), "funnel-mode", lang
        )
        window = controls.select(
            _WINDOW(lang), tuple(w for w in _WINDOWS if mode in _ORDERED or w not in _BY_STEP),
            "funnel-window", lang, default="7d", width=140,
            words=lambda code: _WINDOWS[code](lang),
        )  # fmt: skip
        by = controls.select(
            _BY(lang), _BREAKS, "funnel-by", lang, width=170,
            words=lambda code: labels.value(code, lang) if code else _NONE(lang),
        )  # fmt: skip
        compare = controls.select(
            _COMPARE(lang),
            tuple(c for c in _COMPARED if c != "previous" or (scope.start and scope.end)),
            "funnel-compare", lang, width=180, words=lambda code: _COMPARED[code](lang),
        )  # fmt: skip
        exclude = ""
        if mode in _ORDERED and len(steps) > 1:
            barred = ["", *(kind for kind in kinds if kind not in steps)]
            exclude = controls.select(
                _EXCLUDE(lang), barred, "funnel-exclude", lang, width=220,
                words=lambda code: labels.value(code, lang) if code else _NOTHING(lang),
            )  # fmt: skip
    skipped = _skippable(steps, lang) if mode in (*_ORDERED, "totals") and len(steps) > 2 else []
    named = (f"{step}?" if step in skipped else step for step in steps)
    return {"steps": ",".join(named), "mode": mode, "window": window, "by": by,
            "compare": compare, "exclude": exclude}  # fmt: skip


def _skippable(steps: list[str], lang: Lang) -> list[str]:
    return st.multiselect(
        _SKIP(lang), steps[1:], key=f"funnel-skip-{lang}", placeholder="—",
        format_func=lambda code: labels.value(code, lang),
    )  # fmt: skip


def _named(frame: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Step names (one type, or several joined by |) in words."""
    known = {
        name: " / ".join(labels.value(part.strip(), lang) for part in name.split("|"))
        for name in frame["name"].unique()
    }
    return frame.with_columns(pl.col("name").replace(known))


def _trend(result: Result, lang: Lang) -> None:
    """By week of the first step; weeks whose window is not over are set apart, or they would look
    like a fall."""
    weeks = _weekly(result.frames["trend"])
    if weeks.height < 2:
        return
    kind = pl.when("complete").then(pl.lit(_FULL(lang))).otherwise(pl.lit(_OPEN(lang)))
    draw = partial(
        lines.line,
        weeks.with_columns(kind=kind, n="started"),
        Field("week"),
        Field("rate", "rate"),
        lang,
        by=Field("kind", "", ""),
        band=True,
        order=(_FULL(lang), _OPEN(lang)),
    )
    present.chart(draw, "funnel-trend", _TREND(lang), result, lang, title=_TREND(lang))


def _weekly(days: pl.DataFrame) -> pl.DataFrame:
    """Weeks with enough starters, with their interval."""
    least = int(data.current().settings.value("min_group"))
    low, high = stats.wilson_columns("finished", "started")
    return (
        days.group_by(week=pl.col("date").dt.truncate("1w"))
        .agg(pl.col("started", "finished").sum(), pl.col("complete").all())
        .filter(pl.col("started") >= least)
        .with_columns(low, high, rate=pl.col("finished") / pl.col("started"))
        .sort("week")
    )


def _groups(result: Result, lang: Lang) -> None:
    groups = result.frames["groups"]
    if groups.is_empty():
        return
    last = groups.filter(pl.col("step") == pl.col("step").max(), pl.col("enough"))
    started = groups.filter(pl.col("step") == 1).select("group", n="users")
    ranked = last.join(started, on="group").sort("n", descending=True).head(_MOST_GROUPS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if ranked.height:
            draw = partial(points.intervals, ranked, Field("group"), Field("rate", "rate"), lang)
            present.chart(
                draw, "funnel-groups", _BY(lang), result, lang, title=result.params["by"]
                and labels.value(result.params["by"], lang),
            )  # fmt: skip
    with right:
        present.table(_named(groups, lang), "funnel-groups", lang, height=280)


def _people(scope: Scope, steps: pl.DataFrame, params: dict[str, Any], lang: Lang) -> None:
    names = {str(row["step"]): row["name"] for row in _named(steps, lang).iter_rows(named=True)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = controls.select(
            _USERS(lang), tuple(names), "funnel-users", lang, words=lambda code: names[code]
        )
        state = controls.select(
            _STATE(lang), tuple(_STATES), "funnel-state", lang,
            words=lambda code: _STATES[code](lang),
        )  # fmt: skip
    asked = {k: v for k, v in params.items() if k not in ("by", "compare")}
    behind.people(
        "funnel", scope, lang, {"of": "funnel", "step": int(step), "state": state, **asked}
    )
