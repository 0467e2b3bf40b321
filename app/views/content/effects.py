"""Does it work: tags, details of a stream and its pace, like for like."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, state
from app.ui import cards, controls, labels, markup, present, tokens
from app.ui.charts import points
from app.ui.charts.base import Chart, Field
from app.ui.section import fragment, section
from app.views.content import told

STATES = {"sure": tokens.MARK, "unsure": tokens.REFERENCE}
_VERDICTS = {
    "effect_up": tokens.MARK,
    "effect_down": tokens.MARK_2,
    "no_effect": tokens.REFERENCE,
}
ALPHA = 0.05
LAYER = {"high": "high_end"}  # "high" alone is a tier of value
_TOP = 14

_TAGS = Text("带这个标签的，真的更好吗", "Does a tag really go with better results?")
_TAGS_LEAD = Text(
    "先直接比，再只在同品类、同星期、同主播（短视频：同平台、同类型、同星期）里比。"
    "试了几个标签就校正几个"
    "：灰色的可能只是偶然。这是相关，不是因果。",
    "First as they are, then only within the same category, weekday and host (videos: platform, "
    "type, weekday). Corrected for the number of tags tried: grey may be chance. Association, not "
    "cause.",
)
_METRIC, _TAG = Text("看什么", "Measure"), Text("标签", "Tag")
_FOREST = Text("同类比较：有标签是没有的几倍", "Like for like: with the tag against without")
EQUAL = Text("同类比较倍数（1 = 一样）", "Like-for-like ratio (1 = alike)")
_SPLIT = Text("每一层同类里的两边", "Both sides in every group of like streams")
_UNITS = Text("背后的每一场或每条短视频", "Every stream or video behind it")
_FACTORS = Text("哪些细节和结果一起变", "Which details move with the result?")
_FACTORS_LEAD = Text(
    "同品类场次内的秩相关：0 是无关，±1 是完全同步。多个因素一起试，p 值已校正。",
    "Rank correlation among streams of a category: 0 is none, ±1 in step. Many factors are tried "
    "at once, so p is corrected.",
)
_OUTCOME, WITHIN = Text("结果", "Result"), Text("同类", "Like streams")
_FACTOR = Text("因素", "Factor")
_DOTS = Text("每一场：{factor}与{outcome}", "Every stream: {factor} and {outcome}")
_PACE = Text("讲得太快太多，人会走吗", "Do faster talk and more products drive people away?")
_PACE_LEAD = Text("每个点是一场直播。", "A dot is a stream.")


def tags(scope: Scope, lang: Lang) -> None:
    """One tag in numbers, all tags in a forest plot."""
    with section("tags", lang, _TAGS, _TAGS_LEAD):
        _tags(scope, lang)


@fragment
def _tags(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = controls.segments(
            _METRIC(lang),
            controls.choices_of("tag_effect", "metric"),
            "tag-metric",
            lang,
            words=lambda code: controls.metric_title(code, lang),
            default=_param("metric", controls.choices_of("tag_effect", "metric")),
        )
        everything = data.ask("tag_effect", scope, metric=metric)
        known = _known_tags(everything)
        tag = (
            controls.select(
                _TAG(lang), known, f"tag-{metric}", lang, default=_param("tag", tuple(known))
            )
            if known
            else None
        )
    result = data.ask("tag_effect", scope, metric=metric, tag=tag) if tag else everything
    cards.scalars(
        result.scalars,
        ("rate_tag", "rate_plain", "ratio", "adjusted_ratio", "diff_pp", "verdict"),
        lang,
    )
    told.findings(result, lang)
    draw = _forest(result, lang)
    if draw:
        present.chart(draw, "tag-forest", _FOREST(lang), result, lang, title=_FOREST(lang))
    if "strata" in result.frames:
        with st.expander(_SPLIT(lang), icon=":material/table_rows:"):
            present.table(result.frames["strata"].filter("used").drop("used"), "strata", lang)
        with st.expander(_UNITS(lang), icon=":material/table_rows:"):
            rows = result.frames["streams"].sort("tagged", "rate", descending=True)
            present.table(rows, "tag-units", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("tags", lang, result, draw)


def _param(name: str, options: tuple[str, ...]) -> str | None:
    """What a link asks for, when it is on offer."""
    asked = state.param(name)
    return str(asked) if asked in options else None


def _known_tags(result: Result) -> list[str]:
    table = result.frames.get("tags", pl.DataFrame())
    own = result.scalars.get("tag")
    first = [str(own.value)] if own and own.value else []
    return list(dict.fromkeys([*first, *(table["tag"].to_list() if table.height else [])]))


def _forest(result: Result, lang: Lang) -> partial[Chart] | None:
    table = result.frames.get("tags", pl.DataFrame())
    if table.is_empty():
        return None
    sure = pl.col("p_adjusted") < ALPHA
    drawn = table.with_columns(
        sure=pl.when(sure).then(pl.lit("sure")).otherwise(pl.lit("unsure")), n=pl.col("n_tag")
    ).drop_nulls("adjusted_ratio")
    if drawn.is_empty():
        return None
    return partial(
        points.intervals,
        drawn.head(_TOP),
        Field("tag"),
        Field("adjusted_ratio", "x", EQUAL(lang)),
        lang,
        mark=Field("sure", title=""),
        colours=STATES,
        line=(1.0, ""),
        zero=False,
    )


def factors(scope: Scope, lang: Lang) -> None:
    """Every attribute of a stream against one outcome."""
    with section("factors", lang, _FACTORS, _FACTORS_LEAD):
        _factors(scope, lang)


@fragment
def _factors(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        outcome = controls.select(
            _OUTCOME(lang),
            controls.choices_of("factor_screen", "outcome"),
            "factor-outcome",
            lang,
            default=_param("outcome", controls.choices_of("factor_screen", "outcome")),
            words=lambda code: controls.metric_title(code, lang),
        )
        within = controls.select(
            WITHIN(lang), controls.choices_of("factor_screen", "within"), "factor-within", lang
        )
        everything = data.ask("factor_screen", scope, outcome=outcome, within=within)
        names = everything.frames["factors"]["factor"].to_list()
        factor = (
            controls.select(
                _FACTOR(lang), names, f"factor-{outcome}", lang, words=lambda c: _factor(c, lang)
            )
            if names
            else None
        )
    result = (
        data.ask("factor_screen", scope, outcome=outcome, within=within, factor=factor)
        if factor
        else everything
    )
    cards.scalars(result.scalars, ("rho", "p_value", "p_adjusted", "tried", "found"), lang)
    told.findings(result, lang)
    table = result.frames["factors"]
    if table.height and factor:
        left, right = st.columns(2, gap="medium")
        draw = partial(
            points.intervals,
            _worded(table.head(_TOP), lang),
            Field("factor"),
            Field("rho"),
            lang,
            mark=Field("verdict"),
            colours=_VERDICTS,
            line=(0.0, ""),
        )
        with left:
            present.chart(draw, "factors", _FACTORS(lang), result, lang)
        with right:
            _scatter(result, factor, outcome, lang)
        present.tools("factors", lang, result, draw)
    markup.notes([note(lang) for note in result.notes])


def _factor(code: str, lang: Lang) -> str:
    kind, _, name = code.partition(":")
    if kind in ("tag", "layer") and name:
        name = LAYER.get(name, name) if kind == "layer" else name
        return f"{labels.column(kind, lang)}: {labels.value(name, lang)}"
    return labels.value(code, lang)


def _worded(table: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    return table.with_columns(
        pl.col("factor").map_elements(lambda code: _factor(code, lang), return_dtype=pl.String)
    )


def _scatter(result: Result, factor: str, outcome: str, lang: Lang) -> None:
    title = _DOTS(lang, factor=_factor(factor, lang), outcome=labels.value(outcome, lang))
    unit = "" if outcome == "dwell" else "rate"
    present.chart(
        lambda: points.scatter(
            result.frames["streams"],
            Field("factor_value", title=_factor(factor, lang)),
            Field(outcome, unit, controls.metric_title(outcome, lang)),
            lang,
            label=Field("stream_id"),
            zero=False,
        ),
        "factor-dots",
        title,
        result,
        lang,
        title=title,
    )


def pace(scope: Scope, lang: Lang) -> None:
    """Words per minute and products per hour against dwell."""
    with section("pace", lang, _PACE, _PACE_LEAD):
        result = data.ask("overload", scope)
        cards.scalars(result.scalars, ("words_slope", "skus_slope", "verdict"), lang)
        frame = result.frames["streams"].filter(pl.col("dwell") > 0)
        shown = [
            name for name in ("words_per_min", "skus_per_hour") if frame[name].drop_nulls().len()
        ]
        for column, name in zip(st.columns(max(1, len(shown))), shown, strict=False):
            with column:
                present.chart(
                    partial(
                        points.scatter, frame, Field(name), Field("dwell"), lang,
                        label=Field("stream_id"), zero=False,
                    ),
                    f"pace-{name}", labels.column(name, lang), result, lang,
                )  # fmt: skip
        markup.notes([note(lang) for note in result.notes])
        present.tools("pace", lang, result)
