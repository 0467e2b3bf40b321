"""The counter hash: reference numbers, exact quotas, draws that do not depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
from footprint.sample.chance import Chance, splitmix64
from hypothesis import given
from hypothesis import strategies as st

salts = st.integers(0, 2**32)
rates = st.floats(0, 1)
sizes = st.integers(0, 400)


def test_splitmix64_gives_the_published_sequence() -> None:
    golden = 0x9E3779B97F4A7C15
    states = np.array([(1234567 + k * golden) % 2**64 for k in range(3)], dtype=np.uint64)
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert splitmix64(states).tolist() == published


@given(salts, sizes, rates)
def test_quota_is_the_nearest_whole_number(salt: int, rows: int, rate: float) -> None:
    found = Chance(salt).hits("x", rows, rate)
    assert len(found) == rows
    assert found.sum() == np.floor(rows * rate + 0.5)


@given(salts, st.lists(st.integers(0, 300), min_size=1, max_size=30), rates)
def test_quota_over_groups_is_exact_together(salt: int, groups: list[int], rate: float) -> None:
    found = Chance(salt).counts("x", np.array(groups), rate)
    assert found.sum() == np.floor(sum(groups) * rate + 0.5)
    assert (np.abs(found - np.array(groups) * rate) <= 1).all()


@given(salts, st.integers(1, 300))
def test_order_is_a_permutation(salt: int, rows: int) -> None:
    assert sorted(Chance(salt).order("x", rows)) == list(range(rows))


@given(salts, st.integers(1, 300), st.integers(0, 299))
def test_a_draw_depends_on_its_row_alone(salt: int, rows: int, first: int) -> None:
    chance = Chance(salt)
    whole = chance.uniform("x", rows + first)
    assert (whole[first:] == chance.uniform("x", np.arange(first, first + rows))).all()


@given(salts, st.integers(1, 50), st.integers(-5, 5), st.integers(0, 5))
def test_whole_numbers_stay_in_range(salt: int, rows: int, low: int, width: int) -> None:
    found = Chance(salt).whole("x", rows, low, low + width)
    assert found.min() >= low
    assert found.max() <= low + width


def test_draws_have_the_promised_moments() -> None:
    chance = Chance(7)
    uniform, normal = chance.uniform("u", 200_000), chance.normal("n", 200_000)
    assert uniform.mean() == pytest.approx(0.5, abs=0.005)
    assert uniform.var() == pytest.approx(1 / 12, abs=0.002)
    assert normal.mean() == pytest.approx(0, abs=0.01)
    assert normal.var() == pytest.approx(1, abs=0.02)
    assert abs(np.corrcoef(uniform, chance.uniform("v", 200_000))[0, 1]) < 0.01


def test_coin_flips_scatter_as_they_should() -> None:
    counts = [Chance(salt, "binomial").count("x", 1000, 0.1) for salt in range(400)]
    assert np.mean(counts) == pytest.approx(100, abs=2)
    assert np.var(counts) == pytest.approx(90, rel=0.25)


def test_names_and_salts_give_other_draws() -> None:
    draws = [Chance(salt).uniform(name, 50) for salt in (0, 1) for name in ("a", "b")]
    assert len({tuple(one) for one in draws}) == 4


def test_choice_follows_its_weights() -> None:
    found = Chance(3).choice("x", 50_000, {"a": 0.7, "b": 0.3})
    assert (found == "a").mean() == pytest.approx(0.7, abs=0.01)


def test_rounding_by_chance_keeps_sums() -> None:
    values = np.full(20_000, 2.25)
    assert Chance(1).rounded("x", values).mean() == pytest.approx(2.25, abs=0.02)
