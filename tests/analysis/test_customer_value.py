"""Customer value: planted buying comes back through the question, thin data is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from footprint.analysis.valuation import hold_out, value
from footprint.masking import masked_ids
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import orders, shop

START = dt.date(2026, 1, 1)
DAYS = 300


def lively(users: int = 1200, seed: int = 2) -> list[tuple[str, str, float]]:
    """Customers who buy at their own rate and leave after a purchase with their own chance."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        rate, leave, level = rng.gamma(0.9, 1 / 18), rng.beta(0.7, 2.5), rng.gamma(8, 12)
        day = float(rng.integers(0, 150))
        while day < DAYS:
            moment = START + dt.timedelta(days=int(day))
            rows.append((f"u{user:05d}", moment.isoformat(), round(rng.gamma(9, level / 9), 2) + 1))
            if rng.uniform() < leave:
                break
            day += 1 + rng.exponential(1 / rate)
    return rows


@pytest.fixture(scope="module")
def data():
    return shop(orders=orders(lively()))


def test_the_held_out_days_are_met_and_the_ranking_beats_chance(data) -> None:
    found = ask(data, "customer_value", Scope(), {"days": "90"})
    assert abs(found.scalars["holdout_error"].value) < 0.2
    ranking = dict(found.frames["ranking"].select("method", "captured").iter_rows())
    assert 0.35 < ranking["model"] <= ranking["perfect"]
    assert found.scalars["holdout_capture"].value == ranking["model"]


def test_totals_agree_with_their_parts(data) -> None:
    found = ask(data, "customer_value", Scope(), {})
    total = found.scalars["future_value"]
    bands = found.frames["bands"]
    assert bands["users"].sum() == total.n == 1200
    assert bands["expected_money"].sum() == pytest.approx(total.value)
    assert total.low < total.value < total.high
    assert 0 < found.scalars["active_customers"].value < 1200
    assert bands["users"][0] > 0 and bands["users"][-1] > 0


def test_without_costs_it_says_sales_and_with_costs_it_is_the_margin_of_them(data) -> None:
    plain = ask(data, "customer_value", Scope(), {})
    assert "sales, not contribution" in plain.notes[0].en
    goods = pl.DataFrame({"sku_id": ["sku"], "name": ["x"], "category": ["food"],
                          "price": [100.0], "unit_cost": [10.0]})  # fmt: skip
    table = data.frame("orders")
    priced = ask(shop(orders=table, products=goods), "customer_value", Scope(), {})
    margin = 1 - 10 * table.height / table["paid_amount"].sum()
    ratio = priced.scalars["future_value"].value / plain.scalars["future_value"].value
    assert ratio == pytest.approx(margin, rel=1e-9)


def test_the_future_does_not_leak_into_the_fit(data) -> None:
    table = orders(lively())
    until = START + dt.timedelta(days=200)
    early = table.filter(pl.col("order_ts").dt.date() <= until)
    both = [
        ask(shop(orders=frame), "customer_value", Scope(), {"as_of": until.isoformat()})
        for frame in (table, early)
    ]
    assert both[0].scalars["future_value"].value == pytest.approx(
        both[1].scalars["future_value"].value, rel=1e-6
    )


def test_thin_data_claims_nothing() -> None:
    few = orders([(f"u{n % 12}", "2026-05-05", 30.0) for n in range(20)])
    found = ask(shop(orders=few), "customer_value", Scope(), {})
    assert all(scalar.value is None for scalar in found.scalars.values())
    assert all(frame.is_empty() for frame in found.frames.values())
    assert found.notes


def test_nothing_is_held_out_when_there_is_nothing_to_hold() -> None:
    bought = pl.DataFrame({"user": [1], "user_id": ["a"], "day": [START], "money": [5.0]})
    assert value(bought, START, "mbg") is None
    assert hold_out(bought, START, "mbg", 90) is None


def test_lists_of_people_hide_the_middle_of_an_id(data) -> None:
    listed = ask(data, "customer_value", Scope(), {}).frames["customers"]
    assert listed["user_id"].str.contains(r"^u0\*\*\*\d{4}$|^\w\*\*\*\d$").all()
    short = pl.DataFrame({"user_id": ["ab", "abcdef", "abcdefg"]}).select(masked_ids())
    assert short["user_id"].to_list() == ["a***b", "a***f", "ab***defg"]


def test_the_list_of_a_band_holds_its_customers(data) -> None:
    bands = ask(data, "customer_value", Scope(), {}).frames["bands"]
    for row in bands.to_dicts():
        listed = ask(data, "customer_value", Scope(), {"band": row["alive_band"]}).frames[
            "customers"
        ]
        assert listed.height == row["users"]
