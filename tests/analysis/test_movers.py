"""Movers: planted rises and falls with their money, other thresholds, people behind a cell."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import orders, shop

AS_OF = {"as_of": "2026-09-30"}


def bought(user: str, *buys: str) -> list[tuple[str, str, float]]:
    return [(user, f"2026-{buy.split()[0]}", float(buy.split()[1])) for buy in buys]


def planted() -> pl.DataFrame:
    rows: list[tuple[str, str, float]] = []
    for n in range(6):  # high, and last order 24 days ago: slips within a week
        rows += bought(f"slip{n}", "07-20 300", "08-10 300", "09-06 300")
    for n in range(4):  # mid on Aug 31, high on Sep 30
        rows += bought(f"rise{n}", "08-01 300", "08-20 300", "09-20 300")
    for n in range(3):  # high on Aug 31, nothing since: mid on Sep 30
        rows += bought(f"fell{n}", "06-20 250", "08-01 250", "08-15 250")
    for n in range(40):  # steady all along
        rows += bought(f"calm{n}", "07-20 300", "08-10 300", "08-25 300", "09-30 300")
    return orders(rows)


def test_planted_movers_are_all_found_with_their_money() -> None:
    found = ask(shop(orders=planted()), "movers", Scope(), AS_OF | {"soon": "7", "days": "30"})
    value = {name: scalar.value for name, scalar in found.scalars.items()}
    assert value["slipping"] == 6 and value["at_stake_slipping"] == 6 * 900
    assert value["slipped"] == 3 and value["at_stake_slipped"] == 3 * (750 - 500)
    assert value["risen"] == 4 + 6  # their third order made those six high too
    names = found.frames["movers"].group_by("direction").agg(pl.col("user_id").unique())
    listed = dict(names.iter_rows())
    assert all(one.startswith("s***") for one in listed["slipping"])
    assert [finding.id for finding in found.findings] == ["slipping_customers"]
    assert found.findings[0].impact_cny == 6 * 900


def test_who_keeps_buying_moves_nowhere() -> None:
    calm = [row for n in range(40) for row in bought(f"c{n}", *(f"{m:02}-{d} 300" for m in range(
        4, 10) for d in (10, 25)))]  # fmt: skip
    found = ask(shop(orders=orders(calm)), "movers", Scope(), AS_OF | {"soon": "7"})
    assert found.frames["movers"].is_empty() and not found.findings


def test_an_order_ahead_of_the_day_is_not_known_yet() -> None:
    early = planted()
    late = orders([(f"slip{n}", "2026-10-01", 300.0) for n in range(6)]).with_columns(
        order_id=pl.format("late{}", pl.int_range(pl.len()))
    )
    both = pl.concat([early, late])
    answers = [
        ask(shop(orders=frame), "movers", Scope(), AS_OF | {"soon": "7"}).scalars["slipping"].value
        for frame in (early, both)
    ]
    assert answers == [6, 6]


def test_moves_of_each_month_add_up_to_its_customers() -> None:
    found = ask(shop(orders=planted()), "value_tiers", Scope(end=dt.date(2026, 9, 30)), {})
    months = found.frames["months"].group_by("month").agg(pl.col("users").sum())
    moves = found.frames["moves"].group_by("month").agg(pl.col("users").sum())
    both = moves.join(months, on="month", suffix="_known")
    assert both.height == 3 and (both["users"] == both["users_known"]).all()
    last = found.frames["moves"].filter(pl.col("month") == moves["month"].max())
    assert last.select("from", "to", "users").equals(
        found.frames["migration"].select("from", "to", "users")
    )


@pytest.mark.parametrize(("spend", "high"), [(None, 50), (901.0, 40), (100000.0, 0)])
def test_other_thresholds_are_tried_without_being_kept(spend: float | None, high: int) -> None:
    data = shop(orders=planted())
    found = ask(data, "value_tiers", Scope(), AS_OF | ({"high_spend": spend} if spend else {}))
    effect = {row["tier"]: row for row in found.frames["effect"].to_dicts()}
    assert effect["high"]["users_saved"] == 50
    assert effect["high"]["users"] == high
    assert effect["high"]["change"] == high - 50
    assert sum(row["users"] for row in effect.values()) == 53
    assert data.settings.value("tier_high_spend") == 600


def test_the_people_behind_a_move_are_as_many_as_its_cell() -> None:
    data, scope = shop(orders=planted()), Scope(end=dt.date(2026, 9, 30))
    moves = ask(data, "value_tiers", scope, {}).frames["migration"].to_dicts()
    for move in moves:
        cell = {"came_from": move["from"], "tier": move["to"], "as_of": "2026-09-30"}
        people = ask(data, "customer_list", scope, cell)
        assert people.scalars["users"].value == move["users"] == people.frames["people"].height


def test_the_people_behind_a_group_are_as_many_as_the_group() -> None:
    data = shop(orders=planted())
    for group in ask(data, "value_tiers", Scope(), AS_OF).frames["rfm"].to_dicts():
        people = ask(data, "customer_list", Scope(), AS_OF | {"segment": group["segment"]})
        assert people.scalars["users"].value == group["users"]
        assert people.scalars["money"].value == pytest.approx(group["gmv"])


def test_no_orders_list_nobody() -> None:
    empty = shop(orders=orders([]))
    assert ask(empty, "movers", Scope(), {}).frames["movers"].is_empty()
    assert ask(empty, "customer_list", Scope(), {}).scalars["users"].value == 0


def test_the_people_behind_a_repurchase_rate_are_those_counted() -> None:
    data = shop(orders=planted())
    months = ask(data, "repurchase", Scope(), {"days": "30"}).frames["cohorts"]
    for month in months.to_dicts():
        for again, wanted in (
            ("yes", month["repeat"]),
            ("no", month["buyers"] - month["repeat"]),
            ("waiting", month["waiting"]),
        ):
            people = ask(data, "customer_list", Scope(),
                         {"first_month": month["month"], "again": again, "days": "30"})  # fmt: skip
            assert people.scalars["users"].value == wanted
