"""Journeys: what ends one, what is left out, and who stays unattributed."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from .conftest import EPOCH, EventLog, events_of, journey_log, orders_of

DAY = 86_400


def log_of(
    touches: list[tuple[float, str, str]], orders: list[tuple[float, str, float]]
) -> EventLog:
    rows = [(at, user, "click") for at, user, _ in touches]
    return EventLog.build(events_of(rows, channel=[c for _, _, c in touches]), orders_of(orders))


def credit(tables, model: str) -> dict[str, float]:
    return dict(tables.credits.filter(pl.col("model") == model).select("touch", "revenue").rows())


def test_a_conversion_ends_the_journey() -> None:
    log = log_of([(0, "u", "a"), (2, "u", "b"), (4, "u", "c")], [(1, "u", 10), (3, "u", 20)])
    tables = log.attribution(replicates=0)
    assert sorted(tables.paths.select("path", "conversions", "nulls").rows()) == [
        ("a", 1, 0), ("b", 1, 0), ("c", 0, 1)
    ]  # fmt: skip


def test_conversions_without_a_touch_are_unattributed_in_every_model() -> None:
    log = log_of([(0, "u", "a")], [(1, "u", 10), (2, "u", 30), (1, "v", 5.55)])
    tables = log.attribution(replicates=0)
    assert (tables.total, tables.attributed, tables.unattributed) == (3, 1, 2)
    assert tables.revenue_unattributed == 35.55
    assert tables.reconciliation["total"].to_list() == pytest.approx([3.0] * 13)


def test_touches_at_the_instant_of_the_order_count() -> None:
    tables = log_of([(5, "u", "a")], [(5, "u", 10)]).attribution(replicates=0)
    assert tables.attributed == 1


def test_lookback_includes_its_end() -> None:
    log = log_of([(0, "u", "old"), (3 * DAY, "u", "new")], [(7 * DAY, "u", 10)])
    seven, six = (log.attribution(lookback_days=d, replicates=0) for d in (7, 6.9))
    assert credit(seven, "first") == {"old": 10, "new": 0}
    assert credit(six, "first") == {"old": 0, "new": 10}


def test_period_takes_journeys_by_their_end_with_older_touches() -> None:
    log = log_of([(0, "u", "a"), (4 * DAY, "v", "b")], [(5 * DAY, "u", 10), (9 * DAY, "v", 20)])
    period = (EPOCH + timedelta(days=4), EPOCH + timedelta(days=8))
    tables = log.attribution(period=period, replicates=0)
    assert (tables.total, tables.revenue) == (1, 10)
    assert credit(tables, "first") == {"a": 10, "b": 0}


def test_w_shape_gives_the_first_milestone_its_part() -> None:
    rows = [(0, "u", "click"), (1, "u", "click"), (2, "u", "stream_enter"), (3, "u", "click"),
            (4, "u", "click")]  # fmt: skip
    events = events_of(rows, channel=["a", "b", "live", "c", "d"])
    tables = EventLog.build(events, orders_of([(5, "u", 100)])).attribution(replicates=0)
    found = credit(tables, "w_shape")
    assert found == pytest.approx({"a": 30, "live": 30, "d": 30, "b": 5, "c": 5})


def test_values_of_several_lines_are_one_order() -> None:
    orders = orders_of([(1, "u", 10.1), (1, "u", 20.2)]).with_columns(order_id=pl.lit("same"))
    log = EventLog.build(events_of([(0, "u", "click")], channel=["a"]), orders)
    tables = log.attribution(replicates=0)
    assert (tables.total, tables.revenue) == (1, 30.3)


def test_touches_may_be_any_column() -> None:
    events = events_of([(0, "u", "click"), (1, "u", "like")], stream_id=["L1", None])
    tables = EventLog.build(events, orders_of([(5, "u", 1)])).attribution("stream_id", replicates=0)
    assert tables.paths["path"].to_list() == ["L1"]


def test_same_draws_give_the_same_intervals() -> None:
    log = log_of([(i, f"u{i}", "ab"[i % 2]) for i in range(90)],
                 [(100, f"u{i}", 5) for i in range(0, 90, 3)])  # fmt: skip
    first, again = (log.attribution(replicates=100).credits for _ in range(2))
    assert first.equals(again)


def test_shapley_rate_by_random_orders_reconciles_and_shows_its_error() -> None:
    """Above 24 touches orders are drawn at random; the interval shows how much that matters."""
    busy = [([f"c{i}", f"c{(i * 7 + 3) % 6}"], i + 2, [1.0] * (3 * i % 5 + 1)) for i in range(6)]
    idle = [([f"idle{i}"], 1, []) for i in range(30)]
    exact = journey_log(busy).attribution(models=["shapley_rate"], replicates=0)
    drawn = journey_log(busy + idle).attribution(models=["shapley_rate"], replicates=200)
    assert drawn.credits["conversions"].sum() == pytest.approx(drawn.attributed, abs=1e-9)
    assert exact.credits["conversions"].sum() == pytest.approx(exact.attributed, abs=1e-9)
    known = drawn.credits.filter(pl.col("touch").str.starts_with("c"))
    assert ((known["low"] <= known["conversions"]) & (known["conversions"] <= known["high"])).all()
    assert (drawn.credits["high"] - drawn.credits["low"]).max() < 0.25 * drawn.attributed
