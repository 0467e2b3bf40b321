"""One door to every form a report can leave in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from footprint.errors import unknown
from footprint.review.private import without_contacts
from footprint.review.report import Report
from footprint.text import Lang

Kind = Literal["html", "pdf", "xlsx", "md", "charts"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MIMES: dict[Kind, str] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown",
    "charts": "application/zip",
}
ENDINGS: dict[Kind, str] = {kind: kind for kind in KINDS} | {"charts": "zip"}


def file_of(report: Report, kind: str, lang: Lang, base_url: str | None = None) -> bytes:
    """The report as a file, with contacts of people masked; equal reports give equal bytes.

    ``base_url`` makes the findings of the web page link into the app. Raises UsageError for an
    unknown kind. Source: requirement row S7.4-d.
    """
    if kind not in _WRITERS:
        raise unknown("format", "格式", kind, KINDS)
    return _WRITERS[kind](without_contacts(report), lang, base_url)


def _html(report: Report, lang: Lang, base_url: str | None) -> bytes:
    from footprint.review.html import page

    return page(report, lang, base_url).encode()


def _pdf(report: Report, lang: Lang, _: str | None) -> bytes:
    from footprint.outlets.pdf import pdf

    return pdf(report, lang)


def _xlsx(report: Report, lang: Lang, _: str | None) -> bytes:
    from footprint.outlets.workbook import workbook

    return workbook(report, lang)


def _md(report: Report, lang: Lang, _: str | None) -> bytes:
    from footprint.outlets.markdown import markdown

    return markdown(report, lang).encode()


def _charts(report: Report, lang: Lang, _: str | None) -> bytes:
    from footprint.outlets.pictures import charts

    return charts(report, lang)


_WRITERS: dict[str, Callable[[Report, Lang, str | None], bytes]] = {
    "html": _html, "pdf": _pdf, "xlsx": _xlsx, "md": _md, "charts": _charts,
}  # fmt: skip
