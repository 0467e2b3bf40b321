"""Planted truth PT09: what the seeding channel earns under each model, by hand."""

from __future__ import annotations

import polars as pl
import pytest

from .conftest import journey_log

K, P, Q, A = "kol_seed", "platform", "paid_q", "activity"
JOURNEYS = [
    ([K], 400, 5600), ([P, K], 100, 900), ([K, P], 260, 1740), ([K, Q, P], 90, 510),
    ([P], 600, 9400), ([Q], 500, 3500), ([A], 300, 7700), ([A, P], 150, 1850),
    ([P, A, Q], 60, 440),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return journey_log([(path, nulls, [1.0] * n) for path, n, nulls in JOURNEYS]).attribution(
        half_life_days=7, replicates=200
    )


@pytest.mark.parametrize(
    ("model", "wanted", "tolerance"),
    [
        ("last", 500, 1e-6), ("linear", 610, 1e-6), ("first", 750, 1e-6), ("u_shape", 616.0, 1e-6),
        ("step_decay", 566.190476190, 1e-6), ("time_decay", 566.190476190, 1e-6),
        ("markov", 583.4, 0.05), ("shapley_sum", 610, 1e-6),
    ],
)  # fmt: skip
def test_kol_seed(tables, model: str, wanted: float, tolerance: float) -> None:
    row = tables.credits.filter(pl.col("model") == model, pl.col("touch") == K)
    assert row["conversions"].item() == pytest.approx(wanted, abs=tolerance)


def test_shift_of_linear_against_last(tables) -> None:
    row = tables.credits.filter(pl.col("model") == "linear", pl.col("touch") == K)
    assert row["shift_vs_last"].item() == pytest.approx(0.22, abs=1e-9)


def test_every_model_reconciles(tables) -> None:
    assert (tables.total, tables.attributed, tables.unattributed) == (2460, 2460, 0)
    sums = tables.reconciliation.filter(pl.col("model") != "participation")
    assert sums["attributed"].to_list() == pytest.approx([2460] * sums.height, abs=1e-9)
    assert tables.p_conversion == pytest.approx(2460 / (2460 + 31640), abs=1e-15)


def test_point_lies_inside_its_interval(tables) -> None:
    known = tables.credits.drop_nulls(["low", "high"])
    assert known["model"].n_unique() >= 10
    inside = (known["low"] <= known["conversions"]) & (known["conversions"] <= known["high"])
    assert inside.all()


def test_single_touch_journeys_agree_in_every_model() -> None:
    """The null twin: with one touch per journey there is nothing to argue about."""
    tables = journey_log([([K], 50, [1.0] * 30), ([P], 90, [1.0] * 20)]).attribution(replicates=0)
    kol = tables.credits.filter(pl.col("touch") == K, pl.col("model") != "shapley_rate")
    assert kol["conversions"].to_list() == pytest.approx([30.0] * kol.height, abs=1e-9)
