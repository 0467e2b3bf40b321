"""The brief on the command line: every form to a file, frozen, listed, noted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from footprint.cli import app
from footprint.workspace import Workspace
from typer.testing import CliRunner

ORDERS = "order_id,order_ts,user_id,sku_id,qty,paid_amount\n" + "\n".join(
    f"o{i},2026-11-{9 + i % 7:02d} 10:00:00,u{i % 90},s{i % 9},1,100" for i in range(400)
)
STARTS = {"html": b"<!doctype html>", "pdf": b"%PDF", "xlsx": b"PK", "md": b"# ", "charts": b"PK"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    Workspace(tmp_path / "shop").import_files([("orders.csv", ORDERS.encode())])
    return tmp_path / "shop"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_form_is_written_and_noted(shop: Path, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"brief.{kind}" for kind in STARTS}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    assert run("brief", "--week", "2026-W46", "-w", str(shop), *options) == ""
    for kind, file in files.items():
        assert file.read_bytes().startswith(STARTS[kind]), kind
    noted = [line for line in Workspace(shop).audit() if line["action"] == "export"]
    assert {json.loads(line["detail"])["file"] for line in noted} == {
        f.name for f in files.values()
    }


def test_a_report_is_frozen_listed_and_written_as_it_was(shop: Path, tmp_path: Path) -> None:
    id = run("brief", "--week", "2026-W46", "-w", str(shop), "--freeze").strip()
    assert id[:12] in run("reports", "-w", str(shop))
    listed = json.loads(run("reports", "-w", str(shop), "--json"))["reports"]
    assert [report["id"] for report in listed] == [id]
    page = tmp_path / "page.html"
    run("reports", "-w", str(shop), "--id", id[:10], "--html", str(page))
    assert page.read_bytes() == Workspace(shop).review.page(id, "en")


def test_a_report_that_is_none_is_a_wrong_use(shop: Path, tmp_path: Path) -> None:
    for id in ("../../etc/passwd", "deadbeef"):
        out = str(tmp_path / "x.html")
        result = CliRunner().invoke(app, ["reports", "-w", str(shop), "--id", id, "--html", out])
        assert result.exit_code == 2


def test_a_server_others_can_reach_needs_an_access_file(shop: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "access.toml"
    wrong.write_text("mode = 'everybody'")
    result = CliRunner().invoke(app, ["serve", "-w", str(shop), "--access", str(wrong)])
    assert result.exit_code == 2
