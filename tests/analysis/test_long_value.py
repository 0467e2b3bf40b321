"""Short against long value: a planted change of places, its null twin, the people of a phase."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import at, events, orders, shop

START = dt.date(2025, 1, 1)


def customers(host: str, count: int, first: float, monthly: float, seed: int = 0) -> list[tuple]:
    """Customers who spend about ``first`` on coming and ``monthly`` in each later month."""
    chance = random.Random(f"{host}{seed}")
    rows = []
    for n in range(count):
        for month in range(13):
            day = START + dt.timedelta(days=n % 20 + 35 * month)
            level = monthly if month else first
            rows.append((f"{host}-{n}", day.isoformat(), round(level * chance.uniform(0.7, 1.3), 2),
                         host))  # fmt: skip
    return rows


def asked(*hosts: list[tuple], **params: str):
    rows = [row for host in hosts for row in host] + [("end", "2026-12-31", 1.0, "none")]
    table = orders([row[:3] for row in rows], host_id=[row[3] for row in rows])
    return ask(shop(orders=table), "long_value", Scope(), params)


def test_a_planted_change_of_places_is_found_with_its_money() -> None:
    found = asked(customers("flash", 60, 200, 5), customers("loyal", 60, 120, 25))
    flip = found.frames["flips"].row(0, named=True)
    assert (flip["ahead_short"], flip["ahead_long"], flip["sure"]) == ("flash", "loyal", True)
    assert found.scalars["flips"].value == 1 and found.scalars["long_days"].value == 365
    groups = {row["group"]: row for row in found.frames["groups"].to_dicts()}
    assert (groups["flash"]["rank_short"], groups["flash"]["rank_long"]) == (1, 2)
    assert groups["flash"]["short_value"] == pytest.approx(200, rel=0.05)
    assert groups["loyal"]["long_value"] == pytest.approx(120 + 10 * 25, rel=0.05)
    assert [finding.kind for finding in found.findings] == ["rank_flip"]


def test_equal_hosts_change_places_for_nobody() -> None:
    wrong = 0
    for seed in range(10):
        hosts = [customers(f"h{n}", 40, 100, 10, seed) for n in range(5)]
        found = asked(*hosts)
        wrong += bool(found.scalars["flips"].value) or bool(found.findings)
    assert wrong == 0


def test_intervals_hold_the_mean_and_narrow_with_more_customers() -> None:
    found = asked(customers("few", 35, 100, 10), customers("many", 400, 100, 10))
    rows = {row["group"]: row for row in found.frames["groups"].to_dicts()}
    for row in rows.values():
        assert row["short_low"] < row["short_value"] < row["short_high"]
        assert row["long_low"] < row["long_value"] < row["long_high"]
    wide = {name: row["long_high"] - row["long_low"] for name, row in rows.items()}
    assert wide["many"] < wide["few"]


def test_customers_whose_year_is_not_over_do_not_count() -> None:
    rows = [*customers("a", 40, 100, 10), *customers("b", 40, 90, 10)]
    fresh = [(f"a-new{n}", "2026-12-01", 5000.0, "a") for n in range(40)]
    old, new = (asked(part).frames["groups"].sort("group") for part in (rows, [*rows, *fresh]))
    assert old.select("customers", "long_value").equals(new.select("customers", "long_value"))


def test_thin_or_short_history_compares_nothing() -> None:
    few = asked(customers("a", 5, 100, 10), customers("b", 5, 100, 10))
    assert few.frames["groups"].is_empty() and few.scalars["long_days"].value is None
    assert few.notes[0].en.startswith("The history is too short")


def test_the_people_of_a_phase_are_as_many_as_its_cell() -> None:
    rows = [(f"u{n}", f"2026-0{5 + n % 3}-1{n % 9}", 50.0) for n in range(60)]
    rows += [(f"u{n}", "2026-07-25", 50.0) for n in range(0, 60, 2)]
    seen = events([(f"v{n}", at("2026-06-05"), "stream_enter") for n in range(25)])
    data = shop(orders=orders([*rows, ("z", "2026-08-31", 1.0)]), events=seen)
    whole = ask(data, "lifecycle", Scope(end=dt.date(2026, 8, 31)), {})
    flow = whole.frames["flow"]
    last = flow.filter(pl.col("month") == flow["month"].max())
    assert last.height > 2
    for cell in last.to_dicts():
        chosen = {"phase": cell["to"], "came_from": cell["from"], "as_of": cell["month"]}
        people = ask(data, "phase_users", Scope(), chosen)
        assert people.scalars["users"].value == cell["users"]
        assert people.frames["people"]["user_id"].str.contains(r"\*\*\*").all()
