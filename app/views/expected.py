"""U3: what is a customer still worth?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from footprint.analysis.customer_value import BANDS
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field
from app.ui.section import fragment, section
from app.views import listed

_TITLE = Text("客人以后还值多少钱", "What are customers still worth?")
_LEAD = Text(
    "按每人买的次数、隔多久、花多少，估计以后还会买几次、值多少；下面用拿掉的日子检验过。",
    "From how often, how lately and for how much each one bought: what is still to come. Checked "
    "below on days the model had not seen.",
)
_BAND = Text("名单只列可能性为", "List only chance")
_AHEAD, _MODEL = Text("往后看", "Ahead"), Text("模型", "Model")
_DAYS = Text("{n} 天", "{n} days")
_BANDS = Text("仍会再买的可能 → 预期价值", "Chance still active → expected worth")
_CHECK = Text("模型准不准", "Is the model right?")
_CHECK_LEAD = Text(
    "拿掉最后一段日子重新估计，再和真实发生的比。排序不如简单规则时会直说。",
    "Fitted again without the last days, then compared with what happened. It says so when simple "
    "rules rank as well.",
)
_RANKING = Text("按各方法排前 20% 的客人，后来花的钱占比", "Later money of the top fifth by method")
_REPEATS = Text("每人后来买的次数：预期与实际", "Orders each in the held-out days")
_BEFORE = Text("之前再买次数", "Repeat orders before")
_PER = Text("每人次数", "Orders each")
_LIST = Text("最值钱的客人", "Most valuable customers")
_INSIDE = Text("模型参数", "Model parameters")


def worth(scope: Scope, lang: Lang) -> None:
    """Totals, customers by chance of being active, the list."""
    with section("worth", lang, _TITLE, _LEAD):
        _worth(scope, lang)


@fragment
def _worth(scope: Scope, lang: Lang) -> None:
    result = _asked(scope, lang)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    bands = result.frames["bands"]
    draw = partial(
        points.bars, bands, Field("alive_band"), Field("expected_money", "CNY"), lang, sort=None,
        more=(Field("users", "count"), Field("past_money", "CNY")),
    )  # fmt: skip
    if bands.height:
        left, right = st.columns([2, 3], gap="medium")
        with left:
            present.chart(draw, "worth", _BANDS(lang), result, lang, title=_BANDS(lang))
        with right:
            markup.caption(_LIST(lang))
            present.table(result.frames["customers"], "worth", lang, height=300)
        _check(result, lang)
        with st.expander(_INSIDE(lang), icon=":material/functions:"):
            present.table(result.frames["parameters"], "worth-parameters", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("worth", lang, result, draw if bands.height else None)


def _asked(scope: Scope, lang: Lang) -> Result:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = controls.select(
            _AHEAD(lang), ("90", "180", "365"), "worth-days", lang, default="180", width=120,
            words=lambda n: _DAYS(lang, n=n),
        )  # fmt: skip
        model = controls.select(
            _MODEL(lang), controls.choices_of("customer_value", "model"), "worth-model", lang,
            width=300,
        )  # fmt: skip
        band = listed.choice(_BAND(lang), BANDS, "worth-band", lang, 160)
    chosen = {"band": band} if band else {}
    return data.ask("customer_value", scope, days=int(days), model=model, **chosen)


def _check(result: Result, lang: Lang) -> None:
    """How the model did on the held-out days."""
    ranking, repeats = result.frames["ranking"], result.frames["repeats"]
    if ranking.is_empty():
        return
    markup.heading(_CHECK(lang), _CHECK_LEAD(lang))
    both = pl.concat([
        repeats.select("repeats", what=pl.lit("expected"), value="expected", low=None, high=None),
        repeats.select("repeats", what=pl.lit("actual"), value="actual", low="low", high="high"),
    ], how="vertical_relaxed")  # fmt: skip
    left, right = st.columns(2, gap="medium")
    with left:
        bars = partial(
            points.bars, ranking, Field("method"), Field("captured", "rate"), lang,
            more=(Field("of_best", "rate"),),
        )  # fmt: skip
        present.chart(bars, "ranking", _RANKING(lang), result, lang, title=_RANKING(lang))
    with right:
        curve = partial(
            lines.line, both, Field("repeats", title=_BEFORE(lang)),
            Field("value", "", _PER(lang)), lang, by=Field("what"), band=True,
        )  # fmt: skip
        present.chart(curve, "repeats", _REPEATS(lang), result, lang, title=_REPEATS(lang))
