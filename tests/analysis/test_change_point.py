"""Changes of level: found where they are, silent on noise, equal to ruptures' best split."""

from __future__ import annotations

import numpy as np
import pytest
from footprint.analysis.change_point import changes
from hypothesis import given
from hypothesis import strategies as st


def ar(seed: int, days: int, rho: float) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=days)
    for day in range(1, days):
        noise[day] += rho * noise[day - 1]
    return noise


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_noise_is_silent_over_seeds(rho: float) -> None:
    false = sum(bool(changes(ar(seed, 140, rho))) for seed in range(60))
    assert false <= 3


@pytest.mark.parametrize("at", [40, 77, 110])
def test_a_step_is_dated(at: int) -> None:
    series = 0.55 - 0.3 * (np.arange(140) >= at) + 0.02 * ar(at, 140, 0.2)
    [found] = changes(series)
    assert abs(found.at - at) <= 1
    assert found.first <= found.at <= found.last <= found.first + 5
    assert found.before == pytest.approx(0.55, abs=0.02)
    assert found.after == pytest.approx(0.25, abs=0.02)
    assert not found.gradual


def test_two_steps_and_a_slope() -> None:
    day = np.arange(150)
    steps = 1.0 * (day >= 50) - 2.0 * (day >= 100) + 0.1 * ar(1, 150, 0.2)
    assert [one.at for one in changes(steps)] == [50, 100]
    [slope] = changes(day / 50 + 0.1 * ar(2, 150, 0.0))
    assert slope.gradual


def test_flat_short_and_gappy_series_hold_no_change() -> None:
    assert changes(np.full(100, 0.3)) == []
    assert changes(np.arange(20.0) > 10) == []
    assert changes(np.where(np.arange(90) == 5, np.nan, 1.0 * (np.arange(90) > 40))) == []


@given(seed=st.integers(0, 500), shift=st.floats(-5, 5), scale=st.floats(0.1, 100))
def test_place_does_not_depend_on_units(seed: int, shift: float, scale: float) -> None:
    series = 1.5 * (np.arange(84) >= 42) + 0.3 * ar(seed, 84, 0.1)
    plain, moved = changes(series), changes(shift + scale * series)
    assert [one.at for one in plain] == [one.at for one in moved]


@pytest.mark.parametrize("seed", range(5))
def test_best_split_equals_ruptures(seed: int) -> None:
    from ruptures import KernelCPD

    series = 2.0 * (np.arange(120) >= 55) + ar(seed, 120, 0.3)
    split = KernelCPD(kernel="linear", min_size=14).fit(series[:, None]).predict(n_bkps=1)[0]
    assert max(changes(series), key=lambda one: abs(one.after - one.before)).at == split
