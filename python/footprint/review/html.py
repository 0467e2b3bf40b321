"""The brief as one self-contained HTML page: no outside resource, prints well, light and dark."""

from __future__ import annotations

from html import escape
from importlib.resources import files

import polars as pl

from footprint.format import confidence, date, delta, money, number, points, show
from footprint.result import Finding
from footprint.review.charts import chart
from footprint.review.columns import cell, title_of
from footprint.review.targets import Headline
from footprint.review.weekly import Brief
from footprint.text import Lang, Text

_ROWS_SHOWN = 12
_LANG_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
_TITLE = Text("经营周报 {week}", "Weekly brief {week}")
_COLOURS = {
    "red": Text("▲ 红", "▲ Red"),
    "yellow": Text("◆ 黄", "◆ Yellow"),
    "green": Text("● 绿", "● Green"),
    "grey": Text("○ 机会", "○ Opportunity"),
}
_FINDINGS = Text("这周要看的 {n} 件事", "Findings of the period: {n}")
_NOTHING = Text("这段时间没有要处理的事。", "Nothing to handle in this period.")
_HEADLINE = Text("核心数字", "Core numbers")
_TARGETS = Text("目标", "Targets")
_SKIPPED = Text("没有做的检查", "Checks not made")
_NOTES = Text("说明", "Notes")
_MONEY = Text("涉及金额", "Money at stake")
_UNKNOWN_MONEY = Text("无法折算成金额", "cannot be put in money")
_BETWEEN = Text("{low} 至 {high}", "{low} to {high}")
_DO = Text("建议", "Suggestion")
_TRUST = Text("依据", "Basis")
_BASIS = Text("样本 {n}，把握 {confidence}", "sample {n}, confidence {confidence}")
_EVIDENCE = Text("数据", "Data")
_RELATED = Text("同一批场次", "Same streams")
_OPEN = Text("打开这一条", "Open this finding")
_VERSUS = Text("比上期 {change}", "{change} on the period before")
_FOOTER = Text(
    "数据版本 {version} · 同样的数据得到同样的报告 · 相关不等于因果",
    "Data version {version} · same data, same report · association is not cause",
)


def page(brief: Brief, lang: Lang, base_url: str | None = None) -> str:
    """The whole page. All words of the data are escaped; nothing is loaded from elsewhere.

    ``base_url`` (http or https) makes findings link into the app. Source: row S7.4-d.
    """
    title = _TITLE(lang, week=brief.week)
    body = "".join(
        (
            _head(brief, title, lang),
            _headline(brief, lang),
            _findings(brief, lang, _safe(base_url)),
            _listing(_TARGETS, [line.sentence for line in brief.targets], lang),
            _listing(_SKIPPED, [_skipped(line.title, line.reason) for line in brief.skipped], lang),
            _listing(_NOTES, list(brief.notes), lang),
        )
    )
    footer = escape(_FOOTER(lang, version=brief.data_version))
    return (
        f'<!doctype html>\n<html lang="{_LANG_TAGS[lang]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_css()}</style></head>"
        f'<body><main>{body}</main><footer class="soft">{footer}</footer></body></html>\n'
    )


def _css() -> str:
    return files("footprint.review").joinpath("report.css").read_text("utf-8")


def _safe(base_url: str | None) -> str | None:
    if base_url and base_url.startswith(("http://", "https://")):
        return base_url.rstrip("/")
    return None


def _head(brief: Brief, title: str, lang: Lang) -> str:
    days = _BETWEEN(lang, low=date(brief.scope.start, lang), high=date(brief.scope.end, lang))
    return (
        f'<h1>{escape(title)}</h1><p class="soft">{escape(days)}</p>'
        f'<p class="colour {brief.colour}">{escape(brief.reason(lang))}</p>'
    )


def _headline(brief: Brief, lang: Lang) -> str:
    if not brief.headline:
        return ""
    cards = "".join(_card(line, lang) for line in brief.headline)
    return f'<h2>{escape(_HEADLINE(lang))}</h2><div class="cards">{cards}</div>'


