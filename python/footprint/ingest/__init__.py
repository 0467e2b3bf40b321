"""Import: read a file as text, map headings to the schema, check every cell, say what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from footprint.errors import InputRejected
from footprint.ingest.check import Checked, check
from footprint.ingest.layouts import recognised
from footprint.ingest.layouts.apply import lay_out
from footprint.ingest.mapping import Mapped, map_headings, scorer
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading
from footprint.ingest.profiles import Profile, combined, fingerprint, used
from footprint.ingest.raw import RawSheet
from footprint.ingest.source import Source
from footprint.ingest.values import with_values


@dataclass(frozen=True, slots=True)
class Ingested:
    """One sheet, read, mapped and checked. ``said``: what to remember of it, if the user spoke."""

    sheet: RawSheet
    mapped: Mapped
    checked: Checked
    said: Profile | None = None

    @property
    def headings(self) -> dict[str, str]:
        """Heading of the file -> column of the schema."""
        return {self.sheet.headings[at]: name for name, at in self.mapped.positions.items()}

    @property
    def dropped(self) -> tuple[str, ...]:
        """Headings whose cells were not kept."""
        return self.mapped.ignored(self.sheet.headings)

    @property
    def personal(self) -> tuple[str, ...]:
        """Headings of contact data, which was dropped or replaced by pseudonyms."""
        names = self.headings
        return tuple(
            heading
            for heading in self.sheet.headings
            if is_personal_heading(heading) and names.get(heading, "user_id") in PERSON_COLUMNS
        )


def ingest(
    source: Source,
    *,
    table: str | None = None,
    mapping: Mapping[str, str] | None = None,
    tz: str,
    key: bytes,
    profiles: Mapping[str, Profile] | None = None,
) -> tuple[list[Ingested], list[InputRejected]]:
    """Read, map and check every table of one file (sheets of a workbook, tables of a text).

    ``table`` and ``mapping`` (heading -> column) override what would be recognised; ``tz`` reads
    times without a zone; ``key`` is the workspace's secret for pseudonyms; ``profiles`` are the
    mappings remembered, by id. Gives what was taken and why other tables of the file were not;
    raises InputRejected with file, row, column and mend when nothing of the file can be read.
    """
    known = profiles or {}
    named = [*(mapping or {}), *(name for one in known.values() for name in one.mapping)]
    sheets, refused = _sheets(source, scorer(named))
    taken: list[Ingested] = []
    for sheet in sheets:
        try:
            taken.append(_one(sheet, table, mapping, known, tz, key))
        except InputRejected as refusal:
            refused.append(_placed(refusal, sheet.heading_row))
    if not taken:
        raise refused[-1]
    return taken, refused


def _placed(refusal: InputRejected, heading_row: int) -> InputRejected:
    """The same refusal, pointing at the line where the headings of its table stand."""
    where = refusal.where
    return InputRejected(
        refusal.what, refusal.mend, replace(where, row=heading_row if where.row else None)
    )


def _sheets(
    source: Source, score: Callable[[Iterable[str]], int]
) -> tuple[list[RawSheet], list[InputRejected]]:
    if source.kind == "excel":
        from footprint.ingest.excel import read_excel

        return read_excel(source, score)
    from footprint.ingest.delimited import read_delimited

    return read_delimited(source, score)


def _one(
    sheet: RawSheet,
    table: str | None,
    mapping: Mapping[str, str] | None,
    profiles: Mapping[str, Profile],
    tz: str,
    key: bytes,
) -> Ingested:
    headings, spoken = sheet.headings, bool(table or mapping)
    profile = profiles.get(fingerprint(headings)) if profiles else None
    table, words = combined(profile, table, mapping)
    if profile and not spoken:
        sheet = replace(sheet, notes=(*sheet.notes, used(profile)))
    sheet, mapped = _mapped(with_values(sheet, words), table, words)
    said = Profile(headings, mapped.table.name, words) if spoken else None
    return Ingested(sheet, mapped, check(sheet, mapped, tz, key), said)


def _mapped(
    sheet: RawSheet, table: str | None, words: Mapping[str, str]
) -> tuple[RawSheet, Mapped]:
    named = (word.partition("@")[0] for word in words.values())
    layout = recognised(sheet.headings, table, named)
    if layout is None:
        return sheet, map_headings(sheet.name, sheet.headings, table, words)
    laid = lay_out(layout, sheet, words)
    headings = laid.sheet.headings
    try:
        mapped = map_headings(sheet.name, headings, layout.table, laid.mapping, only=True)
    except InputRejected:
        # An export of another year may name a required column as any file would.
        mapped = map_headings(sheet.name, headings, layout.table, laid.mapping)
    return laid.sheet, replace(mapped, used=laid.used)
