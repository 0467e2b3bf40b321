"""Repurchase: the planted rates, honest month cohorts, SQL as the second opinion."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import at, orders, shop


def cohort(month: str, buyers: int, rate: float) -> list[tuple[str, str, float]]:
    first = [(f"{month}{n}", f"{month}-05", 50.0) for n in range(buyers)]
    again = [(f"{month}{n}", f"{month}-25", 50.0) for n in range(round(buyers * rate))]
    return first + again


def test_planted_cohorts() -> None:
    """PT13: .08 in May, .20 in October."""
    rows = cohort("2026-05", 1000, 0.08) + cohort("2026-10", 1000, 0.2) + [("z", "2026-11-15", 1.0)]
    result = ask(shop(orders=orders(rows)), "repurchase", Scope(), {})
    assert result.scalars["rate_first"].value == pytest.approx(0.08)
    assert result.scalars["rate_last"].value == pytest.approx(0.20)
    assert result.scalars["rate"].value == pytest.approx(0.14)
    assert result.scalars["rate_last"].n == 1000
    assert result.frames["cohorts"]["waiting"].to_list() == [0, 0, 1]
    assert result.notes


def test_same_day_orders_and_later_ones_do_not_count() -> None:
    rows = [("a", "2026-05-05", 1.0), ("a", "2026-05-05", 1.0), ("b", "2026-05-05", 1.0),
            ("b", "2026-06-05", 1.0), ("c", "2026-05-05", 1.0), ("c", "2026-06-04", 1.0),
            ("z", "2026-08-01", 1.0)]  # fmt: skip
    cohorts = ask(shop(orders=orders(rows)), "repurchase", Scope(), {}).frames["cohorts"]
    assert cohorts.row(0, named=True)["buyers"] == 3
    assert cohorts.row(0, named=True)["repeat"] == 1


def test_shop_midnight_splits_days() -> None:
    """23:59 and 00:01 shop time are one UTC day but two shop days."""
    table = orders([("a", "2026-05-05", 1.0), ("a", "2026-05-06", 1.0), ("z", "2026-08-01", 1.0)])
    table = table.with_columns(
        order_ts=pl.Series([at("2026-05-05", 23, 59), at("2026-05-06", 0, 1), at("2026-08-01")])
    )
    assert ask(shop(orders=table), "repurchase", Scope(), {}).scalars["rate"].value == 1.0


def test_a_month_with_few_buyers_is_greyed() -> None:
    rows = cohort("2026-05", 29, 0.5) + cohort("2026-06", 40, 0.5) + [("z", "2026-11-15", 1.0)]
    result = ask(shop(orders=orders(rows)), "repurchase", Scope(), {})
    assert result.frames["cohorts"]["enough"].to_list() == [False, True, False]
    assert result.scalars["rate_first"].n == 40


def test_the_metric_agrees_with_the_question() -> None:
    rows = cohort("2026-05", 100, 0.1) + cohort("2026-09", 100, 0.3) + [("z", "2026-11-15", 1.0)]
    data = shop(orders=orders(rows))
    board = ask(data, "board", Scope(), {})
    assert board.scalars["repurchase_30d"].value == pytest.approx(0.2)
    assert board.scalars["repurchase_30d"].n == 200


SQL = """
with d as (select user_id, cast(order_ts as date) as day from o),
f as (select user_id, min(day) as first_day from d group by 1),
e as (select max(day) as last_day from d)
select count(*), count(*) filter (exists (select 1 from d where d.user_id = f.user_id
  and d.day - f.first_day between 1 and 30)) from f, e where first_day + 30 <= last_day
"""


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.dates(dt.date(2026, 5, 1), dt.date(2026, 8, 31)).map(str),
            st.just(1.0),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_counts_equal_sql(rows: list[tuple[str, str, float]]) -> None:
    table = orders(rows)
    cohorts = ask(shop(orders=table), "repurchase", Scope(), {}).frames["cohorts"]
    theirs = duckdb.connect().register("o", table.to_arrow()).execute(SQL).fetchone()
    assert (cohorts["buyers"].sum(), cohorts["repeat"].sum()) == theirs
