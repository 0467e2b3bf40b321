"""The import in a real browser: drop, check, change, accept, undo; cancel, leave, refuse."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTIFACTS, Serve, Visit, Visiting
from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from playwright.sync_api import FileChooser, Page, TimeoutError

REAL = os.environ.get("FOOTPRINT_REAL_DATA")
ORDERS = "订单 11月.csv"
HEADS = "order_id,order_ts,user_id,sku_id,qty,paid_amount,where from\n"
DROP = """([name, text]) => {
  const hosts = [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean);
  const zone = hosts.map((root) => root.querySelector('.drop')).find(Boolean);
  const files = new DataTransfer();
  name.forEach((one, at) => files.items.add(new File([text[at]], one)));
  zone.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true }));
}"""


@dataclass
class Desk:
    """The data desk of a fresh workspace, open in a browser."""

    seen: Visit
    page: Page
    workspace: Path

    def choose(self, *files: Path) -> None:
        """Give files to the drop zone and wait for the wizard."""
        self.page.set_input_files('input[type="file"]', files)
        self.page.get_by_text("Check and import").wait_for()
        self.page.locator(".fp-banner").wait_for()
        self.seen.settle()

    def accept(self) -> None:
        """Accept all and wait for the report."""
        self.page.get_by_role("button", name="Accept all and import").click()
        self.page.get_by_text("What happened").wait_for(timeout=90_000)
        self.seen.settle()

    def pick(self, label: str | re.Pattern[str], option: str) -> None:
        """Choose in a box of the wizard and wait for its effect."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(option)
        self.page.get_by_role("option", name=option, exact=False).first.click()
        self.seen.settle()
        self.page.wait_for_timeout(300)
        self.seen.settle()

    def tables(self) -> dict[str, int]:
        """Rows by table, as another process sees them."""
        return {info.name: info.rows for info in Workspace(self.workspace).tables()}

    def spooled(self) -> list[Path]:
        return [path for path in (self.workspace / "spool").rglob("*") if path.is_file()]

    def shot(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"import-{name}.png", full_page=True)


Opening = Callable[..., Desk]


@pytest.fixture
def desk(visit: Visiting, serve: Serve, tmp_path: Path) -> Opening:
    def opened(lang: str = "en", theme: str = "light", width: int = 1440) -> Desk:
        (tmp_path / "shop").mkdir()
        seen = visit(serve(tmp_path / "shop"), lang, theme, width)
        page = seen.open("data")
        page.locator(".pick").wait_for()
        seen.settle()
        page.wait_for_timeout(2000)
        return Desk(seen, page, tmp_path / "shop")

    return opened


def orders_csv(rows: int, paid: int = 100) -> str:
    lines = [
        f"A{n},2026-11-{n % 9 + 1:02d} 20:00:00,u{n % 7},S1,1,{paid},上海" for n in range(rows)
    ]
    return HEADS + "\n".join(lines) + "\n"


def sample(name: str) -> Path:
    return next(file for file in sample_files() if file.stem == name)


def test_two_dropped_files_are_checked_changed_accepted_and_undone(desk: Opening) -> None:
    at = desk()
    streams = sample("streams").read_text("utf-8")
    at.page.evaluate(DROP, [[ORDERS, "streams.csv"], [orders_csv(50), streams]])
    at.page.locator(".fp-banner").wait_for()
    at.seen.settle()
    assert at.tables() == {}
    at.page.locator('[data-testid="stExpander"] summary', has_text="订单 11月.csv").click()
    at.page.get_by_text("Change the mapping").click()
    at.pick("“where from” is read as", "Region")
    at.shot("changed")
    at.accept()
    at.shot("report")
    assert at.tables() == {"orders": 50, "streams": pl.read_csv(sample("streams")).height}
    assert set(Workspace(at.workspace).data().frame("orders")["region"]) == {"上海"}
    assert not at.spooled()
    at.page.get_by_role("link", name="Board").click()
    at.page.locator(".fp-card-value", has_text="¥5,000").first.wait_for()
    at.page.go_back()
    at.page.get_by_role("button", name="Undo this import").click()
    at.page.get_by_role("button", name="Import the sample").wait_for()
    at.seen.settle()
    assert at.tables() == {}
    assert not at.seen.faults


def test_a_later_file_tells_what_grew_before_it_is_accepted(desk: Opening, tmp_path: Path) -> None:
    first, later = tmp_path / "first.csv", tmp_path / "later.csv"
    first.write_text(orders_csv(50), "utf-8")
    later.write_text(orders_csv(60, paid=101), "utf-8")
    at = desk()
    Workspace(at.workspace).import_files(first)
    at.choose(later)
    cards = {
        card.locator(".fp-card-label span").first.inner_text(): card
        for card in at.page.locator(".fp-card").all()
    }
    assert cards["New rows"].locator(".fp-card-value").inner_text() == "10"
    assert cards["Changed rows"].locator(".fp-card-value").inner_text() == "50"
    at.page.get_by_text("Before: ¥5,000").wait_for()
    at.page.get_by_text("¥6,060").first.wait_for()


