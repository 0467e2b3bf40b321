"""The plan of one sheet: its table, what each heading means, how cells are written, what is asked.

A plan is made once from a sample of the sheet (and, where a column needs it, from all of it); every
piece of the sheet is then read the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from footprint.errors import InputRejected
from footprint.ingest.check import Judge, hopeless, left_out
from footprint.ingest.choices import Asked, Choice
from footprint.ingest.guess import guessed, required_questions
from footprint.ingest.layouts import Layout, recognised
from footprint.ingest.layouts.apply import LaidOut, lay_out
from footprint.ingest.mapping import Mapped, map_headings, missing, split_word
from footprint.ingest.meanings import meaning_questions, meaning_words
from footprint.ingest.personal import personal_questions
from footprint.ingest.preview import Found
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading
from footprint.ingest.profiles import Profile, combined, fingerprint, used
from footprint.ingest.raw import RawSheet
from footprint.ingest.regroup import together
from footprint.ingest.settle import Settled, settle
from footprint.ingest.sheets import OpenSheet
from footprint.ingest.values import with_values
from footprint.ingest.words import blank_to_null
from footprint.text import Text


@dataclass(frozen=True, slots=True)
class Context:
    """What a workspace brings to every sheet: zone, secret, remembered mappings and meanings.

    ``meanings``: (layout, column) -> heading that was once said to mean the column.
    """

    tz: str
    key: bytes
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """How every row of a sheet becomes a row of a table.

    ``sample`` is the laid-out sample. ``refused``: why it cannot be taken in as it stands.
    ``said``: what to remember of it; ``meaning``: (layout, column, heading) said of this export.
    """

    sheet: OpenSheet
    sample: RawSheet
    judge: Judge
    layout: Layout | None
    words: Mapping[str, str]
    found: Mapped
    provenance: Mapping[str, Found]
    notes: tuple[Text, ...]
    asked: tuple[Asked, ...]
    faults: Mapping[str, int]
    refused: InputRejected | None
    profile: str | None
    said: Profile | None
    meaning: tuple[tuple[str, str, str], ...]

    @property
    def name(self) -> str:
        return self.sheet.name

    def laid(self, raw: RawSheet) -> RawSheet:
        """A piece of the sheet with the columns that the layout and the mapping add."""
        return _laid(self.layout, raw, self.words)[0]

    @property
    def headings(self) -> dict[str, str]:
        """Heading of the file -> column of the schema, in the order of the schema."""
        return {self.judge.heading(name): name for name in self.judge.mapped.positions}

    @property
    def dropped(self) -> tuple[str, ...]:
        """Headings whose cells were not kept."""
        return self.judge.mapped.ignored(self.judge.headings)

    @property
    def personal(self) -> tuple[str, ...]:
        """Headings of contact data, which was dropped or replaced by pseudonyms."""
        names = self.headings
        hidden = {asked.heading for asked in self.asked if asked.kind == "personal"}
        return tuple(
            heading
            for heading in self.judge.headings
            if (is_personal_heading(heading) or heading in hidden)
            and names.get(heading, "user_id") in PERSON_COLUMNS
        )


def plan(sheet: OpenSheet, choice: Choice, context: Context) -> Plan:
    """The plan of a sheet. Raises UsageError for unknown tables and columns in the choice, and
    InputRejected when the headings tell nothing at all."""
    raw = sheet.sample
    spoken = bool(choice.table or choice.mapping or choice.said)
    profile = context.profiles.get(fingerprint(raw.headings)) if context.profiles else None
    table, words = combined(profile, choice.table, choice.mapping)
    said = {**(profile.said if profile else {}), **choice.said}
    for id, option in said.items():
        if id.startswith("required:") and option in raw.headings:
            words.setdefault(option, id.partition(":")[2])
    layout = _layout(raw, table, words)
    sheet = together(sheet, layout)
    meaning = meaning_words(layout, raw.headings, words, said, context.meanings)
    words |= meaning
    laid, mapped, provenance = _mapped(layout, raw, table, words, profile)
    asked = meaning_questions(layout, raw.headings, choice.mapping, said, context.meanings)
    guesses = guessed(laid, mapped, context.tz)
    asked += required_questions(laid, mapped, guesses, said)
    if guesses.sure:
        words |= guesses.words(laid.headings)
        laid, mapped, _ = _mapped(layout, raw, table or mapped.table.name, words, profile)
        provenance |= dict.fromkeys(guesses.sure, "value")
    private, drop, hashed = personal_questions(laid, mapped, said)
    asked += private
    mapped = replace(
        mapped, positions={c: at for c, at in mapped.positions.items() if c not in drop}
    )
    if drop:
        words = {**words, **dict.fromkeys((laid.headings[at] for at in drop.values()), "")}
    settled = _settled(sheet, layout, words, laid, mapped, said)
    judge = Judge(mapped, laid.headings, settled.ways, context.tz, context.key, hashed)
    faults = judge.faults(laid)
    lost = _hopeless(judge, laid, faults)
    judge = replace(judge, left_out=frozenset(lost))
    notes = [*laid.notes, *settled.notes]
    notes += [left_out(mapped.table.column(c), judge.heading(c)) for c in lost]
    if profile and not spoken:
        notes.insert(0, used(profile))
    remember = spoken and choice.remember
    return Plan(
        sheet, laid, judge, layout, words, mapped, provenance, tuple(notes),
        (*asked, *settled.asked), faults, _incomplete(raw, mapped),
        profile.id if profile else None,
        _profile(raw, mapped.table.name, words, said, meaning) if remember else None,
        tuple((layout.id, column, heading) for heading, column in meaning.items() if layout),
    )  # fmt: skip


def _incomplete(raw: RawSheet, mapped: Mapped) -> InputRejected | None:
    """The refusal of a sheet without required columns, at the line of its headings."""
    found = missing(raw.name, mapped, raw.headings)
    if found is None:
        return None
    where = replace(found.where, row=raw.heading_row or None)
    return InputRejected(found.what, found.mend, where, found.page)


def _profile(
    raw: RawSheet, table: str, words: Mapping[str, str], said: Mapping[str, str],
    meaning: Mapping[str, str],
) -> Profile:  # fmt: skip
    kept = {heading: word for heading, word in words.items() if heading not in meaning}
    told = {id: option for id, option in said.items() if not id.startswith("meaning:")}
    return Profile(raw.headings, table, kept, told)


def _layout(raw: RawSheet, table: str | None, words: Mapping[str, str]) -> Layout | None:
    named = (split_word(word)[0] for word in words.values() if word)
    return recognised(raw.headings, table, named)


def _laid(
    layout: Layout | None, raw: RawSheet, words: Mapping[str, str]
) -> tuple[RawSheet, LaidOut | None]:
    sheet = with_values(raw, words)
    if layout is None:
        return sheet, None
    laid = lay_out(layout, sheet, words)
    return laid.sheet, laid


def _mapped(
    layout: Layout | None, raw: RawSheet, table: str | None, words: Mapping[str, str],
    profile: Profile | None,
) -> tuple[RawSheet, Mapped, dict[str, Found]]:  # fmt: skip
    """The laid-out sheet, its mapped headings, and how each column was found."""
    sheet, laid = _laid(layout, raw, words)
    spoken = {split_word(word)[0] for word in words.values() if word}
    before = {split_word(word)[0] for word in profile.mapping.values()} if profile else set()
    if layout is None or laid is None:
        mapped = map_headings(raw.name, sheet.headings, table, words)
        return sheet, mapped, {c: _told(c, spoken, before, "alias") for c in mapped.positions}
    mapped = map_headings(raw.name, sheet.headings, layout.table, laid.mapping, only=True)
    if mapped.absent:
        # An export of another year may name a required column as any file would.
        mapped = map_headings(raw.name, sheet.headings, layout.table, laid.mapping)
    made = {c for c, at in mapped.positions.items() if at >= len(raw.headings)}
    known = set(laid.mapping.values())
    ways: dict[str, Found] = {
        c: _told(c, spoken, before, "made" if c in made else "layout" if c in known else "alias")
        for c in mapped.positions
    }
    return sheet, replace(mapped, used=laid.used), ways


def _told(column: str, spoken: set[str], before: set[str], otherwise: Found) -> Found:
    if column in before:
        return "profile"
    return "asked" if column in spoken else otherwise


def _settled(
    sheet: OpenSheet, layout: Layout | None, words: Mapping[str, str], laid: RawSheet,
    mapped: Mapped, said: Mapping[str, str],
) -> Settled:  # fmt: skip
    headings = {name: laid.headings[at] for name, at in mapped.positions.items()}
    sample = {n: blank_to_null(laid.cells[str(at)]) for n, at in mapped.positions.items()}

    def rest(names: Iterable[str]) -> Iterator[Mapping[str, pl.Series]]:
        for piece in sheet.pieces():
            cells = _laid(layout, piece.read(), words)[0].cells
            yield {name: cells[str(mapped.positions[name])] for name in names}

    return settle(mapped, headings, said, sample, None if sheet.exact else rest)


def _hopeless(judge: Judge, laid: RawSheet, faults: Mapping[str, int]) -> list[str]:
    lost = []
    for name, wrong in faults.items():
        cells = blank_to_null(laid.cells[str(judge.mapped.positions[name])])
        if hopeless(judge.mapped.table.column(name), wrong, len(cells) - cells.null_count()):
            lost.append(name)
    return lost
