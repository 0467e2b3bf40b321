"""Funnel and retention equal the answers agreed by ClickHouse, DuckDB, polars and pandas."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

STEPS = ["exposure", "enter", "product_click", "pay"]
WEEK = timedelta(days=7)


def level_counts(people: pl.DataFrame) -> list[list[int]]:
    counts = people.group_by("level").len().sort("level")
    return [list(row) for row in counts.rows()]


def test_funnel_levels(golden) -> None:
    funnel = golden.log.funnel(STEPS, WEEK)
    counts = dict(level_counts(funnel.people))
    assert [counts.get(level, 0) for level in range(1, 5)] == golden.answers["a"]
    reached = [sum(golden.answers["a"][step:]) for step in range(4)]
    assert funnel.steps["users"].to_list() == reached


def test_time_to_convert(golden) -> None:
    seconds = golden.log.funnel(STEPS, WEEK).seconds().sort()
    wanted = golden.answers["time_to_convert_ms"]
    assert len(seconds) == wanted["n"]
    assert seconds[(len(seconds) - 1) // 2] * 1000 == pytest.approx(wanted["median_low"], abs=1e-6)
    assert seconds.mean() * 1000 == pytest.approx(wanted["mean"], abs=1e-3)


def test_first_entry(golden) -> None:
    people = golden.log.funnel(STEPS, WEEK, mode="first_entry").people
    none = golden.log.users - people.height
    found = ([[0, none]] if none else []) + level_counts(people)
    assert found == golden.answers["funnel_first_entry"]


@pytest.mark.parametrize(
    ("key", "kind", "clock"),
    [
        ("c", "exact", "calendar"),
        ("retention_unbounded", "unbounded", "calendar"),
        ("retention_24h", "exact", "24h"),
    ],
)
def test_retention(golden, key: str, kind: str, clock: str) -> None:
    cells = golden.log.retention("Asia/Shanghai", days=30, kind=kind, clock=clock)
    found = cells.filter(pl.col("users") > 0).select(pl.col("cohort").to_physical(), "k", "users")
    assert [list(row) for row in found.rows()] == sorted(golden.answers[key])


def test_complete_cells(golden) -> None:
    last = golden.answers["retention_complete_until"]["last_day"]
    cells = golden.log.retention("Asia/Shanghai", days=30)
    day = pl.col("cohort").to_physical() + pl.col("k")
    assert cells.select((pl.col("complete") == (day < last)).all()).item()


def test_breakdown_by_first_channel(golden) -> None:
    """The segment of a user is the channel of the first step of the chain that counts."""
    funnel = golden.log.funnel(STEPS, WEEK)
    channel = golden.log.column("channel").gather(funnel.people["start_row"])
    people = funnel.people.with_columns(channel.alias("segment"))
    counts = people.group_by("segment", "level").len().sort("segment", "level")
    wanted = golden.answers["funnel_breakdown_first_touch_channel"]
    assert [list(row) for row in counts.rows()] == wanted
    steps = funnel.by(channel)
    assert steps.filter(pl.col("step") == 1)["users"].sum() == funnel.people.height


def test_stickiness(golden) -> None:
    days = golden.log.user_days("Asia/Shanghai")
    counts = days.group_by("user").len("days").group_by("days").len().sort("days")
    assert [list(row) for row in counts.rows()] == golden.answers["stickiness_days"]
