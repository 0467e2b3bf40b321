"""The workspace: one folder that holds a shop's tables and settings, and answers questions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import polars as pl

from footprint.access import needs
from footprint.errors import UsageError, unknown
from footprint.ingest.choices import Answers, Choice
from footprint.ingest.mapping import check_request
from footprint.ingest.preview import Preview
from footprint.ingest.profiles import Profile, packed, unpacked
from footprint.ingest.report import ImportReport
from footprint.ingest.source import Upload, upload_name, upload_size
from footprint.questions import Question, ask, questions
from footprint.result import Result
from footprint.schema import TABLES
from footprint.scope import SLICES, Scope
from footprint.settings import Settings
from footprint.store import history, profiles
from footprint.store.aside import aside_csv
from footprint.store.catalogue import Catalogue
from footprint.store.disk import Frames, StoredData
from footprint.store.folder import Folder
from footprint.store.imports import Import, Progress, Reading, Ticker
from footprint.store.lock import PATIENCE_S, importing
from footprint.store.previews import Previewing
from footprint.store.room import check_room
from footprint.store.uploads import upload_frames
from footprint.templates import template_csv
from footprint.text import Lang, Text

if TYPE_CHECKING:
    from footprint.review import Brief
    from footprint.review.desk import Review
    from footprint.sharing import Links
    from footprint.store.jobs import ImportJob

Where = Mapping[str, str | Sequence[str]] | Sequence[str]


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table of the workspace: rows, and the first and last time in it (ISO 8601, UTC)."""

    name: str
    title: Text
    rows: int
    first: str | None
    last: str | None


