"""The command line: what it prints, where it fails, with which code."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from footprint.cli import app
from footprint.templates import template_csv
from typer.testing import CliRunner, Result

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
GOOD = f"{HEAD}\n1,2026-11-10 08:00:00,u1,s1,1,50\n2,2026-11-11 08:00:00,u2,s1,2,70\n"


class Shell:
    """Runs commands against one workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "shop"

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--workspace", str(self.workspace)])

    def json(self, *words: str) -> Any:
        done = self(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return Shell(tmp_path)


def test_import_then_tables(run: Shell) -> None:
    done = run("import", run.file("orders.csv", GOOD))
    assert done.exit_code == 0
    assert "2 accepted (2 new" in done.stdout
    assert done.stderr == ""
    assert run.json("tables")["tables"] == [
        {"name": "orders", "title": "Orders", "rows": 2, "first": "2026-11-10T00:00:00+00:00",
         "last": "2026-11-11T00:00:00+00:00"}
    ]  # fmt: skip
    assert "Nov 10, 2026, 08:00" in run("tables").stdout
    again = run("import", run.file("orders.csv", GOOD))
    assert again.exit_code == 0
    assert "nothing was changed" in again.stdout


def test_partial_success_warns_and_succeeds(run: Shell) -> None:
    picture = run.file("photo.csv", b"\x89PNG\r\n\x1a\n\x00")
    orders = run.file("orders.csv", f"{GOOD}3,2026-11-12,u3,s1,1,-5\n")
    done = run("import", picture, orders)
    assert done.exit_code == 0
    assert "photo.csv: this is a picture" in done.stderr
    assert "1 of 3 rows of orders.csv were set aside" in done.stderr
    assert "must not be negative (first in row 4" in done.stdout
    assert "must not be negative" in run("set-aside", "1").stdout


def test_rejected_input_has_code_4_and_names_the_place(run: Shell) -> None:
    done = run("import", run.file("photo.csv", b"\x89PNG\r\n\x1a\n\x00"), "--json")
    assert done.exit_code == 4
    error = json.loads(done.stdout)["error"]
    assert error["file"] == "photo.csv" and error["mend"]
    assert len(done.stderr.strip().splitlines()) <= 2
    negative = run("import", run.file("orders.csv", f"{HEAD}\n1,2026-11-10,u,s,1,-5\n"), "--json")
    assert negative.exit_code == 4
    error = json.loads(negative.stdout)["error"]
    assert (error["row"], error["column"]) == (2, "paid_amount")
    assert "Traceback" not in negative.stderr


def test_mapping_and_table(run: Shell) -> None:
    text = "no,when,who,what,n,money\n1,2026-11-10,u,s,1,5\n"
    maps = {"no": "order_id", "when": "order_ts", "who": "user_id", "what": "sku_id", "n": "qty"}
    words = [part for item in maps.items() for part in ("--map", "=".join(item))]
    path = run.file("x.csv", text)
    assert run("import", path, *words).exit_code == 4
    done = run("import", path, *words, "--map", "money=paid_amount", "--table", "orders")
    assert done.exit_code == 0, done.output
    assert run("import", path, "--map", "money").exit_code == 2
    assert run("import", path, "--table", "nothing").exit_code == 2


def test_ask_prints_one_json_object(run: Shell) -> None:
    answer = run.json("ask", "break_even", "--set", "viewers=20000", "--where", "category=fresh",
                      "--from", "2026-11-09", "--to", "2026-11-15")  # fmt: skip
    assert {"question", "params", "scope", "data_version", "scalars", "frames", "findings"} <= set(
        answer
    )
    assert answer["scope"] == {
        "from": "2026-11-09", "to": "2026-11-15", "where": {"category": ["fresh"]},
        "tz": "Asia/Shanghai",
    }  # fmt: skip
    assert set(answer["scalars"]["orders"]) >= {"value", "unit", "n", "low", "high"}


def test_ask_in_words_and_csv(run: Shell) -> None:
    zh = run("ask", "break_even", "--lang", "zh")
    assert zh.exit_code == 0
    assert "保本订单数" in zh.stdout
    csv = run("ask", "break_even", "--csv")
    assert csv.stdout.lstrip("\ufeff").splitlines()[0] == "aov,conversion,profit"
    assert run("ask", "break_even", "--csv", "--frame", "nothing").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "nothing"],
        ["ask", "break_even", "--set", "viewers=many"],
        ["ask", "break_even", "--set", "nothing=1"],
        ["ask", "break_even", "--set", "viewers"],
        ["ask", "break_even", "--where", "colour=red"],
        ["ask", "break_even", "--from", "soon"],
        ["ask", "break_even", "--from", "2026-11-15", "--to", "2026-11-09"],
        ["undo"],
        ["settings", "--set", "roi=many"],
        ["settings", "--reset", "nothing"],
    ],
)
def test_wrong_use_has_code_2_and_a_hint(run: Shell, words: list[str]) -> None:
    done = run(*words, *([] if words[0] == "set-aside" else ["--json"]))
    assert done.exit_code == 2, done.output
    assert json.loads(done.stdout)["error"]["mend"]
    assert 1 <= len(done.stderr.strip().splitlines()) <= 2


