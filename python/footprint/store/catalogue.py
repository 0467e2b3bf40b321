"""The catalogue: one SQLite file that says which table versions are current, and why.

Every change appends a state; the newest state is the current one. Readers and writers of many
processes share the file in WAL mode. Each call opens its own connection, so any thread may call.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from footprint.errors import WorkspaceError
from footprint.store.faults import explained
from footprint.store.lock import who
from footprint.store.migrations import MIGRATIONS
from footprint.text import Text

_BUSY_MS = 5000


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable version of a table: folder name, rows, first and last time (ISO, UTC)."""

    name: str
    rows: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What is current: a version per table and the edited settings."""

    id: int
    tables: Mapping[str, Version]
    settings: Mapping[str, Any]


class Catalogue:
    """The SQLite file of a workspace. Raises WorkspaceError with the mend for every fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._migrate()
            elif self._user_version() != len(MIGRATIONS):
                self._migrate()

    def state(self) -> State:
        """The current state."""
        with self.reading() as db:
            return latest(db)

    def secret(self) -> bytes:
        """The workspace's own key for pseudonyms; it never leaves the catalogue."""
        with self.reading() as db:
            row = db.execute("select value from meta where key = 'secret'").fetchone()
        return bytes.fromhex(row["value"])

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads; works in a read-only folder too."""
        with explained(self.path), closing(self._reader()) as db:
            yield db

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: everything in it becomes visible at once, or nothing does."""
        with explained(self.path), closing(self._connect(f"{self.path.as_uri()}?mode=rw")) as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()

    def _reader(self) -> sqlite3.Connection:
        uri = f"{self.path.as_uri()}?mode=ro"
        try:
            db = self._connect(uri)
            db.execute("pragma user_version")
        except sqlite3.OperationalError as error:
            # In a folder that cannot be written SQLite has no place for its shared-memory file.
            if "unable to open" not in str(error) and "readonly" not in str(error):
                raise
            return self._connect(f"{uri}&immutable=1")
        return db

    def _connect(self, uri: str) -> sqlite3.Connection:
        db = sqlite3.connect(uri, uri=True, timeout=_BUSY_MS / 1000, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("pragma foreign_keys = on")
        db.execute("pragma synchronous = full")
        return db

    def _user_version(self) -> int:
        with closing(self._reader()) as db:
            return int(db.execute("pragma user_version").fetchone()[0])

    def _migrate(self) -> None:
        with (
            FileLock(self.path.with_suffix(".lock"), timeout=_BUSY_MS / 1000),
            closing(self._connect(f"{self.path.as_uri()}?mode=rwc")) as db,
        ):
            db.execute("pragma journal_mode = wal")
            have = int(db.execute("pragma user_version").fetchone()[0])
            if have > len(MIGRATIONS):
                raise _newer(self.path)
            db.executescript(";".join(("begin immediate", *MIGRATIONS[have:])))
            if not have:
                db.execute("insert into meta values ('secret', ?)", (secrets.token_hex(32),))
                append_state(db, "start", {}, {})
            db.execute(f"pragma user_version = {len(MIGRATIONS)}")
            db.commit()


def append_state(
    db: sqlite3.Connection, kind: str, tables: Mapping[str, Version], settings: Mapping[str, Any]
) -> None:
    """Make a new state current (inside a transaction)."""
    edits = json.dumps(settings, ensure_ascii=False)
    insert(db, "states", at=now(), kind=kind, tables=packed(tables), settings=edits)


def audit(db: sqlite3.Connection, action: str, **detail: Any) -> None:
    """Append one line to the audit table (inside a transaction)."""
    told = json.dumps(detail, ensure_ascii=False)
    insert(db, "audit", at=now(), who=who(), action=action, detail=told)


def insert(db: sqlite3.Connection, table: str, **values: Any) -> int:
    """Insert one row and give its id (inside a transaction)."""
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    done = db.execute(f"insert into {table} ({names}) values ({marks})", tuple(values.values()))
    return int(done.lastrowid or 0)


def packed(tables: Mapping[str, Version]) -> str:
    """Table versions as they are stored in a state or an import."""
    return json.dumps({name: [v.name, v.rows, v.first, v.last] for name, v in tables.items()})


def unpacked(text: str) -> dict[str, Version]:
    """The inverse of ``packed``."""
    return {name: Version(*parts) for name, parts in json.loads(text).items()}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def rows(found: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Rows as plain dicts."""
    return [dict(row) for row in found]


def latest(db: sqlite3.Connection) -> State:
    """The current state as this transaction sees it."""
    row = db.execute("select * from states order by id desc limit 1").fetchone()
    return State(row["id"], unpacked(row["tables"]), json.loads(row["settings"]))


def _newer(path: Path) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"工作区由更新的版本建立：{path}", f"the workspace was made by a newer version: {path}"
        ),
        Text("请升级 footprint。", "Upgrade footprint."),
    )