def test_an_upload_is_cancelled_and_leaves_nothing(desk: Opening, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    big.write_text(HEADS + "x" * 8_000_000)
    at = desk()
    wire = at.page.context.new_cdp_session(at.page)
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000},
    )
    at.page.set_input_files('input[type="file"]', big)
    at.page.locator('.row[data-state="sending"] .said', has_text="%").wait_for()
    at.shot("sending")
    at.page.get_by_role("button", name="Cancel big.csv").click()
    at.page.locator(".said", has_text="nothing stayed on the server").wait_for()
    at.page.wait_for_timeout(500)
    assert not at.spooled()
    at.page.get_by_role("button", name="Remove big.csv").click()
    assert not at.page.locator(".row").count()


def test_the_drop_zone_works_by_keyboard(desk: Opening, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(orders_csv(5), "utf-8")
    at = desk()
    chooser = next(filter(None, (opened_by_enter(at.page) for _ in range(5))), None)
    assert chooser is not None
    chooser.set_files(file)
    at.page.locator(".fp-banner").wait_for()
    assert not at.seen.faults


def opened_by_enter(page: Page) -> FileChooser | None:
    """What Enter on the button opens; None when the page was just being drawn anew."""
    try:
        with page.expect_file_chooser(timeout=4000) as chooser:
            page.locator(".pick").press("Enter")
        return chooser.value
    except TimeoutError:
        return None


def test_a_page_loaded_anew_still_has_the_files(desk: Opening, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(orders_csv(5), "utf-8")
    at = desk()
    at.choose(file)
    at.page.reload()
    at.page.locator(".fp-banner").wait_for()
    at.page.get_by_role("button", name="Discard all").click()
    at.page.locator(".fp-banner").wait_for(state="detached")
    assert not at.spooled()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_the_wizard_is_easy_to_reach(desk: Opening, tmp_path: Path, theme: str, width: int) -> None:
    bad = tmp_path / "no table.csv"
    bad.write_text("好,坏\n1,2\n", "utf-8")
    at = desk("en", theme, width)
    at.choose(sample("orders"), bad)
    at.page.locator('[data-testid="stExpander"] summary', has_text="orders.csv").first.click()
    at.seen.settle()
    at.page.wait_for_timeout(600)
    at.shot(f"wizard-{theme}-{width}")
    found = [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in Axe().run(at.page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not found
    assert (
        at.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width + 1
    )


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("PUT", {}, 403),
        ("PUT", {"X-Footprint-Ticket": "guessed", "X-Footprint-Name": "a.csv"}, 403),
        ("PUT", {"Origin": "http://evil.example"}, 403),
        ("PUT", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", {}, 405),
        ("DELETE", {}, 405),
    ],
)
def test_the_server_refuses_strangers(
    shop: str, method: str, headers: dict[str, str], status: int
) -> None:
    request = Request(f"{shop}/upload", b"order_id\n1\n", headers, method=method)
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=10)
    assert refused.value.code == status


def test_a_page_of_another_origin_cannot_upload(
    visit: Visiting, serve: Serve, shop: str, tmp_path: Path
) -> None:
    page = visit(serve(tmp_path), "en").open("data")
    reached = page.evaluate(
        """(url) => fetch(url, { method: 'PUT', body: 'x', headers: { 'X-Footprint-Ticket': 'x' } })
          .then(() => true, () => false)""",
        f"{shop}/upload",
    )
    assert reached is False


@pytest.mark.skipif(not REAL, reason="FOOTPRINT_REAL_DATA is not set")
def test_real_orders_come_out_to_the_cent(desk: Opening) -> None:
    """The Complete Journey: the wizard asks for three columns; totals as its source states."""
    at = desk()
    at.choose(Path(REAL or "") / "complete_journey" / "transactions_sample.csv")
    for column, heading in (
        ("order_id", "basket_id"),
        ("user_id", "household_id"),
        ("paid_amount", "sales_value"),
    ):
        at.pick(re.compile(rf"\({column}\)"), heading)
    at.shot("real-orders")
    at.accept()
    orders = Workspace(at.workspace).data().frame("orders")
    at.shot("real-orders-in")
    assert orders.height == 75_000
    assert round(orders["paid_amount"].sum(), 2) == 233_935.24
    assert (orders["user_id"].n_unique(), orders["order_id"].n_unique()) == (2_377, 47_243)
    assert not at.seen.faults


@pytest.mark.skipif(not REAL, reason="FOOTPRINT_REAL_DATA is not set")
def test_real_posts_come_in_by_hand(desk: Opening) -> None:
    """Facebook Live sellers of Thailand: nothing is recognised, so a person says what it is."""
    at = desk()
    at.choose(Path(REAL or "") / "fb_live_thailand" / "Live.csv")
    at.pick("This table is", "Short videos")
    for column, heading in (
        ("content_id", "status_id"),
        ("publish_ts", "status_published"),
        ("views", "num_reactions"),
        ("completes", "num_comments"),
    ):
        at.pick(re.compile(rf"Live.csv .*\({column}\)"), heading)
    same = at.page.get_by_label("or the same in every row (platform)")
    same.fill("facebook")
    same.press("Enter")
    at.seen.settle()
    at.shot("real-posts")
    at.accept()
    posts = Workspace(at.workspace).data().frame("contents")
    [report] = Workspace(at.workspace).uploads().to_dicts()
    assert (report["rows"], posts.height, report["set_aside"]) == (7_050, 6_997, 53)
    assert not at.seen.faults
