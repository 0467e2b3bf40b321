"""Where uploaded files wait for their import: private files under random names on disk.

A file's own name is only kept in memory beside it, so no name a browser sends can point anywhere.
What was never imported goes when the next server starts.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from footprint.text import LANGS, Text

FOLDER = "spool"
# Names the files of an import that runs; there as long as it does.
NOTE = "importing.json"
# Left free for the import that follows and for everybody else on the disk.
RESERVE_BYTES = 256 * 1024**2
NAME_LIMIT = 200
_TOO_BIG = Text(
    "文件太大（上限 {limit}）。请按月份拆开，或用命令行 footprint import 导入。",
    "The file is too big (limit {limit}). Split it by month, or use “footprint import”.",
)
_NO_ROOM = Text(
    "服务器磁盘空间不够，还需要 {size}。请清出空间后重试。",
    "The server's disk lacks room: {size} are needed. Free some space and try again.",
)
_BAD_NAME = Text(
    "文件名不能包含路径或控制字符。请改名后重试。",
    "The file name holds a path or control characters. Rename the file and try again.",
)
_SHORT = Text("文件没有传完整，请重试。", "The file did not arrive whole. Try again.")
_DISK = Text(
    "服务器不能写入上传目录（{reason}）。", "The server cannot write its upload folder ({reason})."
)


class Refused(Exception):
    """An upload that is not taken: the HTTP status and why, in words with the mend."""

    def __init__(self, status: int, words: Text, **values: str) -> None:
        self.status, self.words = status, {lang: words(lang, **values) for lang in LANGS}
        super().__init__(self.words["en"])


@dataclass(frozen=True, slots=True)
class Waiting:
    """One whole file on disk: its own name, where it is, bytes, SHA-256, whose it is."""

    id: str
    name: str
    path: Path
    size: int
    digest: str
    owner: str


@dataclass
class Spool:
    """The waiting files of one workspace. Safe to use from several threads.

    ``interrupted`` names what a server was importing when it died.
    """

    folder: Path
    limit: int
    interrupted: tuple[str, ...] = ()
    _waiting: dict[str, Waiting] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, workspace: Path, limit: int) -> Spool:
        """The spool of this process; what servers that have ended left behind is deleted."""
        home, broken = workspace / FOLDER, list[str]()
        for left in home.glob("*"):
            if not (left.name.isdigit() and _runs(int(left.name))):
                broken += _noted(left / NOTE)
                shutil.rmtree(left, ignore_errors=True)
        return cls(home / str(os.getpid()), limit, tuple(broken))

    def was_read(self) -> None:
        """Tell no more of what a server that died left half-way."""
        self.interrupted = ()

    def admit(self, name: str, size: int) -> str:
        """The name to keep of a file that would be taken. Refused says why not."""
        clean = checked_name(name)
        if size > self.limit:
            raise Refused(413, _TOO_BIG, limit=readable(self.limit))
        there = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        if shutil.disk_usage(there).free < size + RESERVE_BYTES:
            raise Refused(507, _NO_ROOM, size=readable(size + RESERVE_BYTES))
        return clean

    def begin(self, owner: str, name: str, size: int) -> Incoming:
        """A file of ``size`` bytes to write to. Refused says why not."""
        clean = self.admit(name, size)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Incoming(self, owner, clean, size)
        except OSError as error:
            raise unwritable(error) from error

    def files(self, owner: str) -> list[Waiting]:
        """The waiting files of one owner, in the order they came."""
        with self._lock:
            return [file for file in self._waiting.values() if file.owner == owner]

    def adopt(self, owner: str, alive: Callable[[str], bool]) -> None:
        """Give files whose owner is gone (a page loaded anew) to ``owner``."""
        with self._lock:
            for id, file in self._waiting.items():
                if file.owner != owner and not alive(file.owner):
                    self._waiting[id] = Waiting(
                        id, file.name, file.path, file.size, file.digest, owner
                    )

    def drop(self, ids: list[str]) -> None:
        """Forget files and delete them."""
        for id in ids:
            with self._lock:
                file = self._waiting.pop(id, None)
            if file:
                with suppress(OSError):
                    file.path.unlink()

    def keep(self, file: Waiting) -> None:
        """A file that arrived whole."""
        with self._lock:
            self._waiting[file.id] = file


class Incoming:
    """One file being written. ``finish`` keeps it, ``abandon`` leaves no trace."""

    def __init__(self, spool: Spool, owner: str, name: str, size: int) -> None:
        self._spool, self._owner, self._name, self._size = spool, owner, name, size
        self.id = secrets.token_hex(16)
        self._path = spool.folder / f"{self.id}.part"
        self._digest, self._written = hashlib.sha256(), 0
        self._file: BinaryIO = os.fdopen(
            os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )

    def write(self, chunk: bytes) -> None:
        """Append bytes. Refused when more come than were told or the disk is full."""
        self._written += len(chunk)
        if self._written > self._size:
            raise Refused(400, _SHORT)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise unwritable(error) from error
        self._digest.update(chunk)

    def finish(self) -> Waiting:
        """The whole file; Refused when fewer bytes came than were told."""
        if self._written != self._size:
            raise Refused(400, _SHORT)
        try:
            self._file.close()
            whole = self._path.with_suffix(".whole")
            self._path.rename(whole)
        except OSError as error:
            raise unwritable(error) from error
        file = Waiting(
            self.id, self._name, whole, self._written, self._digest.hexdigest(), self._owner
        )
        self._spool.keep(file)
        return file

    def abandon(self) -> None:
        """Delete what was written."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._path.unlink()


def checked_name(name: str) -> str:
    """A plain file name. Refused for paths, control characters and what is too long."""
    plain = name.strip()
    if (
        not plain
        or plain in (".", "..")
        or len(plain) > NAME_LIMIT
        or any(letter in "/\\" or not letter.isprintable() for letter in plain)
    ):
        raise Refused(400, _BAD_NAME)
    return plain


def unwritable(error: OSError) -> Refused:
    """What is told when the disk does not take bytes."""
    reason = error.strerror or type(error).__name__
    return Refused(507, _DISK, reason=reason)


def readable(size: float) -> str:
    """Bytes in words: 12.3 MB."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError(size)


def _noted(note: Path) -> list[str]:
    """The files a server was taking in when it died."""
    try:
        return [str(name) for name in json.loads(note.read_text("utf-8"))]
    except (OSError, ValueError):
        return []


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()
