"""Ignored goods are found at SKU level, hidden at category level; a null twin stays silent."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from footprint.analysis.goods import NicheRule, by_sku, lookback, mark_niche
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from hypothesis import given
from hypothesis import strategies as st
from insight_tables import goods_shop

RULE = NicheRule(ratio=3, sales=0.1, profit=0.2, lines=30)


def test_six_skus_earn_thirty_percent_on_five_percent_of_sales():
    found = ask(MemoryData(goods_shop()), "sku_profit", Scope(), {})
    assert found.scalars["niche_skus"].value == 6
    assert found.scalars["niche_gmv_share"].value == pytest.approx(0.05)
    assert found.scalars["niche_profit_share"].value == pytest.approx(0.30, abs=0.001)
    low, high = found.scalars["niche_profit_share"].low, found.scalars["niche_profit_share"].high
    assert low < 0.30 < high
    niche = found.frames["skus"].filter("niche")["sku_id"]
    assert sorted(niche) == [f"s{i}" for i in range(6)]
    (finding,) = found.findings
    assert (finding.id, finding.kind) == ("ignored_sku:food", "ignored_sku")
    assert finding.impact_cny == pytest.approx(500 * 48)


@pytest.mark.parametrize(
    "shop",
    [
        goods_shop(margin=0.058947),  # same margin everywhere
        goods_shop(share=0.25),  # not ignored: a quarter of the sales
        goods_shop(margin=0.10),  # better, but not three times better
    ],
)
def test_ordinary_goods_stay_silent(shop):
    found = ask(MemoryData(shop), "sku_profit", Scope(), {})
    assert found.scalars["niche_skus"].value == 0
    assert found.findings == ()


def test_a_week_looks_back_four_weeks_and_says_so():
    shop = MemoryData(goods_shop())
    week = Scope.week("2026-W44")
    found = ask(shop, "sku_profit", week, {})
    assert str(found.frames["period"]["start"].item()) == "2026-10-05"
    assert found.frames["period"]["lines"].item() > 9_800
    assert "Oct 5, 2026" in found.notes[0].en
    (finding,) = found.findings
    assert finding.scope == week.only(category="food")
    assert 0 < finding.impact_cny < 500 * 48 / 3


def test_profit_takes_off_refunds_goods_and_commission():
    shop = goods_shop(niche=1)
    orders = shop["orders"].with_columns(
        refund_amount=pl.when(pl.int_range(pl.len()) % 7 == 0).then(100.0),
        commission=pl.when(pl.int_range(pl.len()) % 3 == 0).then(4.5),
        qty=pl.int_range(pl.len()) % 2 + 1,
    )
    data = MemoryData({**shop, "orders": orders})
    found = ask(data, "sku_profit", Scope(), {}).frames["skus"]
    o, p = data.frame("orders"), data.frame("products")
    expected = duckdb.sql(
        """
        select sku_id, sum(paid_amount) as gmv,
               sum(paid_amount - coalesce(refund_amount, 0) - qty * unit_cost
                   - coalesce(commission, 0)) as profit
        from o join p using (sku_id) group by sku_id order by sku_id
        """
    ).pl()
    assert o.height and p.height
    ours = found.sort("sku_id").select("sku_id", "gmv", "profit")
    assert ours["gmv"].to_list() == pytest.approx(expected["gmv"].to_list())
    assert ours["profit"].to_list() == pytest.approx(expected["profit"].to_list())


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.floats(1, 1e4), st.floats(-1e3, 5e3)),
        min_size=1,
        max_size=60,
    )
)
def test_marked_goods_always_obey_the_rule(rows):
    lines = pl.DataFrame(
        [
            {"sku_id": f"s{i}", "category": "c", "name": "n", "paid_amount": paid, "profit": profit}
            for i, paid, profit in rows
        ]
    )
    skus = mark_niche(by_sku(lines), RULE)
    assert skus["gmv_share"].sum() == pytest.approx(1)
    niche = skus.filter("niche")
    if niche.height:
        assert niche["gmv_share"].sum() < RULE.sales
        assert niche["profit_share"].sum() >= RULE.profit
        assert niche["lines"].sum() >= RULE.lines
        assert (niche["profit_share"] >= RULE.ratio * niche["gmv_share"]).all()


def test_only_short_closed_scopes_look_back():
    assert lookback(Scope(), 28) == Scope()
    month = Scope.week("2026-W40")
    assert lookback(month, 7) == month
    assert lookback(month, 28).days == 28
    assert lookback(month, 28).end == month.end
