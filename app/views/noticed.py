"""What an answer found worth saying, on the page that asked."""

from __future__ import annotations

from footprint.result import Result
from footprint.text import Lang

from app.ui import markup
from app.views import finding as findings


def show(result: Result, lang: Lang) -> None:
    """The findings of an answer, none when there are none."""
    for item in result.findings:
        markup.show(findings.html(0, item, (), lang))
