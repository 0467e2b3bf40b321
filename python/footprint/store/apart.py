"""A preview in a process of its own, so that a server stays small whatever it is given to look at.

``python -m footprint.store.apart`` is the child: the request on stdin, the outcome on stdout.
"""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from footprint.access import Person, acting
from footprint.errors import FootprintError, WorkspaceError
from footprint.ingest.choices import Answers, answers_of
from footprint.ingest.preview import Preview
from footprint.ingest.source import Upload
from footprint.store.jobs import stored
from footprint.text import Text


def preview_apart(
    workspace: Path, uploads: Sequence[Upload], answers: Answers, who: Person
) -> Preview:
    """As ``Workspace.preview``. Raises what that raises, WorkspaceError when the process died."""
    with tempfile.TemporaryDirectory(prefix="footprint-look-") as folder:
        files = [stored(Path(folder), number, one) for number, one in enumerate(uploads)]
        request = {
            "workspace": str(workspace), "files": files, "answers": answers.to_dict(),
            "who": [who.name, who.role],
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "footprint.store.apart"],
            input=json.dumps(request).encode(), capture_output=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise _died(done.returncode)
    outcome: Preview | FootprintError = pickle.loads(base64.b64decode(done.stdout))
    if isinstance(outcome, FootprintError):
        raise outcome
    return replace(outcome, uploads=tuple(uploads))


def _died(code: int) -> WorkspaceError:
    return WorkspaceError(
        Text(f"看这些文件的进程中断了（{code}）", f"the look at the files ended early ({code})"),
        Text("没有改动任何数据；请重试。", "Nothing was changed; try again."),
    )


def main() -> None:
    """Look at files as the child."""
    from footprint.workspace import Workspace

    request = json.loads(sys.stdin.read())
    outcome: Preview | FootprintError
    try:
        with acting(Person(*request["who"])):
            outcome = Workspace(Path(request["workspace"])).preview(
                [(name, Path(path)) for name, path in request["files"]],
                answers_of(request["answers"]),
            )
    except FootprintError as error:
        outcome = error
    sys.stdout.write(base64.b64encode(pickle.dumps(outcome)).decode())


if __name__ == "__main__":
    main()
