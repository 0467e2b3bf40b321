"""What an import would do, before it does it: per sheet what was understood, asked and wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from footprint.errors import InputRejected
from footprint.ingest.choices import Answers, Asked
from footprint.ingest.reasons import Reason
from footprint.ingest.report import error_dict
from footprint.schema import TABLES
from footprint.text import Lang, Text

if TYPE_CHECKING:
    from footprint.ingest.source import Upload

# How the column of a heading was found: its name is a known one (alias), the platform's export is
# known (layout), its values (value), it was said before (profile) or now (asked), a rule makes it
# from other headings (made); none: it is not kept.
Found = Literal["alias", "layout", "value", "profile", "asked", "made", "none"]


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One heading: the column it goes to, how that was found, and values as they would be kept.

    ``samples``: up to five values as they stand in the file, personal ones masked. ``filled`` and
    ``faults`` count cells of the rows looked at. ``personal``: what happens to personal data of
    it: ``drop`` (not kept), ``hash`` (keyed pseudonym) or ``keep``; None when it holds none.
    """

    heading: str
    column: str | None
    found: Found
    why: Text
    samples: tuple[str, ...] = ()
    filled: int = 0
    faults: int = 0
    required: bool = False
    personal: str | None = None

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "heading": self.heading,
            "column": self.column,
            "found": self.found,
            "why": self.why(lang),
            "samples": list(self.samples),
            "filled": self.filled,
            "faults": self.faults,
            "required": self.required,
            "personal": self.personal,
        }


@dataclass(frozen=True, slots=True)
class Effect:
    """What the rows looked at would do to the table that is there.

    ``gmv_before`` and ``gmv_after``: gross GMV in CNY of the table over the days ``first`` to
    ``last`` that the file covers (shop's zone), without and with the file; None for tables without
    money. ``grown``: (day or stream, before, after) where GMV changes, largest change first.
    """

    added: int
    changed: int
    unchanged: int
    gmv_before: float | None = None
    gmv_after: float | None = None
    first: str | None = None
    last: str | None = None
    grown: tuple[tuple[str, float, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gmv_before": self.gmv_before,
            "gmv_after": self.gmv_after,
            "first": self.first,
            "last": self.last,
            "grown": [list(one) for one in self.grown],
        }


@dataclass(frozen=True, slots=True)
class Join:
    """How rows meet another table: ``joined`` of ``rows`` with an id, and some unknown ids.

    ``to``: a table, or ``touch``/``session`` for orders that follow an event of the buyer
    (tracking coverage, requirement row S1.2.1-c). ``of``: the table whose rows are counted.
    """

    of: str
    to: str
    rows: int
    joined: int
    unknown: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        share = self.joined / self.rows if self.rows else None
        counts = {"rows": self.rows, "joined": self.joined, "share": share}
        return {"of": self.of, "to": self.to, **counts, "unknown": list(self.unknown)}


@dataclass(frozen=True, slots=True)
class Unlock:
    """A question that can be asked once the import is in, and its page."""

    question: str
    title: Text
    page: str

    def to_dict(self, lang: Lang) -> dict[str, str]:
        return {"question": self.question, "title": self.title(lang), "page": self.page}


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """One sheet of a workbook or table of a text, as it would be taken in.

    ``id`` names it in ``Answers``. ``layout`` is the recognised export of a platform. ``head``:
    the first lines of the file as cells, personal ones masked, from which another ``heading_row``
    (counted from 1) can be chosen. ``rows`` were looked at; ``exact`` says whether that is all of
    them, else counts are of a sample and exact at commit. ``reasons``: what would be set aside of
    the rows looked at. ``already``: this very file is in. ``refused``: why it cannot be taken in.
    """

    id: str
    file: str
    upload: int
    table: str | None = None
    layout: str | None = None
    layout_title: Text | None = None
    encoding: str = ""
    heading_row: int = 1
    head: tuple[tuple[str, ...], ...] = ()
    rows: int = 0
    exact: bool = True
    bytes: int = 0
    accepted: int = 0
    columns: tuple[ColumnPreview, ...] = ()
    questions: tuple[Asked, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Text, ...] = ()
    first: str | None = None
    last: str | None = None
    effect: Effect | None = None
    profile: str | None = None
    skipped: bool = False
    already: bool = False
    refused: InputRejected | None = None

    @property
    def title(self) -> Text | None:
        """The table's title."""
        return TABLES[self.table].title if self.table else None

    @property
    def open(self) -> tuple[Asked, ...]:
        """Questions that must be answered before this sheet can be taken in."""
        return () if self.skipped else tuple(asked for asked in self.questions if asked.open)

    @property
    def ready(self) -> bool:
        """Whether the sheet would be taken in now."""
        return not (self.refused or self.skipped or self.already or self.open)

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        plain = ("id", "file", "upload", "table", "layout", "encoding", "heading_row", "rows",
                 "exact", "bytes", "accepted", "first", "last", "profile", "skipped", "already",
                 "ready")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            "title": self.title(lang) if self.title else None,
            "layout_title": self.layout_title(lang) if self.layout_title else None,
            "columns": [column.to_dict(lang) for column in self.columns],
            "questions": [asked.to_dict(lang) for asked in self.questions],
            "reasons": [reason.to_dict(lang) for reason in self.reasons],
            "notes": [note(lang) for note in self.notes],
            "effect": self.effect.to_dict() if self.effect else None,
            "refused": error_dict(self.refused, lang) if self.refused else None,
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking these files in would do. Nothing was changed.

    ``joins`` counts the rows looked at against all tables as they would be afterwards, ``unlocks``
    names the questions that no table answered before. ``uploads`` and ``answers`` are what it was
    made from: ``Workspace.commit`` takes them in.
    """

    sheets: tuple[SheetPreview, ...]
    joins: tuple[Join, ...]
    unlocks: tuple[Unlock, ...]
    answers: Answers
    uploads: tuple[Upload, ...] = field(repr=False, default=())
    digests: Mapping[int, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether no question is open and there is something to take in."""
        return not any(sheet.open for sheet in self.sheets) and any(
            sheet.ready for sheet in self.sheets
        )

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "ready": self.ready,
            "sheets": [sheet.to_dict(lang) for sheet in self.sheets],
            "joins": [join.to_dict() for join in self.joins],
            "unlocks": [unlock.to_dict(lang) for unlock in self.unlocks],
        }
