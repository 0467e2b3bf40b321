"""Start the app, and the demo: the sample shop imported the ordinary way into its own workspace."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from footprint.errors import UsageError, WorkspaceError
from footprint.ingest.report import ImportReport
from footprint.text import Text

_HERE = Path(__file__).parents[1]
# Beside the package once it is installed; at the root of the repository in a checkout.
_ROOTS = (_HERE.parent, _HERE.parents[1])


def beside(name: str, holding: str) -> Path:
    """The folder ``name`` (holding the file ``holding``) that ships with the package.

    Raises WorkspaceError when it did not come along.
    """
    for root in _ROOTS:
        if (root / name / holding).exists():
            return root / name
    raise WorkspaceError(
        Text(f"安装中缺少目录 {name}", f"the folder {name} is missing from this installation"),
        Text("请重新安装 footprint。", "Install footprint again."),
    )


def sample_files(folder: Path | None = None) -> list[Path]:
    """The tables of the committed sample shop."""
    found = folder or beside("sample_data", "orders.csv")
    return sorted(found.glob("*.csv"))


def demo_workspace(files: list[Path], cache: Path | None = None) -> tuple[Path, ImportReport]:
    """A workspace with these files in the user's cache; one made before is used again."""
    from footprint.workspace import Workspace

    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    name = f"demo-{digest.hexdigest()[:12]}"
    folder = _writable(cache) / name
    for old in folder.parent.glob("demo-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    workspace = Workspace(folder)
    return workspace.path, workspace.import_files(list(files))


def run_app(
    workspace: Path,
    port: int,
    *,
    open_browser: bool,
    access: Path | None = None,
    address: str | None = None,
) -> int:
    """Serve a workspace until stopped; gives the exit code of the server.

    ``access`` names the people of a team, ``address`` where to listen (default: loopback).

    Raises UsageError when the port is taken.
    """
    _check_free(port)
    server = beside("app", "server.py") / "server.py"
    command = [sys.executable, str(server), "--workspace", str(workspace), "--port", str(port)]
    command += ["--open"] if open_browser else []
    command += ["--access", str(access)] if access else []
    command += ["--address", address] if address else []
    process = subprocess.Popen(command)
    # Stopping us stops the server, however we are stopped.
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise UsageError(
                Text(f"端口 {port} 已被占用", f"port {port} is taken"),
                Text(f"请换一个，例如 --port {port + 1}。", f"Take another: --port {port + 1}."),
            )


def _writable(cache: Path | None) -> Path:
    import platformdirs

    folder = cache or Path(platformdirs.user_cache_dir("footprint", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="footprint-"))
    return folder
