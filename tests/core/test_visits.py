"""Visits, who is there at once, and where users go after a goal."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from footprint.engine import EventLog

from .conftest import EPOCH, events_of


def log_of(rows: list[tuple[float, str, str, str]]) -> EventLog:
    events = events_of([row[:3] for row in rows], stream_id=[row[3] for row in rows])
    return EventLog.build(events)


def seconds(visits: pl.DataFrame) -> list[float]:
    return (visits["end_ts"] - visits["start_ts"]).dt.total_seconds().to_list()


def test_a_visit_without_a_leave_ends_after_the_last_row_there() -> None:
    log = log_of([(0, "u", "stream_enter", "L1"), (100, "u", "like", "L1"),
                  (500, "u", "like", "L2")])  # fmt: skip
    visits = log.visits(cap=timedelta(seconds=60))
    assert visits["closed"].to_list() == [False]
    assert seconds(visits) == [160]


def test_it_ends_with_the_stream_at_the_latest() -> None:
    log = log_of([(0, "u", "stream_enter", "L1"), (100, "u", "like", "L1")])
    ends = {"L1": EPOCH + timedelta(seconds=120)}
    assert seconds(log.visits(ends=ends, cap=timedelta(minutes=5))) == [120]


def test_two_places_at_once_are_two_visits() -> None:
    log = log_of([
        (0, "u", "stream_enter", "L1"), (10, "u", "stream_enter", "L2"),
        (30, "u", "stream_exit", "L1"), (50, "u", "stream_exit", "L2"),
    ])  # fmt: skip
    visits = log.visits()
    assert visits["place"].to_list() == ["L1", "L2"]
    assert seconds(visits) == [30, 40]
    peak = EventLog.presence_of(visits)
    assert dict(peak.select("place", "count").rows()) == {None: 2, "L1": 1, "L2": 1}


def test_leaving_and_entering_at_one_instant_is_no_peak() -> None:
    log = log_of([
        (0, "a", "stream_enter", "L1"), (60, "a", "stream_exit", "L1"),
        (60, "b", "stream_enter", "L1"), (90, "b", "stream_exit", "L1"),
    ])  # fmt: skip
    peak = log.presence().filter(pl.col("place") == "L1")
    assert (peak["count"].item(), peak["at"].item()) == (1, EPOCH)
    curve = log.presence(which="curve").filter(pl.col("place") == "L1")
    assert curve["count"].to_list() == [1, 0]


def test_routes_after_the_goal() -> None:
    rows = [(0, "u", "a"), (1, "u", "goal"), (2, "u", "b"), (3, "u", "b"), (4, "u", "c"),
            (0, "v", "goal"), (0, "w", "a")]  # fmt: skip
    log = EventLog.build(events_of(rows))
    routes = log.routes("goal", "event_type", side="after", longest=2)
    assert routes.rows() == [("", 0, 1), ("b > c", 2, 1)]
    before = log.routes("goal", "event_type", longest=1)
    assert before.rows() == [("goal", 1, 2)]


def test_figures_without_a_value_have_their_own_cell() -> None:
    events = events_of([(0, "u", "a"), (1, "v", "a"), (700, "u", "a")], channel=["x", None, "x"])
    cells = EventLog.build(events).buckets(timedelta(minutes=10))
    assert cells.select("by", "rows", "users").rows() == [("x", 1, 1), (None, 1, 1), ("x", 1, 1)]
