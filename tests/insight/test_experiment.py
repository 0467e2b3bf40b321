"""Tests are read split first; broken splits, small groups and nulls say so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest
from footprint.analysis.exposures import control_of
from footprint.analysis.readout import read
from footprint.errors import UsageError
from footprint.planning.sample_size import per_group
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from hypothesis import given
from hypothesis import strategies as st
from insight_tables import MONDAY, exposed_groups
from scipy.stats import chisquare

REAL = os.environ.get("FOOTPRINT_REAL_DATA")


def _answer(tables, **params):
    return ask(MemoryData(tables), "experiment", Scope(), params)


def test_a_clear_lift_is_read_with_its_interval():
    found = _answer(exposed_groups((250, 2500), (328, 2500)))
    value = {name: scalar.value for name, scalar in found.scalars.items()}
    assert value["rate_control"] == pytest.approx(0.10)
    assert value["rate_treat"] == pytest.approx(0.1312)
    assert value["relative"] == pytest.approx(0.312)
    assert value["p_value"] < 0.01
    assert value["verdict"] == "effect_up"
    assert found.scalars["relative"].low < 0.312 < found.scalars["relative"].high
    assert found.frames["experiments"]["n_needed"].item() == 3841


def test_a_null_test_says_no_effect():
    found = _answer(exposed_groups((153, 3000), (150, 3000)))
    assert found.scalars["verdict"].value == "no_effect"
    assert found.findings == ()


def test_a_broken_split_stops_whatever_the_rates_say():
    found = _answer(exposed_groups((53, 5300), (470, 4700)))
    assert found.scalars["verdict"].value == "srm_stop"
    assert found.scalars["srm_p"].value == pytest.approx(chisquare([5300, 4700]).pvalue)
    assert [finding.colour for finding in found.findings] == ["yellow"]


def test_a_planned_uneven_split_is_sound():
    found = _answer(exposed_groups((90, 900), (10, 100)), treat_share=0.1)
    assert found.scalars["verdict"].value == "no_effect"


def test_small_groups_are_not_judged():
    assert _answer(exposed_groups((0, 40), (20, 40))).scalars["verdict"].value == "too_small"


def test_late_orders_and_people_of_both_groups_do_not_count():
    tables = exposed_groups((50, 200), (50, 200), late=True)
    assert _answer(tables).scalars["rate_control"].value == 0
    twice = tables["events"].row(0, named=True) | {"variant": "treat"}
    mixed = pl.concat([tables["events"], pl.DataFrame([twice], schema=tables["events"].schema)])
    row = _answer({**tables, "events": mixed}).frames["experiments"].row(0, named=True)
    assert (row["n_control"] + row["n_treat"], row["left_out"]) == (400, 1)


def test_open_windows_are_left_out():
    tables = exposed_groups((50, 200), (50, 200))
    early = tables["orders"].filter(pl.col("order_ts") < MONDAY.replace(day=9))
    row = _answer({**tables, "orders": early}).frames["experiments"].row(0, named=True)
    assert (row["left_out"], row["verdict"]) == (400, "too_small")


def test_one_row_per_test_and_an_unknown_id_is_refused():
    a, b = exposed_groups((10, 500), (10, 500)), exposed_groups((9, 400), (9, 400), name="size")
    both = {name: pl.concat([a[name], b[name]]) for name in a}
    found = _answer(both)
    assert found.frames["experiments"]["experiment_id"].to_list() == ["replay", "size"]
    assert "rate_control" not in found.scalars
    assert found.scalars["tests_this_quarter"].value == 2
    assert _answer(both, id="size").scalars["rate_treat"].n == 400
    with pytest.raises(UsageError, match="size"):
        _answer(both, id="sise")


@pytest.mark.skipif(not REAL, reason="FOOTPRINT_REAL_DATA is not set")
def test_published_readouts_of_gbstats():
    cases = json.loads((Path(REAL or "") / "statistics/ab_gbstats.json").read_text())
    for case in cases["props"]:
        found = read((case["x1"], case["n1"]), (case["x2"], case["n2"]))
        absolute, relative = case["absolute"], case["relative"]
        assert found.diff == pytest.approx(absolute["expected"], abs=1e-12)
        assert [found.diff_low, found.diff_high] == pytest.approx(absolute["ci"], abs=1e-9)
        if min(case["x1"], case["x2"]) >= 10:
            assert found.p == pytest.approx(absolute["p"], abs=1e-9)
        assert found.relative == pytest.approx(relative["expected"], abs=1e-12)
        assert [found.low, found.high] == pytest.approx(relative["ci"], abs=1e-9)


def test_published_sample_sizes():
    """R's power.prop.test: 76.7 per group for .50 to .75 at 90 % power."""
    assert per_group(0.50, 0.75, power=0.9) == pytest.approx(76.70692845, abs=1e-6)
    assert per_group(0.05, 0.06) == pytest.approx(8157.73144785, abs=1e-6)
    with pytest.raises(ValueError, match="different rates"):
        per_group(0.1, 0.1)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(400, 900), st.integers(400, 900))
def test_swapping_the_groups_flips_the_sign_and_keeps_p(k0, k1, n0, n1):
    one, other = read((k0, n0), (k1, n1)), read((k1, n1), (k0, n0))
    assert one.diff == pytest.approx(-other.diff)
    assert one.p == pytest.approx(other.p)
    assert one.diff_low <= one.diff <= one.diff_high
    assert 0 <= one.p <= 1
    flip = {"effect_up": "effect_down", "effect_down": "effect_up"}
    assert other.verdict == flip.get(one.verdict, one.verdict)


def test_control_is_recognised_by_its_customary_names():
    assert control_of(["B", "A"]) == "A"
    assert control_of(["new", "对照组"]) == "对照组"
    assert control_of(["x", "y"]) == "x"