class Workspace:
    """A shop's data on disk. Safe to share by many threads, and between processes.

    Every method may raise WorkspaceError when the folder cannot be read or written now.
    """

    def __init__(self, path: Path) -> None:
        """Open the workspace in ``path``; the folder is made when it is new."""
        self.path = path.expanduser().resolve()
        self._folder = Folder(self.path)
        self._catalogue = Catalogue(self.path / "app.sqlite")
        self._frames = Frames(self._folder)
        self._lock = RLock()
        self._data: StoredData | None = None
        self._seen: tuple[int, int] | None = None

    # -- reading -------------------------------------------------------------------------------

    def data(self) -> StoredData:
        """The current data version; the same object until something changes."""
        with self._lock:
            seen = self._stamp()
            if self._data is None or seen != self._seen:
                state = self._catalogue.state()
                uploads, rejected = upload_frames(self._catalogue)
                settings = Settings(state.settings)
                self._data = StoredData(self._frames, state.tables, settings, uploads, rejected)
                self._frames.keep_only(state.tables, self._data.log_key)
                self._seen = seen
            return self._data

    @property
    def data_version(self) -> str:
        """Names what is current: tables, uploads and settings."""
        return self.data().version

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.data().settings

    def tables(self) -> list[TableInfo]:
        """The tables that were imported, in the order of the schema."""
        held = self.data().tables
        return [
            TableInfo(name, table.title, held[name].rows, held[name].first, held[name].last)
            for name, table in TABLES.items()
            if name in held
        ]

    def uploads(self) -> pl.DataFrame:
        """Every file taken in, with its counts (``footprint.store.memory.UPLOADS``)."""
        return self.data().uploads()

    @needs("editor")
    def set_aside_csv(self, upload_id: int, lang: Lang = "zh") -> bytes:
        """The rows an upload set aside, as they were written, each with its reason and mend.

        Personal data in them is replaced as in the tables. UsageError when there are none.
        """
        return aside_csv(self._catalogue, self._folder, upload_id, lang)

    def audit(self) -> list[dict[str, Any]]:
        """Who did what and when, newest first; never changed afterwards."""
        return history.audit_rows(self._catalogue)

    @property
    def review(self) -> Review:
        """What a meeting does with a brief: edit, assign, freeze, compare."""
        from footprint.review.desk import Review

        return Review(self, self._catalogue)

    @property
    def links(self) -> Links:
        """The share links of this workspace."""
        from footprint.sharing import Links

        return Links(self._catalogue)

    @needs("viewer")
    def note_export(self, file: str) -> None:
        """Put an export in the audit table: the name of the file that left."""
        history.note(self._catalogue, "export", file=file)

    # -- asking --------------------------------------------------------------------------------

    def questions(self) -> Mapping[str, Question]:
        """Every question that can be asked."""
        return questions()

    def ask(
        self,
        id: str,
        /,
        scope: Scope | None = None,
        *,
        where: Where = (),
        from_: date | str | None = None,
        to: date | str | None = None,
        **params: Any,
    ) -> Result:
        """Answer one question about all data, or about a scope.

        ``where`` is a mapping of columns to values or a list of ``column=value`` (values separated
        by commas); ``from_`` and ``to`` are days in the shop's time zone, both included. Raises
        UsageError (unknown name or value) and DataMissing (names the file to upload).
        """
        return ask(self.data(), id, scope or self.scope(where, from_, to), params)

    def scope(
        self, where: Where = (), from_: date | str | None = None, to: date | str | None = None
    ) -> Scope:
        """A scope in the shop's time zone; see ``ask``. UsageError for wrong days and slices."""
        scope = Scope(_day(from_), _day(to), parse_where(where), self.data().tz)
        if scope.start and scope.end and scope.start > scope.end:
            raise UsageError(
                Text("开始日期晚于结束日期", "the period begins after its end"),
                Text("请对调两个日期。", "Swap the two dates."),
            )
        return scope

    def brief(self, week: str | None = None) -> Brief:
        """The weekly brief of an ISO week such as 2026-W46, by default the last whole one."""
        from footprint.review import brief

        return brief(self.data(), week)

    # -- changing ------------------------------------------------------------------------------

    @needs("editor")
    def preview(
        self,
        files: Upload | Sequence[Upload],
        answers: Answers | None = None,
        *,
        table: str | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Preview:
        """What taking files in would do; nothing is changed.

        A file is a path, (name, bytes) or (name, path). ``table`` and ``mapping`` are said of every
        sheet. Small files are looked at as a whole; of larger ones the first rows and glimpses of
        the others (``SheetPreview.exact``). Call it again with the answers to what it asks.
        Raises UsageError for unknown tables and columns.
        """
        said = _answers(answers, table, mapping)
        uploads = _unlike(_several(files))
        with tempfile.TemporaryDirectory(prefix="footprint-preview-") as room:
            reading = Reading.begin(
                self._catalogue, self._folder, str(self.settings.value("tz")), said, Path(room)
            )
            return Previewing(reading).preview(uploads)

    @needs("editor")
    def preview_apart(
        self, files: Upload | Sequence[Upload], answers: Answers | None = None
    ) -> Preview:
        """As ``preview``, in a process of its own: what reading takes is gone when it ends."""
        from footprint.access import person
        from footprint.store.apart import preview_apart

        return preview_apart(self.path, _unlike(_several(files)), answers or Answers(), person())

    @needs("editor")
    def commit(
        self,
        preview: Preview,
        answers: Answers | None = None,
        progress: Callable[[float, Text], None] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> ImportReport:
        """Take in what was previewed, by default with the answers of the preview.

        Counts are exact now. All files become current together, or none does. Raises WorkspaceError
        when another import stays busy longer than ``patience_s`` seconds.
        """

        def told(share: float, words: Text, size: int, rows: int) -> None:
            if progress:
                progress(share, words)

        return self.take_in(preview.uploads, answers or preview.answers, told, patience_s)

    @needs("editor")
    def start_import(self, preview: Preview, answers: Answers | None = None) -> ImportJob:
        """As ``commit``, in a process of its own that reports progress and can be cancelled."""
        from footprint.access import person
        from footprint.store.jobs import ImportJob

        return ImportJob(self.path, preview.uploads, answers or preview.answers, person())

    @needs("editor")
    def import_files(
        self,
        files: Upload | Sequence[Upload],
        table: str | None = None,
        mapping: Mapping[str, str] | None = None,
        progress: Callable[[float, Text], None] | None = None,
        patience_s: float = PATIENCE_S,
        answers: Answers | None = None,
    ) -> ImportReport:
        """Preview and commit in one step. A file is a path, (name, bytes) or (name, path).

        ``table`` and ``mapping`` (heading -> column) override what would be recognised. A file that
        cannot be read, or that asks what nobody answered, is reported in ``FileReport.refused``;
        others still go in. ``progress`` is called with 0..1 and a sentence. Raises WorkspaceError
        when another import stays busy longer than ``patience_s`` seconds.
        """
        said = _answers(answers, table, mapping)
        preview = Preview((), (), (), said, tuple(_unlike(_several(files))))
        return self.commit(preview, None, progress, patience_s)

    @needs("editor")
    def take_in(
        self,
        uploads: Sequence[Upload],
        answers: Answers,
        progress: Progress | None = None,
        patience_s: float = PATIENCE_S,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImportReport:
        """The last step of ``commit``, ``start_import`` and ``import_files``.

        ``progress`` is told the share done, a sentence, and bytes and rows read; ``cancelled`` is
        asked after every piece, and ImportCancelled raised when it says yes.
        """
        with importing(self.path, patience_s):
            tz = str(self.settings.value("tz"))
            check_room(self.path, uploads, keep_raw=answers.keep_raw)
            room = self._folder.workroom()
            try:
                reading = Reading.begin(self._catalogue, self._folder, tz, answers, room)
                ticker = Ticker(sum(map(upload_size, uploads)), progress, cancelled)
                reports = Import(reading, ticker).take(uploads)
            finally:
                shutil.rmtree(room, ignore_errors=True)
            history.sweep(self._catalogue, self._folder)
            data = self.data()
            self._folder.sweep_layouts(data.log_key)
        return ImportReport(tuple(reports), data.version)

    @property
    def upload_folder(self) -> Path:
        """Where uploads may wait on disk; whoever puts files there removes them."""
        self._folder.uploads.mkdir(parents=True, exist_ok=True)
        return self._folder.uploads

    def mappings(self) -> list[Profile]:
        """What was said of headings with ``table`` or ``mapping``; used when they come again."""
        return list(profiles.remembered(self._catalogue).values())

    @needs("editor")
    def forget_mapping(self, id: str) -> None:
        """Drop a remembered mapping. UsageError when there is none of that id."""
        profiles.forget(self._catalogue, id)

    @needs("editor")
    def rename_mapping(self, id: str, name: str) -> None:
        """Give a remembered mapping a name; "" takes it away. UsageError for an unknown id."""
        profiles.rename(self._catalogue, id, name)

    def export_mappings(self) -> bytes:
        """The remembered mappings as JSON, to take to another workspace."""
        return packed(self.mappings())

    @needs("editor")
    def import_mappings(self, content: bytes) -> list[Profile]:
        """Keep mappings of another workspace; those of the same headings are replaced.

        Raises UsageError when the content is something else or names unknown tables or columns.
        """
        found = unpacked(content)
        profiles.add(self._catalogue, found)
        return found

    @needs("editor")
    def undo(self) -> list[str]:
        """Take the last import back and give its file names. UsageError when there is none."""
        with importing(self.path):
            return history.undo(self._catalogue, self._folder)

    @needs("editor")
    def set_setting(self, key: str, value: Any) -> None:
        """Edit a target, threshold or rule. Raises UsageError for wrong keys and values."""
        history.edit_settings(self._catalogue, lambda now: now.with_(**{key: value}), "set", key)

    @needs("editor")
    def reset_setting(self, key: str) -> None:
        """Put a setting back to its default."""
        history.edit_settings(self._catalogue, lambda now: now.without(key), "reset", key)

    @staticmethod
    def template_csv(table: str, lang: Lang = "zh") -> bytes:
        """An empty CSV with the headings of a table."""
        return template_csv(table, lang)

    def _stamp(self) -> tuple[int, int]:
        with self._catalogue.reading() as db:
            states = db.execute("select max(id) from states").fetchone()[0]
            uploads = db.execute("select coalesce(max(id), 0) from uploads").fetchone()[0]
        return states, uploads


def open(dir: str | Path | None = None) -> Workspace:
    """The workspace in ``dir``, by default in the user's data folder; made when it is new."""
    if dir is None:
        import platformdirs

        dir = Path(platformdirs.user_data_dir("footprint", appauthor=False)) / "workspace"
    return Workspace(Path(dir))


def parse_where(where: Where) -> dict[str, tuple[str, ...]]:
    """Slices as the scope takes them. Raises UsageError for what is no ``column=value``."""
    pairs = where.items() if isinstance(where, Mapping) else map(_pair, where)
    found: dict[str, tuple[str, ...]] = {}
    for column, values in pairs:
        if column not in SLICES:
            raise unknown("slice", "筛选列", column, dict.fromkeys(SLICES))
        listed = values.split(",") if isinstance(values, str) else values
        found[column] = found.get(column, ()) + tuple(v.strip() for v in listed if v.strip())
    return found


def _pair(item: str) -> tuple[str, str]:
    column, sign, value = item.partition("=")
    if not sign:
        raise UsageError(
            Text(f"看不懂筛选“{item}”", f"“{item}” is not a slice"),
            Text("请写成 列=值，如 category=fresh。", "Write column=value: category=fresh."),
        )
    return column.strip(), value


def _day(day: date | str | None) -> date | None:
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise UsageError(
            Text(f"看不懂的日期“{day}”", f"“{day}” is not a date"),
            Text("请写成 2026-11-09。", "Write it as 2026-11-09."),
        ) from error


def _answers(
    answers: Answers | None, table: str | None, mapping: Mapping[str, str] | None
) -> Answers:
    check_request(table, mapping)
    given = answers or Answers()
    for choice in (given.every, *given.sheets.values()):
        check_request(choice.table, choice.mapping)
    return replace(given, every=Choice(table, mapping or {}).over(given.every))


def _unlike(uploads: Sequence[Upload]) -> list[Upload]:
    """Files of the same name told apart, for answers name sheets by their file."""
    seen: dict[str, int] = {}
    found: list[Upload] = []
    for upload in uploads:
        name = upload_name(upload)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 1:
            found.append(upload)
            continue
        stem, dot, end = name.rpartition(".")
        again = f"{stem or end} ({seen[name]}){dot}{end if stem else ''}"
        found.append((again, upload[1] if isinstance(upload, tuple) else Path(upload)))
    return found


def _several(files: Upload | Sequence[Upload]) -> list[Upload]:
    """A single file as a list of one; (name, bytes) is one file, but two paths are two."""
    if isinstance(files, str | Path):
        return [files]
    if isinstance(files, tuple) and len(files) == 2 and isinstance(files[1], bytes):
        return [(str(files[0]), files[1])]
    return [file for file in files if isinstance(file, str | Path | tuple)]
