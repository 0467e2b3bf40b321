"""What a person says about files before they are taken in, and what they are asked.

An ``Answers`` holds one ``Choice`` for every sheet and further ones by sheet. Both are plain values
that turn into JSON and back, so that a page, a command and a child process can hand them on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from footprint.text import Lang, Text

Kind = Literal["meaning", "order", "rate", "decimal", "personal", "required"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be given: what is kept as the answer, and its words."""

    value: str
    label: Text

    def to_dict(self, lang: Lang) -> dict[str, str]:
        return {"value": self.value, "label": self.label(lang)}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about a sheet. ``id`` is its kind and what it is about (``meaning:gmv``).

    ``default`` is the option taken without an answer; None means that nothing can be taken in
    before it is answered. ``settled``: the file itself answers it, for the reason in ``why``; a
    person may still say otherwise. ``said``: the answer given or remembered.

    Kinds: ``meaning`` (which heading is the column), ``order`` (day or month first), ``rate``
    (per cent or fraction), ``decimal`` (1.234,56 or 1,234.56), ``personal`` (drop, hash or keep a
    column of personal data), ``required`` (which heading holds a required column).
    """

    id: str
    kind: Kind
    heading: str | None
    column: str | None
    words: Text
    why: Text
    options: tuple[Option, ...]
    default: str | None = None
    settled: bool = False
    said: str | None = None

    @property
    def open(self) -> bool:
        """Whether nothing can be taken in before this is answered."""
        return self.said is None and self.default is None

    @property
    def taken(self) -> str | None:
        """The option in force."""
        return self.default if self.said is None else self.said

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "heading": self.heading,
            "column": self.column,
            "question": self.words(lang),
            "why": self.why(lang),
            "options": [option.to_dict(lang) for option in self.options],
            "default": self.default,
            "settled": self.settled,
            "said": self.said,
            "open": self.open,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said of one sheet.

    ``table``: the table it is. ``mapping``: heading -> column, ``column@way`` or "" for a heading
    that is not kept; a quoted word (``'douyin'``) is a value for all rows. ``heading``: the line of
    the headings, counted from 1 as in the preview; 0 says that there are none, the columns are then
    called ``column 1``, ``column 2``, ... ``said``: ids of questions -> options. ``skip``: leave
    the sheet out. ``remember``: use mapping and answers again when these headings come again.
    """

    table: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    heading: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    skip: bool = False
    remember: bool = True

    def over(self, other: Choice) -> Choice:
        """This choice, with ``other`` where this one says nothing."""
        return Choice(
            self.table or other.table,
            {**other.mapping, **self.mapping},
            other.heading if self.heading is None else self.heading,
            {**other.said, **self.said},
            self.skip or other.skip,
            self.remember and other.remember,
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "mapping": dict(self.mapping),
            "heading": self.heading,
            "said": dict(self.said),
            "skip": self.skip,
            "remember": self.remember,
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """Choices for all sheets of an import (``every``) and for single ones, by ``SheetPreview.id``.

    ``keep_raw``: keep a copy of the raw files in the workspace; by default none is kept.
    """

    every: Choice = field(default_factory=Choice)
    sheets: Mapping[str, Choice] = field(default_factory=dict)
    keep_raw: bool = False

    def of(self, sheet: str) -> Choice:
        """What holds for one sheet."""
        own = self.sheets.get(sheet)
        return own.over(self.every) if own else self.every

    def with_sheet(self, sheet: str, **changes: Any) -> Answers:
        """These answers with fields of one sheet's choice replaced."""
        own = replace(self.sheets.get(sheet, Choice()), **changes)
        return replace(self, sheets={**self.sheets, sheet: own})

    def answer(self, sheet: str, question: str, option: str) -> Answers:
        """These answers with one question of a sheet answered."""
        said = self.sheets.get(sheet, Choice()).said
        return self.with_sheet(sheet, said={**said, question: option})

    def map(self, sheet: str, heading: str, column: str) -> Answers:
        """These answers with one heading of a sheet mapped; "" leaves the heading out."""
        mapping = self.sheets.get(sheet, Choice()).mapping
        return self.with_sheet(sheet, mapping={**mapping, heading: column})

    def to_dict(self) -> dict[str, Any]:
        """Plain values, the inverse of ``answers_of``."""
        sheets = {id: choice.to_dict() for id, choice in self.sheets.items()}
        return {"every": self.every.to_dict(), "sheets": sheets, "keep_raw": self.keep_raw}


def answers_of(plain: Mapping[str, Any]) -> Answers:
    """Answers from their plain values."""
    sheets = {id: Choice(**choice) for id, choice in plain["sheets"].items()}
    return Answers(Choice(**plain["every"]), sheets, bool(plain["keep_raw"]))
