"""Likelihood, expected loss and cells of the risk matrix."""

from __future__ import annotations

import pytest
from footprint.risk.matrix import cell, edges, expected_loss, likelihood
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta


@given(st.integers(0, 50), st.integers(0, 500))
def test_likelihood_is_the_beta_posterior(events: int, rest: int) -> None:
    chance = likelihood(events, events + rest)
    oracle = beta(1 + events, 19 + rest)
    assert chance.mean == pytest.approx(oracle.mean())
    assert (chance.low, chance.high) == pytest.approx(oracle.interval(0.95))


def test_a_risk_that_never_came_true_keeps_a_small_chance() -> None:
    assert likelihood(0, 0).mean == pytest.approx(0.05)
    assert 0 < likelihood(0, 980).mean < 0.0011


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="events"):
        likelihood(3, 2)


def test_expected_loss_by_hand() -> None:
    loss = expected_loss(1, 80, [1000.0, 3000.0])
    assert loss is not None
    assert loss.mean == pytest.approx(2 / 100 * 80 * 2000)
    assert loss.low < loss.mean < loss.high
    half = expected_loss(1, 80, [1000.0, 3000.0], factor=0.5)
    assert half is not None and half.mean == pytest.approx(loss.mean / 2)


def test_unknown_loss_stays_unknown() -> None:
    assert expected_loss(5, 80, []) is None


@given(st.floats(0, 1), st.lists(st.floats(0.01, 0.99), min_size=4, max_size=4, unique=True))
def test_a_value_lies_within_the_printed_bounds_of_its_cell(
    value: float, bounds: list[float]
) -> None:
    low, high = edges(bounds, 1.0)[cell(value, bounds) - 1]
    assert high is not None
    assert low <= value < high or (value == 1 and high == 1)
