"""One server over the sample shop and one browser for all browser tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import browser as chromium

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
# Streamlit looks for its own services below the page's address first, then finds them at the root.
UPSTREAM = re.compile(r"/[a-z]+/_stcore/(health|host-config)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass
class Visit:
    """A page in the browser with what it complained of."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address and wait until the script has run."""
        self.page.goto(f"{self.base}/{path}")
        self.page.wait_for_selector(".fp-head")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing runs any more."""
        self.page.wait_for_timeout(150)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not UPSTREAM.search(message.location.get("url", "")):
            self.faults.append(f"{message.text} {message.location.get('url', '')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes], patience_s: float = 90) -> None:
    end = monotonic() + patience_s
    while monotonic() < end:
        assert process.poll() is None, "the server stopped"
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            sleep(0.2)
    raise AssertionError("the server did not come up")


Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Start a server of its own over a workspace; gives its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(workspace: Path) -> str:
        port = free_port()
        command = [sys.executable, str(ROOT / "app" / "server.py"), "--workspace", str(workspace)]
        process = subprocess.Popen([*command, "--port", str(port)], cwd=workspace)
        started.append(process)
        wait_for(port, process)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """The address of a server over the sample shop."""
    folder = tmp_path_factory.mktemp("shop")
    Workspace(folder).import_files(sample_files())
    return serve(folder)


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    found = chromium.find()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: set FOOTPRINT_CHROMIUM or run tests/e2e/browser.py --install")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=chromium.ARGUMENTS)
        yield opened
        opened.close()


Visiting = Callable[..., Visit]


@pytest.fixture
def visit(window: Browser) -> Iterator[Visiting]:
    """Open a browser session on a server; every fault it shows is kept."""
    contexts = []

    def start(base: str, lang: str = "zh", theme: str = "light", width: int = 1440) -> Visit:
        context = window.new_context(
            viewport={"width": width, "height": 900},
            locale={"zh": "zh-CN", "en": "en-US"}[lang],
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(40_000)
        contexts.append(context)
        page = context.new_page()
        found = Visit(page, base)
        page.on("console", found.note)
        page.on("pageerror", lambda error: found.faults.append(str(error)))
        return found

    yield start
    for context in contexts:
        context.close()
