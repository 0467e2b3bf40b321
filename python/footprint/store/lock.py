"""One import at a time: an advisory lock file beside which the owner leaves a note.

The lock is the operating system's: it ends with the process that holds it, however that ends, so a
left-over file never blocks anybody.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from footprint.access import person, system_user
from footprint.errors import WorkspaceError
from footprint.store.faults import explained
from footprint.text import Text

PATIENCE_S = 10.0


@contextmanager
def importing(folder: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the workspace's import lock; WorkspaceError names the holder when it stays taken."""
    note = folder / "import.owner.json"
    lock = FileLock(folder / "import.lock", timeout=patience_s)
    with explained(folder):
        try:
            lock.acquire()
        except Timeout as error:
            raise _busy(note) from error
    try:
        with explained(folder):
            note.write_text(json.dumps(_me()), "utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def who() -> str:
    """The name of the person acting, for the audit table."""
    return person().name


def _me() -> dict[str, str | int]:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"user": system_user(), "host": socket.gethostname(), "pid": os.getpid(), "since": since}


def _busy(note: Path) -> WorkspaceError:
    owner: dict[str, str | int] = {}
    with suppress(OSError, ValueError):
        owner = json.loads(note.read_text("utf-8"))
    zh, en = "另一个导入正在进行", "another import is running"
    if owner:
        zh += "（{user}，进程 {pid}，自 {since}）".format(**owner)
        en += " ({user}, process {pid}, since {since})".format(**owner)
    return WorkspaceError(
        Text(zh, en),
        Text("请等它结束后重试。", "Wait until it has ended and try again."),
    )
