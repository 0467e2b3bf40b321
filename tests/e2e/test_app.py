"""The app in a real browser: pages, languages, upload, matrix, keyboard, accessibility."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTIFACTS, Serve, Visiting
from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from playwright.sync_api import Page

PAGES = (
    "brief",
    "board",
    "journey",
    "attribution",
    "retention",
    "lifecycle",
    "content",
    "risk",
    "improve",
    "ask",
    "data",
)
UNEXPECTED = ("这一块暂时算不出来", "could not be worked out", "Traceback", "Error running app")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_a_fault(visit: Visiting, shop: str, name: str, lang: str) -> None:
    seen = visit(shop, lang)
    page = seen.open(name)
    page.screenshot(path=shot(f"{name}-{lang}"), full_page=True)
    said = page.inner_text("body")
    assert not [words for words in UNEXPECTED if words in said]
    assert ("导出" in said) == (lang == "zh") or name == "data"
    assert not seen.faults


def test_the_bare_address_leads_to_the_weekly_brief(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("")
    page.wait_for_url("**/brief**")
    assert "Weekly brief" in page.inner_text(".fp-head")


def test_the_language_can_be_switched_and_stays(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "zh")
    page = seen.open("board")
    page.get_by_role("radio", name="English").click()
    page.wait_for_selector("text=Key metrics")
    page.get_by_role("link", name="Lifecycle").click()
    page.wait_for_selector("text=People in each phase")
    assert "lang=en" in page.url


def test_evidence_opens_in_a_drawer(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("brief")
    page.get_by_role("button", name="Evidence").nth(1).click()
    drawer = page.get_by_role("dialog")
    drawer.wait_for()
    drawer.locator("canvas").first.wait_for()
    seen.settle()
    page.wait_for_timeout(800)
    page.screenshot(path=shot("drawer"))
    assert "Problem" in drawer.inner_text()
    assert not seen.faults


def test_a_finding_links_to_its_page_with_its_week(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("brief")
    page.get_by_role("link", name="Open Risk").first.click()
    page.wait_for_url("**/risk?**")
    seen.settle()
    assert "from=2026-11-09" in page.url and "to=2026-11-15" in page.url
    assert "finding=" in page.url
    page.wait_for_selector("text=The finding you follow")


def test_an_upload_changes_a_number(visit: Visiting, serve: Serve, tmp_path: Path) -> None:
    Workspace(tmp_path).import_files([f for f in sample_files() if f.stem == "streams"])
    seen = visit(serve(tmp_path), "en")
    page = seen.open("board?period=all")
    before = number(page, "GMV")
    seen.open("data")
    orders = next(file for file in sample_files() if file.stem == "orders")
    page.set_input_files('input[type="file"]', orders)
    page.get_by_role("button", name="Accept all and import").click()
    page.wait_for_selector("text=What happened")
    assert "orders.csv" in page.inner_text("body")
    page.screenshot(path=shot("uploaded"), full_page=True)
    page.get_by_role("link", name="Board").click()
    page.wait_for_selector("text=Key metrics")
    seen.settle()
    assert number(page, "GMV") != before
    assert not seen.faults


def test_the_sample_is_one_click_away(visit: Visiting, serve: Serve, tmp_path: Path) -> None:
    seen = visit(serve(tmp_path), "en")
    page = seen.open("brief")
    page.get_by_role("link", name="Try the sample data").click()
    page.get_by_role("button", name="Import the sample").click()
    page.wait_for_selector("text=What happened", timeout=90_000)
    seen.settle()
    page.get_by_role("link", name="Go to the weekly brief").click()
    page.wait_for_selector("text=What to act on")
    assert not seen.faults


def test_a_click_on_a_matrix_cell_lists_its_risks(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("risk?period=all")
    chart = page.locator(".st-key-chart-matrix-current")
    chart.scroll_into_view_if_needed()
    listed = page.locator('[class*="st-key-card-risk-"]')
    before = listed.count()
    chart.locator("svg .mark-symbol path, svg .mark-symbol circle").first.click(force=True)
    page.wait_for_function(
        "before => document.querySelectorAll('[class*=\"st-key-card-risk-\"]').length !== before",
        arg=before,
    )
    seen.settle()
    page.screenshot(path=shot("matrix"))
    assert 0 < listed.count() < before
    assert not seen.faults


def test_the_matrix_works_by_keyboard(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("risk?period=all")
    page.get_by_label("Cell (by keyboard)").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    seen.settle()
    chosen = page.get_by_label("Cell (by keyboard)").input_value()
    assert "risks" in chosen


@pytest.mark.parametrize(
    ("entry", "start"), [("Table CSV: credits", b"\xef\xbb\xbf"), ("Chart SVG", b"<svg")]
)
def test_tables_and_charts_leave_as_files(
    visit: Visiting, shop: str, entry: str, start: bytes
) -> None:
    if start == b"<svg":
        pytest.importorskip("vl_convert")
    seen = visit(shop, "en")
    page = seen.open("attribution")
    page.locator(".st-key-export-models").get_by_role("button").click()
    with page.expect_download() as found:
        page.get_by_role("button", name=entry).click()
    assert Path(found.value.path()).read_bytes().startswith(start)
    assert not seen.faults


@pytest.mark.parametrize(
    ("form", "start"), [("Web page", b"<!doctype html>"), ("PDF", b"%PDF"), ("Excel", b"PK")]
)
def test_the_brief_leaves_in_every_form(
    visit: Visiting, shop: str, form: str, start: bytes
) -> None:
    seen = visit(shop, "en")
    page = seen.open("brief")
    page.locator('[class*="st-key-outlet-2026"]').get_by_role("button").click()
    with page.expect_download() as found:
        page.get_by_role("button", name=form).click()
    content = Path(found.value.path()).read_bytes()
    assert content.startswith(start)
    if form == "Web page":
        assert b"2026-W46" in content and f"{shop}/risk?".encode() in content
    assert not seen.faults


def test_a_definition_opens_on_focus(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("board")
    tip = page.locator(".fp-tip").first
    tip.focus()
    words = tip.locator("span")
    assert words.is_visible() and len(words.inner_text()) > 10


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_hard_to_reach(visit: Visiting, shop: str, name: str, theme: str) -> None:
    """No serious finding of axe, neither in our parts nor in those Streamlit draws."""
    seen = visit(shop, "en", theme)
    page = seen.open(name)
    page.wait_for_timeout(600)
    report = Axe().run(page)
    found = [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in report.response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not found


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_sideways_scrolling(visit: Visiting, shop: str, name: str) -> None:
    seen = visit(shop, "en", width=390)
    page = seen.open(name)
    page.screenshot(path=shot(f"{name}-phone"), full_page=True)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 391


def number(page: Page, label: str) -> str:
    """What the card of this label shows."""
    card = page.locator(".fp-card", has_text=label).first
    return card.locator(".fp-card-value").inner_text()


def shot(name: str) -> Path:
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS / f"{name}.png"
