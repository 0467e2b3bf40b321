"""Which order of chain is chosen: the true one, and none where history says nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from .conftest import EventLog, events_of, orders_of


def log_of(paths: list[list[int]], converts: list[bool]) -> EventLog:
    rows = [(at, f"u{u}", "click") for u, path in enumerate(paths) for at in range(len(path))]
    channel = [f"c{touch}" for path in paths for touch in path]
    orders = [(len(paths[u]), f"u{u}", 10.0) for u, hit in enumerate(converts) if hit]
    return EventLog.build(events_of(rows, channel=channel), orders_of(orders))


def walk(order: int, users: int, seed: int) -> tuple[list[list[int]], list[bool]]:
    """Journeys that end with chance 0.2 after each touch; a touch follows the one ``order`` steps
    back three times in four."""
    rng = np.random.default_rng(seed)
    paths = []
    for _ in range(users):
        path: list[int] = []
        for at in range(int(rng.geometric(0.2))):
            follow = order and at >= order and rng.random() < 0.75
            path.append((path[at - order] + 1) % 3 if follow else int(rng.integers(0, 3)))
        paths.append(path)
    return paths, list(rng.random(users) < 0.3)


@pytest.mark.parametrize("order", [1, 2])
def test_the_true_order_is_chosen(order: int) -> None:
    tables = log_of(*walk(order, 3000, 1)).attribution(replicates=0, models=["last"])
    assert tables.order_choice.order == order


def test_longer_history_does_not_pay_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    lengths = rng.geometric(0.4, 3000)
    paths = [list(map(int, rng.integers(0, 3, n))) for n in lengths]
    converts = list(rng.random(3000) < 0.3)
    choice = log_of(paths, converts).attribution(replicates=0, models=["last"]).order_choice
    gains = dict(choice.scores.select("order", "gain").rows())
    assert all(gains[order] < 0.005 for order in (2, 3, 4))
    assert choice.order in (None, 1)


def test_positions_sum_to_the_credit() -> None:
    tables = log_of(*walk(1, 400, 5)).attribution(replicates=0, models=["shapley_sum"])
    by_touch = tables.positions.group_by("touch").agg(pl.col("conversions").sum()).sort("touch")
    credit = tables.credits.select("touch", "conversions").sort("touch")
    assert by_touch["conversions"].to_list() == pytest.approx(credit["conversions"].to_list())


def test_an_order_too_high_for_the_chain_is_a_value_error() -> None:
    tables = log_of(*walk(0, 50, 2)).attribution(replicates=0, models=["last"])
    with pytest.raises(ValueError, match="order 7"):
        tables.journey_paths.removal(7)
