"""The folders of a workspace: versions are written aside, synced, and named in one step."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import polars as pl

from footprint.ingest.check import ROW
from footprint.ingest.content import Content
from footprint.ingest.content import pieces as pieces_of
from footprint.schema import TABLES
from footprint.store.catalogue import Version
from footprint.store.faults import damaged, explained
from footprint.store.parts import SUFFIX, Part, read_table, scan_table


class Folder:
    """Where a workspace keeps what. Nothing under ``data`` is ever changed once it has its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data, self.tmp = path / "data", path / "tmp"
        self.layout, self.aside = path / "layout", path / "aside"
        self.uploads, self.raw = path / "uploads", path / "raw"

    def workroom(self) -> Path:
        """A new folder for an import in the making; swept when an import ends."""
        with explained(self.path):
            room = self.tmp / uuid.uuid4().hex
            room.mkdir(parents=True)
        return room

    def publish(self, table: str, parts: Sequence[Part]) -> Version:
        """Name parts as a version after their content; an equal version is used again."""
        name = hashlib.sha256("\n".join(part.digest for part in parts).encode()).hexdigest()[:16]
        target = self.data / table / name
        with explained(self.path):
            if not self._held(target):
                made = self.workroom()
                for number, part in enumerate(parts):
                    _link(part.path, made / f"{number:05}-{part.digest}{SUFFIX}")
                _sync_folder(made)
                target.parent.mkdir(parents=True, exist_ok=True)
                made.rename(target)
                _sync_folder(target.parent)
        times = [time for part in parts for time in (part.first, part.last) if time is not None]
        first, last = (min(times), max(times)) if times else (None, None)
        return Version(name, sum(part.rows for part in parts), _iso(first), _iso(last))

    def parts(self, table: str, version: Version) -> list[Path]:
        """The files of a version in order. Raises WorkspaceError when they are gone."""
        folder = self.data / table / version.name
        if not self._held(folder):
            raise damaged(folder)
        return sorted(folder.glob(f"*{SUFFIX}"))

    def read_version(self, table: str, version: Version) -> pl.DataFrame:
        """The frame of a version in order of its clock. WorkspaceError when a file is damaged."""
        frame = read_table(self.parts(table, version), TABLES[table])
        if frame.height != version.rows:
            raise damaged(self.data / table / version.name)
        return frame

    def scan_version(self, table: str, version: Version) -> pl.LazyFrame:
        """``read_version`` column by column, read when it is collected."""
        rows, height = scan_table(self.parts(table, version), TABLES[table])
        if height != version.rows:
            raise damaged(self.data / table / version.name)
        return rows

    def has_version(self, table: str, version: Version) -> bool:
        """Whether the version is still on disk."""
        return self._held(self.data / table / version.name)

    @staticmethod
    def _held(folder: Path) -> bool:
        return any(folder.glob(f"*{SUFFIX}"))

    def keep_aside(self, pieces: Sequence[Path]) -> str | None:
        """Keep rows that were set aside for download; the name to find them by, None for none."""
        if not pieces:
            return None
        name = uuid.uuid4().hex
        with explained(self.path):
            self.aside.mkdir(parents=True, exist_ok=True)
            made = self.workroom()
            for number, piece in enumerate(pieces):
                piece.rename(made / f"{number:05}{SUFFIX}")
            _sync_folder(made)
            made.rename(self.aside / name)
            _sync_folder(self.aside)
        return name

    def read_aside(self, name: str) -> pl.DataFrame:
        """Rows set aside at one upload, under their original headings."""
        with explained(self.path):
            pieces = sorted((self.aside / name).glob(f"*{SUFFIX}"))
            frames = [pl.read_parquet(piece) for piece in pieces]
            return pl.concat(frames, how="diagonal").sort(ROW, maintain_order=True)

    def keep_raw(self, name: str, digest: str, content: Content) -> None:
        """Keep a copy of an uploaded file, because that was asked for."""
        with explained(self.path):
            self.raw.mkdir(parents=True, exist_ok=True)
            made = self.workroom() / "raw"
            with made.open("wb") as file:
                for piece in pieces_of(content):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            made.rename(self.raw / f"{digest[:16]}-{Path(name).name}")

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


def _link(path: Path, target: Path) -> None:
    """The same file under another name; a copy where the disk knows no links."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())


def _iso(time: date | None) -> str | None:
    return None if time is None else time.isoformat()


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
