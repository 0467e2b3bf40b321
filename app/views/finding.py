"""A finding on the page: problem, impact, suggestion; its evidence in a drawer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st
from footprint import format as fmt
from footprint.questions import questions
from footprint.result import Finding, Result
from footprint.text import Lang, Text

from app import nav, state
from app.ui import autochart, labels, markup, present
from app.ui.section import fragment, guarded

_PROBLEM, _IMPACT, _SUGGEST = (
    Text("问题", "Problem"),
    Text("影响", "Impact"),
    Text("建议", "Suggestion"),
)
_INTERVAL = Text("{low} ～ {high}", "{low} to {high}")
_NO_MONEY = Text("不折算成钱", "Not expressed in money")
_N = Text("样本 {n}", "n = {n}")
_SURE = Text("把握 {p}", "Confidence {p}")
_FOLDED = Text("同一原因，另有 {n} 条", "{n} more from the same cause")
_EVIDENCE = Text("看依据", "Evidence")
_PAGE = Text("去“{title}”", "Open {title}")
_ASK = Text("换参数再问", "Ask with other parameters")
_DRAWER = Text("依据", "Evidence")


def row(
    rank: int,
    finding: Finding,
    folded: Sequence[Finding],
    lang: Lang,
    *,
    opened: bool = False,
    under: Callable[[], None] | None = None,
) -> None:
    """One finding with its three columns and ways on; ``under`` adds to its card."""
    with st.container(border=True, key=f"card-finding-{rank}", gap="small"):
        markup.show(html(rank, finding, folded, lang))
        _ways(rank, finding, lang)
        if under:
            under()
        if opened:
            with guarded(lang, f"finding-{rank}"):
                evidence(finding, lang)


@fragment
def _ways(rank: int, finding: Finding, lang: Lang) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(_EVIDENCE(lang), key=f"evidence-{rank}-{lang}", icon=":material/query_stats:"):
            _drawer(lang)(finding, lang)
        title = nav.BY_CODE[finding.page].title(lang)
        if finding.page not in ("W1", "ASK"):
            nav.link(finding.page, _PAGE(lang, title=title), lang, _query(finding, lang))
        if state.param("q") != finding.question:
            nav.link("ASK", _ASK(lang), lang, _query(finding, lang) | {"q": finding.question})


def _query(finding: Finding, lang: Lang) -> dict[str, str]:
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(finding.link).query)) | {"lang": lang}


def _drawer(lang: Lang) -> Callable[[Finding, Lang], None]:
    opened: Callable[[Finding, Lang], None] = st.dialog(
        _DRAWER(lang), position="right", width="large"
    )(_in_drawer)
    return opened


def _in_drawer(finding: Finding, lang: Lang) -> None:
    markup.show(html(0, finding, (), lang))
    with guarded(lang, "drawer"):
        evidence(finding, lang)


def evidence(finding: Finding, lang: Lang) -> None:
    """The evidence frame as chart and table."""
    frame = finding.evidence
    if frame is None or frame.is_empty():
        return
    result = Result(
        frames={"evidence": frame},
        question=finding.question,
        params=finding.params,
        scope=finding.scope,
        data_version=f"{finding.id}",
    )
    draw = autochart.drawer(frame, lang)
    if draw:
        present.chart(draw, f"evidence-{finding.id}", finding.problem(lang), result, lang)
    present.table(frame, f"evidence-{finding.id}", lang)
    present.tools(f"evidence-{finding.id}", lang, result, draw, inline=True)


def html(rank: int, finding: Finding, folded: Sequence[Finding], lang: Lang) -> str:
    title = questions()[finding.question].title(lang) if finding.question in questions() else ""
    top = [
        f"<b>{rank}</b>" if rank else "",
        markup.badge(finding.colour, labels.value(finding.colour, lang)),
        escape(title),
        escape(_N(lang, n=fmt.number(finding.n, lang, 0))),
        escape(_SURE(lang, p=fmt.confidence(finding.confidence, lang))),
        markup.badge("blue", _FOLDED(lang, n=len(folded))) if folded else "",
    ]
    cells = (
        (_PROBLEM, f"<p>{escape(finding.problem(lang))}</p>"),
        (_IMPACT, _money(finding, lang)),
        (_SUGGEST, f"<p>{escape(finding.suggestion(lang))}</p>"),
    )
    body = "".join(f"<div><h4>{escape(head(lang))}</h4>{cell}</div>" for head, cell in cells)
    line = " ".join(f"<span>{part}</span>" for part in top if part)
    return (
        f'<div class="fp-finding {finding.colour}"><div class="fp-finding-top">{line}</div>'
        f'<div class="fp-three">{body}</div></div>'
    )


def _money(finding: Finding, lang: Lang) -> str:
    if finding.impact_cny is None:
        return f'<p class="fp-muted">{escape(_NO_MONEY(lang))}</p>'
    words = f'<p class="fp-money">{escape(fmt.money(finding.impact_cny, lang, 0))}</p>'
    if finding.impact_low is None or finding.impact_high is None:
        return words
    low, high = fmt.money(finding.impact_low, lang, 0), fmt.money(finding.impact_high, lang, 0)
    return f'{words}<p class="fp-card-line">{escape(_INTERVAL(lang, low=low, high=high))}</p>'
