"""Import: read a file as text, map headings to the schema, check every cell, say what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from footprint.errors import InputRejected
from footprint.ingest.check import Checked, check
from footprint.ingest.layouts import recognised
from footprint.ingest.layouts.apply import lay_out
from footprint.ingest.mapping import Mapped, map_headings, scorer
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading
from footprint.ingest.raw import RawSheet
from footprint.ingest.source import Source


@dataclass(frozen=True, slots=True)
class Ingested:
    """One sheet, read, mapped and checked."""

    sheet: RawSheet
    mapped: Mapped
    checked: Checked

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
) -> tuple[list[Ingested], list[InputRejected]]:
    """Read, map and check every table of one file (sheets of a workbook, tables of a text).

    ``table`` and ``mapping`` (heading -> column) override what would be recognised; ``tz`` reads
    times without a zone; ``key`` is the workspace's secret for pseudonyms. Gives what was taken and
    why other tables of the file were not; raises InputRejected with file, row, column and mend when
    nothing of the file can be read.
    """
    sheets, refused = _sheets(source, mapping)
    taken: list[Ingested] = []
    for sheet in sheets:
        try:
            taken.append(_one(sheet, table, mapping, tz, key))
        except InputRejected as refusal:
            refused.append(refusal)
    if not taken:
        raise refused[-1]
    return taken, refused


def _sheets(
    source: Source, mapping: Mapping[str, str] | None
) -> tuple[list[RawSheet], list[InputRejected]]:
    if source.kind == "excel":
        from footprint.ingest.excel import read_excel

        return read_excel(source, scorer(mapping))
    from footprint.ingest.delimited import read_delimited

    return read_delimited(source, scorer(mapping))


def _one(
    sheet: RawSheet, table: str | None, mapping: Mapping[str, str] | None, tz: str, key: bytes
) -> Ingested:
    named = (word.partition("@")[0] for word in (mapping or {}).values())
    layout = recognised(sheet.headings, table, named)
    if layout:
        laid = lay_out(layout, sheet, mapping or {})
        sheet = laid.sheet
        mapped = map_headings(sheet.name, sheet.headings, layout.table, laid.mapping, only=True)
        mapped = replace(mapped, used=laid.used)
    else:
        mapped = map_headings(sheet.name, sheet.headings, table, mapping)
    return Ingested(sheet, mapped, check(sheet, mapped, tz, key))
