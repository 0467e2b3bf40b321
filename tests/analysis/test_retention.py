"""Retention through the event log: planted rates, completeness, SQL as the second opinion."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pytest
from footprint.errors import UsageError
from footprint.questions import ask
from footprint.scope import Scope
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import at, events, shop

ENTER = "stream_enter"


def planted(users: int, back: dict[int, float]) -> pl.DataFrame:
    """``users`` start on May 4; of them the given shares return on day k (0 = all)."""
    first = dt.date(2026, 5, 4)
    rows = [(f"u{n}", at(str(first)), ENTER) for n in range(users)]
    for day, rate in back.items():
        moment = at(str(first + dt.timedelta(day)))
        rows += [(f"u{n}", moment, ENTER) for n in range(round(users * rate))]
    return events([*rows, ("late", at("2026-08-01"), ENTER)])


def test_exact_and_within_day_seven() -> None:
    """PT12 in small: 18 % on day 7; the same people and more within seven days."""
    table = planted(1000, {1: 0.20, 7: 0.18, 30: 0.05})
    exact = ask(shop(events=table), "retention", Scope(), {})
    within = ask(shop(events=table), "retention", Scope(), {"kind": "within"})
    later = ask(shop(events=table), "retention", Scope(), {"kind": "unbounded"})
    assert exact.scalars["d7"].value == pytest.approx(0.18)
    assert exact.scalars["d7"].n == 1000
    assert within.scalars["d7"].value == pytest.approx(0.20)
    assert later.scalars["d7"].value == pytest.approx(0.18)
    assert exact.scalars["index"].value == pytest.approx(0.2 * 0.2 + 0.3 * 0.18 + 0.5 * 0.05)
    assert exact.scalars["index"].low < exact.scalars["index"].value < exact.scalars["index"].high


def test_unfinished_cells_are_marked_and_not_counted() -> None:
    table = events([("a", at("2026-05-04"), ENTER), ("a", at("2026-05-11"), ENTER),
                    ("b", at("2026-05-10"), ENTER), ("c", at("2026-05-15"), ENTER)])  # fmt: skip
    result = ask(shop(events=table), "retention", Scope(), {"days": "7"})
    cohorts = {row["cohort"].day: row for row in result.frames["cohorts"].to_dicts()}
    assert cohorts[4]["complete"]
    assert cohorts[4]["rate"] == 1.0
    assert not cohorts[10]["complete"]
    assert cohorts[10]["rate"] is None
    assert result.scalars["d7"].n == 1
    assert result.scalars["d30"].value is None
    assert result.scalars["index"].value is None
    assert result.notes
    assert not result.frames["cohorts"]["enough"].any()


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_grouping_keeps_every_user(by: str) -> None:
    table = planted(500, {1: 0.4, 7: 0.2, 30: 0.1})
    cohorts = ask(shop(events=table), "retention", Scope(), {"by": by}).frames["cohorts"]
    assert cohorts.filter(pl.col("day") == 7)["users"].sum() == 100
    first = cohorts["cohort"].min()
    assert first == (dt.date(2026, 5, 1) if by == "month" else dt.date(2026, 5, 4))


def test_the_period_chooses_cohorts_not_returns() -> None:
    table = planted(200, {7: 0.5})
    week = Scope(dt.date(2026, 5, 4), dt.date(2026, 5, 4))
    assert ask(shop(events=table), "retention", week, {}).scalars["d7"].value == pytest.approx(0.5)
    later = Scope(dt.date(2026, 5, 11), dt.date(2026, 5, 11))
    assert ask(shop(events=table), "retention", later, {}).scalars["d7"].value is None


def test_slices_look_at_their_own_rows_only() -> None:
    later = pl.col("event_ts") > at("2026-05-04")
    table = planted(100, {7: 0.5}).with_columns(
        platform=pl.when(later).then(pl.lit("douyin")).otherwise(pl.lit("taobao"))
    )
    result = ask(shop(events=table), "retention", Scope(where={"platform": ("taobao",)}), {})
    assert result.scalars["d7"].value == 0
    assert result.scalars["d7"].n == 100


def test_the_metric_agrees_with_the_question() -> None:
    data = shop(events=planted(400, {7: 0.25}))
    board = ask(data, "board", Scope(), {})
    assert board.scalars["d7_retention"].value == pytest.approx(0.25)
    daily = board.frames["daily"].filter(pl.col("metric") == "d7_retention")
    assert daily.row(0, named=True)["date"] == dt.date(2026, 5, 11)
    week = ask(data, "board", Scope(dt.date(2026, 5, 11), dt.date(2026, 5, 17)), {})
    assert week.scalars["d7_retention"].n == 400


@pytest.mark.parametrize("days", ["x", "-1", "400", "1;7"])
def test_wrong_days_are_refused(days: str) -> None:
    with pytest.raises(UsageError):
        ask(shop(events=planted(3, {})), "retention", Scope(), {"days": days})


SQL = """
with d as (select distinct user_id, cast(event_ts as date) as day from e),
f as (select user_id, min(day) as c from d group by 1),
l as (select max(day) as last_day from d)
select count(*), count(*) filter (exists (select 1 from d where d.user_id = f.user_id
  and d.day = f.c + 7)) from f, l where c + 7 < last_day
"""


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            st.dates(dt.date(2026, 5, 1), dt.date(2026, 6, 10)).map(lambda day: at(str(day))),
            st.just(ENTER),
        ),
        min_size=2,
        max_size=40,
    )
)
def test_day_seven_equals_sql(rows: list[tuple[str, dt.datetime, str]]) -> None:
    table = events(rows)
    size, users = duckdb.connect().register("e", table.to_arrow()).execute(SQL).fetchone() or (0, 0)
    d7 = ask(shop(events=table), "retention", Scope(), {}).scalars["d7"]
    assert d7.n == size
    assert (d7.value or 0) * size == pytest.approx(users)
