"""How long a moved slider or a switched breakdown takes on the pages that explain (U1 to U5).

``FOOTPRINT_WORKSPACE=<folder> python benchmarks/interactions.py [--values 4] [--pages ...]`` opens
a workspace (10 million events for the section in docs/benchmarks.md) in a real Chromium, finds
every list, segment and slider inside the cards of every tab and moves each through its values
twice. A time runs inside the browser from the click or key to the end of the script run that
follows. The first round asks what was never asked, the second what the server has kept.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "e2e")]

import browser  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.page_switch import p95, wait_for_server  # noqa: E402

PAGES = ("journey", "attribution", "retention", "lifecycle", "content")
KINDS = {"list": '[data-testid="stSelectbox"]', "segment": '[data-testid="stButtonGroup"]',
         "slider": '[data-testid="stSlider"]'}  # fmt: skip
# Keeps the moment of the last click or key, and of the end of the last script run after it.
WATCH = """() => {
  window.fp = {from: 0, runs: []};
  for (const kind of ['click', 'keydown'])
    document.addEventListener(kind, () => { window.fp.from = performance.now(); }, true);
  const app = document.querySelector('[data-testid="stApp"]');
  new MutationObserver(() => window.fp.runs.push(
    [performance.now(), app.dataset.testScriptState]
  )).observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
}"""
ENDED = """() => { const after = window.fp.runs.filter(run => run[0] >= window.fp.from);
  return after.length > 0 && after[after.length - 1][1] === 'notRunning'; }"""
TOOK = "() => window.fp.runs[window.fp.runs.length - 1][0] - window.fp.from"
_PATIENCE_MS = 60_000


@dataclass
class Control:
    """One control of one tab and its times in milliseconds."""

    place: str
    name: str
    kind: str
    fresh: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)


def settled(page: Page) -> None:
    """Wait until the page's script has run and stays so."""
    page.wait_for_selector(".fp-head h1", timeout=_PATIENCE_MS)
    for _ in range(2):
        page.wait_for_function(
            "document.querySelector('[data-testid=\"stApp\"]').dataset.testScriptState"
            " === 'notRunning'", timeout=_PATIENCE_MS,
        )  # fmt: skip
        page.wait_for_timeout(400)


def took(page: Page) -> float | None:
    """Milliseconds of the interaction just made; None when it ran nothing."""
    try:
        page.wait_for_function(ENDED, polling=10, timeout=1500)
    except Error:
        if not page.evaluate("() => window.fp.runs.some(run => run[0] >= window.fp.from)"):
            return None
        page.wait_for_function(ENDED, polling=10, timeout=_PATIENCE_MS)
    return float(page.evaluate(TOOK))


def tabs(page: Page) -> list[str]:
    """Names of the page's outer tabs, one empty name when it has none."""
    found = page.get_by_role("tab")
    return [found.nth(n).inner_text() for n in range(found.count())] or [""]


def controls(page: Page, kind: str) -> list[Locator]:
    """The controls of a kind inside the cards that can be seen."""
    found = page.locator('[class*="st-key-card-"]').locator(KINDS[kind])
    return [found.nth(n) for n in range(found.count()) if found.nth(n).is_visible()]


def moves(page: Page, control: Locator, kind: str, values: int) -> Iterator[None]:
    """Move a control to another value, again and again."""
    if kind == "slider":
        thumb = control.get_by_role("slider")
        for number in range(values):
            thumb.first.press("ArrowRight" if number < values - 1 else "ArrowLeft")
            yield
        return
    if kind == "segment":
        buttons = control.get_by_role("button").or_(control.get_by_role("radio"))
        for number in range(1, min(buttons.count(), values + 1)):
            buttons.nth(number).click()
            yield
        if buttons.count():
            buttons.nth(0).click()
            yield
        return
    for number in range(1, values + 1):
        control.get_by_role("combobox").click()
        options = page.get_by_role("option")
        if number >= options.count():
            page.keyboard.press("Escape")
            return
        options.nth(number).click()
        yield


def walk(page: Page, place: str, values: int) -> list[Control]:
    """Every control of the open tab, moved through its values twice."""
    found = []
    for kind in KINDS:
        for number in range(len(controls(page, kind))):
            one = Control(place, "", kind)
            for times in (one.fresh, one.kept):
                here = controls(page, kind)
                if number >= len(here):
                    break
                label = here[number].locator("label, [data-testid='stWidgetLabel']").first
                one.name = label.inner_text().strip() if label.count() else kind
                for _ in moves(page, here[number], kind, values):
                    time = took(page)
                    if time is not None:
                        times.append(time)
                    page.wait_for_timeout(120)
            found.append(one)
    return found


def measure(page: Page, server: str, path: str, values: int) -> list[Control]:
    """All tabs of one page."""
    base = f"{server}/{path}?lang=en"
    page.goto(base)
    settled(page)
    found = []
    for name in tabs(page):
        page.goto(base)
        settled(page)
        if name:
            page.get_by_role("tab", name=name, exact=True).click()
            settled(page)
        page.evaluate(WATCH)
        found += walk(page, f"{path}: {name}" if name else path, values)
    return found


def written(found: list[Control]) -> str:
    """The section of the benchmarks page."""
    rows = [
        (one.place, f"{one.name} ({one.kind})", str(len(one.fresh)), *_pair(one.fresh),
         *_pair(one.kept))
        for one in found if one.fresh
    ]  # fmt: skip
    fresh = [time for one in found for time in one.fresh]
    kept = [time for one in found for time in one.kept]
    rows.append(("all", "", str(len(fresh)), *_pair(fresh), *_pair(kept)))
    head = ("page", "control", "moves", "first p50 ms", "p95", "again p50 ms", "p95")
    return (
        "From the click or key until the script has run, in Chromium, with ten million events in "
        "the workspace. First: a value nobody asked for before; again: the same values a second "
        "time. The goal is 300 ms at p95. A slider waits 200 ms for the next key before it runs."
        "\n\n" + report.table(head, rows)
    )


def _pair(times: list[float]) -> tuple[str, str]:
    if not times:
        return "", ""
    return f"{statistics.median(times):.0f}", f"{p95(times) if len(times) > 1 else times[0]:.0f}"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=4)
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--print", action="store_true", help="print instead of writing the section")
    asked = parser.parse_args()
    folder = os.environ.get("FOOTPRINT_WORKSPACE")
    if not folder:
        raise SystemExit("name a workspace in FOOTPRINT_WORKSPACE")
    command = [sys.executable, str(ROOT / "app" / "server.py"), "--workspace", folder]
    port = free_port()
    server = subprocess.Popen([*command, "--port", str(port)])
    try:
        wait_for_server(port)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browser.find(), args=browser.ARGUMENTS
            )
            size = {"width": 1440, "height": 1400}
            page = chromium.new_context(locale="en-US", viewport=size).new_page()
            found = [one for path in asked.pages.split(",") for one in
                     measure(page, f"http://127.0.0.1:{port}", path, asked.values)]  # fmt: skip
            chromium.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
    body = written(found)
    if asked.print:
        print(body)
    else:
        title = "Moving a slider, switching a breakdown"
        report.write_part("45_interactions", title, body, ("footprint", "streamlit", "polars"))


if __name__ == "__main__":
    main()
