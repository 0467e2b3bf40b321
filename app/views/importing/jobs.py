"""The one import of a workspace that runs in the background of this server, and how it ended.

The import is a process of its own. Whoever started it may leave: a thread here waits for its end,
deletes the uploaded files once they are in, and takes away the note that an import is under way.
What is left of that note after a server died tells the next one.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

from footprint.errors import UsageError
from footprint.ingest.choices import Answers
from footprint.ingest.preview import Preview
from footprint.ingest.source import upload_name
from footprint.store.jobs import ImportJob
from footprint.text import Text
from footprint.workspace import Workspace

from app.uploads.spool import NOTE, Spool, Waiting

_NUMBERS = itertools.count(1)
_LOCK = Lock()
_LAST: dict[Path, Background] = {}


@dataclass(frozen=True, slots=True)
class Background:
    """An import of this server: its number, its process, what it takes in."""

    number: int
    job: ImportJob
    names: tuple[str, ...]

    @property
    def running(self) -> bool:
        return self.job.state == "running"


def last(workspace: Workspace) -> Background | None:
    """The import that runs, else the one that ended last, else None."""
    return _LAST.get(workspace.path)


def start(
    workspace: Workspace, preview: Preview, spool: Spool, files: Sequence[Waiting]
) -> Background:
    """Take in what was previewed. UsageError while another import of this server runs."""
    with _LOCK:
        before = last(workspace)
        if before and before.running:
            raise _busy(before)
        names = tuple(upload_name(upload) for upload in preview.uploads)
        note = _noted(spool, names)
        made = Background(next(_NUMBERS), workspace.start_import(preview), names)
        _LAST[workspace.path] = made
    Thread(target=_wait, args=(made, spool, files, note), daemon=True).start()
    return made


def plain(files: Sequence[Path]) -> Preview:
    """Files of this machine to take in as they are, without a look first."""
    return Preview((), (), (), Answers(), tuple(files))


def _noted(spool: Spool, names: Sequence[str]) -> Path:
    spool.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    note = spool.folder / NOTE
    note.write_text(json.dumps(list(names), ensure_ascii=False), "utf-8")
    return note


def _wait(made: Background, spool: Spool, files: Sequence[Waiting], note: Path) -> None:
    while not made.job.wait(1.0):
        pass
    if made.job.state == "done":
        spool.drop([file.id for file in files])
    with suppress(OSError):
        note.unlink()


def _busy(before: Background) -> UsageError:
    names = ", ".join(before.names[:3])
    return UsageError(
        Text(f"另一个导入正在进行（{names}）", f"another import is running ({names})"),
        Text("请等它结束，或先取消它。", "Wait until it has ended, or cancel it first."),
    )
