"""Mappings are remembered by headings, used on the next import, and go to other workspaces."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from footprint.errors import UsageError
from footprint.store.migrations import MIGRATIONS
from footprint.workspace import Workspace

MAPPING = {"no": "order_id", "when": "order_ts@dmy", "who": "user_id", "what": "sku_id",
           "n": "qty", "money": "paid_amount"}  # fmt: skip


def mine(no: int, head: str = "no,when,who,what,n,money") -> tuple[str, bytes]:
    return f"{no}.csv", f"{head}\n{no},03/04/2026,u,s,1,5\n".encode()


def test_a_mapping_is_used_when_the_headings_come_again(ws: Workspace) -> None:
    assert ws.import_files(mine(1)).accepted == 0
    assert ws.mappings() == []
    assert ws.import_files(mine(1), mapping=MAPPING).accepted == 1
    report = ws.import_files(mine(2, "No , WHEN,who,what,n,money"))
    assert report.accepted == 1
    assert any("remembered mapping" in note.en for note in report.files[0].notes)
    days = ws.data().frame("orders")["order_ts"].dt.convert_time_zone(ws.data().tz).dt.month()
    assert days.to_list() == [4, 4]
    assert ws.import_files(mine(3, "no,when,who,what,n,cash")).accepted == 0


def test_the_users_word_now_wins_and_is_remembered(ws: Workspace) -> None:
    ws.import_files(mine(1), mapping=MAPPING)
    ws.import_files(mine(2), mapping={"when": "order_ts@mdy"})
    (profile,) = ws.mappings()
    assert profile.mapping == {**MAPPING, "when": "order_ts@mdy"}
    ws.import_files(mine(3))
    rows = ws.data().frame("orders").sort("order_id")
    assert rows["order_ts"].dt.month().to_list() == [4, 3, 3]


def test_what_brought_no_row_in_is_not_remembered(ws: Workspace) -> None:
    bad = ("bad.csv", b"no,when,who,what,n,money\n1,never,u,s,1,5\n")
    assert ws.import_files(bad, mapping=MAPPING).accepted == 0
    assert ws.mappings() == []


def test_mappings_go_to_another_workspace(ws: Workspace, tmp_path: Path) -> None:
    ws.import_files(mine(1), mapping=MAPPING)
    other = Workspace(tmp_path / "other")
    assert other.import_mappings(ws.export_mappings()) == ws.mappings() == other.mappings()
    assert other.import_files(mine(2)).accepted == 1
    other.forget_mapping(other.mappings()[0].id)
    assert other.import_files(mine(3)).accepted == 0
    with pytest.raises(UsageError, match="remembered"):
        other.forget_mapping("none")


def test_a_name_is_kept_told_and_taken_along(ws: Workspace, tmp_path: Path) -> None:
    ws.import_files(mine(1), mapping=MAPPING)
    (profile,) = ws.mappings()
    assert profile.name == ""
    ws.rename_mapping(profile.id, "  weekly\n orders ")
    assert ws.mappings()[0].name == "weekly orders"
    (told,) = [n for n in ws.import_files(mine(2)).files[0].notes if "remembered" in n.en]
    assert "weekly orders" in told.en and "weekly orders" in told.zh
    ws.import_files(mine(3), mapping={"when": "order_ts@mdy"})
    assert ws.mappings()[0].name == "weekly orders", "a new word on the headings keeps the name"
    other = Workspace(tmp_path / "other")
    assert other.import_mappings(ws.export_mappings())[0].name == "weekly orders"
    ws.rename_mapping(profile.id, "")
    assert ws.mappings()[0].name == ""
    with pytest.raises(UsageError, match="remembered"):
        ws.rename_mapping("none", "x")


def test_mappings_of_before_names_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    Workspace(folder).import_files(mine(1), mapping=MAPPING)
    with sqlite3.connect(folder / "app.sqlite") as db:
        db.execute("alter table mapping_profiles drop column name")
        db.execute("pragma user_version = 5")
    again = Workspace(folder)
    (profile,) = again.mappings()
    assert (profile.name, profile.mapping) == ("", MAPPING)
    again.rename_mapping(profile.id, "mine")
    assert again.mappings()[0].name == "mine"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"footprint_mappings": 2, "profiles": []}', b"\xff",
     b'{"footprint_mappings": 1, "profiles": [{"headings": [], "table": "x", "mapping": {}}]}',
     b'{"footprint_mappings": 1, "profiles": [{"headings": [], "table": "orders", "mapping": 1}]}',
     b'{"footprint_mappings": 1, "profiles": '
     b'[{"headings": ["a"], "table": "orders", "mapping": {"a": "b"}}]}'],
)  # fmt: skip
def test_other_content_is_refused_and_changes_nothing(ws: Workspace, content: bytes) -> None:
    with pytest.raises(UsageError):
        ws.import_mappings(content)
    assert ws.mappings() == []


def test_an_older_workspace_gains_the_memory(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with sqlite3.connect(folder / "app.sqlite") as db:
        db.executescript(MIGRATIONS[0])
        db.execute("insert into meta values ('secret', ?)", ("ab" * 32,))
        db.execute("insert into states values (1, '2026-01-01', 'start', '{}', '{}')")
        db.execute("pragma user_version = 1")
    again = Workspace(folder)
    assert again.mappings() == []
    assert again.import_files(mine(2), mapping=MAPPING).accepted == 1
    assert len(again.mappings()) == 1
