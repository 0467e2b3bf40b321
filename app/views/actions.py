"""L3, the action board: plan, do, check, standardise, each with its metric before and after."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.access import person
from footprint.metrics import metrics
from footprint.review import phrases
from footprint.review.actions import IMPACTS, STAGES, VERDICTS, Action
from footprint.review.followup import Course, course, fate, score
from footprint.text import Lang, Text

from app import data
from app.doing import do, tell
from app.ui import cards, markup, present
from app.ui.cards import Card
from app.ui.section import fragment, section

_TITLE = Text("答应的事", "What was promised")
_LEAD = Text(
    "影响大的 1 个月内做完，影响中的 3 个月内，影响小的进待办。指标前后相比是对照，不是因果证明。",
    "High impact within a month, medium within a quarter, low in the backlog. Before and after is "
    "a comparison, no proof of cause.",
)
_NONE = Text(
    "还没有行动。在周报里打开“整理这份周报”，给要管的事指派负责人。",
    "No action yet. Turn on “Prepare this brief” on the weekly brief and assign an owner.",
)
_OPEN, _OVERDUE = Text("进行中", "Open"), Text("已逾期", "Overdue")
_ENDED, _RATE = Text("已有结论", "With a verdict"), Text("解决率", "Solve rate")
_RATE_HINT = Text(
    "结论为“已解决”的行动 ÷ 已有结论的行动。",
    "Actions whose verdict is “Solved” / actions with a verdict.",
)
_BEFORE_AFTER = Text("{metric}：{before} → {after}", "{metric}: {before} → {after}")
_WEEKS = Text("（{one} 对 {two}，样本 {n1} 与 {n2}）", "({one} against {two}, n {n1} and {n2})")
_SAYS = Text("区间显示：{verdict}", "Intervals say: {verdict}")
_EDIT = Text("更新", "Update")
_STAGE, _VERDICT = Text("阶段", "Stage"), Text("结论", "Verdict")
_OWNER, _DUE = Text("负责人", "Owner"), Text("期限", "Due")
_IMPACT, _NOTE = Text("影响", "Impact"), Text("备注（不采纳时写原因）", "Note (why, if declined)")
_STANDARD = Text("固化成的做法", "What became the standard")
_SAVE, _SAVED = Text("保存", "Save"), Text("已保存。", "Saved.")
_NO_VERDICT = Text("还没有", "None yet")
_FROM = Text("来自 {week}", "from {week}")
_FATES = {"gone": "green", "better": "green", "same": "grey", "worse": "red", "unknown": "grey"}
_ACTION, _STAKE = Text("行动", "Action"), Text("涉及金额", "Money at stake")
_TABLE = Text("全部行动", "All actions")


def show(lang: Lang) -> None:
    """Counts, then the stages side by side."""
    with section("board-actions", lang, _TITLE, _LEAD, card=False):
        _board(lang)


@fragment
def _board(lang: Lang) -> None:
    tell()
    review = data.workspace().review
    every, today = review.actions(), review.today()
    if not every:
        markup.notes([_NONE(lang)])
        return
    found = score(every, today)
    shown = [
        Card(_OPEN(lang), fmt.number(found.open, lang, 0)),
        Card(_OVERDUE(lang), fmt.number(found.overdue, lang, 0)),
        Card(_ENDED(lang), fmt.number(found.ended, lang, 0)),
        Card(
            _RATE(lang),
            fmt.percent(found.rate, lang),
            _RATE_HINT(lang),
            lines=cards.evidence("rate", found.ended, found.low, found.high, lang),
        ),
    ]
    cards.grid(shown, lang)
    held = {action.stage for action in every}
    stages = [stage for stage in STAGES if stage != "declined" or stage in held]
    for stage, column in zip(stages, st.columns(len(stages)), strict=True):
        mine = [action for action in every if action.stage == stage]
        with column:
            markup.caption(f"{phrases.STAGES[stage](lang)} · {len(mine)}")
            for action in mine:
                _card(action, lang)
    with st.expander(_TABLE(lang), icon=":material/table_rows:"):
        present.table(_frame(every, lang), "actions", lang, headings=_headings(lang))


def _card(action: Action, lang: Lang) -> None:
    today = data.workspace().review.today()
    week = data.default_week()
    with st.container(border=True, key=f"card-action-{action.id}", gap="small"):
        late = markup.badge("red", _OVERDUE(lang)) if action.overdue(today) else ""
        verdict = (
            markup.badge("blue", phrases.VERDICTS[action.verdict](lang)) if action.verdict else ""
        )
        due = fmt.date(action.due, lang) if action.due else phrases.IMPACTS["low"](lang)
        lines = [
            f"<p><b>{escape(action.title[lang])}</b></p>",
            f'<p class="fp-card-line">{escape(action.owner)} · {escape(due)} {late}{verdict}</p>',
            f'<p class="fp-card-line">{escape(_FROM(lang, week=action.week))}</p>',
            _now(action, week, lang),
            *(
                f'<p class="fp-card-line">{escape(words)}</p>'
                for words in (action.standard, action.note)
                if words
            ),
        ]
        markup.show(f'<div class="fp-action">{"".join(lines)}</div>')
        if person().may("editor"):
            with st.popover(_EDIT(lang), icon=":material/edit:", key=f"act-{action.id}-{lang}"):
                _edit(action, lang)


def _now(action: Action, week: str | None, lang: Lang) -> str:
    """What the newest week says of the finding, and the metric before and after."""
    if week is None or week <= action.week:
        return ""
    now = fate(action, data.brief(week))
    parts = [f"<p>{markup.badge(_FATES[now], phrases.FATES[now](lang))}</p>"]
    compared = course(action, data.current(), week)
    if action.metric and compared.before and compared.after:
        parts.append(_compared(action.metric, compared, action.week, week, lang))
    return "".join(parts)


def _compared(id: str, found: Course, one: str, two: str, lang: Lang) -> str:
    metric = metrics()[id]
    before, after = found.before or {}, found.after or {}
    words = _BEFORE_AFTER(
        lang,
        metric=metric.title(lang),
        before=cards.figure(before["value"], metric.unit, lang),
        after=cards.figure(after["value"], metric.unit, lang),
    )
    weeks = _WEEKS(lang, one=one, two=two, n1=before["n"], n2=after["n"])
    verdict = ""
    if found.verdict:
        verdict = "<br>" + escape(_SAYS(lang, verdict=phrases.VERDICTS[found.verdict](lang)))
    return f'<p class="fp-card-line">{escape(words)} {escape(weeks)}{verdict}</p>'


def _edit(action: Action, lang: Lang) -> None:
    key = f"{action.id}-{lang}"
    with st.form(f"action-{key}", border=False):
        stage = st.selectbox(
            _STAGE(lang),
            STAGES,
            STAGES.index(action.stage),
            key=f"stage-{key}",
            format_func=lambda code: phrases.STAGES[code](lang),
        )
        options = [None, *VERDICTS]
        verdict = st.selectbox(
            _VERDICT(lang),
            options,
            options.index(action.verdict),
            key=f"verdict-{key}",
            format_func=lambda code: phrases.VERDICTS[code](lang) if code else _NO_VERDICT(lang),
        )
        owner = st.text_input(_OWNER(lang), action.owner, key=f"who-{key}")
        impact = st.selectbox(
            _IMPACT(lang),
            IMPACTS,
            IMPACTS.index(action.impact),
            key=f"impact-{key}",
            format_func=lambda code: phrases.IMPACTS[code](lang),
        )
        due = st.date_input(_DUE(lang), action.due, key=f"until-{key}")
        standard = st.text_area(_STANDARD(lang), action.standard, key=f"standard-{key}")
        note = st.text_area(_NOTE(lang), action.note, key=f"note-{key}")
        if st.form_submit_button(_SAVE(lang), icon=":material/check:", type="primary"):
            asked: dict[str, Any] = {
                "stage": stage,
                "verdict": verdict,
                "owner": owner.strip() or action.owner,
                "impact": impact,
                "due": due,
                "standard": standard.strip(),
                "note": note.strip(),
            }
            changed = {k: v for k, v in asked.items() if v != getattr(action, k)}
            if changed:
                do(data.workspace().review.change_action, action.id, said=_SAVED, **changed)
            st.rerun()


def _headings(lang: Lang) -> dict[str, str]:
    names = {
        "action": _ACTION,
        "owner": _OWNER,
        "stage": _STAGE,
        "verdict": _VERDICT,
        "impact_cny": _STAKE,
        "standard": _STANDARD,
        "note": _NOTE,
        "deadline": _DUE,
    }
    return {name: words(lang) for name, words in names.items()}


def _frame(every: list[Action], lang: Lang) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "week": action.week,
                "action": action.title[lang],
                "owner": action.owner,
                "deadline": action.due,
                "stage": phrases.STAGES[action.stage](lang),
                "verdict": phrases.VERDICTS[action.verdict](lang) if action.verdict else None,
                "impact_cny": action.stake,
                "standard": action.standard,
                "note": action.note,
            }
            for action in every
        ],
        schema={
            "week": pl.String,
            "action": pl.String,
            "owner": pl.String,
            "deadline": pl.Date,
            "stage": pl.String,
            "verdict": pl.String,
            "impact_cny": pl.Float64,
            "standard": pl.String,
            "note": pl.String,
        },
    )
