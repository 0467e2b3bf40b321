"""U2: which touch does last-touch under-credit, and how sure is that?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import grids, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section

_MODELS = Text("同一批成交，不同分法", "The same conversions, credited in different ways")
_MODELS_LEAD = Text(
    "每个圆点是一种分法给这个触点的份额，空心菱形是末次触点，灰条是各分法的范围。范围宽，说明"
    "结论依赖分法。"
    "这是重新分配功劳，不是因果。",
    "Each dot is one model's share for the touch, the hollow diamond is last touch, the grey "
    "bar the "
    "range over models. A wide range means the answer depends on the model. Credit is "
    "re-divided; it "
    "is not cause.",
)
_DIMENSION = Text("触点是", "Touch is")
_VALUE = Text("分配", "Credit")
_MODEL = Text("方法", "Model")
_SHIFT = Text("比末次触点多分或少分", "More or less credit than last touch")
_SHIFT_OF = Text("{model}比末次触点", "{model} against last touch")
_INTERVALS = Text("{model}的功劳与 95% 区间", "Credit by {model} with 95% interval")
_SHARE = Text("归因份额", "Credited share")
_MOST = 15
_WIDE, _DRAWS = ("stream_id", "content_id", "sku_id", "campaign_id"), 300
_MOST_SHOWN = Text(
    "图中只画功劳最多的 {n} 个，表格和导出有全部。",
    "The {n} with most credit are drawn; table and export hold all.",
)
_METHODS = Text("画哪些方法", "Methods drawn")
_FIRST_CHOICE = ["first", "linear", "u_shape", "time_decay", "markov", "shapley_rate"]
_ALL = Text("全部方法的份额", "Shares of every method")
_BALANCE = Text("每种分法加起来等于订单表吗", "Does each model add up to the orders?")
_PATHS = Text("从一个触点到下一个", "From one touch to the next")
_PATHS_LEAD = Text(
    "左：走到下一个触点、成交或离开的概率。右：没有这个触点会少掉的成交。",
    "Left: the probability of the next touch, a purchase or none. "
    "Right: purchases that would be missing without the touch.",
)
_TRANSITIONS = Text("从触点到触点的概率", "Probability from touch to touch")
_REMOVAL = Text("去掉一个触点，会少多少成交", "What share of conversions a touch carries")
_START = "(start)"
_ENDS = ("(conversion)", "(null)", "(start)")
_FROM, _TO = Text("从", "From"), Text("到", "To")


def models(scope: Scope, lang: Lang) -> None:
    """All models side by side, their shift against last touch, and whether totals reconcile."""
    with section("models", lang, _MODELS, _MODELS_LEAD):
        _models(scope, lang)


@fragment
def _models(scope: Scope, lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dimension = controls.select(
            _DIMENSION(lang),
            controls.choices_of("attribution", "dimension") or ("channel",),
            "dimension",
            lang,
        )
        value = controls.select(_VALUE(lang), ("conversions", "revenue"), "credit", lang)
    # Many touches: fewer draws keep the switch quick; the answer names how many were taken.
    draws = {"replicates": _DRAWS} if dimension in _WIDE else {}
    result = data.ask("attribution", scope, dimension=dimension, value=value, **draws)
    cards.scalars(
        result.scalars, ("total", "attributed", "unattributed", "p_conversion", "journeys"), lang
    )
    credits = result.frames["credits"]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        names = [m for m in credits["model"].unique(maintain_order=True) if m != "last"]
        methods = st.pills(
            _METHODS(lang),
            names,
            selection_mode="multi",
            wrap=True,
            key=f"methods-{lang}",
            default=[m for m in _FIRST_CHOICE if m in names],
            format_func=lambda code: labels.value(code, lang),
        )
        drawn = _largest(credits).filter(pl.col("model").is_in([*methods, "last"]))
        share = Field("share", "rate", _SHARE(lang))
        draw = partial(
            points.ranges, drawn, Field("touch"), share, Field("model"), lang, base_code="last"
        )
        present.chart(draw, "models", _MODELS(lang), result, lang, tuple(methods))
    with right:
        _shift(result, lang)
    with st.expander(_ALL(lang), icon=":material/table_rows:"):
        wide = _touches(credits).pivot("touch", index="model", values="share")
        present.table(
            wide,
            "credits",
            lang,
            units=dict.fromkeys(wide.columns[1:], "rate"),
            headings={name: labels.value(name, lang) for name in wide.columns[1:]},
        )
    if "reconciliation" in result.frames:
        with st.expander(_BALANCE(lang), icon=":material/balance:"):
            present.table(result.frames["reconciliation"], "reconciliation", lang)
    said = [note(lang) for note in result.notes]
    if credits["touch"].n_unique() > _MOST:
        said = [_MOST_SHOWN(lang, n=_MOST), *said]
    markup.notes(said)
    present.tools("models", lang, result, draw)


def _shift(result: Result, lang: Lang) -> None:
    credits = _touches(result.frames["credits"])
    names = [m for m in credits["model"].unique(maintain_order=True) if m != "last"]
    if not names:
        return
    model = controls.select(
        _MODEL(lang), names, "shift-model", lang, default="linear" if "linear" in names else None
    )
    words = labels.value(model, lang)
    shift = Field("shift_vs_last", "rate", _SHIFT(lang))
    present.chart(
        lambda: points.bars(
            _largest(result.frames["credits"]).filter(pl.col("model") == model),
            Field("touch"),
            shift,
            lang,
            more=(Field("conversions", "count"),),
        ),
        "shift",
        _SHIFT_OF(lang, model=words),
        result,
        lang,
        model,
    )
    markup.caption(_INTERVALS(lang, model=words))
    money = result.params["value"] == "revenue"
    present.table(
        credits.filter(pl.col("model") == model),
        "credit-intervals",
        lang,
        columns=("touch", result.params["value"], "low", "high", "share", "shift_vs_last"),
        units=dict.fromkeys(("low", "high"), "CNY" if money else "count"),
        height=240,
    )


def _largest(credits: pl.DataFrame) -> pl.DataFrame:
    """The touches worth drawing: those with most credit in any model."""
    touches = _touches(credits)
    ranked = touches.group_by("touch").agg(pl.col("share").max()).top_k(_MOST, by="share")
    return touches.filter(pl.col("touch").is_in(ranked["touch"].implode()))


def _touches(credits: pl.DataFrame) -> pl.DataFrame:
    """Credits of real touches: the row that closes the balance is not one."""
    return credits.filter(~pl.col("touch").is_in(["(unattributed)", "unattributed"]))


def paths(scope: Scope, lang: Lang) -> None:
    """The transition heat map and the removal effects."""
    with section("paths", lang, _PATHS, _PATHS_LEAD):
        _paths(scope, lang)


@fragment
def _paths(scope: Scope, lang: Lang) -> None:
    result = data.ask("attribution", scope)
    left, right = st.columns([3, 2], gap="medium")
    moves = result.frames["transitions"]
    touches = [t for t in moves["from"].unique(maintain_order=True) if t not in _ENDS]
    rows = [labels.value(code, lang) for code in (_START, *touches)]
    columns = [labels.value(code, lang) for code in (*touches, *_ENDS)]
    draw = partial(
        grids.heat,
        moves,
        Field("to"),
        Field("from"),
        Field("p", "rate"),
        lang,
        present.mode(),
        sort_x=columns,
        sort_y=rows,
        x_title=_TO(lang),
        y_title=_FROM(lang),
        cell=40,
    )
    with left:
        present.chart(draw, "transitions", _TRANSITIONS(lang), result, lang, wide=True)
    removal = result.frames["removal"].sort("effect", descending=True)
    with right:
        markup.caption(_REMOVAL(lang))
        present.table(removal, "removal", lang, bars=("effect",))
    present.tools("paths", lang, result, draw, ("transitions", "removal"))
