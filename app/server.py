"""The app as a server of its own: ``python app/server.py --workspace DIR --port N [--open]``."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from streamlit.starlette import App  # noqa: E402

from app import config  # noqa: E402
from app.data import WORKSPACE_VARIABLE  # noqa: E402
from app.uploads import route  # noqa: E402

HOST = "127.0.0.1"
app = App(ROOT / "app" / "main.py", routes=route.routes())


def serve(workspace: Path | None, port: int, *, open_browser: bool = False) -> None:
    """Serve one workspace on this machine only, until stopped.

    Raises OSError when the port is taken.
    """
    if workspace is not None:
        os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    _import_heavy()
    gc.collect()
    gc.freeze()
    if open_browser:
        threading.Thread(target=_open_when_up, args=(port,), daemon=True).start()
    app.run(config={**config.options(), "server.address": HOST, "server.port": port})


def _import_heavy() -> None:
    """Load what the first visitor would otherwise wait for."""
    import altair  # noqa: F401
    from footprint.questions import questions

    questions()


def _open_when_up(port: int, patience_s: float = 60.0) -> None:
    end = monotonic() + patience_s
    while monotonic() < end:
        try:
            with urlopen(f"http://{HOST}:{port}/_stcore/health", timeout=2):
                webbrowser.open(f"http://{HOST}:{port}")
                return
        except (URLError, OSError):
            sleep(0.3)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Footprint 足跡")
    parser.add_argument("--workspace", type=Path, default=None)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--open", action="store_true", dest="open_browser")
    asked = parser.parse_args(argv)
    serve(asked.workspace, asked.port, open_browser=asked.open_browser)


if __name__ == "__main__":
    main()
