"""Time in a phase against scipy, invitations by wording with planted effects, chains of friends."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import polars as pl
import pytest
from footprint.analysis.fission import depths
from footprint.analysis.survival import day_reached, reached_curve, share_by
from footprint.questions import ask
from footprint.scope import Scope
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf
from small_tables import at, events, orders, shop


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60))
def test_the_curve_equals_scipy(rows: list[tuple[int, bool]]) -> None:
    waits = pl.DataFrame(rows, schema=["days", "happened"], orient="row")
    found = reached_curve(waits)
    seen = [days for days, hit in rows if hit]
    if not seen:
        assert (found["reached"] == 0).all()
        return
    sample = CensoredData(seen, right=[days for days, hit in rows if not hit])
    oracle = ecdf(sample).sf
    assert 1 - found["reached"].to_numpy() == pytest.approx(
        oracle.evaluate(found["day"].to_numpy().astype(float)), abs=1e-12
    )
    bounds = oracle.confidence_interval(method="log-log")
    inside = (found["reached"] > 1e-9) & (found["reached"] < 1 - 1e-9)
    for ours, theirs in (("low", bounds.high), ("high", bounds.low)):
        wanted = 1 - theirs.evaluate(found["day"].to_numpy().astype(float))
        known = inside.to_numpy() & np.isfinite(wanted)
        assert found[ours].to_numpy()[known] == pytest.approx(wanted[known], abs=1e-9)


def test_days_and_shares_are_read_from_the_curve() -> None:
    waits = pl.DataFrame({"days": [1, 2, 3, 4, 9], "happened": [True, True, True, False, False]})
    curve = reached_curve(waits)
    assert (day_reached(curve, 0.25), day_reached(curve, 0.5), day_reached(curve, 0.9)) == (
        2, 3, None,
    )  # fmt: skip
    assert share_by(curve, 2)["reached"] == pytest.approx(0.4)
    assert share_by(curve, 10) is None


def planted_waits(users: int, wait: int) -> pl.DataFrame:
    """All buy on the first day, half of them again after ``wait`` days, one shows the end."""
    rows = [(f"u{n}", "2026-05-04", 50.0) for n in range(users)]
    again = dt.date(2026, 5, 4) + dt.timedelta(days=wait)
    rows += [(f"u{n}", again.isoformat(), 50.0) for n in range((users + 1) // 2)]
    return orders([*rows, ("end", "2026-08-30", 1.0)])


@pytest.mark.parametrize("wait", [10, 25])
def test_the_planted_wait_is_the_median(wait: int) -> None:
    found = ask(shop(orders=planted_waits(61, wait)), "stage_times", Scope(), {"days": "30"})
    assert found.scalars["median_conversion_repurchase"].value == wait
    row = found.frames["stages"].filter(pl.col("stage") == "conversion_repurchase").row(
        0, named=True
    )  # fmt: skip
    assert (row["users"], row["moved"], row["waiting"]) == (62, 31, 31)
    assert row["rate"] == pytest.approx(31 / 61)  # the last one was not watched at all
    nobody = found.frames["stages"].filter(pl.col("stage") == "conversion_fission")
    assert nobody["median_days"].item() is None and nobody["moved"].item() == 0


def test_people_still_waiting_are_not_counted_as_lost() -> None:
    """Half came the day before the data ends: a naive share would halve."""
    old = [(f"a{n}", "2026-05-04", 9.0) for n in range(50)]
    old += [(f"a{n}", "2026-05-14", 9.0) for n in range(25)]
    young = [(f"b{n}", "2026-06-20", 9.0) for n in range(50)]
    table = orders([*old, *young, ("end", "2026-06-21", 9.0)])
    found = ask(shop(orders=table), "stage_times", Scope(), {"days": "10"})
    row = found.frames["stages"].filter(pl.col("stage") == "conversion_repurchase")
    assert row["rate"].item() == pytest.approx(0.5, abs=0.01)


def test_few_people_have_no_median() -> None:
    found = ask(shop(orders=planted_waits(8, 5)), "stage_times", Scope(), {})
    assert all(scalar.value is None for scalar in found.scalars.values())


def invitations(rates: dict[str, float], each: int, seed: int = 0) -> dict[str, pl.DataFrame]:
    """``each`` inviters a wording send one invitation; accepted at the rate of the wording, and
    every second one who accepts orders two days later."""
    chance = random.Random(seed)
    sent, taken, sold = [], [], []
    for wording, rate in rates.items():
        for n in range(each):
            inviter, friend = f"{wording}-{n}", f"{wording}-friend{n}"
            sent.append((inviter, at("2026-05-05"), "invite", wording, None))
            sold.append((inviter, "2026-05-01", 10.0))
            if chance.random() < rate:
                taken.append((friend, at("2026-05-06"), "invite_accept", wording, inviter))
                if n % 2:
                    sold.append((friend, "2026-05-08", 10.0))
    rows = sent + taken
    table = events([row[:3] for row in rows], wording_id=[row[3] for row in rows],
                   referrer_id=[row[4] for row in rows])  # fmt: skip
    return {"events": table, "orders": orders(sold)}


def test_the_better_wording_is_found_and_equal_ones_are_not() -> None:
    rates = {"best": 0.35} | {f"w{n}": 0.15 for n in range(11)}
    table = ask(shop(**invitations(rates, 200)), "fission", Scope(), {}).frames["wordings"]
    verdicts = dict(table.select("wording_id", "verdict").iter_rows())
    assert verdicts.pop("best") == "effect_up"
    assert set(verdicts.values()) == {"no_effect"}


def test_twelve_equal_wordings_rarely_raise_a_false_hope() -> None:
    wrong = 0
    for seed in range(20):
        rates = {f"w{n}": 0.2 for n in range(12)}
        table = ask(shop(**invitations(rates, 60, seed)), "fission", Scope(), {}).frames["wordings"]
        wrong += (table["verdict"] != "no_effect").any()
    assert wrong <= 3


def test_k_counts_everyone_and_each_inviter_apart() -> None:
    found = ask(shop(**invitations({"a": 1.0}, 100)), "fission", Scope(), {})
    value = {name: scalar.value for name, scalar in found.scalars.items()}
    assert value["per_inviter"] == pytest.approx(0.5)  # every second friend bought
    assert value["k_factor"] == pytest.approx(50 / 150)  # 100 inviters and 50 friends bought
    assert value["accept_rate"] == 1.0 and value["invites_per_inviter"] == 1.0
    assert value["deepest"] == 1 and value["brought_share"] == pytest.approx(50 / 150)
    k = found.scalars["k_factor"]
    assert k.low < k.value < k.high and k.n == 150


def test_few_inviters_conclude_nothing() -> None:
    found = ask(shop(**invitations({"a": 0.5, "b": 0.5}, 5)), "fission", Scope(), {})
    assert found.scalars["k_factor"].value is None and found.scalars["accept_rate"].value is None
    assert set(found.frames["wordings"]["verdict"]) == {"too_small"}
    assert found.notes


def test_chains_are_as_deep_as_planted_and_circles_have_no_depth() -> None:
    pairs = pl.DataFrame([("b", "a"), ("c", "b"), ("d", "c"), ("x", "a"), ("p", "q"), ("q", "p")],
                         schema=["user_id", "referrer_id"], orient="row")  # fmt: skip
    assert dict(depths(pairs).sort("user_id").iter_rows()) == {"b": 1, "c": 2, "d": 3, "x": 1}
