"""W1: the week in one page: colour, headline numbers, findings, targets, sharing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from html import escape

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.access import person
from footprint.result import Finding
from footprint.review import Brief
from footprint.review.desk import Draft
from footprint.review.targets import Headline
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, state
from app.doing import tell
from app.ui import cards, empty, markup, present
from app.ui.cards import Card
from app.ui.section import fragment, guarded, section
from app.views import editing, frozen, outlets, promises
from app.views import finding as findings

_WEEK = Text("哪一周", "Week")
_WEEK_WORDS = Text("{week}（{start} 至 {end}）", "{week} ({start} to {end})")
_HEADLINE = Text("这一周的核心数字", "Core numbers of the week")
_FINDINGS = Text("要管的事，按轻重排", "What to act on, in order")
_FINDINGS_LEAD = Text(
    "金额为估计，括号里是 95% 区间；是关联，不是因果。",
    "Money is an estimate with its 95% interval; association, not cause.",
)
_NONE = Text("这一周没有要管的事。", "Nothing to act on this week.")
_TARGETS = Text("目标：掉了哪些，达成哪些", "Targets: slipped and reached")
_STATES = {
    "slipped": ("red", Text("掉出目标", "Slipped")),
    "missed": ("yellow", Text("仍未达标", "Still missed")),
    "reached": ("green", Text("新达成", "Reached")),
    "held": ("green", Text("保持", "Held")),
}
_NO_TARGETS = Text("这一周没有可判断的目标。", "No target could be judged this week.")
_SKIPPED = Text("没有做的检查，和缺的文件", "Checks not made, and the file each needs")
_PREPARE = Text("整理这份周报", "Prepare this brief")
_PREPARE_HELP = Text(
    "排序、不列入、评论、指派行动；然后定稿。",
    "Order, leave out, comment, assign actions; then freeze.",
)


def show(lang: Lang) -> None:
    """The whole page."""
    with guarded(lang, "brief"):
        weeks = _weeks()
        if not weeks:
            empty.welcome(lang)
            return
        week = _pick(weeks, lang)
        found = data.brief(week)
        markup.banner(found.colour, _banner_title(found, lang), found.reason(lang))
        headline(found, lang)
        promises.show(data.workspace().review.draft(found), lang)
        with section("findings", lang, _FINDINGS, _FINDINGS_LEAD, card=False):
            _findings(found, lang)
        targets(found, lang)
        frozen.show(lang)


def _weeks() -> list[str]:
    """ISO weeks of the data, newest first."""
    bounds = data.days()
    if bounds is None:
        return []
    first, last = bounds
    monday = last - timedelta(days=last.weekday())
    found = []
    while monday + timedelta(days=6) >= first:
        found.append(f"{monday:%G-W%V}")
        monday -= timedelta(days=7)
    return found


def _pick(weeks: list[str], lang: Lang) -> str:
    default = data.default_week() or weeks[0]
    asked = str(state.param("week", default))
    index = weeks.index(asked if asked in weeks else default)
    with st.container(
        horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"
    ):
        key = f"week-{weeks[index]}-{lang}"
        week = st.selectbox(
            _WEEK(lang),
            weeks,
            index=index,
            key=key,
            width=340,
            label_visibility="collapsed",
            format_func=lambda label: _words(label, lang),
            on_change=_picked,
            args=(key,),
        )
        _share(str(week), lang)
    return str(week)


def _picked(key: str) -> None:
    state.put("week", st.session_state[key])


def _words(label: str, lang: Lang) -> str:
    week = Scope.week(label)
    return _WEEK_WORDS(
        lang, week=label, start=fmt.date(week.start, lang), end=fmt.date(week.end, lang)
    )


def _share(week: str, lang: Lang) -> None:
    """Files, a link to the live brief, and freezing."""
    found = data.brief(week)
    with st.container(horizontal=True, width="content"):
        outlets.export_menu(
            partial(data.workspace().review.report, found), f"footprint-{week}", week, lang
        )
        outlets.share_menu("brief", week, week, lang)
        frozen.button(found, lang)


def _banner_title(found: Brief, lang: Lang) -> str:
    colon = "：" if lang == "zh" else ": "
    return f"{_words(found.week, lang)}{colon}{markup.COLOUR_WORDS[found.colour](lang)}"


def headline(found: Brief, lang: Lang) -> None:
    """The core metrics with the course of the last eight weeks."""
    with section("headline", lang, _HEADLINE, card=False):
        courses = _courses(found.scope)
        cards.grid([_card(line, courses, lang) for line in found.headline], lang)


def _courses(week: Scope) -> dict[str, list[float]]:
    """Each metric's days over the eight weeks that end with the week."""
    if week.end is None:
        return {}
    long = Scope(week.end - timedelta(days=55), week.end, {}, week.tz)
    daily = data.ask("board", long).frames["daily"].sort("date").drop_nulls("value")
    return {
        str(key[0]): part["value"].to_list()
        for key, part in daily.partition_by("metric", as_dict=True).items()
    }


def _card(line: Headline, courses: dict[str, list[float]], lang: Lang) -> Card:
    metric, now, target = line.metric, line.now, line.target
    change = line.change
    return Card(
        label=metric.title(lang),
        value=cards.figure(now.value, metric.unit, lang),
        definition=metric.definition(lang),
        change=fmt.delta(change, lang) if change is not None else "",
        good=None if not change else (change > 0) == (metric.direction == "up"),
        target=cards.target_line(
            target.value if target else None,
            metric.unit,
            "ge" if metric.direction == "up" else "le",
            lang,
        ),
        status=line.status if line.status in ("met", "missed") else "",
        status_words=cards.status_words(line.status, lang) if target else "",
        lines=cards.evidence(metric.unit, now.n, now.low, now.high, lang),
        course=courses.get(metric.id, ()),
    )


@fragment
def _findings(found: Brief, lang: Lang) -> None:
    """The findings in the order people gave them, each with what was said and done about it."""
    tell()
    kept = data.workspace().review.draft(found)
    editing_on = person().may("editor") and bool(found.findings) and st.toggle(
        _PREPARE(lang), key=f"prepare-{lang}", help=_PREPARE_HELP(lang)
    )  # fmt: skip
    if not kept.findings:
        markup.notes([_NONE(lang)])
    opened = state.param("finding")
    for rank, item in enumerate(kept.findings, 1):
        folded = found.folded.get(item.id, ())
        findings.row(
            rank, item, folded, lang, opened=item.id == opened,
            under=partial(_under, item, kept, editing_on, lang),
        )  # fmt: skip
    editing.left_out(kept, lang)


def _under(item: Finding, kept: Draft, editing_on: bool, lang: Lang) -> None:
    editing.under(item, kept, lang)
    if editing_on:
        editing.controls(item, kept, lang)


def targets(found: Brief, lang: Lang) -> None:
    """Targets by state, then the checks that lacked a file."""
    with section("targets", lang, _TARGETS):
        lines = [line for line in found.targets if line.state in _STATES]
        if not lines:
            markup.notes([_NO_TARGETS(lang)])
        for state_name, (colour, words) in _STATES.items():
            chosen = [line for line in lines if line.state == state_name]
            if chosen:
                items = "".join(f"<li>{escape(line.sentence(lang))}</li>" for line in chosen)
                markup.show(f'{markup.badge(colour, words(lang))}<ul class="fp-list">{items}</ul>')
        if found.skipped:
            with st.expander(_SKIPPED(lang), icon=":material/rule:"):
                rows = [{"check": s.title(lang), "reason": s.reason(lang)} for s in found.skipped]
                present.table(pl.DataFrame(rows), "skipped", lang)
