"""Small hand-made tables for analysis tests; times are naive and read in the shop's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl
from footprint.store.memory import MemoryData

NOON = dt.time(12)


def at(day: str, hour: int = 12, minute: int = 0) -> dt.datetime:
    """``2026-05-04`` at an hour of shop time."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour, minute))


def orders(rows: Iterable[tuple[str, str, float]], **more: Any) -> pl.DataFrame:
    """One order per (user, day, paid); ``more`` are constant or full columns."""
    listed = list(rows)
    frame = pl.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(len(listed))],
            "order_ts": [at(day) for _, day, _ in listed],
            "user_id": [user for user, _, _ in listed],
            "sku_id": ["sku"] * len(listed),
            "qty": [1] * len(listed),
            "paid_amount": [paid for _, _, paid in listed],
        },
        schema_overrides={"order_ts": pl.Datetime("us"), "paid_amount": pl.Float64},
    )
    columns = {
        name: pl.Series(values, dtype=_kind(values)) if isinstance(values, list) else pl.lit(values)
        for name, values in more.items()
    }
    return frame.with_columns(**columns)


def events(rows: Iterable[tuple[str, dt.datetime, str]], **more: Any) -> pl.DataFrame:
    """One event per (user, time, type)."""
    listed = list(rows)
    frame = pl.DataFrame(
        {
            "event_ts": [time for _, time, _ in listed],
            "user_id": [user for user, _, _ in listed],
            "event_type": [kind for _, _, kind in listed],
        },
        schema_overrides={"event_ts": pl.Datetime("us")},
    )
    columns = {
        name: pl.Series(values, dtype=_kind(values)) if isinstance(values, list) else pl.lit(values)
        for name, values in more.items()
    }
    return frame.with_columns(**columns)


def _kind(values: list[Any]) -> Any:
    """Text columns stay text when every value is missing."""
    return pl.String if all(value is None for value in values) else None


def shop(**tables: pl.DataFrame) -> MemoryData:
    return MemoryData(tables)
