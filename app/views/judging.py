"""L3: were the findings right? The log of frozen findings, what came of them, what people say."""

from __future__ import annotations

import polars as pl
import streamlit as st
from footprint.access import person
from footprint.review.judging import JUDGED, accuracy, log
from footprint.text import Lang, Text

from app import data
from app.doing import do, tell
from app.ui import markup, present
from app.ui.section import fragment, section

_TITLE = Text("回头看：结论准不准", "Looking back: were the findings right?")
_LEAD = Text(
    "每条定稿过的结论，下一份定稿里还在不在，您认为对不对。只有“准”和“不准”计入准确率。",
    "Every finding that was frozen: whether the next frozen week still held it and what you say. "
    "Only right and wrong count.",
)
_NONE = Text(
    "定稿之后，这里列出每条结论。", "Once a brief is frozen, its findings are listed here."
)
_WORDS = {
    "right": Text("准", "Right"),
    "wrong": Text("不准", "Wrong"),
    "unclear": Text("说不清", "Unclear"),
}
_WHICH, _SAY = Text("哪一条", "Which finding"), Text("准不准", "Was it right?")
_NOTE, _SAVE = Text("依据（可不填）", "Why (optional)"), Text("记下", "Keep")
_SAVED = Text("已记下。", "Noted.")
_BY_KIND = Text("按类别的准确率", "Share right by kind")
_AGAIN = Text("下一份还在", "Again next time")
_PROBLEM, _VERDICT = Text("结论", "Finding"), Text("准不准", "Right?")
_RIGHT, _WRONG, _UNCLEAR = (_WORDS[code] for code in JUDGED)
_HEADINGS = {
    "problem": _PROBLEM,
    "again": _AGAIN,
    "verdict": _VERDICT,
    "right": _RIGHT,
    "wrong": _WRONG,
    "unclear": _UNCLEAR,
    "note": Text("依据", "Why"),
    "kind": Text("类别", "Kind"),
    "impact_cny": Text("涉及金额", "Money at stake"),
}


def show(lang: Lang) -> None:
    """The log, the share right by kind, and a form for the next word."""
    with section("judging", lang, _TITLE, _LEAD):
        _log(lang)


@fragment
def _log(lang: Lang) -> None:
    tell()
    review = data.workspace().review
    said = review.judgements()
    found = log([review.frozen(kept.id) for kept in review.reports()], said)
    if found.is_empty():
        markup.notes([_NONE(lang)])
        return
    if person().may("editor"):
        _form(found, lang)
    headings = {name: words(lang) for name, words in _HEADINGS.items()}
    words = {code: text(lang) for code, text in _WORDS.items()}
    shown = found.select(
        "week",
        pl.col(lang).alias("problem"),
        "impact_cny",
        "again",
        pl.col("verdict").replace(words),
        "note",
    )
    present.table(shown, "judging", lang, headings=headings)
    shares = accuracy(said)
    if shares.height:
        markup.caption(_BY_KIND(lang))
        present.table(shares, "accuracy", lang, headings=headings)


def _form(found: pl.DataFrame, lang: Lang) -> None:
    rows = found.rows(named=True)
    with st.form(f"judge-{lang}", clear_on_submit=True, border=False):
        at = st.selectbox(
            _WHICH(lang),
            range(len(rows)),
            key=f"judge-which-{lang}",
            format_func=lambda i: f"{rows[i]['week']} · {rows[i][lang]}",
        )
        verdict = st.segmented_control(
            _SAY(lang),
            list(_WORDS),
            key=f"judge-say-{lang}",
            default="right",
            required=True,
            format_func=lambda code: _WORDS[code](lang),
        )
        note = st.text_input(_NOTE(lang), key=f"judge-note-{lang}")
        if st.form_submit_button(_SAVE(lang), icon=":material/check:", type="primary"):
            row = rows[at]
            do(
                data.workspace().review.judge,
                row["week"],
                row["finding"],
                str(verdict),
                note,
                said=_SAVED,
            )
            st.rerun()
