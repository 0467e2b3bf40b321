"""An import in a process of its own: progress, cancelling, and death that harms nothing.

The parent stays small and answers others meanwhile; when the child is killed the workspace is as it
was, because an import becomes visible in one last step.
"""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any, Literal

from footprint.access import Person, acting
from footprint.errors import FootprintError, ImportCancelled, WorkspaceError
from footprint.ingest.choices import Answers, answers_of
from footprint.ingest.report import ImportReport
from footprint.ingest.source import Upload, upload_name
from footprint.text import Text

State = Literal["running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far an import is: 0..1, a sentence, bytes and rows read, bytes of all files."""

    share: float
    words: Text
    bytes: int
    rows: int
    total: int


class ImportJob:
    """One import, running in a child process from the moment it is made.

    Thread-safe. ``progress`` is the latest; ``state`` is running, done, failed or cancelled.
    """

    def __init__(
        self, workspace: Path, uploads: Sequence[Upload], answers: Answers, who: Person
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="footprint-job-")
        files = [stored(Path(self._folder.name), n, one) for n, one in enumerate(uploads)]
        request = {
            "workspace": str(workspace), "files": files, "answers": answers.to_dict(),
            "who": [who.name, who.role],
        }  # fmt: skip
        total = sum(Path(path).stat().st_size for _, path in files if Path(path).exists())
        self.progress = JobProgress(0.0, Text("准备中", "Getting ready"), 0, 0, total)
        self.state: State = "running"
        self._report: ImportReport | None = None
        self._error: FootprintError | None = None
        self._lock = Lock()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "footprint.store.jobs"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._complaint: list[bytes] = []
        assert self._child.stdin and self._child.stdout and self._child.stderr
        self._child.stdin.write(json.dumps(request).encode())
        self._child.stdin.close()
        self._reader = Thread(target=self._read, args=(self._child.stdout,), daemon=True)
        self._errors = Thread(target=self._complain, args=(self._child.stderr,), daemon=True)
        self._reader.start()
        self._errors.start()

    @property
    def pid(self) -> int:
        """The process that imports."""
        return self._child.pid

    def cancel(self) -> None:
        """Stop the import; nothing of it stays. Does nothing once it has ended."""
        with self._lock:
            if self.state == "running":
                self.state = "cancelled"
                self._child.kill()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; whether it has come."""
        self._reader.join(timeout_s)
        return not self._reader.is_alive()

    def result(self) -> ImportReport:
        """The report, once it has ended.

        Raises what the import raised, ImportCancelled when it was cancelled, WorkspaceError when
        its process died.
        """
        self.wait()
        if self._report is not None:
            return self._report
        if self.state == "cancelled":
            raise ImportCancelled
        raise self._error or _died(self._child.returncode, b"".join(self._complaint))

    def _read(self, lines: IO[bytes]) -> None:
        for line in lines:
            self._hear(json.loads(line))
        self._child.wait()
        self._errors.join()
        with self._lock:
            if self._report is not None:
                self.state = "done"
            elif self.state == "running":
                self.state = "failed"
        self._folder.cleanup()

    def _hear(self, told: dict[str, Any]) -> None:
        if "share" in told:
            words = Text(told["zh"], told["en"])
            self.progress = JobProgress(
                told["share"], words, told["bytes"], told["rows"], self.progress.total
            )
        elif "report" in told:
            self._report = pickle.loads(base64.b64decode(told["report"]))
        elif "error" in told:
            self._error = pickle.loads(base64.b64decode(told["error"]))

    def _complain(self, lines: IO[bytes]) -> None:
        self._complaint = list(lines)[-20:]


def stored(folder: Path, number: int, upload: Upload) -> tuple[str, str]:
    """Name and path of an upload; bytes are written to the job's own folder."""
    name = upload_name(upload)
    given = upload[1] if isinstance(upload, tuple) else Path(upload)
    if isinstance(given, Path):
        return name, str(given.resolve())
    path = folder / f"{number}"
    path.write_bytes(given)
    return name, str(path)


def _died(code: int, complaint: bytes) -> WorkspaceError:
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    why = f"{code}" + (f", {last}" if last else "")
    return WorkspaceError(
        Text(f"导入进程中断了（{why}）", f"the import process ended early ({why})"),
        Text("已有数据没有改动；请重试。", "The data is unchanged; try again."),
    )


def main() -> None:
    """Run one import as the child: the request on stdin, progress and the outcome on stdout."""
    from footprint.workspace import Workspace

    request = json.loads(sys.stdin.read())

    def say(**told: Any) -> None:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    try:
        workspace = Workspace(Path(request["workspace"]))
        with acting(Person(*request["who"])):
            report = workspace.take_in(
                [(name, Path(path)) for name, path in request["files"]],
                answers_of(request["answers"]),
                lambda share, words, done, rows: say(
                    share=share, zh=words.zh, en=words.en, bytes=done, rows=rows
                ),
            )
        say(report=base64.b64encode(pickle.dumps(report)).decode())
    except FootprintError as error:
        say(error=base64.b64encode(pickle.dumps(error)).decode())


if __name__ == "__main__":
    main()
