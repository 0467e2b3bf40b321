"""Tables read by column: the same rows in the same order, whatever the files look like."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from footprint.engine import EventLog
from footprint.errors import WorkspaceError
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.store import disk
from footprint.store.parts import read_table, scan_table
from footprint.workspace import Workspace
from polars.testing import assert_frame_equal

EVENTS = TABLES["events"]


def _events(day: int, n: int) -> pl.DataFrame:
    start = datetime(2026, 11, day, tzinfo=UTC)
    return pl.DataFrame({
        "event_ts": [start + timedelta(hours=7 * i) for i in range(n)],
        "user_id": [f"u{i % 5}" for i in range(n)],
        "event_type": ["click" if i % 3 else "video_view" for i in range(n)],
        "platform": ["a" if i % 2 else None for i in range(n)],
    }).cast({"event_ts": pl.Datetime("us", "UTC")})  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three parts that overlap in time; one lacks a column and has the others turned round."""
    frames = [_events(9, 8), _events(8, 9).drop("platform"), _events(10, 4)]
    frames[1] = frames[1].select(reversed(frames[1].columns))
    paths = [tmp_path / f"{i}.parquet" for i in range(3)]
    for path, frame in zip(paths, frames, strict=True):
        frame.write_parquet(path)
    return paths


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_a_scan_holds_the_rows_of_the_table_in_its_order(files: list[Path], parts: int) -> None:
    whole = read_table(files[:parts], EVENTS)
    rows, height = scan_table(files[:parts], EVENTS)
    assert height == whole.height
    assert_frame_equal(rows.collect(), whole)
    one = pl.col("event_type") == "click"
    assert_frame_equal(
        rows.filter(one).select("user_id", "platform").collect(),
        whole.filter(one).select("user_id", "platform"),
    )


def test_columns_of_another_kind_are_read_as_the_schema_says(tmp_path: Path) -> None:
    path = tmp_path / "old.parquet"
    _events(9, 6).with_columns(value=pl.lit(3, pl.Int32)).write_parquet(path)
    assert_frame_equal(scan_table([path], EVENTS)[0].collect(), read_table([path], EVENTS))


def test_a_damaged_file_is_told_before_anything_is_read(files: list[Path]) -> None:
    files[1].write_bytes(files[1].read_bytes()[:-40])
    with pytest.raises(WorkspaceError):
        scan_table(files, EVENTS)


def test_a_large_table_is_not_kept_and_scoped_alike(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.import_files(("events.csv", _events(3, 40).write_csv().encode()))
    scope = Scope(date(2026, 11, 5), date(2026, 11, 12), {"platform": ("a",)}, "Asia/Shanghai")
    columns, only = ("user_id",), (pl.col("event_type") == "click",)
    small = scoped(ws.data(), "events", scope, only=only, columns=columns)
    monkeypatch.setattr(disk, "LARGE_ROWS", 10)
    again = Workspace(ws.path).data()
    assert again.frame("events") is not again.frame("events")
    assert small.height > 0
    assert_frame_equal(scoped(again, "events", scope, only=only, columns=columns), small)
    assert_frame_equal(again.scan("events").collect(), ws.data().frame("events"))


@pytest.mark.parametrize("n", [0, 1, 40, 300])
def test_rows_are_taken_alike_from_files_and_from_memory(tmp_path: Path, n: int) -> None:
    events = _events(3, 500).with_columns(value=pl.int_range(500).cast(pl.Float64))
    orders = pl.DataFrame({
        "order_id": ["o1", "o2"], "user_id": ["u1", "u2"], "paid_amount": [1.5, 2.0],
        "order_ts": events["event_ts"].head(2),
    })  # fmt: skip
    path = tmp_path / "events.parquet"
    events.write_parquet(path)
    rows = pl.Series([501, *(i * 7 % 500 for i in range(n)), 500, 501])
    columns = ("event_ts", "user_id", "event_type", "value_cents", "platform", "sku_id")
    taken = EventLog.build(pl.scan_parquet(path), orders).take(rows, *columns)
    assert_frame_equal(taken, EventLog.build(events, orders).take(rows, *columns))
    assert taken["value_cents"].to_list()[-2:] == [150, 200]
