"""An import: files read piece by piece, merged into their tables, made current in one transaction.

A preview takes the same road with a sample and without the last step.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from footprint.errors import ImportCancelled, InputRejected
from footprint.ingest.choices import Answers
from footprint.ingest.headings import HeadingsUnknown
from footprint.ingest.mapping import scorer
from footprint.ingest.plan import Context, Plan, plan
from footprint.ingest.profiles import Profile
from footprint.ingest.report import FileReport, unanswered
from footprint.ingest.scan import digest
from footprint.ingest.sheets import OpenSheet, open_sheets
from footprint.ingest.source import Source, Upload, load_all, upload_name
from footprint.schema import TABLES
from footprint.store.catalogue import (
    Catalogue,
    State,
    append_state,
    audit,
    insert,
    latest,
    now,
    packed,
)
from footprint.store.effects import GMV, gmv, span
from footprint.store.faults import damaged, explained
from footprint.store.folder import Folder
from footprint.store.lock import who
from footprint.store.merge import Merged, merge
from footprint.store.parts import Part, known_part, read_part
from footprint.store.profiles import remember, remember_meanings, remembered, remembered_meanings
from footprint.store.repeats import set_repeats_aside
from footprint.store.staging import Staged, stage
from footprint.store.uploads import taken_in
from footprint.text import Text

# Told the share done (0..1), a sentence, and the bytes and rows read so far.
Progress = Callable[[float, Text, int, int], None]
Opened = OpenSheet | InputRejected


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted sheet on its way into the catalogue."""

    report: FileReport
    digest: str
    choice: str
    as_of: str | None
    aside: str | None
    said: Profile | None
    meaning: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Reading:
    """Files being read with the choices of a person, against one state of a workspace."""

    catalogue: Catalogue
    folder: Folder
    tz: str
    answers: Answers
    state: State
    context: Context
    room: Path
    tables: dict[str, tuple[Part, ...]] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, catalogue: Catalogue, folder: Folder, tz: str, answers: Answers, room: Path
    ) -> Reading:
        """Read the state, the secret and what is remembered."""
        context = Context(
            tz, catalogue.secret(), remembered(catalogue), remembered_meanings(catalogue)
        )
        return cls(catalogue, folder, tz, answers, catalogue.state(), context, room)

    def sheets(self, source: Source) -> tuple[list[OpenSheet], list[InputRejected]]:
        """The sheets of one file, and why others are none. Raises InputRejected for all of it.

        A sheet of which only the table was said is opened without a known heading.
        """
        choices = [self.answers.every, *self.answers.sheets.values()]
        named = [heading for choice in choices for heading in choice.mapping]
        known = self.context.profiles.values()
        named += [name for one in known for name in one.mapping]
        lines: dict[str, int] = {}

        def heading(name: str) -> int | None:
            said = self.answers.of(name).heading
            return lines.get(name) if said is None else said

        try:
            sheets, refused = open_sheets(source, scorer(named), heading)
        except InputRejected as refusal:
            lines = self._lines([refusal])
            if not lines:
                raise
            return open_sheets(source, scorer(named), heading)
        lines = self._lines(refused)
        return open_sheets(source, scorer(named), heading) if lines else (sheets, refused)

    def _lines(self, refused: Sequence[InputRejected]) -> dict[str, int]:
        """Where the headings are of sheets that were refused though their table was said."""
        return {
            one.where.file: one.line
            for one in refused
            if isinstance(one, HeadingsUnknown)
            and one.where.file
            and self.answers.of(one.where.file).table
            and self.answers.of(one.where.file).heading is None
        }

    def plan(self, sheet: OpenSheet) -> Plan:
        return plan(sheet, self.answers.of(sheet.name), self.context)

    def choice(self, file: str) -> str:
        """What was said of a file, to tell whether it was read the same way before."""
        sheets = {
            id: one.to_dict() for id, one in self.answers.sheets.items() if id.startswith(file)
        }
        every = self.answers.every.to_dict()
        return json.dumps([every, sheets], sort_keys=True, ensure_ascii=False)

    def merge(self, staged: Staged) -> Merged:
        """Set repeats aside and merge a staged sheet into its table, as it then is here."""
        set_repeats_aside(staged)
        merged = merge(self.parts(staged.table.name), staged, self.room)
        if merged.added or merged.changed:
            self.tables[staged.table.name] = merged.parts
        return merged

    def parts(self, table: str) -> tuple[Part, ...]:
        """The parts of a table with what was merged so far."""
        if table in self.tables:
            return self.tables[table]
        version = self.state.tables.get(table)
        if version is None:
            return ()
        paths = self.folder.parts(table, version)
        parts = tuple(known_part(path, TABLES[table]) for path in paths)
        if sum(part.rows for part in parts) != version.rows:
            raise damaged(paths[0].parent)
        return parts

    def staging_room(self) -> Path:
        room = self.room / f"sheet-{len(list(self.room.glob('sheet-*'))):04}"
        room.mkdir()
        return room


