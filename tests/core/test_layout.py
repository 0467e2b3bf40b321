"""The layout file: cached, checked, rebuilt when damaged; answers do not depend on row order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from footprint import _core
from footprint.engine import EventLog

from .conftest import EPOCH, events_of, orders_of

ROWS = [(i * 37 % 500, f"user-{i % 23}-{'x' * (i % 20)}", "abc"[i % 3]) for i in range(400)]


def test_opens_what_it_saved(tmp_path: Path) -> None:
    events = events_of(ROWS, channel=[f"c{i % 5}" for i in range(400)])
    first = EventLog.build(events, None, tmp_path, "v1")
    (file,) = tmp_path.iterdir()
    stamp = file.stat().st_mtime_ns
    again = EventLog.build(events, None, tmp_path, "v1")
    assert file.stat().st_mtime_ns == stamp
    assert again.event_types == first.event_types == ("a", "b", "c")
    assert again.first_last().equals(first.first_last())
    assert again.span == (EPOCH, EPOCH + timedelta(seconds=max(at for at, _, _ in ROWS)))


@pytest.mark.parametrize("fault", ["cut", "flipped", "empty", "foreign"])
def test_damaged_file_is_rebuilt(tmp_path: Path, fault: str) -> None:
    events = events_of(ROWS)
    wanted = EventLog.build(events, None, tmp_path, "v1").first_last()
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    middle = len(whole) // 2
    broken = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "foreign": b"PAR1" * 100,
    }[fault]
    file.write_bytes(broken)
    with pytest.raises(ValueError, match=str(file)):
        _core.Layout.open(str(file))
    assert EventLog.build(events, None, tmp_path, "v1").first_last().equals(wanted)
    assert file.read_bytes() == whole


def test_another_key_is_another_file(tmp_path: Path) -> None:
    EventLog.build(events_of(ROWS), None, tmp_path, "v1")
    EventLog.build(events_of(ROWS[:10]), None, tmp_path, "v2")
    assert len(list(tmp_path.iterdir())) == 2


def test_same_key_with_other_rows_is_rebuilt(tmp_path: Path) -> None:
    EventLog.build(events_of(ROWS), None, tmp_path, "v1")
    assert EventLog.build(events_of(ROWS[:10]), None, tmp_path, "v1").rows == 10


def test_polars_reads_the_file(tmp_path: Path) -> None:
    log = EventLog.build(events_of(ROWS), None, tmp_path, "v1")
    (file,) = tmp_path.iterdir()
    table = pl.read_ipc(file)
    assert table.height == log.users
    assert table["log"].list.len().sum() == len(ROWS)


def test_row_order_does_not_matter() -> None:
    # Distinct instants: at equal instants the row order is the tie-break by definition.
    rows = [(i * 7.5, f"u{i * i % 17}", "enter") for i in range(300)]
    channels = [f"c{i * 3 % 7}" for i in range(300)]
    orders = orders_of([(i * 41.25 + 1, f"u{i % 17}", 10.0 + i / 7) for i in range(40)])
    events = events_of(rows, channel=channels)
    straight = EventLog.build(events, orders)
    mixed = EventLog.build(events.sample(fraction=1.0, shuffle=True, seed=4), orders.reverse())
    left, right = (log.attribution(replicates=50) for log in (straight, mixed))
    assert left.credits.equals(right.credits)
    assert left.paths.equals(right.paths)
    assert left.removal.equals(right.removal)


def test_rows_without_user_or_time_are_left_out() -> None:
    events = events_of([(1, "a", "x"), (2, "b", "x"), (3, "c", "x")]).with_columns(
        pl.when(pl.col("user_id") != "b").then("user_id"),
        pl.when(pl.col("user_id") != "c").then("event_ts"),
    )
    log = EventLog.build(events)
    assert (log.rows, log.users) == (3, 1)
    assert log.first_last()["first_row"].to_list() == [0]


def test_empty_log() -> None:
    log = EventLog.build(events_of([]), orders_of([]))
    assert (log.rows, log.users, log.span) == (0, 0, (None, None))
    assert log.funnel(["enter", "@order"]).steps["users"].to_list() == [0, 0]
    assert log.retention("Asia/Shanghai").is_empty()
    assert log.attribution().total == 0


def test_more_event_types_than_codes() -> None:
    rows = [(i, "u", f"type{i:03}") for i in range(300)]
    log = EventLog.build(events_of(rows))
    assert log.funnel(["type002", "type299"]).steps["users"].to_list() == [1, 1]
    assert log.first_last("type280")["rows"].to_list() == [1]


def test_users_come_back_by_code() -> None:
    log = EventLog.build(events_of(ROWS))
    codes = log.user_codes(pl.Series(["nobody", ROWS[5][1]]))
    assert codes[0] is None
    assert log.user_ids(codes.drop_nulls()).to_list() == [ROWS[5][1]]


def test_wide_span_is_kept_to_the_millisecond() -> None:
    century = 86_400 * 365.25 * 100
    log = EventLog.build(events_of([(0, "u", "a"), (century + 0.123, "u", "b")]))
    seconds = log.funnel(["a", "b"]).seconds()
    assert seconds.item() == pytest.approx(century + 0.123, abs=1e-3)
