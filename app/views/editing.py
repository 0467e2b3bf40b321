"""W1, editing: order, leave out, remark and assign, right under the finding it is about."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st
from footprint.metrics import metrics
from footprint.outlets.markdown import words as escaped
from footprint.result import Finding
from footprint.review import Brief, phrases
from footprint.review.actions import IMPACTS, METRICS, Impact, due_of, grade_of
from footprint.review.desk import Draft
from footprint.review.followup import task_of
from footprint.text import Lang, Text

from app import data
from app.doing import do
from app.ui import markup

_UP, _DOWN = Text("上移", "Move up"), Text("下移", "Move down")
_HIDE, _SHOW = Text("不列入", "Leave out"), Text("恢复", "Take in again")
_REMARK, _ASSIGN = Text("评论", "Comment"), Text("指派行动", "Assign an action")
_WHAT = Text("要做什么（空着就用上面的建议）", "What to do (empty: the suggestion above)")
_OWNER, _GRADE = Text("负责人", "Owner"), Text("影响", "Impact")
_DUE, _METRIC = Text("期限", "Due"), Text("用哪个指标检验", "Metric that will show it")
_NO_METRIC = Text("不设指标", "None")
_SAVE, _SAY = Text("指派", "Assign"), Text("写下", "Add")
_LEFT_OUT = Text("没有列入的（{n}）", "Left out ({n})")
_SAID = Text("已记下。", "Noted.")
_ASSIGNED = Text("已指派。", "Assigned.")
_WITHDRAW = Text("撤回这条评论", "Withdraw this comment")


def under(item: Finding, found: Draft, lang: Lang) -> None:
    """What people said of a finding and who does what."""
    today = data.workspace().review.today()
    said = [said for said in found.said if said.finding == item.id]
    tasks = [action for action in found.actions if action.finding == item.id]
    if not said and not tasks:
        return
    lines = [
        f"<li><b>{escape(one.remark['who'])}</b> "
        f'<span class="fp-muted">{escape(one.remark["at"][:10])}</span> '
        f"{escape(one.remark['words'])}</li>"
        for one in said
    ]
    lines += [
        f"<li>{markup.badge('blue', phrases.TASKS(lang))} "
        f"{escape(phrases.task(task_of(action, today), lang))}</li>"
        for action in reversed(tasks)
    ]
    markup.show(f'<ul class="fp-list fp-said">{"".join(lines)}</ul>')


def controls(item: Finding, found: Draft, lang: Lang) -> None:
    """The row of tools under a finding while the brief is being prepared."""
    review, brief = data.workspace().review, found.brief
    place = [finding.id for finding in found.findings].index(item.id)
    last = len(found.findings) - 1
    with st.container(horizontal=True, gap="small", key=f"edit-{item.id}"):
        for words, icon, step, off in (
            (_UP, "arrow_upward", -1, place == 0),
            (_DOWN, "arrow_downward", 1, place == last),
        ):
            st.button(
                words(lang),
                key=f"move{step}-{item.id}-{lang}",
                icon=f":material/{icon}:",
                disabled=off,
                on_click=do,
                args=(review.move, brief, item.id, step),
            )
        st.button(
            _HIDE(lang),
            key=f"hide-{item.id}-{lang}",
            icon=":material/visibility_off:",
            on_click=do,
            args=(review.hide, brief.week, item.id),
        )
        with st.popover(_REMARK(lang), icon=":material/chat_bubble:", key=f"say-{item.id}-{lang}"):
            _remark(item, found, lang)
        with st.popover(
            _ASSIGN(lang), icon=":material/assignment_ind:", key=f"give-{item.id}-{lang}"
        ):
            _assign(item, brief, lang)


def left_out(found: Draft, lang: Lang) -> None:
    """Findings that were left out, each with its way back."""
    if not found.hidden:
        return
    review = data.workspace().review
    with st.expander(_LEFT_OUT(lang, n=len(found.hidden)), icon=":material/visibility_off:"):
        for item in found.hidden:
            with st.container(horizontal=True, vertical_alignment="center"):
                markup.show(f"<span>{escape(item.problem(lang))}</span>")
                st.button(
                    _SHOW(lang),
                    key=f"show-{item.id}-{lang}",
                    icon=":material/visibility:",
                    on_click=do,
                    args=(review.hide, found.brief.week, item.id, False),
                )


def _remark(item: Finding, found: Draft, lang: Lang) -> None:
    review, week = data.workspace().review, found.brief.week
    with st.form(f"remark-{item.id}-{lang}", clear_on_submit=True, border=False):
        words = st.text_area(_REMARK(lang), max_chars=2000, key=f"words-{item.id}-{lang}")
        if st.form_submit_button(_SAY(lang), icon=":material/add_comment:", type="primary"):
            do(review.remark, week, item.id, words, said=_SAID)
            st.rerun()
    for said in found.said:
        if said.finding == item.id:
            st.button(
                f"{_WITHDRAW(lang)} · {escaped(said.remark['words'][:20])}",
                key=f"withdraw-{said.id}-{lang}",
                icon=":material/undo:",
                type="tertiary",
                on_click=do,
                args=(review.withdraw, said.id),
            )


def _assign(item: Finding, brief: Brief, lang: Lang) -> None:
    review = data.workspace().review
    key = f"{item.id}-{lang}"
    what = st.text_input(_WHAT(lang), key=f"what-{key}")
    owner = st.text_input(_OWNER(lang), key=f"owner-{key}")
    grade: Impact = st.selectbox(
        _GRADE(lang),
        IMPACTS,
        index=IMPACTS.index(grade_of(item)),
        format_func=lambda code: phrases.IMPACTS[code](lang),
        key=f"grade-{key}",
    )
    due: date | None = st.date_input(
        _DUE(lang), due_of(grade, review.today()), key=f"due-{grade}-{key}"
    )
    ids = ["", *metrics()]
    metric = st.selectbox(
        _METRIC(lang),
        ids,
        index=ids.index(METRICS.get(item.kind, "")),
        format_func=lambda id: metrics()[id].title(lang) if id else _NO_METRIC(lang),
        key=f"metric-{key}",
    )
    if st.button(_SAVE(lang), key=f"assign-{key}", icon=":material/check:", type="primary"):
        do(
            review.assign,
            brief.week,
            item,
            owner,
            title=what,
            impact=grade,
            due=due,
            metric=metric or None,
            said=_ASSIGNED,
        )
        st.rerun()
