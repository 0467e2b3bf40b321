"""The models against published figures of a public cohort; skipped where its data are not given."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from footprint.lifetime import Groups, fit_buying, fit_spending

FOLDER = Path(os.environ.get("FOOTPRINT_REAL_DATA", "absent")) / "statistics"
pytestmark = pytest.mark.skipif(
    not (FOLDER / "cdnow_summary.csv").exists(),
    reason="FOOTPRINT_REAL_DATA names no folder with statistics/cdnow_summary.csv "
    "(the terms of that data set do not allow shipping it)",
)


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    return json.loads((FOLDER / "clv_oracle.json").read_text())


@pytest.fixture(scope="module")
def cohort() -> tuple[Groups, np.ndarray]:
    frame = pl.read_csv(FOLDER / "cdnow_summary.csv").rename({"frequency": "x", "recency": "t_x"})
    return Groups.of(frame)


@pytest.mark.parametrize(("model", "key"), [("bg", "bgnbd"), ("mbg", "mbgnbd")])
def test_parameters_and_sums(oracle, cohort, model: Any, key: str) -> None:
    groups, _ = cohort
    found = fit_buying(groups, model, prior=0)
    wanted = list(oracle[key]["params"].values())
    assert found.parameters == pytest.approx(wanted, rel=2e-4)
    assert found.loglik == pytest.approx({"bg": -9582.43, "mbg": -9582.13}[model], abs=0.01)
    assert groups.many @ found.expected(groups, 39) == pytest.approx(
        oracle[key]["sum_E39"], rel=2e-4
    )
    assert groups.many @ found.p_alive(groups) == pytest.approx(
        oracle[key]["sum_p_alive"], rel=2e-4
    )
    assert found.newcomer(52) == pytest.approx(oracle[key]["E_new_52"], rel=2e-4)


@pytest.mark.parametrize(("model", "key"), [("bg", "bgnbd"), ("mbg", "mbgnbd")])
def test_customers_at_the_published_parameters(oracle, cohort, model: Any, key: str) -> None:
    fitted = fit_buying(cohort[0], model, prior=0)
    exact = fitted.at(np.log(list(oracle[key]["params"].values())))
    rows = oracle["reference_customers"]
    columns = [np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T")]
    people = Groups(*columns, np.ones(len(rows)))
    for name, found in (
        ("p_alive", exact.p_alive(people)),
        ("E_39", exact.expected(people, 39)),
        ("E_13", exact.expected(people, 13)),
    ):
        assert found == pytest.approx([row[key][name] for row in rows], rel=1e-9)


def test_money_per_purchase(oracle) -> None:
    frame = pl.read_csv(FOLDER / "cdnow_gg.csv")
    x, money = frame["frequency"].to_numpy(), frame["monetary_value"].to_numpy()
    wanted = oracle["gammagamma"]
    found = fit_spending(x, money, prior=0)
    assert [found.p, found.q, found.v] == pytest.approx(list(wanted["params"].values()), rel=2e-3)
    assert found.loglik == pytest.approx(-4055.92, abs=0.01)
    assert found.correlation == pytest.approx(wanted["corr_freq_value"], abs=1e-3)
    assert found.usual == pytest.approx(wanted["population_mean"], rel=1e-3)
    for row in wanted["E_M"]:
        level = found.level(np.array([row["x"]]), np.array([row["m"]]))[0]
        assert level == pytest.approx(row["value"], rel=1e-3)
