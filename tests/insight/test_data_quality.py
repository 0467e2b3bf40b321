"""Faults are counted exactly; orders join to sessions, touches and streams by their clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import REJECTED, UPLOADS, MemoryData

NOON = datetime(2026, 10, 5, 4, tzinfo=UTC)


def _tables() -> dict[str, pl.DataFrame]:
    orders = [
        ("1", 1, "a", "s1", "x", 100.0),
        ("1", 1, "a", "s1", "x", 100.0),  # the same line twice
        ("2", 1, "b", "s1", "x", -5.0),  # negative
        ("3", 1, "c", "s9", "gone", 10.0),  # stream and product nobody listed
        ("4", 1, "d", "s1", None, 10.0),
    ]
    names = ["order_id", "line_no", "user_id", "sku_id", "stream_id", "paid_amount"]
    frame = pl.DataFrame(orders, schema=names, orient="row")
    frame = frame.with_columns(order_ts=pl.lit(NOON), qty=pl.lit(1))
    streams = pl.DataFrame(
        {"stream_id": ["x", "y", "z"], "gmv": [195.0, 50.0, None], "start_ts": [NOON] * 3}
    )
    events = pl.DataFrame(
        [
            (NOON - timedelta(hours=2), "a", "s", "ads"),
            (NOON - timedelta(days=3), "b", "s", "ads"),
            (NOON + timedelta(seconds=1), "c", "s", "ads"),
            (NOON - timedelta(hours=1), "d", None, None),
        ],
        schema=["event_ts", "user_id", "session_id", "channel"],
        orient="row",
    )
    products = pl.DataFrame({"sku_id": ["s1"], "category": ["food"]})
    return {"orders": frame, "streams": streams, "events": events, "products": products}


def _answer(**more):
    return ask(MemoryData(_tables(), **more), "data_quality", Scope(), {})


def test_every_fault_is_counted_once():
    value = {name: scalar.value for name, scalar in _answer().scalars.items()}
    assert value["duplicate_lines"] == 1
    assert value["negative_amounts"] == 1
    assert value["orphan_streams"] == 1
    assert value["unknown_skus"] == 1
    assert value["gmv_mismatch_streams"] == 0  # 195 listed, 195 paid
    assert value["streams_without_orders"] == 2
    assert value["rejected_rows"] == 0


def test_orders_join_to_what_came_before_them():
    scalars = _answer().scalars
    assert scalars["tracking_to_session"].value == pytest.approx(1 / 4)
    assert scalars["tracking_to_touch"].value == pytest.approx(2 / 4)
    assert scalars["tracking_to_stream"].value == pytest.approx(2 / 4)
    assert scalars["tracking_to_touch"].n == 4


def test_rows_set_aside_count_only_while_their_upload_is_in_force():
    uploads = pl.DataFrame(
        {"upload_id": [1, 2], "file": ["a.csv", "b.csv"], "current": [False, True]},
    )
    uploads = pl.DataFrame(uploads.to_dicts(), schema=UPLOADS)
    rows = [
        {"upload_id": i, "file": f"{i}.csv", "table": "orders", "reason": reason, "count": n,
         "first_row": 3}
        for i, reason, n in ((1, "duplicate", 50), (2, "duplicate", 7), (2, "negative", 3),
                             (2, "not_a_time", 2))
    ]  # fmt: skip
    found = _answer(uploads=uploads, rejected=pl.DataFrame(rows, schema=REJECTED))
    value = {name: scalar.value for name, scalar in found.scalars.items()}
    assert value["duplicate_lines"] == 7 + 1
    assert value["negative_amounts"] == 3 + 1
    assert value["rejected_rows"] == 12
    assert found.frames["checks"].filter(check="rejected_rows")["example"].item() == "2.csv:3"


def test_a_stream_whose_sales_differ_is_named():
    tables = _tables()
    tables["streams"] = tables["streams"].with_columns(gmv=pl.lit(200.0))
    found = ask(MemoryData(tables), "data_quality", Scope(), {})
    assert found.scalars["gmv_mismatch_streams"].value == 1
    row = found.frames["checks"].filter(check="gmv_mismatch_streams").row(0, named=True)
    assert (row["table"], row["example"]) == ("streams", "x")


def test_an_empty_workspace_answers_with_zeros():
    found = ask(MemoryData({}), "data_quality", Scope(), {})
    assert {scalar.value for scalar in found.scalars.values()} == {0}
