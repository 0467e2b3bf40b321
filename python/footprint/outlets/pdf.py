"""A report as PDF, set by Typst with a font that ships with the package.

Everything of the report goes in as data (JSON), never as markup, and the machine's own fonts are
not looked at: the same report gives the same bytes everywhere.
"""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footprint.format import show
from footprint.outlets.pictures import FONT, FONTS, svg
from footprint.review import phrases
from footprint.review.columns import cell, title_of
from footprint.review.frames import frame_of
from footprint.review.report import Report, Row
from footprint.text import Lang

_TEMPLATE = Path(__file__).parent / "report.typ"
_ROWS, _COLUMNS = 8, 7
# A fixed moment, so that equal reports are equal files.
_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)


def pdf(report: Report, lang: Lang) -> bytes:
    """The whole report as PDF, A4, letters embedded, text selectable."""
    import typst

    made = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_content(report, lang), ensure_ascii=False)},
        timestamp=_MOMENT,
    )
    assert isinstance(made, bytes)
    return made


def _content(report: Report, lang: Lang) -> dict[str, Any]:
    """The words of the report in the order of the page."""
    lists = (
        (phrases.TARGETS, [line["sentence"][lang] for line in report["targets"]]),
        (phrases.SKIPPED, [line[lang] for line in report["skipped"]]),
        (phrases.NOTES, [note[lang] for note in report["notes"]]),
    )
    findings = report["findings"]
    heading = phrases.FINDINGS(lang, n=len(findings)) if findings else phrases.NOTHING(lang)
    return {
        "font": FONT,
        "lang": lang,
        "title": phrases.title(report, lang),
        "period": f"{phrases.period(report, lang)} · {phrases.standing(report, lang)}",
        "colour": report["colour"],
        "reason": report["reason"][lang],
        "headline": phrases.HEADLINE(lang),
        "cards": [
            [line["title"][lang], show(line["value"], line["unit"], lang),
             phrases.versus(line, lang)]
            for line in report["headline"]
        ],
        "promises": phrases.PROMISES(lang),
        "promised": [phrases.task(item, lang) for item in report["promises"]],
        "heading": "" if report["colour"] == "grey" else heading,
        "columns": [name(lang) for name in (phrases.PROBLEM, phrases.IMPACT, phrases.DO)],
        "findings": [_finding(row, report["tz"], lang) for row in findings],
        "hidden": phrases.HIDDEN(lang, n=report["hidden"]) if report["hidden"] else "",
        "lists": [[name(lang), lines] for name, lines in lists if lines],
        "footer": phrases.footer(report, lang),
    }  # fmt: skip


def _finding(row: Row, tz: str, lang: Lang) -> dict[str, Any]:
    more = (
        (phrases.RELATED, [other[lang] for other in row["folded"]]),
        (phrases.REMARKS, [f"{item['who']}: {item['words']}" for item in row["remarks"]]),
        (phrases.TASKS, [phrases.task(item, lang) for item in row["tasks"]]),
    )
    drawing = svg(row, lang, tz)
    caption = re.search("<title>(.*?)</title>", drawing)
    return {
        "colour": row["colour"],
        "badge": phrases.COLOURS[row["colour"]](lang),
        "basis": phrases.basis(row, lang),
        "three": [row["problem"][lang], phrases.stake(row, lang), row["suggestion"][lang]],
        "more": [[name(lang), words] for name, lines in more for words in lines],
        "svg": drawing,
        "caption": html.unescape(caption.group(1)) if caption else "",
        "table": _table(row, tz, lang),
    }


def _table(row: Row, tz: str, lang: Lang) -> list[list[str]]:
    """Headings, then the first rows of the evidence; none where a chart shows it already."""
    if row["evidence"] is None or svg(row, lang, tz):
        return []
    frame = frame_of(row["evidence"])
    shown = frame.select(frame.columns[:_COLUMNS]).head(_ROWS)
    rows = [[cell(n, v, lang, tz) for n, v in line.items()] for line in shown.to_dicts()]
    return [[title_of(name, lang) for name in shown.columns], *rows]
