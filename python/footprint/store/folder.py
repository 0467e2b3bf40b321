"""The folders of a workspace: versions are written aside, synced, and named in one step."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl

from footprint.schema import TABLES
from footprint.store.catalogue import Version
from footprint.store.faults import damaged, explained
from footprint.store.memory import conform

_PART = "part-0.parquet"


class Folder:
    """Where a workspace keeps what. Nothing under ``data`` is ever changed once it has its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data, self.tmp = path / "data", path / "tmp"
        self.layout, self.aside = path / "layout", path / "aside"

    def write_version(self, table: str, frame: pl.DataFrame) -> Version:
        """Store a frame as a version named after its content; an equal one is used again."""
        with explained(self.path):
            buffer = BytesIO()
            frame.write_parquet(buffer, compression="zstd")
            content = buffer.getvalue()
            name = hashlib.sha256(content).hexdigest()[:16]
            self._place(self.data / table / name, _PART, content)
        return Version(name, frame.height, *_span(frame, TABLES[table].clock))

    def read_version(self, table: str, version: Version) -> pl.DataFrame:
        """The frame of a version. Raises WorkspaceError when its file is gone or damaged."""
        path = self.data / table / version.name / _PART
        try:
            frame = pl.read_parquet(path, memory_map=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise damaged(path) from error
        return conform(frame, TABLES[table])

    def has_version(self, table: str, version: Version) -> bool:
        """Whether the version is still on disk."""
        return (self.data / table / version.name / _PART).is_file()

    def write_aside(self, frame: pl.DataFrame) -> str | None:
        """Keep rows that were set aside for download; the name to find them by, None for none."""
        if frame.is_empty():
            return None
        name = uuid.uuid4().hex
        with explained(self.path):
            buffer = BytesIO()
            frame.write_parquet(buffer, compression="zstd")
            self._place(self.aside / name, _PART, buffer.getvalue())
        return name

    def read_aside(self, name: str) -> pl.DataFrame:
        """Rows set aside at one upload, under their original headings."""
        with explained(self.path):
            return pl.read_parquet(self.aside / name / _PART)

    def layout_cache(self) -> Path | None:
        """Where layouts of the event log are kept; None in a folder that cannot be written."""
        try:
            self.layout.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        return self.layout if os.access(self.layout, os.W_OK) else None

    def sweep(self, keep: Iterable[tuple[str, str]], asides: Iterable[str]) -> None:
        """Delete every version not in ``keep`` (table, name) and half-made imports."""
        kept, kept_asides = set(keep), set(asides)
        for old in self.data.glob("*/*"):
            if (old.parent.name, old.name) not in kept:
                shutil.rmtree(old, ignore_errors=True)
        for old in self.aside.glob("*"):
            if old.name not in kept_asides:
                shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self.tmp, ignore_errors=True)

    def sweep_layouts(self, keep: str) -> None:
        """Delete cached layouts other than ``keep``; they can always be built again."""
        for old in self.layout.glob("*.layout"):
            if not old.name.startswith(keep):
                with suppress(OSError):
                    old.unlink()

    def _place(self, target: Path, name: str, content: bytes) -> None:
        if (target / name).is_file():
            return
        made = self.tmp / uuid.uuid4().hex
        made.mkdir(parents=True)
        with (made / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)
        _sync_folder(target.parent)


def _span(frame: pl.DataFrame, clock: str | None) -> tuple[str | None, str | None]:
    if clock is None:
        return None, None
    first, last = frame[clock].min(), frame[clock].max()
    if not (isinstance(first, date) and isinstance(last, date)):
        return None, None
    return first.isoformat(), last.isoformat()


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
