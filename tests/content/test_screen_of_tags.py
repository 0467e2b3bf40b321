"""The screen of all tags: a real one stands out, twenty idle ones stay silent."""

from __future__ import annotations

import numpy as np
import polars as pl
from footprint.analysis.rates import screen

BY = ["category", "weekday", "host_id"]


def _units(seed: int, tags: int, lift: float = 1.0, spread: float = 0.1) -> pl.DataFrame:
    """80 streams of two categories and hosts, each idle tag on about half of them at random."""
    draw = np.random.default_rng(seed)
    held = draw.random((80, tags)) < 0.5
    real = draw.random(80) < 0.5
    base = np.where(np.arange(80) % 2, 0.04, 0.08) * np.exp(draw.normal(0, spread, 80))
    hits = draw.binomial(400, base * np.where(real, lift, 1.0))
    names = [
        [f"t{n}" for n in range(tags) if held[row, n]] + (["real"] if real[row] else [])
        for row in range(80)
    ]
    return pl.DataFrame({
        "tags": names, "hits": hits, "trials": [400] * 80,
        "category": np.where(np.arange(80) % 2, "a", "b"), "weekday": np.arange(80) // 2 % 3,
        "host_id": ["h"] * 80,
    })  # fmt: skip


def test_twenty_idle_tags_stay_silent() -> None:
    loud = 0
    for seed in range(40):
        table = screen(_units(seed, 20), 10, BY)
        loud += bool((table["p_adjusted"] < 0.05).any())
    assert loud <= 4


def test_a_real_tag_is_found_among_them() -> None:
    found = 0
    for seed in range(20):
        table = screen(_units(seed, 20, lift=1.5), 10, BY)
        sure = table.filter(pl.col("p_adjusted") < 0.05)
        found += sure["tag"].to_list()[:1] == ["real"]
        row = table.row(by_predicate=pl.col("tag") == "real", named=True)
        assert row["low"] < row["adjusted_ratio"] < row["high"]
    assert found >= 18


def test_a_tag_that_follows_the_category_has_no_effect_of_its_own() -> None:
    """Raw it looks twice as good; within the category it is nothing."""
    for seed in range(10):
        units = _units(seed, 0).with_columns(
            tags=pl.when(
                (pl.col("category") == "b") == (pl.int_range(80) % 10 != 0)
            ).then(pl.lit(["follows"])).otherwise(pl.lit([], pl.List(pl.String)))
        )  # fmt: skip
        row = screen(units, 5, BY).row(0, named=True)
        assert row["ratio"] > 1.3
        assert row["p_adjusted"] > 0.05
