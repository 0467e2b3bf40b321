"""Hand-made tables of a small shop, so that every number of an answer can be worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from footprint.questions import ask
from footprint.result import Result
from footprint.scope import Scope
from footprint.settings import Settings
from footprint.store.memory import MemoryData

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
WEEK = Scope.week("2026-W46")


def answer(
    tables: dict[str, pl.DataFrame],
    id: str,
    scope: Scope = WEEK,
    settings: Settings | None = None,
    **params: Any,
) -> Result:
    return ask(MemoryData(tables, settings), id, scope, params)


def orders(stream: str, count: int, **each: Any) -> pl.DataFrame:
    """``count`` orders of 100 CNY; ``returns`` of them sent back, ``complaints`` complained of."""
    returns, complaints = each.pop("returns", 0), each.pop("complaints", 0)
    rows = [
        {
            "order_id": f"{stream}-{i}", "order_ts": NOON, "user_id": f"{stream}-u{i}",
            "sku_id": "k", "qty": 1, "paid_amount": 100.0, "stream_id": stream,
            "refund_amount": 80.0 if i < returns else 0.0, "is_complaint": i < complaints, **each,
        }
        for i in range(count)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def stream(id: str, **each: Any) -> dict[str, Any]:
    base = {"stream_id": id, "start_ts": NOON, "end_ts": NOON + timedelta(hours=2)}
    return base | {"platform": "douyin", "host_id": "h1", "category": "beauty"} | each


def comments(*said: tuple[float, str] | tuple[float, str, str]) -> pl.DataFrame:
    """(minute, text[, stream]) as comments of stream ``s`` unless named."""
    rows = [
        {"ts": NOON + timedelta(minutes=c[0]), "text": c[1], "stream_id": (*c, "s")[2]}
        for c in said
    ]  # fmt: skip
    return pl.DataFrame(rows)


def minutes(
    streams: int = 40,
    length: int = 60,
    low: float = 0.04,
    high: float = 0.09,
    at: float = 3.0,
    seed: int = 0,
    spread: float = 0.0,
) -> pl.DataFrame:
    """Stream minutes whose exit rate steps from ``low`` to ``high`` above ``at`` seconds."""
    draw = np.random.default_rng(seed)
    rows = streams * length
    slow = draw.random(rows) < 0.15
    latency = np.where(slow, at + 0.01 + 2 * draw.random(rows), at * draw.random(rows)).round(2)
    level = np.repeat(np.exp(draw.normal(0, spread, streams)), length)
    online = draw.poisson(200, rows) + 1
    exits = draw.binomial(online, np.clip(np.where(latency > at, high, low) * level, 0, 1))
    number = np.repeat(np.arange(streams), length)
    minute = np.tile(np.arange(length), streams)
    start = [NOON + timedelta(minutes=int(m) + int(n)) for n, m in zip(number, minute, strict=True)]
    return pl.DataFrame({
        "stream_id": [f"s{n}" for n in number], "minute_ts": start, "online": online,
        "exits": exits, "latency_s": latency, "likes": draw.poisson(30, rows),
    })  # fmt: skip
