"""A report as Markdown. Words of the data are escaped, so that they stay words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from footprint.format import show
from footprint.review import phrases
from footprint.review.columns import cell, title_of
from footprint.review.frames import Sheet, frame_of
from footprint.review.report import Report, Row
from footprint.text import Lang, Text

_ROWS = 12
_SIGNS = re.compile(r"([\\`*_{}\[\]#|~!])")
_LEADING = re.compile(r"^([-+=@]|\d+(?=[.)](?: |$)))")


def markdown(report: Report, lang: Lang) -> str:
    """The whole report as Markdown text."""
    parts = [
        f"# {words(phrases.title(report, lang))}",
        f"{words(phrases.period(report, lang))} · {words(phrases.standing(report, lang))}",
        f"**{words(report['reason'][lang])}**",
        _headline(report, lang),
        _listing(phrases.PROMISES, [phrases.task(t, lang) for t in report["promises"]], lang),
        _findings(report, lang),
        _listing(phrases.TARGETS, [line["sentence"][lang] for line in report["targets"]], lang),
        _listing(phrases.SKIPPED, [line[lang] for line in report["skipped"]], lang),
        _listing(phrases.NOTES, [note[lang] for note in report["notes"]], lang),
        "---",
        words(phrases.footer(report, lang)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def words(text: str) -> str:
    """Text that Markdown shows as it is: one line, every sign escaped."""
    flat = escape(" ".join(text.split()), quote=False)
    return _LEADING.sub(_escaped, _SIGNS.sub(r"\\\1", flat))


def _escaped(found: re.Match[str]) -> str:
    """A sign that would begin a list or heading; after a number it is the point that would."""
    start = found.group()
    return f"{start}\\" if start[0].isdigit() else f"\\{start}"


def _headline(report: Report, lang: Lang) -> str:
    if not report["headline"]:
        return ""
    rows = [
        [line["title"][lang], show(line["value"], line["unit"], lang), phrases.versus(line, lang)]
        for line in report["headline"]
    ]
    return f"## {phrases.HEADLINE(lang)}\n\n{_table(['', '', ''], rows)}"


def _findings(report: Report, lang: Lang) -> str:
    rows = report["findings"]
    if not rows:
        return f"## {phrases.NOTHING(lang)}" if report["colour"] != "grey" else ""
    parts = [f"## {phrases.FINDINGS(lang, n=len(rows))}"]
    parts += [_finding(rank, row, report["tz"], lang) for rank, row in enumerate(rows, 1)]
    parts += [phrases.HIDDEN(lang, n=report["hidden"])] if report["hidden"] else []
    return "\n\n".join(parts)


def _finding(rank: int, row: Row, tz: str, lang: Lang) -> str:
    facts: list[tuple[Text, str]] = [
        (phrases.IMPACT, phrases.stake(row, lang)),
        (phrases.DO, row["suggestion"][lang]),
        (phrases.TRUST, phrases.basis(row, lang)),
        *((phrases.RELATED, other[lang]) for other in row["folded"]),
        *((phrases.REMARKS, f"{item['who']}: {item['words']}") for item in row["remarks"]),
        *((phrases.TASKS, phrases.task(item, lang)) for item in row["tasks"]),
    ]
    badge = phrases.COLOURS[row["colour"]](lang)
    lines = "\n".join(f"- **{name(lang)}** {words(said)}" for name, said in facts)
    head = f"### {rank}. {badge} {words(row['problem'][lang])}\n\n{lines}"
    return head if row["evidence"] is None else f"{head}\n\n{_evidence(row['evidence'], tz, lang)}"


def _evidence(sheet: Sheet, tz: str, lang: Lang) -> str:
    frame = frame_of(sheet).head(_ROWS)
    rows = [[cell(n, v, lang, tz) for n, v in row.items()] for row in frame.to_dicts()]
    return _table([title_of(name, lang) for name in frame.columns], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[words(part) for part in row] for row in (head, *rows)]
    lines = [cells[0], ["---"] * len(head), *cells[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listing(heading: Text, lines: Sequence[str], lang: Lang) -> str:
    items = "\n".join(f"- {words(line)}" for line in lines)
    return f"## {heading(lang)}\n\n{items}" if lines else ""
