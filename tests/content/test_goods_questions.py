"""Product picks, stock, reorder and fulfilment on small shops whose answers are known."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from content_tables import MONDAY, orders, products, stock, streams
from footprint.analysis.fulfilment import quantile
from footprint.analysis.reorder import upper_demand
from footprint.errors import UsageError
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

DAY = date(2026, 10, 5)


def _picked(**more: pl.DataFrame):
    rows = [{"sku_id": "a", "region": "north" if n % 2 else "south"} for n in range(60)]
    rows += [{"sku_id": "b", "region": "north", "paid_amount": 70.0} for _ in range(60)]
    goods = pl.concat([products(["a"]), products(["b"], "food")])
    return MemoryData({"orders": orders(rows), "products": goods, **more})


def test_a_score_is_taste_times_profit_times_stock() -> None:
    # a: 60 units in 1 day of sales; 420 on hand last seven days of fourteen -> factor .5
    data = _picked(inventory=stock([(DAY, "a", 420, "central"), (DAY, "b", 9000, "central")]))
    found = ask(data, "product_picks", Scope(), {"segment": "region", "value": "north"})
    row = found.frames["picks"].filter(pl.col("sku_id") == "a").row(0, named=True)
    taste = found.frames["affinity"].filter(
        pl.col("segment") == "north", pl.col("category") == "fresh"
    )
    assert row["affinity"] == taste["lift"][0]
    assert row["unit_profit"] == pytest.approx(40.0)
    assert row["stock_factor"] == pytest.approx(0.5)
    assert row["score"] == pytest.approx(row["affinity"] * 40.0 * 0.5)


def test_without_stock_the_score_says_so_and_unknown_groups_are_refused() -> None:
    found = ask(_picked(), "product_picks", Scope(), {})
    assert found.notes and set(found.frames["picks"]["stock_factor"]) == {1.0}
    with pytest.raises(UsageError):
        ask(_picked(), "product_picks", Scope(), {"value": "nowhere"})


def _stocked(days: int = 28):
    rows = [
        {"sku_id": "a", "order_ts": MONDAY + timedelta(days=n % days, seconds=n)}
        for n in range(10 * days)
    ]
    counts = [(DAY + timedelta(days=n), "a", 140, "central") for n in (0, 14, 27)]
    counts += [(DAY, "dead", 50, "central"), (DAY + timedelta(days=27), "a", 6, "live")]
    return {
        "orders": orders(rows),
        "products": products(["a", "dead"]),
        "inventory": stock(counts),
    }


def test_turnover_cover_and_dead_stock_follow_their_definitions() -> None:
    tables = _stocked()
    found = ask(MemoryData(tables), "stock", Scope(), {})
    sql = duckdb.connect()
    for name, frame in tables.items():
        sql.register(name, frame)
    cogs, held = sql.sql(
        """
        with daily as (select sku_id, date, sum(on_hand) s from inventory group by all),
        mean as (select sku_id, avg(s) s from daily group by all)
        select (select sum(qty * unit_cost) from orders join products using (sku_id)),
               (select sum(s * unit_cost) from mean join products using (sku_id))
        """
    ).fetchall()[0]
    assert found.scalars["turnover"].value == pytest.approx(cogs / held * 365 / 28)
    skus = {row["sku_id"]: row for row in found.frames["skus"].to_dicts()}
    assert skus["a"]["cover_days"] == pytest.approx(14.6) and not skus["a"]["dead"]
    assert skus["dead"]["dead"] and found.scalars["dead_value"].value == pytest.approx(3000.0)
    assert [finding.kind for finding in found.findings] == ["dead_stock"]
    moved = found.frames["transfers"].row(0, named=True)
    assert (moved["sku_id"], moved["from"], moved["units"]) == ("a", "central", 24)


@given(st.floats(0.1, 40), st.floats(1.01, 6), st.floats(0.5, 0.99))
def test_upper_demand_is_the_quantile_of_its_distribution(
    mean: float, factor: float, service: float
) -> None:
    wide = upper_demand(np.array([mean]), np.array([mean * factor]), service)[0]
    size = mean / (factor - 1)
    assert wide == nbinom.ppf(service, size, 1 / factor)
    narrow = upper_demand(np.array([mean]), np.array([mean]), service)[0]
    assert narrow == poisson.ppf(service, mean)


def _planned(on_hand: int, coming: int = 0) -> dict[str, pl.DataFrame]:
    """Fourteen past streams, two sales of ``a`` in each; ``coming`` are scheduled."""
    aired = streams([{} for _ in range(14 + coming)])
    rows = [
        {"sku_id": "a", "stream_id": f"s{n // 2}", "order_ts": MONDAY + timedelta(days=n // 2)}
        for n in range(28)
    ]
    counts = stock([(DAY + timedelta(days=13), "a", on_hand, "central")])
    return {
        "orders": orders(rows), "streams": aired, "products": products(["a"]), "inventory": counts,
    }  # fmt: skip


def test_the_reorder_list_covers_the_planned_streams() -> None:
    found = ask(MemoryData(_planned(5, coming=10)), "reorder", Scope(), {"days": 14})
    row = found.frames["reorder"].row(0, named=True)
    assert (row["planned"], row["expected"]) == (10.0, pytest.approx(20.0))
    assert row["upper"] == poisson.ppf(0.95, 20)
    assert row["reorder"] == row["upper"] - 5
    assert found.frames["planned"]["source"][0] == "scheduled"
    assert [finding.kind for finding in found.findings] == ["reorder"]


def test_ample_stock_needs_no_reorder_and_more_certainty_needs_more() -> None:
    ample = ask(MemoryData(_planned(900)), "reorder", Scope(), {})
    assert ample.scalars["reorder_units"].value == 0 and not ample.findings
    needs = [
        ask(MemoryData(_planned(0)), "reorder", Scope(), {"service": level})
        .scalars["reorder_units"].value
        for level in (0.5, 0.9, 0.99)
    ]  # fmt: skip
    assert needs == sorted(needs) and needs[0] < needs[-1]
    with pytest.raises(UsageError):
        ask(MemoryData(_planned(0)), "reorder", Scope(), {"service": 1.0})


def test_quantiles_are_numpys_and_their_intervals_cover() -> None:
    draw = np.random.default_rng(4)
    hits = 0
    for _ in range(300):
        sample = pl.Series(draw.exponential(10, 120)).sort()
        at, low, high = quantile(sample, 0.9)
        assert at == pytest.approx(np.quantile(sample.to_numpy(), 0.9))
        hits += low <= -10 * np.log(0.1) <= high
    assert hits / 300 >= 0.92
    assert quantile(pl.Series(range(9)), 0.5) is None


def test_fulfilment_times_by_warehouse_and_what_was_out_on_air() -> None:
    rows = [
        {
            "sku_id": "a", "stream_id": "s0", "warehouse": "east" if n % 2 else "west",
            "ship_ts": MONDAY + timedelta(minutes=n, hours=4 if n % 2 else 30),
        }
        for n in range(100)
    ]  # fmt: skip
    data = MemoryData({
        "orders": orders(rows), "streams": streams([{}]), "products": products(["a"]),
        "inventory": stock([(DAY - timedelta(days=1), "a", 0, "central")]),
    })  # fmt: skip
    found = ask(data, "fulfilment", Scope(), {"by": "warehouse"})
    groups = dict(found.frames["groups"].select("group", "p50").iter_rows())
    assert groups == {"east": pytest.approx(4.0), "west": pytest.approx(30.0)}
    assert found.scalars["out_on_air"].value == 1
    assert found.frames["out_of_stock"]["sku_id"].to_list() == ["a"]
    late = ask(data, "fulfilment", Scope(), {"step": "deliver"})
    assert late.scalars["p50"].value is None and late.notes


def _regional(home: int, viewers: int = 1000):
    """Two targets, 14 streams each, beside 28 plain ones; ``home`` of 10 buyers are from there."""
    rows = [
        {"region_target": ("north", "south", None, None)[n % 4], "viewers": viewers,
         "buyers": viewers // (10 if n % 4 < 2 else 20)}
        for n in range(56)
    ]  # fmt: skip
    there = {"north": "south", "south": "north"}
    bought = [
        {"stream_id": f"s{n}", "region": target if buyer < home else there[target]}
        for n in range(56)
        for buyer in range(10)
        if (target := ("north", "south", None, None)[n % 4])
    ]
    return MemoryData({"streams": streams(rows), "orders": orders(bought)})


def test_regional_streams_reach_their_region_and_convert_better() -> None:
    found = ask(_regional(home=8), "regional", Scope(), {})
    assert found.frames["targets"]["home_share"].to_list() == [0.8, 0.8]
    assert found.scalars["cells"].value == 4
    assert found.scalars["verdict"].value == "effect_up"
    ratio = found.scalars["conversion_ratio"]
    assert ratio.low < 2.0 < ratio.high and ratio.value == pytest.approx(2.0, rel=1e-6)


def test_equal_tastes_and_few_regional_streams_claim_nothing() -> None:
    assert ask(_regional(home=5), "regional", Scope(), {}).scalars["cells"].value == 0
    one = {"stream_id": "s0", "region": "north"}
    few = MemoryData({"streams": streams([{"region_target": "north"}]), "orders": orders([one])})
    assert ask(few, "regional", Scope(), {}).scalars["verdict"].value == "too_small"
