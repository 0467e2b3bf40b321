"""Merging by part against an oracle: a plain dict of rows by key."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from footprint.store import merge, repeats
from footprint.workspace import Workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import HEAD, amounts, orders_csv

PLAN = "period,line,amount,total_sales"
KEYS = st.tuples(st.sampled_from(["2026", "2027", "2028"]), st.sampled_from(["gmv", "ads"]))
ROWS = st.dictionaries(
    KEYS, st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3)), min_size=1
)
QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plan_csv(rows: dict, *, totals: bool = True) -> bytes:
    head = PLAN if totals else PLAN.rpartition(",")[0]
    lines = [",".join([*key, str(a), *([str(t) if t is not None else ""] if totals else [])])
             for key, (a, t) in rows.items()]  # fmt: skip
    return "\n".join([head, *lines]).encode()


def held(ws: Workspace) -> dict:
    frame = ws.data().frame("plan").select("period", "line", "amount", "total_sales")
    assert frame.select("period", "line").is_unique().all()
    return {(p, line): (a, t) for p, line, a, t in frame.iter_rows()}


@QUIET
@given(ROWS, ROWS)
def test_new_rows_win_and_the_counts_add_up(tmp_path_factory, old: dict, new: dict) -> None:
    ws = Workspace(tmp_path_factory.mktemp("shop"))
    ws.import_files(("plan_a.csv", plan_csv(old)), "plan")
    told = ws.preview(("plan_b.csv", plan_csv(new)), table="plan").sheets[0]
    (file,) = ws.import_files(("plan_b.csv", plan_csv(new)), "plan").files
    assert held(ws) == {**old, **new}
    if told.effect:
        assert (told.effect.added, told.effect.changed, told.effect.unchanged) == (
            file.added, file.changed, file.unchanged,
        )  # fmt: skip
    if not file.already:
        assert file.added == len(new.keys() - old.keys())
        same = sum(1 for key in new.keys() & old.keys() if new[key] == old[key])
        assert file.unchanged == same
        assert file.added + file.changed + file.unchanged == len(new)


@QUIET
@given(ROWS, ROWS)
def test_columns_not_given_keep_what_was_known(tmp_path_factory, old: dict, new: dict) -> None:
    ws = Workspace(tmp_path_factory.mktemp("shop"))
    ws.import_files(("plan_a.csv", plan_csv(old)), "plan")
    ws.import_files(("plan_b.csv", plan_csv(new, totals=False)), "plan")
    now = held(ws)
    for key, (amount, _) in new.items():
        assert now[key] == (amount, old.get(key, (None, None))[1])


def test_lists_are_compared(ws: Workspace) -> None:
    head = "stream_id,start_ts,end_ts,platform,host_id,category,tags\n"
    row = "s,2026-11-10 20:00,2026-11-10 22:00,douyin,h,fresh,"
    ws.import_files(("streams.csv", f"{head}{row}a|b\n".encode()))
    (same,) = ws.import_files(("streams.csv", f"{head}{row}a;b\n".encode())).files
    (other,) = ws.import_files(("streams.csv", f"{head}{row}a|c\n".encode())).files
    assert (same.unchanged, other.changed) == (1, 1)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts, and few hashes at once, as in tables of many million rows."""
    from footprint.ingest import delimited

    monkeypatch.setattr(delimited, "PIECE", 2_000)
    monkeypatch.setattr(delimited, "_WHOLE", 0)
    monkeypatch.setattr(merge, "_SMALL", 10)
    monkeypatch.setattr(merge, "_JOINED", 60)
    monkeypatch.setattr(merge, "_MANY", 0)
    for name, value in (("_HASHES", 40), ("_PLACES", 30), ("_ROWS", 5)):
        monkeypatch.setattr(repeats, name, value)


@pytest.mark.usefixtures("small_parts")
def test_overlapping_files_of_many_parts(ws: Workspace) -> None:
    chance = random.Random(3)
    truth: dict[str, float] = {}
    for round_ in range(5):
        ids = chance.sample(range(600), 300)
        new = {str(id): float(chance.randint(1, 9)) for id in ids}
        (file,) = ws.import_files((f"{round_}.csv", orders_csv(new))).files
        assert file.added == len(new.keys() - truth.keys())
        assert file.unchanged == sum(truth.get(id) == paid for id, paid in new.items())
        assert file.gmv_before == sum(truth.values())
        truth |= new
        assert file.gmv_after == sum(truth.values())
        assert amounts(ws) == truth
    assert len(list((ws.path / "data" / "orders").glob("*/*.parquet"))) > 10
    times = ws.data().frame("orders")["order_ts"]
    assert times.is_sorted()
    ws.undo()
    assert ws.data().frame("orders").height < len(truth) + 1


@pytest.mark.usefixtures("small_parts")
def test_a_late_refund_updates_an_old_order_and_is_told(ws: Workspace) -> None:
    head = f"{HEAD},refund_amount\n"
    rows = [f"{i},2026-11-{1 + i % 28:02} 08:00:00,u{i},s1,1,10,0" for i in range(200)]
    ws.import_files(("a.csv", (head + "\n".join(rows)).encode()))
    rows[7] = rows[7][:-1] + "4"
    (file,) = ws.import_files(("b.csv", (head + "\n".join(rows)).encode())).files
    assert (file.added, file.changed, file.unchanged) == (0, 1, 199)
    assert ws.data().frame("orders").filter(pl.col("refund_amount") > 0).height == 1


def test_untouched_parts_are_not_written_again(ws: Workspace, small_parts: None) -> None:
    head = "cost_date,category,amount\n"
    rows = [f"2026-0{1 + i // 100}-{1 + i % 28:02},ads,{i}" for i in range(100)]
    keyed = [f"{row},c{i}" for i, row in enumerate(rows)]
    ws.import_files(("a.csv", (head[:-1] + ",campaign_id\n" + "\n".join(keyed)).encode()))
    before = _inodes(ws.path)
    later = "2026-05-01,ads,5,z1\n"
    ws.import_files(("b.csv", (head[:-1] + ",campaign_id\n" + later).encode()))
    assert ws.data().frame("costs").height == 101
    assert _inodes(ws.path) & before


def _inodes(path: Path) -> set[int]:
    return {file.stat().st_ino for file in (path / "data").glob("*/*/*.parquet")}


def test_gmv_that_grew_is_shown(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5, "2": 7})))
    sheet = ws.preview(("b.csv", orders_csv({"1": 6, "2": 7, "3": 1}))).sheets[0]
    assert sheet.effect is not None
    assert (sheet.effect.gmv_before, sheet.effect.gmv_after) == (12.0, 14.0)
    assert sheet.effect.grown == (("2026-11-10", 12.0, 14.0),)
    assert ws.data().frame("orders").height == 2
