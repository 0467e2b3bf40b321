"""The findings of an answer, in the words of the brief, where the answer stands."""

from __future__ import annotations

from footprint.result import Result
from footprint.text import Lang

from app.ui import markup
from app.views import finding

_MOST = 3


def findings(result: Result, lang: Lang) -> None:
    """Problem, impact and suggestion of the first findings; nothing when there are none."""
    for item in result.findings[:_MOST]:
        markup.show(finding.html(0, item, (), lang))
