"""A file through a real browser: transport, preview, import, first insight, and peak memory.

``python benchmarks/upload_browser.py [--megabytes 100 1000]``. Each file is made up (events of
viewers in the order of time) and goes into a fresh workspace behind a fresh server. Memory is the
peak resident size the operating system reports (Linux), of the server and of the process that
imports.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "e2e")]

import browser  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.import_size import make  # noqa: E402
from benchmarks.page_switch import DONE, PORT, peak_mb, wait_for_server  # noqa: E402

PATIENCE_MS = 600_000
IMPORTER = b"footprint.store.jobs"
# The first page that says something of visitors' events as well as of orders.
INSIGHT = "retention?period=all"


@dataclass
class Run:
    """Seconds of each step and peak MB of one file."""

    mb: float
    rows: int = 0
    transport: float = 0.0
    imported: float = 0.0
    insight: float = 0.0
    idle_mb: float = 0.0
    previewed_mb: float = 0.0
    taken_mb: float = 0.0
    server_mb: float = 0.0
    importer_mb: float = 0.0

    @property
    def total(self) -> float:
        return self.transport + self.imported + self.insight


class Watch:
    """The highest peak of the process that imports, read twenty times a second."""

    def __init__(self, server: int) -> None:
        self.peak, self._server, self._stop = 0.0, server, Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The peak, MB."""
        self._stop.set()
        self._thread.join()
        return self.peak

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            for pid in children(self._server):
                try:
                    # Before it becomes another program a child shows its parent's memory.
                    if IMPORTER in Path(f"/proc/{pid}/cmdline").read_bytes():
                        self.peak = max(self.peak, peak_mb(pid))
                except OSError:
                    continue


def children(pid: int) -> list[int]:
    """The processes a process has started, with theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


def through(page: Page, file: Path, server: int) -> Run:
    """Give a file to the drop zone, accept it, and wait until a page shows what is in it."""
    run = Run(file.stat().st_size / 1e6, idle_mb=peak_mb(server))
    clock = perf_counter()
    page.set_input_files('input[type="file"]', file)
    page.locator(".fp-banner.green").wait_for(timeout=PATIENCE_MS)
    accept = page.get_by_role("button", name="Accept all and import")
    run.transport, run.previewed_mb = perf_counter() - clock, peak_mb(server)
    watch, clock = Watch(server), perf_counter()
    accept.click()
    page.get_by_text("What happened").wait_for(timeout=PATIENCE_MS)
    run.imported, clock = perf_counter() - clock, perf_counter()
    run.importer_mb, run.taken_mb = watch.stop(), peak_mb(server)
    said = page.locator(".fp-card-value").first.inner_text()
    run.rows = int(said.replace(",", ""))
    page.goto(page.url.split("/data")[0] + f"/{INSIGHT}")
    page.locator(".fp-card-value").first.wait_for(timeout=PATIENCE_MS)
    run.insight, run.server_mb = perf_counter() - clock, peak_mb(server)
    return run


def whole(mb: float) -> str:
    return f"{mb:,.0f}"


def measure(file: Path) -> Run:
    """One file through a fresh server and browser."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "app" / "server.py"), "--workspace", folder]
        server = subprocess.Popen([*command, "--port", str(PORT)])
        try:
            wait_for_server()
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=browser.find(), args=browser.ARGUMENTS
                )
                page = chromium.new_context(locale="en-US").new_page()
                page.goto(f"http://127.0.0.1:{PORT}/data")
                page.wait_for_function(DONE, arg="Data")
                page.locator(".pick").wait_for()
                page.wait_for_timeout(2000)
                found = through(page, file, server.pid)
                chromium.close()
            return found
        finally:
            server.terminate()
            server.wait(timeout=20)


def main() -> None:
    """Measure the files given and write the section of the benchmark page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 1000])
    runs = []
    for megabytes in parser.parse_args().megabytes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "events.csv"
            make("events", megabytes, file)
            runs.append(measure(file))
    head = ("file", "rows", "upload + preview s", "import s", "first insight s", "total s",
            "server idle MB", "with preview MB", "with import MB", "importer MB",
            "server with insight MB")  # fmt: skip
    rows = [
        (
            f"{run.mb:,.0f} MB",
            f"{run.rows:,}",
            *map(report.seconds, (run.transport, run.imported, run.insight, run.total)),
            *map(whole, (run.idle_mb, run.previewed_mb, run.taken_mb, run.importer_mb)),
            whole(run.server_mb),
        )
        for run in runs
    ]
    body = (
        "A CSV of visitors' events dropped into the data desk in Chromium. Upload and "
        "preview: until the server has the whole file with its checksum and the wizard says what "
        "it understood. Import: from the click until everybody sees the data. First insight: until "
        "the retention page shows its first number. Memory: peak resident size.\n\n"
        + report.table(head, rows)
    )
    packages = ("footprint", "streamlit", "polars", "playwright")
    report.write_part("60_upload", "A file through the browser", body, packages)
    print(body)


if __name__ == "__main__":
    main()