def _card(line: Headline, lang: Lang) -> str:
    change = _change(line, lang)
    versus = escape(_VERSUS(lang, change=change)) if change else ""
    value = escape(show(line.now.value, line.metric.unit, lang))
    return (
        f'<div class="card"><span class="soft">{escape(line.metric.title(lang))}</span>'
        f'<b>{value}</b><span class="soft">{versus}</span></div>'
    )


def _change(line: Headline, lang: Lang) -> str:
    """Against the period before: rates in percentage points, all else relative."""
    previous = line.before.value if line.before else None
    if previous is None or line.now.value is None:
        return ""
    if line.metric.unit == "rate":
        return points((line.now.value - previous) * 100, lang)
    return "" if line.change is None else delta(line.change, lang)


def _findings(brief: Brief, lang: Lang, base_url: str | None) -> str:
    if not brief.findings:
        return f"<h2>{escape(_NOTHING(lang))}</h2>" if brief.colour != "grey" else ""
    heading = escape(_FINDINGS(lang, n=len(brief.findings)))
    articles = "".join(
        _article(rank, finding, brief, lang, base_url)
        for rank, finding in enumerate(brief.findings, 1)
    )
    return f"<h2>{heading}</h2>{articles}"


def _article(rank: int, finding: Finding, brief: Brief, lang: Lang, base_url: str | None) -> str:
    related = brief.folded.get(finding.id, ())
    rows = [
        (_MONEY, _money(finding, lang)),
        (_DO, finding.suggestion(lang)),
        (_TRUST, _basis(finding, lang)),
        *((_RELATED, other.problem(lang)) for other in related),
    ]
    facts = "".join(
        f"<dt>{escape(name(lang))}</dt><dd>{escape(words)}</dd>" for name, words in rows
    )
    badge = escape(_COLOURS[finding.colour](lang))
    link = ""
    if base_url:
        href = escape(base_url + finding.link, quote=True)
        link = f'<p class="soft"><a href="{href}">{escape(_OPEN(lang))}</a></p>'
    return (
        f'<article><h3><span class="badge {finding.colour}">{badge}</span>'
        f"{rank}. {escape(finding.problem(lang))}</h3><dl>{facts}</dl>"
        f"{_evidence(finding, lang, brief.scope.tz)}{link}</article>"
    )


def _money(finding: Finding, lang: Lang) -> str:
    if finding.impact_cny is None:
        return _UNKNOWN_MONEY(lang)
    words = money(round(finding.impact_cny), lang)
    if finding.impact_low is None or finding.impact_high is None:
        return words
    low, high = (money(round(v), lang) for v in (finding.impact_low, finding.impact_high))
    return f"{words}（{_BETWEEN('zh', low=low, high=high)}）" if lang == "zh" else (
        f"{words} ({_BETWEEN('en', low=low, high=high)})"
    )  # fmt: skip


def _basis(finding: Finding, lang: Lang) -> str:
    sure = confidence(finding.confidence, lang)
    return _BASIS(lang, n=number(finding.n, lang), confidence=sure)


def _evidence(finding: Finding, lang: Lang, tz: str) -> str:
    frame = finding.evidence
    if frame is None or frame.is_empty():
        return ""
    drawn = chart(frame, lang, tz)
    label = escape(_EVIDENCE(lang), quote=True)
    table = (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
        f"{_table(frame.head(_ROWS_SHOWN), lang, tz)}</div>"
    )
    if not drawn:
        return table
    return f"{drawn}<details><summary>{escape(_EVIDENCE(lang))}</summary>{table}</details>"


def _table(frame: pl.DataFrame, lang: Lang, tz: str) -> str:
    head = "".join(f"<th>{escape(title_of(name, lang))}</th>" for name in frame.columns)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(cell(name, value, lang, tz))}</td>" for name, value in row.items())
        + "</tr>"
        for row in frame.to_dicts()
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _listing(heading: Text, lines: list[Text], lang: Lang) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line(lang))}</li>" for line in lines)
    return f"<h2>{escape(heading(lang))}</h2><ul>{items}</ul>"


def _skipped(title: Text, reason: Text) -> Text:
    return Text(f"{title.zh}{reason.zh}", f"{title.en} {_capital(reason.en)}")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
