"""The models find what generated customers were made with, and never run away."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import polars as pl
import pytest
from footprint.lifetime import BuyingModel, Groups, fit_buying, fit_spending, histories
from hypothesis import given, settings
from hypothesis import strategies as st

TRUE = {"r": 0.6, "alpha": 20.0, "a": 0.8, "b": 2.5}


def customers(n: int, seed: int, model: str = "mbg") -> pl.DataFrame:
    """Customers simulated purchase by purchase from the story the model tells."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], n)
    leave = rng.beta(TRUE["a"], TRUE["b"], n)
    whole = rng.integers(60, 200, n).astype(float)
    x, last = np.zeros(n), np.zeros(n)
    clock = np.zeros(n)
    alive = rng.uniform(size=n) >= leave if model == "mbg" else np.ones(n, dtype=bool)
    while alive.any():
        clock = clock + rng.exponential(1 / np.maximum(rate, 1e-12))
        alive &= clock <= whole
        x, last = x + alive, np.where(alive, clock, last)
        alive &= rng.uniform(size=n) >= leave
    return pl.DataFrame({"x": x, "t_x": last, "T": whole})


@pytest.mark.parametrize("model", ["mbg", "bg"])
def test_planted_parameters_come_back(model) -> None:
    groups, place = Groups.of(customers(40_000, 7, model))
    found = fit_buying(groups, model)
    spread = np.sqrt(np.diag(found.covariance))
    off = (np.log(found.parameters) - np.log(list(TRUE.values()))) / spread
    assert (np.abs(off) < 3.5).all()
    assert len(place) == groups.many.sum() == 40_000


def test_the_interval_of_the_parameters_holds_the_truth_as_often_as_it_says() -> None:
    inside = []
    for seed in range(25):
        found = fit_buying(Groups.of(customers(3000, seed))[0], prior=0)
        spread = np.sqrt(np.diag(found.covariance))[:2]
        off = np.log(found.parameters[:2]) - np.log([TRUE["r"], TRUE["alpha"]])
        inside += list(np.abs(off) < 1.96 * spread)
    assert 0.86 <= np.mean(inside) <= 1.0


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 60), repeaters=st.integers(0, 8), seed=st.integers(0, 10_000))
def test_small_samples_never_run_away(n: int, repeaters: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = rng.uniform(1, 200, n)
    x = np.where(np.arange(n) < repeaters, rng.integers(1, 6, n), 0)
    frame = pl.DataFrame({"x": x, "t_x": np.where(x > 0, whole * rng.uniform(0, 1, n), 0.0),
                          "T": whole})  # fmt: skip
    groups, _ = Groups.of(frame)
    found = fit_buying(groups)
    assert np.isfinite(found.parameters).all() and (found.parameters < 1e4).all()
    assert np.isfinite(found.expected(groups, 180)).all()
    assert ((found.p_alive(groups) >= 0) & (found.p_alive(groups) <= 1)).all()


def test_heavy_buyers_stay_finite() -> None:
    model = BuyingModel("bg", 0.24, 4.41, 0.79, 2.43, 0.0, np.eye(4))
    people = Groups(np.array([400.0, 3000.0]), np.array([1.0, 30.0]), np.array([1.0, 30.0]),
                    np.ones(2))  # fmt: skip
    found = model.expected(people, 39.0)
    assert np.isfinite(found).all() and (found > 1000).all()


@pytest.mark.parametrize("a", [0.999999999, 1.0, 60.0, 2000.0, 100_000.0])
@pytest.mark.parametrize("model", ["bg", "mbg"])
def test_any_chance_of_leaving_gives_sound_numbers(model, a: float) -> None:
    people = Groups(np.array([0.0, 1, 3, 40]), np.array([0.0, 5, 30, 90]), np.full(4, 100.0),
                    np.ones(4))  # fmt: skip
    found = BuyingModel(model, 0.7, 30.0, a, 2.0, 0.0, np.eye(4)).expected(people, 180.0)
    assert np.isfinite(found).all() and (found >= 0).all()
    calm = BuyingModel(model, 0.7, 30.0, 1e-6, 2.0, 0.0, np.eye(4)).expected(people, 180.0)
    assert (found <= calm * (1 + 1e-9)).all()


def test_more_time_means_more_purchases_and_silence_means_less_life() -> None:
    model = fit_buying(Groups.of(customers(3000, 3))[0])
    silent = Groups(np.full(5, 3.0), np.full(5, 40.0), np.array([40.0, 60, 80, 120, 200]),
                    np.ones(5))  # fmt: skip
    assert (np.diff(model.p_alive(silent)) < 0).all()
    ahead = [model.expected(silent, days)[0] for days in (30, 90, 180)]
    assert ahead == sorted(ahead)


def test_money_levels_come_back_and_shrink_with_few_purchases() -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(1, 12, 20_000)
    level = rng.gamma(4.0, 1 / 60.0, 20_000)
    money = rng.gamma(6.0 * x, 1 / (level * x * 1000))
    found = fit_spending(x, money)
    assert (found.p, found.q) == pytest.approx((6.0, 4.0), rel=0.06)
    few, many = found.level(np.array([1, 50]), np.array([2 * found.usual, 2 * found.usual]))
    assert found.usual < few < many < 2 * found.usual
    assert found.level(np.array([0]), np.array([0.0]))[0] == pytest.approx(found.usual)
    with pytest.raises(ValueError, match="two customers"):
        fit_spending(np.array([0, 1]), np.array([0.0, 5.0]))


def test_histories_count_days_and_leave_out_the_first_purchase() -> None:
    day = dt.date(2026, 5, 1)
    rows = [("a", 0, 10.0), ("a", 0, 5.0), ("a", 10, 30.0), ("a", 30, 50.0), ("a", 99, 1.0),
            ("b", 4, 7.0)]  # fmt: skip
    bought = pl.DataFrame({
        "user": [{"a": 0, "b": 1}[u] for u, _, _ in rows], "user_id": [u for u, _, _ in rows],
        "day": [day + dt.timedelta(days=gap) for _, gap, _ in rows],
        "money": [money for _, _, money in rows],
    })  # fmt: skip
    found = histories(bought, day + dt.timedelta(days=50)).to_dicts()
    assert [found[0][name] for name in ("x", "t_x", "T", "m", "past")] == [2, 30, 50, 40.0, 95.0]
    assert [found[1][name] for name in ("x", "t_x", "T", "m")] == [0, 0, 46, 0.0]


def test_a_million_customers_take_seconds() -> None:
    rng = np.random.default_rng(0)
    sample = customers(50_000, 5).with_columns(pl.col("t_x").round(), pl.col("T").round())
    frame = sample[rng.integers(0, sample.height, 1_000_000)]
    start = time.process_time()
    groups, place = Groups.of(frame)
    model = fit_buying(groups)
    expected = model.expected(groups, 180)[place]
    assert expected.shape == (1_000_000,)
    assert time.process_time() - start < 10
