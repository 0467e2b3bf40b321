"""Calendar days follow real zone rules, changes of the clock included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from footprint.engine import EventLog
from footprint.engine.zone import micros, offsets
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import EPOCH, events_of

ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


@settings(max_examples=60, deadline=None)
@given(tz=st.sampled_from(ZONES), seconds=st.lists(st.integers(0, 400 * 86_400), min_size=1))
def test_days_equal_polars(tz: str, seconds: list[int]) -> None:
    events = events_of([(at, "u", "x") for at in seconds])
    found = EventLog.build(events).user_days(tz)
    local = pl.col("event_ts").dt.convert_time_zone(tz).dt.date()
    wanted = events.group_by(local.alias("day")).len("rows").sort("day")
    assert found["day"].to_list() == wanted["day"].to_list()
    assert found["rows"].to_list() == wanted["rows"].to_list()


def test_a_change_is_found_to_the_second() -> None:
    first, last = (micros(datetime(2026, month, 1, tzinfo=UTC)) for month in (10, 12))
    starts, values = offsets("America/New_York", first, last)
    assert starts[1:] == [micros(datetime(2026, 11, 1, 6, tzinfo=UTC))]
    assert values == [-4 * 3_600_000_000, -5 * 3_600_000_000]


@pytest.mark.parametrize(
    ("unit", "cohort", "k"), [("day", date(2026, 5, 1), 38), ("week", date(2026, 4, 27), 6),
                              ("month", date(2026, 5, 1), 1)],
)  # fmt: skip
def test_units(unit: str, cohort: date, k: int) -> None:
    # 1 May 2026 is a Friday; 38 days later is Monday 8 June, the sixth week after its own.
    events = events_of([(0, "u", "x"), (38 * 86_400, "u", "x"), (80 * 86_400, "v", "x")])
    cells = EventLog.build(events).retention("UTC", unit=unit, days=40)
    hits = cells.filter(pl.col("users") > 0, pl.col("k") > 0)
    assert hits.select("cohort", "k").rows() == [(cohort, k)]
    assert hits["complete"].item() is True


def test_within_counts_the_first_return_and_after() -> None:
    day = 86_400
    rows = [
        (0, "a", "x"),
        (3 * day, "a", "x"),
        (4 * day, "a", "x"),
        (0, "b", "x"),
        (9 * day, "c", "x"),
    ]
    cells = EventLog.build(events_of(rows)).retention("UTC", days=5, kind="within")
    first = cells.filter(pl.col("cohort") == EPOCH.date())
    assert first["users"].to_list() == [2, 0, 0, 1, 1, 1]
    assert first["size"].to_list() == [2] * 6


def test_start_and_return_may_be_different_rows() -> None:
    rows = [(0, "a", "visit"), (86_400, "a", "visit"), (2 * 86_400, "a", "pay"), (0, "b", "pay")]
    log = EventLog.build(events_of(rows))
    cells = log.retention("UTC", start="visit", returns="pay", days=3)
    assert cells.select("k", "users", "size").rows() == [(0, 0, 1), (1, 0, 1), (2, 1, 1), (3, 0, 1)]


def test_trend_marks_days_whose_window_is_not_over() -> None:
    rows = [(at * 86_400, f"u{at}", "a") for at in range(5)] + [(86_400 + 60, "u1", "b")]
    log = EventLog.build(events_of(rows))
    funnel = log.funnel(["a", "b"], timedelta(days=1))
    last = log.span[1]
    assert last is not None
    trend = funnel.trend("UTC", timedelta(days=1), last)
    assert trend["started"].to_list() == [1] * 5
    assert trend["finished"].to_list() == [0, 1, 0, 0, 0]
    assert trend["complete"].to_list() == [True, True, True, False, False]
