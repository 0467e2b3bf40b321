"""Tastes and pairs against scipy and SQL; independent purchases stay silent."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest
from content_tables import random_baskets
from footprint.analysis.baskets import pairs
from footprint.analysis.lift import cell_lift, poisson_p
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, poisson


@given(st.integers(0, 60), st.floats(0.01, 60))
def test_poisson_p_is_twice_the_smaller_tail(seen: int, mean: float) -> None:
    tails = poisson.sf(seen - 1, mean), poisson.cdf(seen, mean)
    found = poisson_p(np.array([float(seen)]), np.array([mean]))[0]
    assert found == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6, abs=1e-12)


def _taste(seed: int, planted: float) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    rows = []
    for user in range(800):
        region = f"r{user % 4}"
        for kind in range(4):
            chance = 0.3 * (planted if (region, kind) == ("r0", 0) else 1.0)
            if draw.random() < chance:
                rows.append((f"u{user}", region, f"c{kind}"))
    return pl.DataFrame(rows, schema=["user_id", "region", "kind"], orient="row")


def test_a_planted_taste_is_found_and_counts_equal_sql() -> None:
    lines = _taste(1, 2.2)
    found = cell_lift(lines, "region", "kind", 10)
    sure = found.filter(pl.col("p_adjusted") < 0.05)
    best = sure.sort("lift", descending=True).row(0, named=True)
    assert (best["region"], best["kind"]) == ("r0", "c0")
    assert best["low"] < best["lift"] < best["high"]
    sql = duckdb.sql(
        "select region, kind, count(distinct user_id)::bigint n from lines group by all"
    ).pl()
    assert found.filter(pl.col("n") > 0).join(sql, on=["region", "kind", "n"]).height == 16


def test_equal_tastes_stay_silent() -> None:
    loud = [
        cell_lift(_taste(seed, 1.0), "region", "kind", 10)
        .filter(pl.col("p_adjusted") < 0.05)
        .height
        for seed in range(60)
    ]
    assert sum(found > 0 for found in loud) <= 6


def test_pairs_of_independent_buyers_stay_silent() -> None:
    loud = [pairs(random_baskets(seed), 10)["p_adjusted"].min() < 0.05 for seed in range(60)]
    assert sum(loud) <= 6


def test_a_planted_pair_is_found_with_fishers_p() -> None:
    lines = random_baskets(5)
    buyers = [f"u{n}" for n in range(0, 300, 4)]
    more = pl.DataFrame({
        "user_id": buyers * 2, "sku_id": ["k0"] * len(buyers) + ["k1"] * len(buyers),
        "category": "fresh",
    })  # fmt: skip
    lines = pl.concat([lines, more])
    best = pairs(lines, 10).row(0, named=True)
    assert {best["a"], best["b"]} == {"k0", "k1"} and best["p_adjusted"] < 1e-6
    held = {sku: set(lines.filter(pl.col("sku_id") == sku)["user_id"]) for sku in ("k0", "k1")}
    both, every = len(held["k0"] & held["k1"]), lines["user_id"].n_unique()
    a, b = (len(held[sku]) for sku in ("k0", "k1"))
    table = [[both, a - both], [b - both, every - a - b + both]]
    assert best["buyers"] == both
    assert best["p_value"] == pytest.approx(fisher_exact(table, "greater").pvalue, rel=1e-6)


def test_pair_counts_equal_a_self_join() -> None:
    lines = random_baskets(9, buyers=120, skus=6)
    found = pairs(lines, 1)
    sql = duckdb.sql(
        """
        select least(x.sku_id, y.sku_id) a, greatest(x.sku_id, y.sku_id) b,
               count(distinct x.user_id)::bigint buyers
        from lines x join lines y on x.user_id = y.user_id and x.sku_id < y.sku_id group by all
        """
    ).pl()
    ours = found.select(
        a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"), buyers="buyers"
    )
    assert ours.sort("a", "b").equals(sql.sort("a", "b"))


def test_goods_of_one_category_are_not_a_pair_because_crowds_differ() -> None:
    """Two crowds that never mix: within each, buyers choose at random."""
    one = random_baskets(2)
    two = random_baskets(3).with_columns(
        pl.format("v{}", "user_id").alias("user_id"), pl.format("z{}", "sku_id").alias("sku_id"),
        category=pl.lit("food"),
    )  # fmt: skip
    assert pairs(pl.concat([one, two]), 10)["p_adjusted"].min() > 0.05
