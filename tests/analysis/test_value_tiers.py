"""Value tiers: published shares, each rule at its edge, SQL as the second opinion."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import polars as pl
import pytest
from footprint.analysis.rfm import rfm, segments
from footprint.analysis.tiers import Rules, month_ends, tiers_on
from footprint.analysis.value import users_in_tiers
from footprint.questions import ask
from footprint.scope import Scope
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import at, events, orders, shop

MONTH_ENDS = ["2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31"]


def tier_of(rows: list[tuple[str, str, float]], day: str, seen: pl.DataFrame | None = None) -> str:
    tables = {"orders": orders(rows)} | ({"events": seen} if seen is not None else {})
    found = ask(shop(**tables), "value_tiers", Scope(), {"as_of": day}).frames["tiers"]
    return found.filter(pl.col("users") == 1)["tier"].item()


@pytest.mark.parametrize(
    ("bought", "tier"),
    [
        ("08-01 200, 08-20 200, 09-10 200", "high"),
        ("08-01 200, 08-20 200, 09-10 199", "mid"),  # one yuan short
        ("08-01 300, 08-20 300, 08-30 300", "mid"),  # last order 31 days ago
        ("06-01 300, 08-20 300, 09-10 300", "mid"),  # two orders in 90 days
        ("08-01 50, 08-20 50", "mid"),
        ("08-01 250", "mid"),
        ("07-04 50", "potential"),
        ("07-02 50", "dormant"),  # 90 days ago
        ("01-02 900", "dormant"),
    ],
)
def test_each_rule_at_its_edge(bought: str, tier: str) -> None:
    rows = [("u", f"2026-{buy.split()[0]}", float(buy.split()[1])) for buy in bought.split(", ")]
    assert tier_of(rows, "2026-09-30") == tier


def test_interest_wakes_a_dormant_customer_and_adds_no_strangers() -> None:
    seen = events([("u", at("2026-09-20"), "add_cart"), ("stranger", at("2026-09-20"), "add_cart")])
    rows = [("u", "2026-02-01", 50.0)]
    assert tier_of(rows, "2026-09-30") == "dormant"
    assert tier_of(rows, "2026-09-30", seen) == "potential"


def test_refunded_orders_do_not_make_high_value() -> None:
    table = orders([("u", day, 300.0) for day in ("2026-09-01", "2026-09-10", "2026-09-20")],
                   refund_amount=[0.0, 0.0, 300.0])  # fmt: skip
    found = ask(shop(orders=table), "value_tiers", Scope(), {"as_of": "2026-09-30"})
    assert found.scalars["high_share"].value == 0


def planted(shares: list[float], buyers: int = 1000) -> pl.DataFrame:
    """Everyone buys for 100 twice in May; the high ones buy three times 220 in each month."""
    rows: list[tuple[str, str, float]] = []
    for user in range(buyers):
        rows += [(f"u{user}", "2026-05-05", 20.0), (f"u{user}", "2026-05-06", 20.0)]
        for end, share in zip(MONTH_ENDS, shares, strict=True):
            if user < round(share * buyers):
                rows += [(f"u{user}", end[:8] + day, 220.0) for day in ("10", "15", "20")]
    return orders(rows)


def test_planted_shares_come_out_at_each_month_end() -> None:
    """PT05: .08 to .25 by fixed thresholds."""
    shares = [0.08, 0.114, 0.148, 0.182, 0.216, 0.25]
    result = ask(shop(orders=planted(shares)), "value_tiers", Scope(end=dt.date(2026, 10, 31)), {})
    months = result.frames["months"].filter(pl.col("tier") == "high")
    assert months["month"].cast(pl.String).to_list() == MONTH_ENDS[:-1]
    last = ask(shop(orders=planted(shares)), "value_tiers", Scope(), {"as_of": "2026-10-31"})
    assert months["share"].to_list() == pytest.approx(shares[:-1], abs=0.005)
    assert last.scalars["high_share"].value == pytest.approx(0.25, abs=0.005)
    assert result.scalars["high_share_first"].value == pytest.approx(0.08, abs=0.005)
    assert [finding.kind for finding in result.findings] == ["high_value_share"]


def test_a_steady_share_is_no_finding() -> None:
    result = ask(shop(orders=planted([0.1] * 6)), "value_tiers", Scope(), {})
    assert not result.findings


def test_shares_leave_out_the_dormant_and_sum_to_one() -> None:
    rows = [("a", "2026-09-20", 50.0), ("b", "2026-09-20", 300.0), ("c", "2026-01-20", 50.0)]
    tiers = ask(shop(orders=orders(rows)), "value_tiers", Scope(), {"as_of": "2026-09-30"}).frames[
        "tiers"
    ]
    assert tiers["share"].drop_nulls().sum() == pytest.approx(1)
    assert tiers.filter(pl.col("tier") == "dormant").row(0)[1:3] == (1, None)


def test_migration_counts_every_customer_of_the_last_month_end() -> None:
    result = ask(
        shop(orders=planted([0.08, 0.1, 0.12, 0.14, 0.16, 0.2])), "value_tiers", Scope(), {}
    )
    months = result.frames["months"]
    last = months.filter(pl.col("month") == months["month"].max())["users"].sum()
    assert result.frames["migration"]["users"].sum() == last


def test_no_orders_is_an_empty_answer_with_a_note() -> None:
    result = ask(shop(orders=orders([])), "value_tiers", Scope(), {})
    assert result.scalars["high_share"].value is None
    assert result.notes
    assert result.frames["rfm"]["users"].sum() == 0


def test_tier_as_a_slice_of_any_question() -> None:
    data = shop(orders=planted([0.08, 0.114, 0.148, 0.182, 0.216, 0.25]))
    high = users_in_tiers(data, ("high",))
    assert len(high) == 250
    board = ask(data, "board", Scope(where={"tier": ("high",)}), {})
    mine = data.frame("orders").filter(pl.col("user_id").is_in(high.implode()))
    assert board.scalars["gmv"].value == pytest.approx(mine["paid_amount"].sum())


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.dates(dt.date(2025, 6, 1), dt.date(2026, 10, 31)).map(str),
        st.sampled_from([50.0, 150.0, 200.0, 250.0]),
    ),
    min_size=1,
    max_size=25,
)

SQL = """
with f as (
  select user_id, min(date '2026-10-31' - day) as age,
    count(*) filter (date '2026-10-31' - day < 90) as orders,
    coalesce(sum(money) filter (date '2026-10-31' - day < 90), 0) as gmv,
    count(*) filter (date '2026-10-31' - day < 365) as yo,
    coalesce(sum(money) filter (date '2026-10-31' - day < 365), 0) as ym
  from bought where day <= date '2026-10-31' group by 1)
