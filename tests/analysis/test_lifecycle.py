"""Lifecycle: one phase per user, profit that adds up, referral credited once."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.analysis.referral import referred_buyers
from footprint.metrics import View
from footprint.questions import ask
from footprint.result import Result
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from small_tables import at, events, orders, shop

PRODUCTS = pl.DataFrame(
    {"sku_id": ["sku"], "name": ["x"], "category": ["food"], "price": [100.0], "unit_cost": [60.0]}
)


def host_orders(host: str, phases: dict[str, int]) -> list[dict]:
    """Orders of 100 with 40 profit each: first, later, or the first of an invited friend."""
    rows = []
    for phase, count in phases.items():
        for n in range(count):
            user = f"{host}-{phase}{n}"
            if phase == "repurchase":
                rows.append({"user_id": user, "day": "2026-05-05", "host_id": "none"})
                rows.append({"user_id": user, "day": "2026-06-05", "host_id": host})
            else:
                friend = f"{host}-conversion{n}" if phase == "fission" else None
                rows.append({"user_id": user, "day": "2026-06-07", "host_id": host,
                             "referrer_id": friend})  # fmt: skip
    return rows


def planted() -> MemoryData:
    """PT18: the head host earns 35 / 25 / 40, the second 60 / 30 / 10."""
    rows = host_orders("H1", {"conversion": 70, "repurchase": 50, "fission": 80})
    rows += host_orders("H2", {"conversion": 60, "repurchase": 30, "fission": 10})
    table = orders(
        [(row["user_id"], row["day"], 100.0) for row in rows],
        host_id=[row["host_id"] for row in rows],
        referrer_id=pl.Series([row.get("referrer_id") for row in rows], dtype=pl.String).to_list(),
    )
    return shop(orders=table, products=PRODUCTS)


def shares(result: Result, host: str) -> dict[str, float]:
    rows = result.frames["profit"].filter(pl.col("host_id") == host)
    return dict(rows.select("phase", "share").rows())


def test_planted_profit_by_phase() -> None:
    result = ask(planted(), "lifecycle", Scope(dt.date(2026, 6, 1), dt.date(2026, 6, 30)), {})
    assert shares(result, "H1") == pytest.approx(
        {"conversion": 0.35, "repurchase": 0.25, "fission": 0.40}
    )
    assert shares(result, "H2")["fission"] == pytest.approx(0.10)
    assert result.scalars["head_host"].value == "H1"
    assert result.scalars["fission_share"].value == pytest.approx(0.40)


def test_phases_sum_to_the_profit_of_the_orders() -> None:
    table = orders(
        [("a", "2026-05-05", 100.0), ("a", "2026-05-09", 80.0), ("b", "2026-05-06", 50.0)],
        host_id="H", refund_amount=[0.0, 80.0, None], commission=[5.0, None, 2.0],
        value_added_income=[None, 3.0, None], referrer_id=[None, None, "a"],
    )  # fmt: skip
    result = ask(shop(orders=table, products=PRODUCTS), "lifecycle", Scope(), {})
    profit = result.frames["profit"]
    assert profit["profit"].sum() == pytest.approx(230 - 80 - 3 * 60 - 7 + 3)
    assert profit["orders"].sum() == 3
    assert dict(profit.select("phase", "profit").rows())["fission"] == pytest.approx(50 - 60 - 2)


def phase_of(data: MemoryData, end: str) -> dict[str, int]:
    result = ask(data, "lifecycle", Scope(end=dt.date.fromisoformat(end)), {})
    phases = result.frames["phases"]
    last = phases.filter(pl.col("month") == phases["month"].max(), pl.col("users") > 0)
    return dict(last.select("phase", "users").rows())


def test_highest_phase_wins_and_silence_hides_it() -> None:
    seen = events(
        [("looker", at("2026-05-20"), "video_view"), ("friend", at("2026-05-21"), "invite_accept"),
         ("old", at("2026-01-03"), "like")],
        referrer_id=[None, "host", None],
    )  # fmt: skip
    table = orders(
        [("buyer", "2026-05-22", 1.0), ("again", "2026-05-02", 1.0), ("again", "2026-05-22", 1.0),
         ("host", "2026-05-03", 1.0), ("friend", "2026-05-25", 1.0), ("z", "2026-06-20", 1.0)]
    )  # fmt: skip
    assert phase_of(shop(events=seen, orders=table), "2026-05-31") == {
        "exposure": 1, "conversion": 2, "repurchase": 1, "fission": 1, "dormant": 1,
    }  # fmt: skip


def test_two_orders_on_one_day_are_no_repurchase() -> None:
    table = orders([("a", "2026-05-22", 1.0), ("a", "2026-05-22", 1.0), ("z", "2026-06-20", 1.0)])
    assert phase_of(shop(orders=table), "2026-05-31") == {"conversion": 1}


def test_referral_needs_an_order_in_time_and_another_person() -> None:
    seen = events(
        [("late", at("2026-05-01"), "invite_accept"), ("self", at("2026-05-01"), "invite_accept"),
         ("good", at("2026-05-01"), "invite_accept"),
         ("before", at("2026-05-09"), "invite_accept")],
        referrer_id=["host", "self", "host", "host"],
    )  # fmt: skip
    table = orders([("late", "2026-06-05", 1.0), ("self", "2026-05-02", 1.0),
                    ("good", "2026-05-31", 1.0), ("before", "2026-05-08", 1.0)])  # fmt: skip
    found = referred_buyers(shop(events=seen, orders=table))
    assert found["user_id"].to_list() == ["good"]


def test_flow_holds_every_user_of_the_later_month_end() -> None:
    rows = [("a", "2026-05-05", 1.0), ("a", "2026-06-05", 1.0), ("b", "2026-06-09", 1.0),
            ("c", "2026-05-06", 1.0), ("z", "2026-07-30", 1.0)]  # fmt: skip
    result = ask(shop(orders=orders(rows)), "lifecycle", Scope(end=dt.date(2026, 6, 30)), {})
    flow = result.frames["flow"].select("from", "to", "users").rows()
    assert set(flow) == {("conversion", "repurchase", 1), ("new", "conversion", 1),
                         ("conversion", "dormant", 1)}  # fmt: skip
    phases = result.frames["phases"]
    assert phases.group_by("month").agg(pl.col("share").sum())["share"].to_list() == [1.0, 1.0]


def test_invitations_by_wording() -> None:
    seen = events(
        [("h", at("2026-05-01"), "invite"), ("h", at("2026-05-02"), "invite"),
         ("i", at("2026-05-02"), "invite"), ("f", at("2026-05-03"), "invite_accept")],
        wording_id=["W1", "W1", "W2", "W1"], referrer_id=[None, None, None, "h"],
    )  # fmt: skip
    data = shop(events=seen, orders=orders([("f", "2026-05-05", 1.0)]))
    table = ask(data, "lifecycle", Scope(), {}).frames["invites"]
    row = table.row(0, named=True)
    assert (row["wording_id"], row["invites"], row["accepts"], row["buyers"]) == ("W1", 2, 1, 1)
    assert row["accept_rate"] == pytest.approx(0.5)
    assert row["k_factor"] == pytest.approx(1.0)
    assert table.row(1, named=True)["accepts"] == 0


def test_missing_tables_are_named_and_the_rest_works() -> None:
    result = ask(shop(orders=orders([("a", "2026-05-05", 1.0)])), "lifecycle", Scope(), {})
    assert result.frames["profit"].is_empty()
    assert result.scalars["head_host"].value is None
    assert len(result.notes) == 2
    assert View(shop(orders=orders([])), Scope()).rows("orders").is_empty()


def test_costless_goods_are_said() -> None:
    table = orders([("a", "2026-05-05", 1.0)], host_id="H", sku_id="unknown")
    notes = ask(shop(orders=table, products=PRODUCTS), "lifecycle", Scope(), {}).notes
    assert any("1 order lines" in note("en") for note in notes)
