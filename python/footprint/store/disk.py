"""Data read from a workspace: one immutable version, frames loaded when first asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from footprint.settings import Settings
from footprint.store.catalogue import Version
from footprint.store.folder import Folder
from footprint.store.log import build_log

if TYPE_CHECKING:
    from footprint.engine import EventLog

# Tables of more rows are never held whole in memory (all columns of a million events: 0.3 GB).
LARGE_ROWS = 1_000_000


class Frames:
    """Frames and the event log by table version, shared by all data versions that hold them."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._frames: dict[tuple[str, str], pl.DataFrame] = {}
        self._scans: dict[tuple[str, str], pl.LazyFrame] = {}
        self._logs: dict[str, EventLog] = {}
        self._lock, self._log_lock = Lock(), Lock()

    def frame(self, table: str, version: Version) -> pl.DataFrame:
        """The whole table; a large one is read anew each time, so that nothing holds it."""
        if version.rows > LARGE_ROWS:
            return self._folder.read_version(table, version)
        with self._lock:
            key = (table, version.name)
            if key not in self._frames:
                self._frames[key] = self._folder.read_version(table, version)
            return self._frames[key]

    def scan(self, table: str, version: Version) -> pl.LazyFrame:
        """The table by column: a large one from its files, a small one from memory."""
        if version.rows <= LARGE_ROWS:
            return self.frame(table, version).lazy()
        with self._lock:
            key = (table, version.name)
            if key not in self._scans:
                self._scans[key] = self._folder.scan_version(table, version)
            return self._scans[key]

    def log(self, data: StoredData, key: str) -> EventLog:
        with self._log_lock:
            if key not in self._logs:
                self._logs[key] = build_log(data, self._folder.layout_cache(), key)
            return self._logs[key]

    def keep_only(self, tables: Mapping[str, Version], log_key: str) -> None:
        """Let go of what no current table holds; readers of older versions keep their own."""
        current = {(table, version.name) for table, version in tables.items()}
        with self._lock:
            self._frames = {key: f for key, f in self._frames.items() if key in current}
            self._scans = {key: s for key, s in self._scans.items() if key in current}
        with self._log_lock:
            self._logs = {key: log for key, log in self._logs.items() if key == log_key}


class StoredData:
    """One data version of a workspace (``footprint.data.Data``); safe to share between threads.

    ``version`` changes with the content of any table, with the settings and with the uploads.
    """

    def __init__(
        self,
        frames: Frames,
        tables: Mapping[str, Version],
        settings: Settings,
        uploads: pl.DataFrame,
        rejected: pl.DataFrame,
    ) -> None:
        self.settings = settings
        self.tz = str(settings.value("tz"))
        self.tables = dict(tables)
        self._frames = frames
        self._uploads, self._rejected = uploads, rejected
        self.version = _fingerprint(
            {name: version.name for name, version in tables.items()},
            settings.fingerprint,
            uploads.filter("current").select("hash", "table").rows(),
        )

    def has(self, table: str) -> bool:
        return table in self.tables

    def frame(self, table: str) -> pl.DataFrame:
        return self._frames.frame(table, self._version_of(table))

    def scan(self, table: str) -> pl.LazyFrame:
        return self._frames.scan(table, self._version_of(table))

    def _version_of(self, table: str) -> Version:
        if table not in self.tables:
            from footprint.questions import require

            require(self, (table,))
        return self.tables[table]

    def event_log(self) -> EventLog:
        return self._frames.log(self, self.log_key)

    def uploads(self) -> pl.DataFrame:
        return self._uploads

    def rejected(self) -> pl.DataFrame:
        return self._rejected

    @property
    def log_key(self) -> str:
        """Names the layout of the event log: it depends on events and orders alone."""
        versions = [self.tables[t].name if t in self.tables else "" for t in ("events", "orders")]
        return _fingerprint(*versions)


def _fingerprint(*parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
