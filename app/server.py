"""The app as a server of its own: ``python app/server.py --workspace DIR --port N [--open]``.

Without ``--access`` it serves one person on this machine and listens on the loopback address only.
"""

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

from footprint.errors import UsageError  # noqa: E402
from footprint.text import Text  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from streamlit.starlette import App  # noqa: E402

from app import config, gate, health, share  # noqa: E402
from app.data import WORKSPACE_VARIABLE  # noqa: E402
from app.uploads import route  # noqa: E402

HOST = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
app = App(
    ROOT / "app" / "main.py",
    routes=[*route.routes(), *share.routes(), *health.routes()],
    middleware=[Middleware(gate.Gate)],
)


def serve(
    workspace: Path | None,
    port: int,
    *,
    open_browser: bool = False,
    access: Path | None = None,
    address: str = HOST,
) -> None:
    """Serve one workspace until stopped; ``access`` names the people of a team.

    Raises UsageError for an access file that is not in order and for an address others can reach
    without one, OSError when the port is taken.
    """
    if workspace is not None:
        os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    if access is not None:
        os.environ[gate.ACCESS_VARIABLE] = str(access.resolve())
    if gate.known().mode == "local" and address not in LOOPBACK:
        raise UsageError(
            Text(f"没有访问设置时不能监听 {address}", f"{address} needs an access file"),
            Text("请用 --access 指定谁可以用。", "Say with --access who may use it."),
        )
    _import_heavy()
    gc.collect()
    gc.freeze()
    threading.Thread(target=_warm, daemon=True).start()
    if open_browser:
        threading.Thread(target=_open_when_up, args=(port,), daemon=True).start()
    app.run(config={**config.options(), "server.address": address, "server.port": port})


def _import_heavy() -> None:
    """Load what the first visitor would otherwise wait for."""
    import altair  # noqa: F401
    from footprint.questions import questions

    questions()


def _warm() -> None:
    """Start the chart renderer beside the server: its first picture takes seconds."""
    from footprint.outlets.pictures import png

    png('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>足</text></svg>')


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
    parser.add_argument("--access", type=Path, default=None)
    parser.add_argument("--address", default=HOST)
    asked = parser.parse_args(argv)
    try:
        serve(
            asked.workspace,
            asked.port,
            open_browser=asked.open_browser,
            access=asked.access,
            address=asked.address,
        )
    except UsageError as error:
        sys.exit(error.message("en"))


if __name__ == "__main__":
    main()
