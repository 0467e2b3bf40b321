"""An import: files read one by one, merged into their tables, made current in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from footprint.errors import InputRejected
from footprint.ingest import Ingested, ingest
from footprint.ingest.profiles import Profile
from footprint.ingest.report import FileReport
from footprint.ingest.source import Source, Upload, load_all
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
from footprint.store.folder import Folder
from footprint.store.lock import who
from footprint.store.profiles import remember, remembered
from footprint.store.uploads import taken_in
from footprint.store.upsert import upsert
from footprint.text import Text

Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted sheet on its way into the catalogue."""

    report: FileReport
    digest: str
    choice: str
    as_of: str | None
    aside: str | None
    said: Profile | None


@dataclass(slots=True)
class Import:
    """The import in the making. Nothing of it is visible before ``commit``."""

    catalogue: Catalogue
    folder: Folder
    tz: str
    table: str | None = None
    mapping: Mapping[str, str] | None = None
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    _entries: list[Entry] = field(default_factory=list)

    def take(self, uploads: Sequence[Upload], progress: Progress | None) -> list[FileReport]:
        """Read every file and commit what was accepted; each file is reported on its own."""
        state, key = self.catalogue.state(), self.catalogue.secret()
        reports: list[FileReport] = []
        for at, upload in enumerate(uploads):
            name = _name(upload)
            if progress:
                progress(at / len(uploads), Text(f"正在读取 {name}", f"Reading {name}"))
            try:
                sources = load_all(upload)
            except InputRejected as refused:
                sources = [refused]
            for source in sources:
                reports += self._file(source, name, state, key)
        if progress:
            progress(0.95, Text("正在保存", "Saving"))
        ids = self._commit(state)
        if progress:
            progress(1.0, Text("完成", "Done"))
        numbers = iter(ids)
        return [
            r if r.refused or r.already else replace(r, upload_id=next(numbers)) for r in reports
        ]

    def _file(
        self, source: Source | InputRejected, upload: str, state: State, key: bytes
    ) -> list[FileReport]:
        """The reports of one file; what was refused names its own place in ``upload``."""
        try:
            if isinstance(source, InputRejected):
                raise source
            return self._tables_of(source, state, key)
        except InputRejected as refused:
            return [_refused(upload, refused)]

    def _tables_of(self, source: Source, state: State, key: bytes) -> list[FileReport]:
        choice = json.dumps([self.table, self.mapping], sort_keys=True, ensure_ascii=False)
        digest = source.digest
        already = self._already(source, digest, choice)
        if already:
            return already
        profiles = remembered(self.catalogue)
        sheets, refused = ingest(
            source, table=self.table, mapping=self.mapping, tz=self.tz, key=key, profiles=profiles
        )
        taken = [self._sheet(sheet, state, digest, choice) for sheet in sheets]
        return taken + [_refused(source.name, refusal) for refusal in refused]

    def _already(self, source: Source, digest: str, choice: str) -> list[FileReport]:
        note = Text("这个文件已经导入过，没有改动", "this file is in already; nothing was changed")
        here = next((e for e in self._entries if (e.digest, e.choice) == (digest, choice)), None)
        if here:
            return [FileReport(source.name, here.report.table, notes=(note,), already=True)]
        with self.catalogue.reading() as db:
            known = taken_in(db, digest, choice)
        return [
            FileReport(source.name, upload["table_name"], notes=(note,), already=True)
            for upload in known
        ]

    def _sheet(self, sheet: Ingested, state: State, digest: str, choice: str) -> FileReport:
        checked, table = sheet.checked, sheet.checked.table
        old = self._current(table.name, state)
        merged = upsert(old, checked.good, table, checked.given)
        notes = checked.notes + _key_note(old, checked.good, table.key)
        report = FileReport(
            file=sheet.sheet.name, table=table.name, rows=sheet.sheet.height,
            accepted=checked.good.height, set_aside=checked.aside.height, added=merged.added,
            changed=merged.changed, unchanged=merged.unchanged, encoding=sheet.sheet.encoding,
            mapped=sheet.headings, dropped=sheet.dropped, personal=sheet.personal,
            reasons=checked.reasons, notes=notes,
        )  # fmt: skip
        if merged.added or merged.changed:
            self._tables[table.name] = merged.frame
        aside = self.folder.write_aside(checked.aside)
        self._entries.append(
            Entry(report, digest, choice, _latest(checked.good, table.clock), aside, sheet.said)
        )
        return report

    def _current(self, table: str, state: State) -> pl.DataFrame | None:
        if table in self._tables:
            return self._tables[table]
        version = state.tables.get(table)
        return self.folder.read_version(table, version) if version else None

    def _commit(self, state: State) -> list[int]:
        if not self._entries:
            return []
        written = {name: self.folder.write_version(name, f) for name, f in self._tables.items()}
        tables = {**state.tables, **written}
        with self.catalogue.changing() as db:
            # Settings may have been edited meanwhile; tables cannot, for imports hold the lock.
            settings, before = latest(db).settings, packed(state.tables)
            import_id = insert(db, "imports", at=now(), who=who(), before=before)
            ids = [_insert_upload(db, import_id, entry) for entry in self._entries]
            append_state(db, "import", tables, settings)
            told = (e.said for e in self._entries if e.report.accepted)
            remember(db, (profile for profile in told if profile))
            files = [entry.report.file for entry in self._entries]
            audit(db, "import", import_id=import_id, files=files)
        return ids


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


def _key_note(old: pl.DataFrame | None, new: pl.DataFrame, key: Sequence[str]) -> tuple[Text, ...]:
    """A warning when identifying columns come and go between files: rows may then count twice."""
    if old is None or old.is_empty() or new.is_empty():
        return ()
    uneven = [
        name
        for name in key
        if (old[name].null_count() == old.height) != (new[name].null_count() == new.height)
    ]
    if not uneven:
        return ()
    names = ", ".join(uneven)
    return (
        Text(
            f"此前的文件与本文件并非都有列 {names}：重叠的行可能被算两次",
            f"only some of the files have the column {names}: overlapping rows may count twice",
        ),
    )


def _latest(frame: pl.DataFrame, clock: str | None) -> str | None:
    last = frame[clock].cast(pl.Datetime("us", "UTC")).max() if clock else None
    return last.isoformat() if isinstance(last, datetime) else None


def _name(upload: Upload) -> str:
    return Path(upload[0] if isinstance(upload, tuple) else upload).name
