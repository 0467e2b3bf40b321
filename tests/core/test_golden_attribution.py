"""Every model equals published and hand-made answers, and the timed log's, to 1e-9."""

from __future__ import annotations

import polars as pl
import pytest

from .conftest import journey_log

TIGHT = 1e-9
NAMES = {
    "first": "first", "last": "last", "linear": "linear", "u_shape": "position_40_20_40",
    "step_decay": "step_decay_half",
}  # fmt: skip
EXAMPLES = ("three_paths", "two_channels", "do_attribution_readme", "repeats_and_loops")


def credit(tables, model: str, column: str = "conversions") -> dict[str, float]:
    return dict(tables.credits.filter(pl.col("model") == model).select("touch", column).rows())


def close(found: dict[str, float], wanted: dict[str, float], tolerance: float = TIGHT) -> None:
    assert {k for k, v in found.items() if v} <= set(wanted)
    for touch, value in wanted.items():
        assert found[touch] == pytest.approx(value, abs=tolerance), touch


def check_rules(tables, wanted: dict) -> None:
    for model, name in NAMES.items():
        close(credit(tables, model), wanted[name]["conversions"])
        close(credit(tables, model, "revenue"), wanted[name]["value"])


def check_markov(tables, wanted: dict) -> None:
    close(credit(tables, "markov"), wanted["conversions"])
    close(credit(tables, "markov", "revenue"), wanted["value"])
    close(dict(tables.removal.select("touch", "effect").rows()), wanted["removal_effect"])
    close(
        dict(tables.removal.select("touch", "effect_value").rows()), wanted["removal_effect_value"]
    )
    assert tables.p_conversion == pytest.approx(wanted["p_conversion"], abs=1e-10)


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples(worked_examples, name: str) -> None:
    example = worked_examples[name]
    paths = [
        (path.split(" > "), nulls, [value / count] * count if count else [])
        for path, count, value, nulls in example["rows"]
    ]
    log = journey_log(paths)
    wanted = example["reference"]
    tables = log.attribution(replicates=0)
    check_rules(tables, wanted)
    check_markov(tables, wanted["markov_1"])
    check_markov(log.attribution(order=2, replicates=0), wanted["markov_2"])
    close(credit(tables, "shapley_sum"), wanted["shapley"]["sum_game"])
    close(credit(tables, "drop_one"), wanted["counterfactual_drop_one"])
    rate = {k: v * tables.journeys for k, v in wanted["shapley"]["rate_subset"].items()}
    close(credit(tables, "shapley_rate"), rate, 1e-8)
    steps = {(a, b): p for a, b, p in example["transitions_order1"]}
    found = {(a, b): p for a, b, p in tables.transitions.select("from", "to", "p").rows()}
    assert found == pytest.approx(steps, abs=1e-9)


@pytest.mark.parametrize(("case", "days"), [("no_lookback", None), ("lookback_1d", 1)])
def test_timed_log(timed_log, timed_answers, case: str, days: int | None) -> None:
    wanted = timed_answers[case]
    tables = timed_log.attribution(lookback_days=days, replicates=0, direct=("search",))
    assert tables.journeys == wanted["journeys"]
    assert tables.attributed == wanted["conversions"]
    assert tables.revenue == pytest.approx(wanted["value"], abs=1e-6)
    assert tables.paths.height == wanted["unique_paths"]
    table = {row[0]: list(row[1:]) for row in tables.paths.drop("touches").rows()}
    for path, conversions, value, nulls in wanted["top_paths"]:
        assert table[path] == pytest.approx([conversions, value, nulls], abs=1e-6)
    check_rules(tables, wanted["reference"])
    close(credit(tables, "time_decay"), wanted["time_decay_7d"]["conversions"])
    close(credit(tables, "time_decay", "revenue"), wanted["time_decay_7d"]["value"], 1e-8)
    close(credit(tables, "last_non_direct"), wanted["last_non_profile_page"])
    close(credit(tables, "shapley_sum"), wanted["reference"]["shapley"]["sum_game"])
    close(credit(tables, "drop_one"), wanted["reference"]["counterfactual_drop_one"])
    for order in (1, 2, 3):
        markov = timed_log.attribution(
            lookback_days=days, order=order, models=["markov"], replicates=0
        )
        check_markov(markov, wanted["reference"][f"markov_{order}"])
        assert (
            markov.journey_paths.states(order) == wanted["reference"][f"markov_{order}"]["n_states"]
        )


def test_time_decay_example(worked_examples) -> None:
    """12,000 over touches 38, 33, 26, 8 and 0 days old at a half-life of 7 days."""
    from .conftest import EventLog, events_of, orders_of

    example = worked_examples["time_decay"]
    day = 86_400
    ages = example["ages_days"]
    rows = [((40 - age) * day, "u", "click") for age in ages]
    events = events_of(rows, channel=[f"age{age}" for age in ages])
    log = EventLog.build(events, orders_of([(40 * day, "u", 12_000)]))
    tables = log.attribution(models=["time_decay"], half_life_days=7, replicates=0)
    found = credit(tables, "time_decay", "revenue")
    wanted = {f"age{a}": c for a, c in zip(ages, example["credit"], strict=True)}
    close(found, wanted, 1e-6)
