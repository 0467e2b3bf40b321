"""Text rules for scripts and comments: dated, switchable, exchanged as CSV. Not legal advice.

The first list ships as ``terms.csv``; a shop edits it as a spreadsheet and reads it back. Clauses
are what the rule's author noted; a lawyer has to confirm them. Requirement rows S2.3.1-a, S5.2-a.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from footprint.errors import InputRejected, Where
from footprint.risk.text import plain
from footprint.text import Text

Side = Literal["script", "comment"]
Match = Literal["exact", "context", "regex"]
_HERE = Path(__file__).parent
_SIDES, _COLOURS = ("script", "comment"), ("red", "yellow", "")
_MATCHES = ("exact", "context", "regex")
_ON = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Rule:
    """One text rule.

    ``term`` is matched in the plain form of the text; ``match`` exact (always wrong), context
    (depends on what is around it) or regex. ``allow`` are longer phrases that make the match
    harmless. ``colour`` is the alert a comment rule feeds, empty when it is only counted.
    ``severity`` 1..3; ``since`` is the day the rule took effect.
    """

    term: str
    side: Side
    colour: str
    category: str
    severity: int
    match: Match
    allow: tuple[str, ...] = ()
    clause: str = ""
    allowed_when: str = ""
    replacement: str = ""
    since: date | None = None
    on: bool = True


class RuleBook:
    """An immutable list of rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)

    def active(self, side: Side, on: date | None = None) -> tuple[Rule, ...]:
        """Switched-on rules of one side that are in force on the day ``on`` (None = any day)."""
        return tuple(
            rule
            for rule in self.rules
            if rule.side == side and rule.on and not (on and rule.since and rule.since > on)
        )

    def switched(self, *terms: str, on: bool) -> RuleBook:
        """A copy in which the rules with these terms are switched on or off."""
        return RuleBook(replace(rule, on=on) if rule.term in terms else rule for rule in self.rules)

    def to_csv(self) -> str:
        """The rules as CSV text; ``from_csv`` reads it back unchanged."""
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, [f.name for f in fields(Rule)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_row(rule) for rule in self.rules)
        return buffer.getvalue()

    @classmethod
    def from_csv(cls, text: str, file: str = "terms.csv") -> RuleBook:
        """Rules from CSV text. Raises InputRejected naming row and column of the first fault."""
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        missing = {"term", "side", "category", "severity"} - set(reader.fieldnames or ())
        if missing:
            raise _rejected(file, 1, sorted(missing)[0], Text("缺少这一列", "is missing"))
        return cls(_rule(row, file, number) for number, row in enumerate(reader, start=2))


@cache
def shipped() -> RuleBook:
    """The rule list that comes with the app."""
    return RuleBook.from_csv((_HERE / "terms.csv").read_text("utf-8"))


@cache
def lexicon() -> dict[str, Any]:
    """Negation, claim categories and sentiment words (``lexicon.toml``)."""
    return tomllib.loads((_HERE / "lexicon.toml").read_text("utf-8"))


def claim_categories() -> tuple[str, ...]:
    """Script categories that count as exaggerated claims."""
    return tuple(lexicon()["claims"]["categories"])


def _row(rule: Rule) -> dict[str, str]:
    row = {field.name: getattr(rule, field.name) for field in fields(rule)}
    row |= {"allow": "|".join(rule.allow), "on": str(rule.on).lower()}
    row["since"] = rule.since.isoformat() if rule.since else ""
    return row


def _rule(row: dict[str, str | None], file: str, number: int) -> Rule:
    cells = {key: (value or "").strip() for key, value in row.items() if key}

    def choice(column: str, allowed: tuple[str, ...], default: str) -> str:
        found = cells.get(column) or default
        if found not in allowed:
            raise _rejected(file, number, column, Text(f"不认识“{found}”", f"unknown “{found}”"))
        return found

    try:
        match = choice("match", _MATCHES, "exact")
        term = cells["term"] if match == "regex" else plain(cells["term"]).text
        re.compile(term)
        return Rule(
            term=term or _raise(ValueError("empty term")),
            side=choice("side", _SIDES, "script"),  # type: ignore[arg-type]
            colour=choice("colour", _COLOURS, ""),
            category=cells["category"],
            severity=int(cells["severity"]),
            match=match,  # type: ignore[arg-type]
            allow=tuple(a for part in cells.get("allow", "").split("|") if (a := plain(part).text)),
            clause=cells.get("clause", ""),
            allowed_when=cells.get("allowed_when", ""),
            replacement=cells.get("replacement", ""),
            since=date.fromisoformat(cells["since"]) if cells.get("since") else None,
            on=_ON[cells.get("on", "").lower() or "true"],
        )
    except (ValueError, KeyError, re.error) as error:
        raise _rejected(
            file, number, None, Text(f"规则看不懂：{error}", f"unreadable rule: {error}")
        ) from error


def _raise(error: Exception) -> str:
    raise error


def _rejected(file: str, row: int, column: str | None, what: Text) -> InputRejected:
    mend = Text("请改好后重新上传规则表。", "Mend the rule list and upload it again.")
    return InputRejected(what, mend, Where(file, row, column))