def test_missing_data_has_code_3_and_names_the_file(run: Shell) -> None:
    done = run("ask", "complaints", "--json")
    assert done.exit_code == 3
    assert "orders.csv" in done.stderr
    assert json.loads(done.stdout)["error"]["tables"] == ["orders"]


def test_questions_say_which_file_would_unlock_them(run: Shell) -> None:
    asked = {q["id"]: q for q in run.json("questions")["questions"]}
    assert asked["complaints"]["missing"] == ["orders"]
    run("import", run.file("orders.csv", GOOD))
    asked = {q["id"]: q for q in run.json("questions")["questions"]}
    assert asked["complaints"]["missing"] == []
    assert "missing: streams" in run("questions").stdout


def test_settings_and_undo(run: Shell) -> None:
    run("import", run.file("orders.csv", GOOD))
    edited = run.json("settings", "--set", "complaint_rate=2%", "--set", "roi=4")["settings"]
    values = {s["key"]: s["value"] for s in edited if s["edited"]}
    assert values == {"complaint_rate": 0.02, "roi": 4.0}
    assert run.json("settings", "--reset", "roi")["settings"]
    assert run.json("undo")["undone"] == ["orders.csv"]
    assert run.json("tables")["tables"] == []
    assert "投诉率预警线" in run("settings", "--lang", "zh").stdout


def test_several_settings_go_in_together_or_not_at_all(run: Shell) -> None:
    assert run("settings", "--set", "roi=4", "--set", "complaint_rate=many").exit_code == 2
    assert not any(s["edited"] for s in run.json("settings")["settings"])


def test_the_brief(run: Shell) -> None:
    run("import", run.file("orders.csv", GOOD))
    brief = run.json("brief", "--week", "2026-W46")
    assert brief["week"] == "2026-W46"
    assert {"colour", "reason", "findings", "targets", "data_version"} <= set(brief)
    page = run.folder / "brief.html"
    assert run("brief", "--week", "2026-W46", "--html", str(page)).exit_code == 0
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html")
    assert run("brief", "--week", "next").exit_code == 2


