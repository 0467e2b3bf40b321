"""Golden logs with agreed answers, and builders of small logs."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from footprint.engine import EventLog

GOLDEN = Path(__file__).parent / "golden"
EPOCH = datetime(2026, 5, 1, tzinfo=UTC)


def events_of(rows: list[tuple[float, str, str]], **columns: list[Any]) -> pl.DataFrame:
    """Events from (seconds after EPOCH, user, type) and further columns."""
    return pl.DataFrame(
        {
            "event_ts": [EPOCH + timedelta(seconds=at) for at, _, _ in rows],
            "user_id": [user for _, user, _ in rows],
            "event_type": [kind for _, _, kind in rows],
            "channel": columns.pop("channel", [None] * len(rows)),
            **columns,
        },
        schema_overrides={
            "event_ts": pl.Datetime("us", "UTC"), "user_id": pl.String,
            "event_type": pl.String, "channel": pl.String,
        },
    )  # fmt: skip


def orders_of(rows: list[tuple[float, str, float]]) -> pl.DataFrame:
    """Orders of one line each from (seconds after EPOCH, user, paid amount)."""
    return pl.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(rows))],
            "order_ts": [EPOCH + timedelta(seconds=at) for at, _, _ in rows],
            "user_id": [user for _, user, _ in rows],
            "paid_amount": [paid for _, _, paid in rows],
        },
        schema_overrides={
            "order_id": pl.String, "order_ts": pl.Datetime("us", "UTC"),
            "user_id": pl.String, "paid_amount": pl.Float64,
        },
    )  # fmt: skip


def journey_log(paths: list[tuple[list[str], int, list[float]]]) -> EventLog:
    """One user per journey: (touches, journeys without conversion, value of each conversion)."""
    rows: list[tuple[float, str, str]] = []
    channels: list[str] = []
    orders: list[tuple[float, str, float]] = []
    users = 0
    for touches, nulls, values in paths:
        for value in [None] * nulls + list(values):
            users += 1
            for day, touch in enumerate(touches):
                rows.append((day * 7 * 86400, f"u{users}", "click"))
                channels.append(touch)
            if value is not None:
                orders.append(((len(touches) - 1) * 7 * 86400, f"u{users}", value))
    return EventLog.build(events_of(rows, channel=channels), orders_of(orders))


class GoldenEvents:
    """One golden log and its agreed answers."""

    def __init__(self, name: str) -> None:
        frame = pl.read_parquet(GOLDEN / f"events_{name}.parquet")
        self.frame = frame.select(
            pl.col("ts").cast(pl.Datetime("us", "UTC")).alias("event_ts"),
            pl.col("user_sid").alias("user_id"),
            pl.col("event").alias("event_type"),
            "channel",
            "stream_id",
            pl.col("sku").alias("sku_id"),
            pl.col("amount").alias("value"),
        )
        self.answers: dict[str, Any] = json.loads((GOLDEN / f"answers_{name}.json").read_text())
        self.log = EventLog.build(self.frame)


@pytest.fixture(scope="session", params=["plain", "ties"])
def golden(request: pytest.FixtureRequest) -> GoldenEvents:
    return GoldenEvents(request.param)


@pytest.fixture(scope="session")
def timed_log() -> EventLog:
    """The 12k-event timed attribution log."""
    raw = gzip.decompress((GOLDEN / "events_small.csv.gz").read_bytes())
    frame = pl.read_csv(raw).with_columns(
        pl.col("ts").str.to_datetime(time_unit="us").dt.replace_time_zone("UTC"),
        pl.col("user_id").cast(pl.String),
    )
    events = frame.select(
        pl.col("ts").alias("event_ts"), "user_id", pl.lit("visit").alias("event_type"), "channel"
    )
    orders = frame.with_row_index("order_id").filter("conv").select(
        pl.col("order_id").cast(pl.String), pl.col("ts").alias("order_ts"), "user_id",
        pl.col("revenue").alias("paid_amount"),
    )  # fmt: skip
    return EventLog.build(events, orders)


@pytest.fixture(scope="session")
def timed_answers() -> dict[str, Any]:
    return json.loads((GOLDEN / "events_small_expected.json").read_text())["cases"]


@pytest.fixture(scope="session")
def worked_examples() -> dict[str, Any]:
    return json.loads((GOLDEN / "worked_examples.json").read_text())
