"""MemoryData: the schema's columns and types whatever was given."""

from datetime import UTC, datetime

import polars as pl
import pytest
from footprint.errors import DataMissing
from footprint.schema import TABLES
from footprint.settings import Settings
from footprint.store.memory import MemoryData


def test_missing_columns_are_null_and_types_follow_the_schema() -> None:
    frame = pl.DataFrame({"order_id": ["1"], "qty": ["2"], "order_ts": [datetime(2026, 5, 4, 8)]})
    data = MemoryData({"orders": frame})
    orders = data.frame("orders")
    assert dict(orders.schema) == TABLES["orders"].polars_schema
    assert orders["qty"].to_list() == [2]
    assert orders["order_ts"].to_list() == [datetime(2026, 5, 4, tzinfo=UTC)]
    assert orders["refund_ts"].null_count() == 1


def test_empty_frames_stay_empty() -> None:
    assert MemoryData({"costs": pl.DataFrame()}).frame("costs").height == 0


def test_version_follows_content_and_settings() -> None:
    one = {"plan": pl.DataFrame({"period": ["2026"], "line": ["gmv"], "amount": [1.0]})}
    two = {"plan": pl.DataFrame({"period": ["2026"], "line": ["gmv"], "amount": [2.0]})}
    assert MemoryData(one).version == MemoryData(one).version
    assert MemoryData(one).version != MemoryData(two).version
    assert MemoryData(one).version != MemoryData(one, Settings({"roi": 4})).version


def test_list_columns_count_in_the_version() -> None:
    one = MemoryData({"streams": pl.DataFrame({"stream_id": ["s"], "tags": [["a"]]})})
    two = MemoryData({"streams": pl.DataFrame({"stream_id": ["s"], "tags": [["b"]]})})
    assert one.version != two.version


def test_absent_tables_are_named() -> None:
    with pytest.raises(DataMissing, match=r"orders\.csv"):
        MemoryData({}).frame("orders")