select user_id, case when orders >= 3 and gmv >= 600 and age <= 30 then 'high'
  when (yo >= 2 or ym >= 200) and age <= 180 then 'mid'
  when age < 90 then 'potential' else 'dormant' end as tier from f order by 1
"""


@settings(max_examples=40)
@given(ORDERS)
def test_tiers_equal_sql(rows: list[tuple[str, str, float]]) -> None:
    bought = pl.DataFrame(
        [(user, dt.date.fromisoformat(day), money) for user, day, money in rows],
        schema={"user_id": pl.String, "day": pl.Date, "money": pl.Float64},
        orient="row",
    )
    bought = bought.with_columns(user=pl.col("user_id").rank("dense"))
    mine = tiers_on(bought, None, dt.date(2026, 10, 31), Rules.of(shop()))
    theirs = duckdb.connect().register("bought", bought.to_arrow()).execute(SQL).fetchall()
    assert mine.sort("user_id").select("user_id", "tier").rows() == theirs


def test_rfm_scores_never_split_equal_values() -> None:
    rng = random.Random(4)
    bought = pl.DataFrame(
        [(f"u{user}", dt.date(2026, 9, rng.randint(1, 30)), 50.0) for user in range(300)],
        schema={"user": pl.String, "day": pl.Date, "money": pl.Float64},
        orient="row",
    )
    scored = rfm(bought, dt.date(2026, 9, 30))
    for value, score in (("recency", "r"), ("frequency", "f"), ("money", "m")):
        assert scored.group_by(value).agg(pl.col(score).n_unique())[score].max() == 1
    best = scored.filter(pl.col("recency") == scored["recency"].min())["r"]
    assert best.unique().to_list() == [5]
    assert scored["f"].unique().to_list() == [3]


def test_rfm_segments_use_frozen_cuts() -> None:
    bought = pl.DataFrame(
        [("champion", dt.date(2026, 9, day), 250.0) for day in (1, 10, 20)]
        + [("newcomer", dt.date(2026, 9, 20), 50.0), ("lapsed", dt.date(2026, 3, 1), 50.0)],
        schema={"user": pl.String, "day": pl.Date, "money": pl.Float64},
        orient="row",
    )
    found = segments(rfm(bought, dt.date(2026, 9, 30)), Rules.of(shop()))
    assert found.height == 8
    users = dict(found.select("segment", "users").rows())
    assert users["champion"] == users["newcomer"] == users["lapsed"] == 1
    assert sum(users.values()) == 3
    assert found["gmv_share"].sum() == pytest.approx(1)


def test_month_ends() -> None:
    ends = month_ends(dt.date(2026, 1, 31), dt.date(2026, 3, 30))
    assert ends == [dt.date(2026, 1, 31), dt.date(2026, 2, 28)]
