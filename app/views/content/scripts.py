"""Are our scripts alike, incomplete or over the line?"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st
from footprint.analysis.script_slots import templates
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import lines, points
from app.ui.charts.base import Field, months
from app.ui.section import fragment, section
from app.views.content import told

_CHECK = Text("这段话术能播吗", "May this script go on air?")
_CHECK_LEAD = Text(
    "贴进来或上传文本：标出红线用语、依据和改法，看缺哪些环节，和自家脚本有多像。规则由您维护，"
    "不是法律"
    "意见。",
    "Paste or upload a text: terms over the line with clause and replacement, parts that are "
    "missing, how close it is to your own scripts. The rules are yours; not legal advice.",
)
_TEXT = Text("把话术贴在这里", "Paste the script here")
_FILE = Text("或上传文本文件", "or upload a text file")
_GO = Text("检查", "Check")
_CLEAN = Text("没有命中规则。", "No rule was hit.")
_UNREADABLE = Text("这个文件不是 UTF-8 或 GB18030 文本。", "This file is no UTF-8 or GB18030 text.")
_MISSING = Text("缺的环节：{slots}", "Missing parts: {slots}")
_COMPLETE = Text("模板的环节都齐了。", "Every part of the template is there.")
_ALIKE = Text("脚本是不是都一个样", "Are our scripts all alike?")
_ALIKE_LEAD = Text(
    "用砍价、赠品套路的脚本占多少，有多少对几乎一样；谁在用、哪个月多。",
    "How many scripts live on haggling and gifts, which pairs are near copies, by whom and when.",
)
_BARGAIN = Text("套路占比，按主播", "Share with the pattern, by host")
_MONTHS = Text("套路与雷同占比，按月", "Pattern and near copies, by month")
_PARTS = Text("脚本缺了哪一环", "Which part do scripts lack?")
_PARTS_LEAD = Text(
    "按模板的环节查：有这一环的脚本占多少，区间为 95%。",
    "Checked against the parts of a template: share of scripts that have it, 95 % interval.",
)
_TEMPLATE = Text("模板", "Template")
_CARDS = Text(
    "每场的人群、场景、话术备好了吗", "Are audience, scene and script ready for each stream?"
)
_CARDS_LEAD = Text(
    "内容三步法的四项检查，最近的场次在前。", "Four checks of the content method, newest first."
)
_ENCODINGS = ("utf-8-sig", "gb18030")


def check(scope: Scope, lang: Lang) -> None:
    """The red-line check of a pasted or uploaded script."""
    with section("script-check", lang, _CHECK, _CHECK_LEAD):
        paste(scope, lang)


@fragment
def paste(scope: Scope, lang: Lang) -> None:
    """The form and what it found."""
    with st.form("script-form", border=False):
        text = st.text_area(_TEXT(lang), key="script-text", height=150)
        file = st.file_uploader(
            _FILE(lang), type=["txt", "md"], key="script-file", max_upload_size=1
        )
        st.form_submit_button(_GO(lang), type="primary", icon=":material/spellcheck:")
    if file is not None and not text.strip():
        text = _decoded(file.getvalue(), lang)
    if not text.strip():
        return
    result = data.ask("script_check", scope, text=text)
    cards.scalars(result.scalars, ("hits", "severe_hits", "score", "nearest"), lang)
    _hits(result, text, lang)
    _parts_of(scope, text, lang)
    alike = result.frames.get("alike")
    if alike is not None and alike.height:
        markup.caption(labels.frame("alike", lang))
        present.table(alike, "script-alike", lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools("script", lang, result, inline=True)


def _decoded(raw: bytes, lang: Lang) -> str:
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    st.warning(_UNREADABLE(lang), icon=":material/info:")
    return ""


def _hits(result: Result, text: str, lang: Lang) -> None:
    hits = result.frames["hits"].filter(pl.col("state") == "hit")
    if hits.is_empty():
        markup.notes([_CLEAN(lang)])
        return
    markup.show(f'<div class="fp-text">{_marked(text, hits)}</div>')
    columns = ("term", "category", "severity", "clause", "replacement", "position")
    present.table(hits, "script-hits", lang, columns=columns)


def _parts_of(scope: Scope, text: str, lang: Lang) -> None:
    result = data.ask("script_slots", scope, text=text)
    missing = result.frames["slots"].filter(pl.col("scripts") == 0)
    names = missing["slot" if lang == "zh" else "slot_en"].to_list()
    joint = "、" if lang == "zh" else ", "
    markup.notes([_MISSING(lang, slots=joint.join(names)) if names else _COMPLETE(lang)])


def _marked(text: str, hits: pl.DataFrame) -> str:
    """The text with its hits marked, escaped."""
    parts: list[str] = []
    at = 0
    for row in hits.sort("position").to_dicts():
        start, term = _place(row)
        if start < at or text[start : start + len(term)] != term:
            continue
        css = "high" if str(row.get("severity")) in ("high", "3", "severe", "red") else "low"
        parts += [escape(text[at:start]), f'<mark class="{css}">{escape(term)}</mark>']
        at = start + len(term)
    return "".join([*parts, escape(text[at:])])


def _place(row: dict[str, Any]) -> tuple[int, str]:
    return int(row["position"] or 0), str(row.get("found") or row["term"])


def alike(scope: Scope, lang: Lang) -> None:
    """Bargain pattern and near copies, by host and month."""
    with section("alike", lang, _ALIKE, _ALIKE_LEAD):
        result = data.ask("script_similarity", scope)
        cards.scalars(result.scalars, ("scripts", "bargain_share", "near_duplicate_pairs"), lang)
        told.findings(result, lang)
        draw = None
        if "hosts" in result.frames and result.frames["hosts"].height:
            left, right = st.columns(2, gap="medium")
            draw = partial(
                points.bars,
                result.frames["hosts"],
                Field("host_id"),
                Field("bargain_share", "rate"),
                lang,
                more=(Field("scripts", "count"), Field("repeated_share", "rate")),
            )
            with left:
                present.chart(draw, "alike-hosts", _BARGAIN(lang), result, lang,
                              title=_BARGAIN(lang))  # fmt: skip
            with right:
                _by_month(result, lang)
                markup.caption(labels.frame("pairs", lang))
                present.table(result.frames["pairs"], "pairs", lang, bars=("jaccard",), height=240)
        else:
            present.table(result.frames["pairs"], "pairs", lang, bars=("jaccard",))
        markup.notes([note(lang) for note in result.notes])
        present.tools("alike", lang, result, draw)


def _by_month(result: Result, lang: Lang) -> None:
    long = result.frames["months"].unpivot(
        ["bargain_share", "repeated_share"], index="month", variable_name="group",
        value_name="share",
    )  # fmt: skip
    words = {name: labels.column(name, lang) for name in ("bargain_share", "repeated_share")}
    long = months(long).with_columns(pl.col("group").replace(words))
    present.chart(
        lambda: lines.line(
            long, Field("month"), Field("share", "rate"), lang, by=Field("group"), height=210
        ),
        "alike-months",
        _MONTHS(lang),
        result,
        lang,
        title=_MONTHS(lang),
    )


def parts(scope: Scope, lang: Lang) -> None:
    """Which parts of a template scripts hold."""
    with section("script-parts", lang, _PARTS, _PARTS_LEAD):
        _parts(scope, lang)


@fragment
def _parts(scope: Scope, lang: Lang) -> None:
    known = templates()
    template = controls.select(
        _TEMPLATE(lang), tuple(known), "script-template", lang, width=320,
        words=lambda code: known[code].name(lang),
    )  # fmt: skip
    result = data.ask("script_slots", scope, template=template)
    cards.scalars(result.scalars, ("scripts", "completeness", "complete"), lang)
    slots = labels.localised(result.frames["slots"], lang).with_columns(n=pl.col("scripts"))
    draw = partial(points.intervals, slots, Field("slot"), Field("share", "rate"), lang, sort=None)
    left, right = st.columns(2, gap="medium")
    with left:
        present.chart(draw, "script-parts", _PARTS(lang), result, lang)
    with right:
        scripts = result.frames["scripts"]
        if lang == "en":
            words = {slot.name.zh: slot.name.en for slot in known[template].slots}
            scripts = scripts.with_columns(pl.col("missing").list.eval(pl.element().replace(words)))
        present.table(scripts, "script-missing", lang, bars=("completeness",), height=330)
    present.tools("script-parts", lang, result, draw)


def cards_of_streams(scope: Scope, lang: Lang) -> None:
    """The checks of the content method, stream by stream."""
    with section("content-cards", lang, _CARDS, _CARDS_LEAD):
        result = data.ask("content_card", scope)
        cards.scalars(result.scalars, ("ready", "persona", "scene", "wording", "signed"), lang)
        present.table(result.frames["streams"], "content-cards", lang, height=330)
        present.tools("content-cards", lang, result)