@dataclass(slots=True)
class Ticker:
    """Progress of reading: bytes and rows done of all files; checks whether to stop."""

    total: int
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    name: str = ""
    bytes: int = 0
    rows: int = 0

    def __call__(self, size: int, rows: int) -> None:
        if self.cancelled and self.cancelled():
            raise ImportCancelled()
        self.bytes += size
        self.rows += rows
        if self.progress and rows:
            share = 0.85 * min(1.0, self.bytes / max(1, self.total))
            words = Text(f"正在读取 {self.name}：{self.rows:,} 行",
                         f"Reading {self.name}: {self.rows:,} rows")  # fmt: skip
            self.progress(share, words, self.bytes, self.rows)


@dataclass(slots=True)
class Import:
    """The import in the making. Nothing of it is visible before it is committed."""

    reading: Reading
    ticker: Ticker
    _entries: list[Entry] = field(default_factory=list)

    def take(self, uploads: Sequence[Upload]) -> list[FileReport]:
        """Read every file and commit what was accepted; each file is reported on its own."""
        reports: list[FileReport] = []
        for upload in uploads:
            self.ticker.name = upload_name(upload)
            for source in sources(upload):
                reports += self._file(source, upload_name(upload))
        self._say(0.95, Text("正在保存", "Saving"))
        ids = iter(self._commit())
        self._say(1.0, Text("完成", "Done"))
        return [
            r if r.refused or r.already or r.skipped else replace(r, upload_id=next(ids))
            for r in reports
        ]

    def _say(self, share: float, words: Text) -> None:
        self.ticker(0, 0)
        if self.ticker.progress:
            self.ticker.progress(share, words, self.ticker.bytes, self.ticker.rows)

    def _file(self, source: Source | InputRejected, upload: str) -> list[FileReport]:
        """The reports of one file; what was refused names its own place in ``upload``."""
        try:
            if isinstance(source, InputRejected):
                raise source
            return self._tables_of(source)
        except InputRejected as refused:
            return [_refused(upload, refused)]

    def _tables_of(self, source: Source) -> list[FileReport]:
        hash_, choice = digest(source.content), self.reading.choice(source.name)
        if already := self._already(source, hash_, choice):
            return already
        sheets, refused = self.reading.sheets(source)
        reports = []
        for sheet in sheets:
            if self.reading.answers.of(sheet.name).skip:
                reports.append(FileReport(sheet.name, skipped=True))
                continue
            try:
                reports.append(self._sheet(self.reading.plan(sheet), hash_, choice))
            except InputRejected as refusal:
                reports.append(_refused(source.name, refusal))
        if self.reading.answers.keep_raw and any(report.accepted for report in reports):
            self.reading.folder.keep_raw(source.name, hash_, source.content)
        return reports + [_refused(source.name, refusal) for refusal in refused]

    def _already(self, source: Source, digest: str, choice: str) -> list[FileReport]:
        note = Text("这个文件已经导入过，没有改动", "this file is in already; nothing was changed")
        here = next((e for e in self._entries if (e.digest, e.choice) == (digest, choice)), None)
        if here:
            return [FileReport(source.name, here.report.table, notes=(note,), already=True)]
        return [
            FileReport(source.name, table, notes=(note,), already=True)
            for table in known_tables(self.reading.catalogue, digest, choice)
        ]

    def _sheet(self, plan: Plan, digest: str, choice: str) -> FileReport:
        check_open(plan)
        folder = self.reading.folder
        with explained(folder.path):
            staged = stage(plan, self.reading.staging_room(), self.ticker)
            old = self.reading.parts(staged.table.name)
            key_notes = key_note(old, staged)
            merged = self.reading.merge(staged)
            days = span(staged.parts)
            before, after = (
                (gmv(parts, staged.table, *days) for parts in (old, merged.parts))
                if staged.table.name in GMV else (None, None)
            )  # fmt: skip
            aside = folder.keep_aside(staged.asides)
        report = report_of(staged, merged, key_notes)
        report = replace(report, gmv_before=before, gmv_after=after)
        self._entries.append(
            Entry(report, digest, choice, _instant(days[1]), aside, plan.said, plan.meaning)
        )
        return report

    def _commit(self) -> list[int]:
        if not self._entries:
            return []
        reading = self.reading
        written = {
            name: reading.folder.publish(name, parts) for name, parts in reading.tables.items()
        }
        tables = {**reading.state.tables, **written}
        with reading.catalogue.changing() as db:
            # Settings may have been edited meanwhile; tables cannot, for imports hold the lock.
            settings, before = latest(db).settings, packed(reading.state.tables)
            import_id = insert(db, "imports", at=now(), who=who(), before=before)
            ids = [_insert_upload(db, import_id, entry) for entry in self._entries]
            append_state(db, "import", tables, settings)
            told = [entry for entry in self._entries if entry.report.accepted]
            remember(db, (entry.said for entry in told if entry.said))
            remember_meanings(db, (one for entry in told for one in entry.meaning))
            files = [entry.report.file for entry in self._entries]
            audit(db, "import", import_id=import_id, files=files)
        return ids


