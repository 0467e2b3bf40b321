"""A report as one self-contained HTML page: no outside resource, prints well, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import polars as pl

from footprint.format import show
from footprint.review import phrases
from footprint.review.charts import chart
from footprint.review.columns import cell, title_of
from footprint.review.frames import frame_of
from footprint.review.report import Number, Report, Row
from footprint.text import Lang, Text

_ROWS_SHOWN = 12
Titled = Callable[[str, Lang], str]
Written = Callable[[str, Any, Lang, str], str]
LANG_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


def page(report: Report, lang: Lang, base_url: str | None = None) -> str:
    """The whole page. All words of the data are escaped; nothing is loaded from elsewhere.

    ``base_url`` (http or https) makes findings link into the app. Source: row S7.4-d.
    """
    body = "".join(
        (
            _head(report, lang),
            _headline(report, lang),
            _promises(report, lang),
            _findings(report, lang, _safe(base_url)),
            _listing(phrases.TARGETS, [line["sentence"][lang] for line in report["targets"]], lang),
            _listing(phrases.SKIPPED, [line[lang] for line in report["skipped"]], lang),
            _listing(phrases.NOTES, [note[lang] for note in report["notes"]], lang),
        )
    )
    return whole(phrases.title(report, lang), body, phrases.footer(report, lang), lang)


def whole(title: str, body: str, footer: str, lang: Lang) -> str:
    """A page around a ready-made body; ``title`` and ``footer`` are escaped here."""
    return (
        f'<!doctype html>\n<html lang="{LANG_TAGS[lang]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{css()}</style></head>"
        f'<body><main>{body}</main><footer class="soft">{escape(footer)}</footer></body></html>\n'
    )


@cache
def css() -> str:
    """The style sheet of every report page."""
    return files("footprint.review").joinpath("report.css").read_text("utf-8")


def _safe(base_url: str | None) -> str | None:
    if base_url and base_url.startswith(("http://", "https://")):
        return base_url.rstrip("/")
    return None


def _head(report: Report, lang: Lang) -> str:
    standing = phrases.standing(report, lang)
    return (
        f"<h1>{escape(phrases.title(report, lang))}</h1>"
        f'<p class="soft">{escape(phrases.period(report, lang))} · {escape(standing)}</p>'
        f'<p class="colour {report["colour"]}">{escape(report["reason"][lang])}</p>'
    )


def _headline(report: Report, lang: Lang) -> str:
    if not report["headline"]:
        return ""
    cards = "".join(_card(line, lang) for line in report["headline"])
    return f'<h2>{escape(phrases.HEADLINE(lang))}</h2><div class="cards">{cards}</div>'


def _card(line: Number, lang: Lang) -> str:
    versus = escape(phrases.versus(line, lang))
    value = escape(show(line["value"], line["unit"], lang))
    hint = escape(line["definition"][lang], quote=True)
    return (
        f'<div class="card" title="{hint}"><span class="soft">{escape(line["title"][lang])}</span>'
        f'<b>{value}</b><span class="soft">{versus}</span></div>'
    )


def _promises(report: Report, lang: Lang) -> str:
    lines = [phrases.task(item, lang) for item in report["promises"]]
    return _listing(phrases.PROMISES, lines, lang)


def _findings(report: Report, lang: Lang, base_url: str | None) -> str:
    rows = report["findings"]
    left = report["hidden"]
    out = f'<p class="soft">{escape(phrases.HIDDEN(lang, n=left))}</p>' if left else ""
    if not rows:
        nothing = f"<h2>{escape(phrases.NOTHING(lang))}</h2>"
        return (nothing if report["colour"] != "grey" else "") + out
    heading = escape(phrases.FINDINGS(lang, n=len(rows)))
    tz = report["tz"]
    articles = "".join(_article(i, row, tz, lang, base_url) for i, row in enumerate(rows, 1))
    return f"<h2>{heading}</h2>{articles}{out}"


def _article(rank: int, row: Row, tz: str, lang: Lang, base_url: str | None) -> str:
    columns = (
        (phrases.PROBLEM, escape(row["problem"][lang])),
        (phrases.IMPACT, f"<b>{escape(phrases.stake(row, lang))}</b>"),
        (phrases.DO, escape(row["suggestion"][lang])),
    )
    three = "".join(f"<div><h4>{escape(name(lang))}</h4>{cell}</div>" for name, cell in columns)
    badge = escape(phrases.COLOURS[row["colour"]](lang))
    link = ""
    if base_url and row["link"]:
        href = escape(base_url + row["link"], quote=True)
        link = f'<p class="soft"><a href="{href}">{escape(phrases.OPEN(lang))}</a></p>'
    return (
        f'<article><p class="top"><b>{rank}</b><span class="badge {row["colour"]}">{badge}</span>'
        f'<span class="soft">{escape(phrases.basis(row, lang))}</span></p>'
        f'<div class="three">{three}</div>{_said(row, lang)}{_evidence(row, lang, tz)}{link}'
        "</article>"
    )


def _said(row: Row, lang: Lang) -> str:
    """What belongs to the finding besides: findings of one cause, remarks, actions."""
    remarks = [f"{item['who']}：{item['words']}" for item in row["remarks"]]
    parts = (
        (phrases.RELATED, [other[lang] for other in row["folded"]]),
        (phrases.REMARKS, remarks),
        (phrases.TASKS, [phrases.task(item, lang) for item in row["tasks"]]),
    )
    facts = "".join(
        f"<dt>{escape(name(lang))}</dt><dd>{escape(words)}</dd>"
        for name, lines in parts
        for words in lines
    )
    return f"<dl>{facts}</dl>" if facts else ""


def _evidence(row: Row, lang: Lang, tz: str) -> str:
    if row["evidence"] is None:
        return ""
    frame = frame_of(row["evidence"])
    drawn = chart(frame, lang, tz)
    label = escape(phrases.EVIDENCE(lang), quote=True)
    listed = scrolling(table(frame.head(_ROWS_SHOWN), lang, tz), label)
    if not drawn:
        return listed
    return f"{drawn}<details><summary>{escape(phrases.EVIDENCE(lang))}</summary>{listed}</details>"


def scrolling(body: str, label: str) -> str:
    """A ready-made part that may be wider than the page; ``label`` is escaped already."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">{body}</div>'


def table(
    frame: pl.DataFrame, lang: Lang, tz: str, titled: Titled = title_of, written: Written = cell
) -> str:
    """A frame as an HTML table, headings in words, every cell escaped."""
    head = "".join(f"<th>{escape(titled(name, lang))}</th>" for name in frame.columns)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(written(n, value, lang, tz))}</td>" for n, value in row.items())
        + "</tr>"
        for row in frame.to_dicts()
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _listing(heading: Text, lines: Sequence[str], lang: Lang) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(heading(lang))}</h2><ul>{items}</ul>"
