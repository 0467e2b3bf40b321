"""Page-switch time in a real browser and the server's peak memory, over the sample shop.

``python benchmarks/page_switch.py [--rounds 10]``. A switch is timed from the click on the
navigation bar until the new page's title is there and the script has run.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "e2e")]

import browser  # noqa: E402

from app import nav  # noqa: E402

PORT = 8633
DONE = """title => document.querySelector('.fp-head h1')?.innerText === title &&
  document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""


@dataclass
class Timing:
    """Milliseconds per page: the first switch computes, the later ones read what is kept."""

    first: dict[str, float] = field(default_factory=dict)
    later: dict[str, list[float]] = field(default_factory=dict)


def switch(page: Page, info: nav.PageInfo) -> float:
    """Click a page in the navigation bar; milliseconds until it stands."""
    title = info.title("en")
    start = perf_counter()
    page.get_by_role("link", name=title, exact=True).click()
    page.wait_for_function(DONE, arg=title, polling=10)
    return (perf_counter() - start) * 1000


def measure(page: Page, rounds: int) -> Timing:
    """Walk through all pages ``rounds`` times after a first walk."""
    timing = Timing()
    for round_ in range(rounds + 1):
        for info in nav.PAGES:
            took = switch(page, info)
            if round_ == 0:
                timing.first[info.path] = took
            else:
                timing.later.setdefault(info.path, []).append(took)
            page.wait_for_timeout(400)
    return timing


def peak_mb(pid: int) -> float:
    """The highest resident memory of a process so far, MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def wait_for_server(port: int = PORT) -> None:
    """Until the server of this machine answers. Raises SystemExit when it does not come up."""
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except (URLError, OSError):
            sleep(0.2)
    raise SystemExit("the server did not come up")


def main() -> None:
    """Print one line per page and the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Workspace(Path(folder)).import_files(sample_files())
        command = [sys.executable, str(ROOT / "app" / "server.py"), "--workspace", folder]
        server = subprocess.Popen([*command, "--port", str(PORT)])
        try:
            wait_for_server()
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=browser.find(), args=browser.ARGUMENTS
                )
                size = {"width": 1440, "height": 900}
                page = chromium.new_context(locale="en-US", viewport=size).new_page()
                page.goto(f"http://127.0.0.1:{PORT}/data")
                page.wait_for_function(DONE, arg="Data")
                timing = measure(page, rounds)
                chromium.close()
            report(timing, peak_mb(server.pid))
        finally:
            server.terminate()
            server.wait(timeout=20)


def report(timing: Timing, peak: float) -> None:
    """A small table on stdout."""
    print(f"{'page':<14}{'first ms':>10}{'p50 ms':>10}{'p95 ms':>10}")
    for name, values in timing.later.items():
        middle = statistics.median(values)
        print(f"{name:<14}{timing.first[name]:>10.0f}{middle:>10.0f}{p95(values):>10.0f}")
    every = [value for values in timing.later.values() for value in values]
    print(f"{'all':<14}{'':>10}{statistics.median(every):>10.0f}{p95(every):>10.0f}")
    print(f"server peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
