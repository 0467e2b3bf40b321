"""Finding where a rate jumps."""

from __future__ import annotations

import numpy as np
import pytest
from footprint.risk.step import Step, find_step
from hypothesis import given
from hypothesis import strategies as st

from .shop import minutes


def fit(seed: int = 0, **each) -> Step | None:
    rows = minutes(seed=seed, **each)
    group = rows["stream_id"].rank("dense").cast(int).to_numpy()
    x, hits, size = (rows[c].to_numpy().astype(float) for c in ("latency_s", "exits", "online"))
    return find_step(x, hits, size, group, seed)


@pytest.mark.parametrize("at", [2.0, 3.0, 4.5])
def test_a_planted_step_is_found(at: float) -> None:
    step = fit(at=at)
    assert step is not None and step.holds(0.01)
    assert step.at == pytest.approx(at, abs=0.25)
    assert step.ratio == pytest.approx(2.25, abs=0.15)
    assert step.rate_low == pytest.approx(0.04, abs=0.002)
    assert step.rate_high == pytest.approx(0.09, abs=0.003)


def test_the_interval_of_the_ratio_covers_it() -> None:
    """95 % intervals over 20 worlds of 20 alike streams: below 15 hits would be very unlikely."""
    steps = [fit(seed, streams=20, length=30) for seed in range(20)]
    covered = [s.ratio_interval[0] <= 2.25 <= s.ratio_interval[1] for s in steps if s]
    assert sum(covered) >= 15


def test_flat_twins_stay_silent() -> None:
    """Streams differ among each other, the rate does not know the latency: few false alarms."""
    false = sum(
        fit(seed, high=0.04, spread=0.4, streams=12, length=30).holds(0.01) for seed in range(25)
    )  # type: ignore[union-attr]
    assert false <= 2


def test_streams_with_one_latency_each_are_shuffled_whole() -> None:
    """Twelve streams, the rate of a stream unrelated to its latency: minutes must not add proof."""
    draw = np.random.default_rng(3)
    group = np.repeat(np.arange(12), 200)
    x = draw.uniform(1, 6, 12).round(2)[group]
    size = np.full(group.size, 100.0)
    hits = draw.binomial(100, (0.05 * np.exp(draw.normal(0, 0.5, 12)))[group]).astype(float)
    step = find_step(x, hits, size, group)
    assert step is not None and not step.holds(0.01)


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 20), st.integers(20, 40)),
        min_size=2,
        max_size=40,
    )
)
def test_best_place_against_trying_all(rows: list[tuple[int, int, int]]) -> None:
    """Oracle: weighted least squares of two levels at every place, by the definition."""
    x, hits, size = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    step = find_step(x, hits, size, np.arange(x.size))
    rate = hits / size
    errors = {}
    for at in (np.unique(x)[:-1] + np.unique(x)[1:]) / 2:
        sides = [x <= at, x > at]
        if min(size[s].sum() for s in sides) < 0.02 * size.sum():
            continue
        fits = [hits[s].sum() / size[s].sum() for s in sides]
        errors[at] = sum(
            float((size[s] * (rate[s] - f) ** 2).sum()) for s, f in zip(sides, fits, strict=True)
        )
    if step is None:
        assert not errors or hits.sum() == 0
    else:
        assert errors[step.at] == pytest.approx(min(errors.values()), rel=1e-9, abs=1e-9)


def test_nothing_to_fit() -> None:
    one = np.ones(5)
    assert find_step(one, one, one * 9, np.arange(5)) is None
    assert find_step(np.arange(5.0), one * 0, one * 9, np.arange(5)) is None
