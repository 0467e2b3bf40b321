"""Growth accounting: the identity holds, and each user is counted as what he is."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.analysis.accounting import PERIOD_DAYS, growth_accounting
from hypothesis import given
from hypothesis import strategies as st

FIRST = dt.date(2026, 1, 1)


def active(rows: list[tuple[int, int]]) -> pl.DataFrame:
    """(user, day number) as the event log gives them."""
    days = [(user, FIRST + dt.timedelta(day)) for user, day in sorted(set(rows))]
    return pl.DataFrame(days, schema={"user": pl.UInt32, "day": pl.Date}, orient="row")


def test_each_kind_of_user() -> None:
    """User 1 stays, 2 leaves and comes back, 3 comes late, 4 leaves for good."""
    rows = [(1, 0), (1, 30), (1, 60), (2, 1), (2, 83), (3, 40), (3, 60), (4, 5)]
    table = growth_accounting(active(rows), FIRST + dt.timedelta(83))
    assert table["start"].to_list() == [FIRST + dt.timedelta(28 * n) for n in range(3)]
    assert table["end"][-1] == FIRST + dt.timedelta(83)
    columns = ("active", "new", "retained", "resurrected", "churned")
    assert table.select(columns).rows() == [(3, 3, 0, 0, 0), (2, 1, 1, 0, 2), (3, 0, 2, 1, 0)]
    assert table["quick_ratio"].to_list() == [None, pytest.approx(0.5), None]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 200)), min_size=1, max_size=60))
def test_the_identity_holds(rows: list[tuple[int, int]]) -> None:
    table = growth_accounting(active(rows))
    before = table["active"].shift(1)
    moved = table["new"] + table["resurrected"] - table["churned"]
    assert set((table["active"] - before - moved)[1:]) <= {0}
    assert (table["new"] + table["retained"] + table["resurrected"]).to_list() == table[
        "active"
    ].to_list()


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 200)), min_size=1, max_size=60))
def test_periods_are_whole_and_users_distinct(rows: list[tuple[int, int]]) -> None:
    frame = active(rows)
    table = growth_accounting(frame)
    for row in table.to_dicts():
        assert (row["end"] - row["start"]).days == PERIOD_DAYS - 1
        inside = frame.filter(pl.col("day").is_between(row["start"], row["end"]))
        assert row["active"] == inside["user"].n_unique()


def test_no_activity_no_rows() -> None:
    assert growth_accounting(active([])).is_empty()
