"""Intervals of drop-one and of chains beyond the dense first order: by the same user buckets."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from footprint.engine import EventLog

from .conftest import events_of, orders_of

RATES = {"a": 0.10, "b": 0.25, "c": 0.40}


def log_of(users: int, seed: int, channels: tuple[str, ...] = ("a", "b", "c")) -> EventLog:
    """Independent users with one to three touches; the last touch decides who orders."""
    draw = np.random.default_rng(seed)
    rows, words, orders = [], [], []
    for user in range(users):
        path = draw.choice(channels, size=draw.integers(1, 4))
        for step, channel in enumerate(path):
            rows.append((step * 60.0, f"u{user}", "click"))
            words.append(str(channel))
        if draw.random() < RATES.get(str(path[-1]), 0.2):
            orders.append((600.0, f"u{user}", 10.0))
    return EventLog.build(events_of(rows, channel=words), orders_of(orders))


def credits(log: EventLog, model: str, order: int = 1, replicates: int = 400) -> pl.DataFrame:
    table = log.attribution("channel", models=(model,), order=order, replicates=replicates,
                            level=0.90)  # fmt: skip
    return table.credits.sort("touch")


@pytest.mark.parametrize(("model", "order"), [("drop_one", 1), ("markov", 2), ("markov", 3)])
def test_every_credit_has_an_interval_around_it(model: str, order: int) -> None:
    found = credits(log_of(1500, 7), model, order)
    assert found["low"].null_count() == 0
    assert (found["low"] < found["high"]).all()
    assert ((found["low"] <= found["conversions"]) & (found["conversions"] <= found["high"])).all()
    again = credits(log_of(1500, 7), model, order)
    assert found.equals(again)


def test_more_than_64_touches_have_intervals_at_the_first_order() -> None:
    words = tuple(f"c{n:02}" for n in range(70))
    found = credits(log_of(1200, 3, words), "markov", 1)
    assert found.height == 70
    assert found["low"].null_count() == 0
    few = credits(log_of(1200, 3), "markov", 1)
    assert few["low"].null_count() == 0


def test_no_draws_no_interval() -> None:
    assert credits(log_of(200, 1), "drop_one", replicates=0)["low"].null_count() == 3


@pytest.mark.parametrize(("model", "order"), [("drop_one", 1), ("markov", 2)])
def test_the_width_is_that_of_new_samples(model: str, order: int) -> None:
    """The spread over shops drawn anew is what the interval of one shop promises."""
    found = [credits(log_of(800, 100 + n), model, order, 200) for n in range(24)]
    truth = np.std([t["conversions"].to_numpy() for t in found], axis=0, ddof=1)
    widths = np.mean([(t["high"] - t["low"]).to_numpy() for t in found], axis=0)
    promised = widths / (2 * 1.645)
    assert (promised > 0.55 * truth).all()
    assert (promised < 1.8 * truth).all()
