"""The workspace: imports merge, undo, settings, versions; nothing is ever half done."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from footprint.errors import DataMissing, InputRejected, UsageError
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.store.history import KEPT_IMPORTS
from footprint.store.memory import REJECTED, UPLOADS
from footprint.workspace import Workspace, parse_where

from .conftest import amounts, orders_csv


def test_a_new_workspace_is_empty(ws: Workspace) -> None:
    assert ws.tables() == []
    assert not ws.data().has("orders")
    with pytest.raises(DataMissing, match=r"orders\.csv"):
        ws.data().frame("orders")


def test_import_and_read_back(ws: Workspace) -> None:
    report = ws.import_files(("orders.csv", orders_csv({"1": 5, "2": 7})))
    (file,) = report.files
    assert (file.table, file.rows, file.accepted, file.added) == ("orders", 2, 2, 2)
    assert amounts(ws) == {"1": 5.0, "2": 7.0}
    assert dict(ws.data().frame("orders").schema) == TABLES["orders"].polars_schema
    (info,) = ws.tables()
    assert (info.name, info.rows, info.first) == ("orders", 2, "2026-11-10T00:00:00+00:00")


def test_another_process_sees_the_same(ws: Workspace) -> None:
    ws.import_files(("orders.csv", orders_csv({"1": 5})))
    other = Workspace(ws.path)
    assert other.data_version == ws.data_version
    assert amounts(other) == {"1": 5.0}


def test_the_same_file_twice_changes_nothing_and_says_so(ws: Workspace) -> None:
    content = orders_csv({"1": 5})
    ws.import_files(("orders.csv", content))
    before = ws.data_version
    (file,) = ws.import_files(("renamed.csv", content)).files
    assert file.already and "already" in file.notes[0].en
    assert ws.data_version == before
    assert ws.uploads().height == 1


def test_the_same_file_twice_in_one_import(ws: Workspace) -> None:
    content = orders_csv({"1": 5})
    report = ws.import_files([("a.csv", content), ("b.csv", content)])
    assert [file.already for file in report.files] == [False, True]
    assert ws.uploads().height == 1


def test_an_old_file_counts_again_once_newer_rows_replaced_its_own(ws: Workspace) -> None:
    old = orders_csv({"1": 5})
    ws.import_files(("a.csv", old))
    ws.import_files(("b.csv", orders_csv({"1": 6})))
    assert amounts(ws) == {"1": 6.0}
    ws.import_files(("a.csv", old))
    assert amounts(ws) == {"1": 5.0}


def test_overlapping_files_merge_by_key(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5, "2": 7, "3": 9})))
    (file,) = ws.import_files(("b.csv", orders_csv({"2": 7, "3": 10, "4": 1}))).files
    assert (file.added, file.changed, file.unchanged) == (1, 1, 1)
    assert amounts(ws) == {"1": 5, "2": 7, "3": 10, "4": 1}


def test_columns_a_later_file_lacks_keep_their_values(ws: Workspace) -> None:
    head = "stream_id,start_ts,end_ts,platform,host_id,category"
    row = "st1,2026-11-10 20:00,2026-11-10 22:00,douyin,h1,fresh"
    ws.import_files(("streams.csv", f"{head},viewers,gmv\n{row},100,5".encode()))
    ws.import_files(("streams.csv", f"{head},gmv\n{row},6".encode()))
    (stream,) = ws.data().frame("streams").select("viewers", "gmv").rows()
    assert stream == (100, 6.0)


def test_a_key_column_that_comes_and_goes_is_warned_of(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    text = "order_id,order_ts,user_id,sku_id,qty,paid_amount,line_no\n1,2026-11-10,u1,s1,1,5,1\n"
    (file,) = ws.import_files(("b.csv", text.encode())).files
    assert "line_no" in file.notes[0].en


def test_files_are_reported_on_their_own(ws: Workspace) -> None:
    report = ws.import_files(
        [("photo.csv", b"\x89PNG\r\n\x1a\n"), ("orders.csv", orders_csv({"1": 5, "2": -1}))]
    )
    refused, taken = report.files
    assert refused.refused is not None and refused.refused.where.file == "photo.csv"
    assert (taken.accepted, taken.set_aside) == (1, 1)
    report.raise_if_nothing()
    assert amounts(ws) == {"1": 5.0}


def test_nothing_accepted_is_an_error_that_names_the_place(ws: Workspace) -> None:
    report = ws.import_files(("orders.csv", orders_csv({"1": -1, "2": -2})))
    with pytest.raises(InputRejected) as refused:
        report.raise_if_nothing()
    where = refused.value.where
    assert (where.file, where.row, where.column) == ("orders.csv", 2, "paid_amount")
    assert ws.tables() == []


def test_counts_of_dirty_data_are_exact(ws: Workspace) -> None:
    good = {str(i): 10 + i for i in range(100)}
    repeats = [f"{i},2026-11-10 08:00:00,u{i},s1,1,{10 + i}" for i in range(7)]
    negative = [f"n{i},2026-11-10,u,s1,1,-{i + 1}" for i in range(3)]
    extra = "\n".join([*repeats, *negative])
    ws.import_files(("orders.csv", orders_csv(good, extra)))
    rejected = ws.data().rejected()
    assert dict(rejected.schema) == REJECTED
    assert dict(ws.uploads().schema) == UPLOADS
    assert dict(rejected.select("reason", "count").iter_rows()) == {"duplicate": 7, "negative": 3}
    (upload,) = ws.uploads().to_dicts()
    assert (upload["rows"], upload["accepted"], upload["set_aside"]) == (110, 100, 10)
    assert upload["as_of"] == datetime(2026, 11, 10, tzinfo=UTC)


def test_rows_set_aside_can_be_mended_and_uploaded_again(ws: Workspace) -> None:
    report = ws.import_files(("orders.csv", orders_csv({"1": 5, "2": -7})))
    upload = report.files[0].upload_id
    assert upload is not None
    text = ws.set_aside_csv(upload, "en").decode("utf-8-sig")
    assert "row in file,set aside because" in text and "must not be negative" in text
    assert "不能是负数" in ws.set_aside_csv(upload, "zh").decode()
    mended = text.replace(",1,'-7", ",1,7").encode()
    (file,) = ws.import_files(("mended.csv", mended), table="orders").files
    assert (file.accepted, file.set_aside) == (1, 0)
    assert amounts(ws) == {"1": 5.0, "2": 7.0}
    with pytest.raises(UsageError):
        ws.set_aside_csv(999)


def test_undo_goes_back_import_by_import_and_keeps_settings(ws: Workspace) -> None:
    empty = ws.data_version
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    first = ws.data_version
    ws.import_files(("b.csv", orders_csv({"1": 6, "2": 7})))
    assert ws.undo() == ["b.csv"]
    assert amounts(ws) == {"1": 5.0}
    assert ws.data_version == first
    ws.set_setting("roi", 4)
    assert ws.undo() == ["a.csv"]
    assert ws.tables() == []
    assert ws.settings.value("roi") == 4
    assert ws.data_version != empty
    assert ws.data().rejected().is_empty()
    with pytest.raises(UsageError, match="no import"):
        ws.undo()


def test_an_undone_file_can_be_imported_again(ws: Workspace) -> None:
    content = orders_csv({"1": 5})
    ws.import_files(("a.csv", content))
    ws.undo()
    assert not ws.import_files(("a.csv", content)).files[0].already
    assert amounts(ws) == {"1": 5.0}


def test_readers_keep_their_version(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    reader = ws.data()
    ws.import_files(("b.csv", orders_csv({"1": 6})))
    assert reader.frame("orders")["paid_amount"].to_list() == [5.0]
    assert ws.data().frame("orders")["paid_amount"].to_list() == [6.0]
    assert reader.version != ws.data_version


def test_old_versions_are_swept_but_kept_imports_can_be_undone(ws: Workspace) -> None:
    for amount in range(1, KEPT_IMPORTS + 8):
        ws.import_files(("a.csv", orders_csv({"1": amount})))
    versions = list((ws.path / "data" / "orders").iterdir())
    assert len(versions) <= KEPT_IMPORTS + 1
    for _ in range(KEPT_IMPORTS):
        ws.undo()
    assert amounts(ws) == {"1": 7.0}
    with pytest.raises(UsageError, match="too old"):
        ws.undo()
    assert not (ws.path / "tmp").exists()


def test_settings_are_a_new_state_with_an_audit_line(ws: Workspace) -> None:
    before = ws.data_version
    ws.set_setting("complaint_rate", "2%")
    assert ws.settings.value("complaint_rate") == 0.02
    assert ws.data_version != before
    ws.reset_setting("complaint_rate")
    assert ws.data_version == before
    actions = [line["action"] for line in ws.audit()]
    assert actions == ["reset", "set"]
    with pytest.raises(UsageError):
        ws.set_setting("complaint_rate", "many")
    with pytest.raises(UsageError):
        ws.reset_setting("nothing")
    assert len(ws.audit()) == 2


def test_the_shops_zone_is_a_setting(ws: Workspace) -> None:
    ws.set_setting("tz", "Asia/Tokyo")
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    assert ws.data().tz == "Asia/Tokyo"
    assert ws.data().frame("orders")["order_ts"][0] == datetime(2026, 11, 9, 23, tzinfo=UTC)


def test_the_audit_cannot_be_rewritten(ws: Workspace) -> None:
    ws.set_setting("roi", 4)
    with sqlite3.connect(ws.path / "app.sqlite") as db:
        for change in ("delete from audit", "update audit set who = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(change)


def test_pseudonyms_agree_between_the_files_of_a_workspace(ws: Workspace, tmp_path: Path) -> None:
    phone = "13800138000"
    order = orders_csv({"1": 5}).replace(b"u1", phone.encode())
    comment = f"ts,text,user_id\n2026-11-10,ok,{phone}\n".encode()
    ws.import_files([("orders.csv", order), ("comments.csv", comment)])
    (user,) = ws.data().frame("orders")["user_id"].to_list()
    assert ws.data().frame("comments")["user_id"].to_list() == [user] != [phone]
    other = Workspace(tmp_path / "other")
    other.import_files(("orders.csv", order))
    assert other.data().frame("orders")["user_id"].to_list() != [user]


def test_ask_and_scope(ws: Workspace) -> None:
    assert {"break_even", "board"} <= set(ws.questions())
    with pytest.raises(UsageError, match="no question"):
        ws.ask("nothing")
    result = ws.ask("break_even", viewers="20000")
    assert result.data_version == ws.data_version
    scoped = ws.ask("break_even", where=["category=fresh,beauty"], from_="2026-11-09", to=date.max)
    assert scoped.scope == Scope(
        date(2026, 11, 9), date.max, {"category": ("fresh", "beauty")}, "Asia/Shanghai"
    )


@pytest.mark.parametrize(
    "wrong", [{"where": ["fresh"]}, {"where": ["colour=red"]}, {"from_": "soon"},
              {"from_": "2026-11-02", "to": "2026-11-01"}],
)  # fmt: skip
def test_wrong_scopes_are_refused(ws: Workspace, wrong: dict) -> None:
    with pytest.raises(UsageError):
        ws.ask("break_even", **wrong)


def test_where_in_all_its_forms() -> None:
    assert parse_where({"category": "a, b"}) == {"category": ("a", "b")}
    assert parse_where({"category": ["a", "b"]}) == {"category": ("a", "b")}
    assert parse_where(["category=a", "category=b"]) == {"category": ("a", "b")}


def test_progress_ends_at_one(ws: Workspace) -> None:
    seen: list[float] = []
    files = [(f"{i}.csv", orders_csv({str(i): 1})) for i in range(3)]
    ws.import_files(files, progress=lambda share, what: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_many_threads_share_one_workspace(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({str(i): i for i in range(200)})))

    def read(_: int) -> tuple[str, float]:
        data = ws.data()
        return data.version, float(data.frame("orders")["paid_amount"].sum())

    def write(number: int) -> None:
        ws.import_files((f"{number}.csv", orders_csv({"0": 1000 * (number + 1)})), patience_s=60)

    with ThreadPoolExecutor(12) as pool:
        reads = [pool.submit(read, i) for i in range(100)]
        list(pool.map(write, range(5)))
        reads += [pool.submit(read, i) for i in range(100)]
        seen = {}
        for future in reads:
            version, total = future.result()
            assert seen.setdefault(version, total) == total
    assert len({ws.data().frame("orders") is ws.data().frame("orders")}) == 1
    assert isinstance(ws.data().frame("orders"), pl.DataFrame)