def test_templates(tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    words = ["template", "orders", "--lang", "zh", "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert out.read_bytes() == template_csv("orders", "zh")
    assert CliRunner().invoke(app, ["template", "nothing"]).exit_code == 2


def test_language_follows_the_environment(run: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有这个问题" in run("ask", "nothing").stderr
    assert "no question" in run("ask", "nothing", "--lang", "en").stderr
    assert run("ask", "nothing", "--lang", "fr").exit_code == 2


def test_a_damaged_workspace_is_no_traceback(run: Shell) -> None:
    run.workspace.mkdir()
    (run.workspace / "app.sqlite").write_bytes(b"not a database" * 100)
    done = run("tables")
    assert done.exit_code == 4
    assert "damaged" in done.stderr
    assert "Traceback" not in done.output


def test_help_and_import_are_quick_and_light() -> None:
    heavy = ("polars", "scipy", "statsmodels", "streamlit", "duckdb", "pyarrow", "numpy")
    code = f"import sys, footprint.cli; print([m for m in {heavy!r} if m in sys.modules])"
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.perf_counter() - began < 20


def test_a_dry_run_tells_all_and_changes_nothing(run: Shell) -> None:
    path = run.file("orders.csv", f"{GOOD}3,2026-11-12,13800138000,s1,1,-5\n")
    told = run("import", path, "--dry-run")
    assert told.exit_code == 0
    for words in ("orders.csv → orders", "2 can be taken in", "1 rows set aside", "2 new",
                  "nothing was changed"):  # fmt: skip
        assert words in told.stdout, words
    assert "13800138000" not in told.stdout
    plain = run.json("import", path, "--dry-run")
    assert plain["ready"] is True
    assert plain["sheets"][0]["effect"]["gmv_after"] == 120
    assert {"question", "title", "page"} <= set(plain["unlocks"][0])
    assert run.json("tables")["tables"] == []


def test_questions_are_answered_on_the_command_line(run: Shell) -> None:
    path = run.file("orders.csv", GOOD.replace("2026-11-10 ", "03/04/2026 ").replace(
        "2026-11-11 ", "03/04/2026 "))  # fmt: skip
    asked = run("import", path, "--dry-run")
    assert "--answer order:order_ts=dmy" in asked.stdout
    assert run("import", path).exit_code == 4
    assert run("import", path, "--answer", "order:order_ts=dmy").exit_code == 0
    assert run.json("tables")["tables"][0]["first"].startswith("2026-04-03")
    bare = run.file("bare.csv", "9,2026-11-10 08:00:00,u1,s1,1,50\n")
    maps = [part for at, name in enumerate(HEAD.split(","))
            for part in ("--map", f"column {at + 1}={name}")]  # fmt: skip
    done = run("import", bare, "--heading", "0", "--table", "orders", *maps)
    assert done.exit_code == 0, done.output
    assert "1 accepted" in done.stdout


def test_a_raw_file_is_kept_only_when_asked(run: Shell) -> None:
    run("import", run.file("orders.csv", GOOD))
    assert not (run.workspace / "raw").exists()
    run("import", run.file("more.csv", GOOD.replace("\n1,", "\n9,")), "--keep-raw")
    (kept,) = (run.workspace / "raw").iterdir()
    assert kept.name.endswith("-more.csv")


def test_mappings_are_listed_exported_taken_in_and_forgotten(run: Shell, tmp_path: Path) -> None:
    content = GOOD.replace("paid_amount", "money")
    run("import", run.file("a.csv", content), "--map", "money=paid_amount")
    (profile,) = run.json("mappings")["mappings"]
    assert (profile["table"], profile["mapping"]) == ("orders", {"money": "paid_amount"})
    assert "money=paid_amount" in run("mappings").stdout
    run("mappings", "--rename", f"{profile['id']}=weekly orders")
    (profile,) = run.json("mappings")["mappings"]
    assert profile["name"] == "weekly orders"
    assert "weekly orders" in run("mappings").stdout
    assert run("mappings", "--rename", "nothing=x").exit_code == 2
    out = tmp_path / "mappings.json"
    run("mappings", "--export", str(out))
    assert run.json("mappings", "--forget", profile["id"])["mappings"] == []
    assert run.json("mappings", "--import", str(out))["mappings"] == [profile]
    assert run("mappings", "--import", run.file("bad.json", "x")).exit_code == 2
    assert run("mappings", "--import", str(tmp_path / "absent.json")).exit_code == 2
