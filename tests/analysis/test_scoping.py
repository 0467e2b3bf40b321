"""Slices reach every table that can know them, and leave the others whole."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.errors import UsageError
from footprint.metrics import SliceError, View
from footprint.scope import Scope
from footprint.scoping import scoped
from small_tables import at, orders, shop

STREAMS = pl.DataFrame(
    {
        "stream_id": ["s1", "s2"],
        "start_ts": [at("2026-05-04", 20), at("2026-05-05", 20)],
        "end_ts": [at("2026-05-04", 22), at("2026-05-05", 22)],
        "platform": ["douyin", "taobao"],
        "host_id": ["h1", "h2"],
        "category": ["food", "home"],
    }
)
PRODUCTS = pl.DataFrame(
    {"sku_id": ["sku"], "name": ["x"], "category": ["beauty"], "price": [1.0], "unit_cost": [0.5]}
)
ROWS = [("a", "2026-05-04", 1.0), ("b", "2026-05-05", 2.0), ("c", "2026-05-05", 4.0)]


def paid(where: dict[str, tuple[str, ...]], table: pl.DataFrame, **more: pl.DataFrame) -> float:
    data = shop(orders=table, streams=STREAMS, **more)
    return scoped(data, "orders", Scope(where=where), period=True)["paid_amount"].sum()


def test_a_slice_is_found_through_the_stream_when_the_table_leaves_it_empty() -> None:
    table = orders(ROWS, stream_id=["s1", "s2", None])
    assert paid({"platform": ("taobao",)}, table) == 2
    assert paid({"host_id": ("h1",)}, table) == 1


def test_own_values_go_before_those_of_the_stream() -> None:
    table = orders(ROWS, stream_id=["s1", "s2", None], platform=["taobao", None, "taobao"])
    assert paid({"platform": ("taobao",)}, table) == 7


def test_category_comes_from_the_product_first_then_the_stream() -> None:
    table = orders(ROWS, stream_id=["s1", "s2", None])
    assert paid({"category": ("food",)}, table) == 1
    assert paid({"category": ("beauty",)}, table, products=PRODUCTS) == 7


def test_a_cost_category_is_not_a_goods_category() -> None:
    costs = pl.DataFrame(
        {
            "cost_date": [dt.date(2026, 5, 4)] * 3,
            "category": ["ads", "slot_fee", "ads"],
            "amount": [1.0, 2.0, 4.0],
            "stream_id": ["s1", "s2", None],
        }
    )
    data = shop(costs=costs, streams=STREAMS)
    assert scoped(data, "costs", Scope(where={"category": ("home",)}))["amount"].to_list() == [2.0]


def test_what_nobody_knows_leaves_the_table_whole_and_cannot_split_it() -> None:
    table = orders(ROWS)
    assert paid({"region": ("south",)}, table) == 7
    with pytest.raises(SliceError):
        View(shop(orders=table), Scope()).rows("orders", "region")


def test_unknown_slices_are_refused() -> None:
    with pytest.raises(UsageError):
        paid({"colour": ("red",)}, orders(ROWS))


def test_days_are_the_shops() -> None:
    """00:30 shop time on May 5 is still May 4 in UTC."""
    table = orders(ROWS).with_columns(order_ts=pl.Series([at("2026-05-05", 0, 30)] * 3))
    data = shop(orders=table)
    day = dt.date(2026, 5, 5)
    assert scoped(data, "orders", Scope(day, day)).height == 3
    assert View(data, Scope()).rows("orders", "date")["key"].unique().to_list() == [day]