def sources(upload: Upload) -> Iterator[Source | InputRejected]:
    """The files of an upload; what cannot be opened is given as its refusal."""
    try:
        yield from load_all(upload)
    except InputRejected as refused:
        yield refused


def known_tables(catalogue: Catalogue, digest: str, choice: str) -> list[str]:
    """The tables into which this very file went before, read the same way and still in force."""
    with catalogue.reading() as db:
        return [upload["table_name"] for upload in taken_in(db, digest, choice)]


def check_open(plan: Plan) -> None:
    """Raise InputRejected when a required column or an answer is missing."""
    if plan.refused:
        raise plan.refused
    for asked in plan.asked:
        if asked.open:
            raise unanswered(plan.name, asked)


def report_of(staged: Staged, merged: Merged, notes: tuple[Text, ...] = ()) -> FileReport:
    """What became of one sheet."""
    plan = staged.plan
    told = [*plan.notes, *(note for note in staged.notes if note not in plan.notes)]
    reasons = sorted(staged.reasons.values(), key=lambda reason: reason.first_row)
    return FileReport(
        file=plan.name, table=staged.table.name, rows=staged.rows, accepted=staged.rows
        - staged.set_aside, set_aside=staged.set_aside, added=merged.added, changed=merged.changed,
        unchanged=merged.unchanged, encoding=plan.sample.encoding, mapped=plan.headings,
        dropped=plan.dropped, personal=plan.personal, reasons=tuple(reasons),
        notes=(*told, *notes), layout=plan.layout.id if plan.layout else None,
    )  # fmt: skip


def key_note(old: Sequence[Part], staged: Staged) -> tuple[Text, ...]:
    """A warning when identifying columns come and go between files: rows may then count twice."""
    if not old or not staged.parts:
        return ()
    had, has = (
        _filled(old, staged.table.key),
        _filled([one.part for one in staged.parts], staged.table.key),
    )
    uneven = [name for name in staged.table.key if had[name] != has[name]]
    if not uneven:
        return ()
    names = ", ".join(uneven)
    return (
        Text(
            f"此前的文件与本文件并非都有列 {names}：重叠的行可能被算两次",
            f"only some of the files have the column {names}: overlapping rows may count twice",
        ),
    )


def _filled(parts: Sequence[Part], names: Sequence[str]) -> dict[str, bool]:
    """Whether a column holds anything; told by the first parts that do."""
    found = dict.fromkeys(names, False)
    for part in parts:
        open_ = [name for name, full in found.items() if not full]
        if not open_:
            break
        frame = read_part(part.path, open_)
        found |= {n: True for n in frame.columns if frame[n].null_count() < frame.height}
    return found


def _refused(file: str, refused: InputRejected) -> FileReport:
    return FileReport(refused.where.file or file, refused=refused)


def _insert_upload(db: sqlite3.Connection, import_id: int, entry: Entry) -> int:
    report = entry.report
    upload_id = insert(
        db, "uploads", import_id=import_id, file=report.file, digest=entry.digest,
        choice=entry.choice, table_name=report.table, rows=report.rows, accepted=report.accepted,
        set_aside=report.set_aside, added=report.added, changed=report.changed,
        unchanged=report.unchanged, encoding=report.encoding, as_of=entry.as_of, aside=entry.aside,
    )  # fmt: skip
    for reason in report.reasons:
        insert(
            db, "rejected", upload_id=upload_id, reason=reason.code, column_name=reason.column,
            count=reason.count, first_row=reason.first_row, example=reason.example,
        )  # fmt: skip
    return upload_id


def _instant(time: date | None) -> str | None:
    """The latest time of a file as an instant in UTC."""
    if time is None or isinstance(time, datetime):
        return time.isoformat() if time else None
    return datetime(time.year, time.month, time.day, tzinfo=UTC).isoformat()
