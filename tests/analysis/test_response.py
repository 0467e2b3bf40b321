"""Curves of falling returns and the split of a budget: against scipy, and within bounds always."""

from __future__ import annotations

import numpy as np
import pytest
from footprint.analysis.response import Curve, allocate, fit
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

NONE = np.empty(0)


def curve(a: float, h: float) -> Curve:
    return Curve(a, h, h, h, 0.5, 20, "ok", NONE, NONE, NONE)


def weeks(cv: float, seed: int, count: int = 52) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    spend = np.clip(1000 * (1 + cv * chance.normal(size=count)), 50, None)
    return spend, 80 * spend / (spend + 1000) * (1 + 0.02 * chance.normal(size=count))


def test_a_varied_budget_gives_the_curve_back() -> None:
    found = fit(*weeks(0.6, 1))
    assert found.known
    assert found.h_low < 1000 < found.h_high
    assert found.orders(1000) == pytest.approx(40, rel=0.02)


def test_a_steady_budget_is_refused() -> None:
    assert all(fit(*weeks(0.1, seed)).state == "vary_spend" for seed in range(20))
    assert fit(*weeks(0.6, 1, count=5)).state == "too_short"
    assert fit([100.0] * 10 + [900.0] * 10, [0.0] * 20).state == "no_return"


def test_noise_alone_tells_no_curve() -> None:
    chance = np.random.default_rng(3)
    spend = chance.uniform(100, 2000, 30)
    assert not fit(spend, chance.poisson(20, 30) + spend * 0).known


many = st.lists(
    st.tuples(st.floats(1, 1e3), st.floats(10, 1e4), st.floats(10, 1e4)), min_size=2, max_size=6
)


@given(channels=many, bound=st.floats(0.05, 0.5))
def test_split_keeps_the_money_the_bounds_and_never_loses(channels, bound: float) -> None:
    curves = [curve(a, h) for a, h, _ in channels]
    now = np.array([x for _, _, x in channels])
    spent = allocate(curves, now, bound)
    assert spent.sum() == pytest.approx(now.sum(), rel=1e-6)
    assert (spent >= now * (1 - bound) * (1 - 1e-6)).all()
    assert (spent <= now * (1 + bound) * (1 + 1e-6)).all()
    orders = [sum(c.orders(x) for c, x in zip(curves, plan, strict=True)) for plan in (spent, now)]
    assert orders[0] >= orders[1] * (1 - 1e-9)


@given(a=st.floats(1, 1e3), h=st.floats(1, 1e4), x=st.floats(0, 1e5), y=st.floats(0, 1e5))
def test_curves_are_concave(a: float, h: float, x: float, y: float) -> None:
    one = curve(a, h)
    assert one.orders((x + y) / 2) >= (one.orders(x) + one.orders(y)) / 2 - 1e-9 * a


@pytest.mark.parametrize("seed", range(5))
def test_split_equals_a_general_optimiser(seed: int) -> None:
    chance = np.random.default_rng(seed)
    curves = [curve(*pair) for pair in chance.uniform([10, 100], [200, 3000], (4, 2))]
    now = chance.uniform(200, 2000, 4)

    def lost(x: np.ndarray) -> float:
        return -sum(c.orders(s) for c, s in zip(curves, x, strict=True))

    limits = [(0.7 * s, 1.3 * s) for s in now]
    same = {"type": "eq", "fun": lambda x: (x.sum() - now.sum()) / 1e3}
    best = minimize(lost, now, bounds=limits, constraints=same, options={"ftol": 1e-14})
    assert -lost(allocate(curves, now, 0.3)) == pytest.approx(-best.fun, rel=1e-6)
