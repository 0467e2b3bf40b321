"""Attribution: the published numbers, totals that reconcile, slices and periods."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.engine import MODELS
from footprint.errors import UsageError
from footprint.questions import ask
from footprint.result import Result
from footprint.scope import Scope
from small_tables import at, events, orders, shop

CONVERSIONS = {"K": 400, "P>K": 100, "K>P": 260, "K>Q>P": 90, "P": 600, "Q": 500, "A": 300,
               "A>P": 150, "P>A>Q": 60}  # fmt: skip
NULLS = {"K": 5600, "P>K": 900, "K>P": 1740, "K>Q>P": 510, "P": 9400, "Q": 3500, "A": 7700,
         "A>P": 1850, "P>A>Q": 440}  # fmt: skip


def journeys(parts: int = 10) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The planted journeys with every count divided by ``parts``; touches a week apart."""
    seen, bought, user = [], [], 0
    channels: list[str] = []
    for counts, buys in ((CONVERSIONS, True), (NULLS, False)):
        for path, count in counts.items():
            touches = path.split(">")
            for _ in range(count // parts):
                user += 1
                for step, channel in enumerate(touches):
                    day = dt.date(2026, 9, 1) + dt.timedelta(7 * (step + 3 - len(touches)))
                    seen.append((f"u{user}", at(str(day), 9), "click"))
                    channels.append(channel)
                if buys:
                    bought.append((f"u{user}", "2026-09-15", 99.99))
    return events(seen, channel=channels), orders(bought)


@pytest.fixture(scope="module")
def planted() -> Result:
    seen, bought = journeys()
    return ask(shop(events=seen, orders=bought), "attribution", Scope(), {})


def credited(result: Result, model: str, touch: str = "K") -> float:
    rows = result.frames["credits"].filter(pl.col("model") == model, pl.col("touch") == touch)
    return rows["conversions"].item()


@pytest.mark.parametrize(
    ("model", "expected"),
    [("last", 50.0), ("linear", 61.0), ("first", 75.0), ("u_shape", 61.6), ("time_decay", 56.62),
     ("step_decay", 56.62), ("shapley_sum", 61.0)],
)  # fmt: skip
def test_published_credit(planted: Result, model: str, expected: float) -> None:
    """PT09, a tenth of each count; decay of half per step is .571428..., printed rounded."""
    assert credited(planted, model) == pytest.approx(expected, abs=6e-3)


def test_published_markov_and_shift(planted: Result) -> None:
    assert credited(planted, "markov") == pytest.approx(58.34, abs=6e-3)
    linear = planted.frames["credits"].filter(
        pl.col("model") == "linear", pl.col("touch") == "K"
    ).row(0, named=True)  # fmt: skip
    assert linear["shift_vs_last"] == pytest.approx(0.22, abs=1e-9)
    assert linear["low"] < 61.0 < linear["high"]


def test_every_model_reconciles_to_the_orders(planted: Result) -> None:
    table = planted.frames["reconciliation"]
    assert set(table["model"]) == set(MODELS)
    plain = table.filter(pl.col("model") != "participation")
    assert plain["attributed"].to_list() == pytest.approx([246.0] * plain.height)
    assert plain["total"].to_list() == pytest.approx([246.0] * plain.height)
    sums = planted.frames["credits"].group_by("model").agg(pl.col("conversions").sum())
    for model, total in sums.rows():
        if model not in ("participation", "shapley_rate"):
            assert total == pytest.approx(246.0, abs=1e-9)


def test_the_equal_shapley_is_labelled_and_k_is_found(planted: Result) -> None:
    assert any("Shapley" in note("en") for note in planted.notes)
    found = {finding.id: finding for finding in planted.findings}
    assert set(found) == {"attribution_shift:K", "attribution_shift:A"}
    assert "22%" in found["attribution_shift:K"].problem("en")
    assert found["attribution_shift:K"].impact_cny is None


def test_the_move_has_its_own_interval(planted: Result) -> None:
    """Journey by journey: -1/2 x 10, +1/2 x 26, +1/3 x 9 = 11, spread sqrt(9 + 1) = 3.162."""
    row = planted.frames["shift"].filter(pl.col("touch") == "K").row(0, named=True)
    assert (row["last"], row["linear"], row["n"]) == pytest.approx((50, 61, 85))
    assert row["diff"] == pytest.approx(11)
    assert row["high"] - row["diff"] == pytest.approx(1.959964 * 10**0.5, rel=1e-5)


def test_single_touch_journeys_leave_no_choice() -> None:
    """The null twin: every model agrees, nothing is reported."""
    seen = events(
        [(f"u{n}", at("2026-09-01"), "click") for n in range(400)],
        channel=["K", "P"] * 200,
    )
    bought = orders([(f"u{n}", "2026-09-02", 10.0) for n in range(100)])
    result = ask(shop(events=seen, orders=bought), "attribution", Scope(), {})
    shares = result.frames["credits"].filter(pl.col("model") != "shapley_rate")
    assert shares.group_by("touch").agg(pl.col("conversions").round(9).n_unique())[
        "conversions"
    ].to_list() == [1, 1]
    assert not result.findings


def test_orders_without_touch_are_unattributed_in_every_model() -> None:
    seen = events([("a", at("2026-09-01"), "click")], channel="K")
    bought = orders([("a", "2026-09-02", 10.0), ("b", "2026-09-02", 20.0)])
    data = shop(events=seen, orders=bought)
    result = ask(data, "attribution", Scope(), {"value": "revenue"})
    assert result.scalars["total"].value == pytest.approx(30.0)
    assert result.scalars["unattributed"].value == pytest.approx(20.0)
    table = result.frames["reconciliation"]
    assert table["unattributed"].to_list() == pytest.approx([20.0] * table.height)


def test_the_period_bounds_conversions_and_not_touches() -> None:
    seen = events([("a", at("2026-08-20"), "click"), ("b", at("2026-08-20"), "click")], channel="K")
    bought = orders([("a", "2026-09-02", 10.0), ("b", "2026-10-02", 20.0)])
    september = Scope(dt.date(2026, 9, 1), dt.date(2026, 9, 30))
    data = shop(events=seen, orders=bought)
    result = ask(data, "attribution", september, {})
    assert result.scalars["total"].value == 1
    assert credited(result, "first") == 1
    short = ask(data, "attribution", september, {"lookback_days": "7"})
    assert short.scalars["unattributed"].value == 1


def test_slices_keep_other_goods_out() -> None:
    products = pl.DataFrame({"sku_id": ["x", "y"], "name": ["x", "y"], "price": [1.0, 1.0],
                             "category": ["apparel", "food"], "unit_cost": [0.5, 0.5]})  # fmt: skip
    seen = events([("a", at("2026-09-01"), "click"), ("a", at("2026-09-01", 13), "click")],
                  channel=["K", "F"], sku_id=["x", "y"])  # fmt: skip
    bought = orders([("a", "2026-09-02", 10.0), ("a", "2026-09-03", 20.0)], sku_id=["x", "y"])
    data = shop(events=seen, orders=bought, products=products)
    result = ask(data, "attribution", Scope(where={"category": ("apparel",)}), {})
    assert result.scalars["total"].value == 1
    assert result.frames["credits"]["touch"].unique().to_list() == ["K"]


def test_one_model_alone_shows_its_shift() -> None:
    seen, bought = journeys(100)
    data = shop(events=seen, orders=bought)
    result = ask(data, "attribution", Scope(), {"model": "linear", "replicates": "50"})
    assert result.frames["credits"]["model"].unique().to_list() == ["linear"]
    assert result.frames["credits"]["shift_vs_last"].null_count() < 4


@pytest.mark.parametrize(
    "params", [{"order": "0"}, {"order": "9"}, {"model": "magic"}, {"half_life_days": "0"}]
)
def test_wrong_parameters_are_refused(params: dict[str, str]) -> None:
    seen, bought = journeys(100)
    with pytest.raises(UsageError):
        ask(shop(events=seen, orders=bought), "attribution", Scope(), params)


def test_cost_per_credited_order() -> None:
    seen = events([("a", at("2026-09-01"), "click"), ("b", at("2026-09-01"), "click")],
                  channel=["K", "P"])  # fmt: skip
    bought = orders([("a", "2026-09-02", 90.0)])
    costs = pl.DataFrame({"date": [dt.date(2026, 9, 1)], "platform": ["x"], "channel": ["K"],
                          "cost": [30.0]})  # fmt: skip
    data = shop(events=seen, orders=bought, channel_daily=costs)
    table = ask(data, "attribution", Scope(), {}).frames["efficiency"]
    row = table.filter(pl.col("model") == "last").row(0, named=True)
    assert (row["touch"], row["roas"], row["cost_per_order"]) == ("K", 3.0, 30.0)
