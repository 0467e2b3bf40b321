"""Deterministic event logs of a live-commerce shop, as large as asked for.

A log is a list of visits. A visit belongs to one user, one channel and one live stream and holds
an exposure and, with falling probability, what follows: play, click, enter, comments, product
clicks, cart, order, pay, leave. Users come back a skewed number of times, streams are busy in a
skewed way, and new users arrive every day. Columns: user_id, ts (ms, UTC), event, channel,
stream_id, sku, amount. Rows are in time order and (user_id, ts) is unique, so that engines without
a tie-break give the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Ids = Literal["int", "string"]

EVENTS = (
    "exposure", "video_play", "click", "enter", "like", "comment", "product_click", "add_cart",
    "order", "pay", "follow", "share", "leave",
)  # fmt: skip
CHANNELS = (
    "short_video", "live_feed", "paid_feed", "search", "store", "fan_group", "wechat",
    "xiaohongshu", "kol", "offline_qr",
)  # fmt: skip
_CHANNEL_SHARE = np.array([0.28, 0.21, 0.15, 0.09, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02])

# One visit: (event, probability, only after this slot, mean seconds since the event before).
_SLOTS = (
    ("exposure", 1.0, None, 0), ("exposure", 0.12, 0, 30), ("video_play", 0.45, 0, 20),
    ("click", 0.25, 0, 12), ("enter", 0.46, 0, 15), ("like", 0.22, 4, 60),
    ("comment", 0.12, 4, 90), ("product_click", 0.62, 4, 80), ("comment", 0.06, 4, 60),
    ("product_click", 0.28, 7, 90), ("add_cart", 0.25, 7, 45), ("order", 0.62, 10, 40),
    ("pay", 0.80, 11, 25), ("follow", 0.04, 4, 30), ("share", 0.035, 4, 40), ("leave", 1.0, 4, 200),
)  # fmt: skip
_ROWS_PER_VISIT = 3.44
_START_MS = 1_788_220_800_000  # 2026-09-01 00:00 UTC
_DAYS = 60
_DAY_MS = 86_400_000
_STEP = 16  # visits of a user differ in ts modulo this, so that no two rows share an instant
_SLICE = 400_000  # visits made at once


@dataclass(frozen=True, slots=True)
class Spec:
    """Which log: number of rows (met to within one visit), ids, users."""

    rows: int
    ids: Ids = "int"
    users_per_row: float = 0.0414

    @property
    def users(self) -> int:
        return max(int(self.rows * self.users_per_row), 1)

    @property
    def name(self) -> str:
        return f"events_{self.rows}_{self.users}_{self.ids}"


def write(spec: Spec, folder: Path) -> Path:
    """The Parquet file of ``spec`` in ``folder``; made when it is not there yet."""
    path = folder / f"{spec.name}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with pq.ParquetWriter(part, _schema(spec.ids), compression="zstd") as writer:
            for table in tables(spec):
                writer.write_table(table, row_group_size=500_000)
        part.rename(path)
    return path


def tables(spec: Spec) -> Iterator[pa.Table]:
    """The log in time order, some 1.4 million rows at a time."""
    rng = np.random.default_rng(20260901)
    visits = _visits(spec, rng)
    carried: dict[str, np.ndarray] | None = None
    written = 0
    for first in range(0, len(visits["start"]), _SLICE):
        rows = _events({k: v[first : first + _SLICE] for k, v in visits.items()}, rng)
        if carried is not None:
            rows = {k: np.concatenate([carried[k], rows[k]]) for k in rows}
        order = np.lexsort((rows["user"], rows["ts"]))
        rows = {k: v[order] for k, v in rows.items()}
        after = first + _SLICE
        border = visits["start"][after] if after < len(visits["start"]) else np.iinfo(np.int64).max
        done = int(np.searchsorted(rows["ts"], border))
        carried = {k: v[done:] for k, v in rows.items()}
        ready = min(done, spec.rows - written)
        yield _table({k: v[:ready] for k, v in rows.items()}, spec.ids)
        written += ready
        if written == spec.rows:
            return


def _visits(spec: Spec, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """User, channel, stream and start (ms) of every visit, by start; some more than needed."""
    count = int(spec.rows / _ROWS_PER_VISIT * 1.02) + 64
    weight = rng.lognormal(0.0, 1.1, spec.users)
    extra = max(count - spec.users, 0)
    returning = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(extra))
    user = np.concatenate([np.arange(spec.users), np.minimum(returning, spec.users - 1)])[:count]
    arrival = np.floor(_DAYS * rng.random(spec.users) ** 1.3).astype(np.int64)
    wait = rng.exponential(9.0, count).astype(np.int64) * (np.arange(count) >= spec.users)
    day = (arrival[user] + wait) % _DAYS
    stream, start = _streams(spec, day, rng)
    home = rng.integers(0, len(CHANNELS), spec.users)
    any_channel = np.searchsorted(np.cumsum(_CHANNEL_SHARE), rng.random(count))
    channel = np.where(rng.random(count) < 0.3, home[user], np.minimum(any_channel, 9))
    by_user = np.lexsort((start, user))
    rank = np.empty(count, np.int64)
    first = np.concatenate([[0], np.flatnonzero(np.diff(user[by_user])) + 1])
    rank[by_user] = np.arange(count) - np.repeat(first, np.diff(np.append(first, count)))
    start = start // _STEP * _STEP + rank % _STEP
    order = np.lexsort((user, start))
    return {
        "user": user[order],
        "channel": channel[order].astype(np.int8),
        "stream": stream[order],
        "start": start[order],
    }


def _streams(
    spec: Spec, day: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The stream of each visit and when in it the visit starts (ms)."""
    per_day = int(np.clip(spec.rows // 300_000, 5, 60))
    popular = rng.pareto(1.2, (_DAYS, per_day)) + 0.3
    cumulated = np.cumsum(popular / popular.sum(axis=1, keepdims=True), axis=1).ravel()
    cumulated += np.repeat(np.arange(_DAYS), per_day)
    stream = np.searchsorted(cumulated, day + rng.random(len(day)))
    stream = np.clip(stream, day * per_day, day * per_day + per_day - 1)
    # Shop hours are UTC+8: most streams run in its evening.
    opens = rng.choice([1, 2, 6, 7, 11, 11, 12, 12, 13], _DAYS * per_day) * 3_600_000
    length = rng.integers(90, 240, _DAYS * per_day) * 60_000
    offset = (rng.beta(1.1, 1.6, len(day)) * length[stream]).astype(np.int64)
    return stream, _START_MS + day * _DAY_MS + opens[stream] + offset


def _events(visits: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The rows of some visits, in no order."""
    count = len(visits["start"])
    at = np.zeros(count, np.int64)
    happens: list[np.ndarray] = []
    parts: list[dict[str, np.ndarray]] = []
    sku = (rng.pareto(1.1, count) * 40).astype(np.int64) % 3000
    price = np.round(20 + 6 * (sku % 37) + 0.9, 1)
    for name, probability, needs, seconds in _SLOTS:
        hit = rng.random(count) < probability
        if needs is not None:
            hit &= happens[needs]
        happens.append(hit)
        gap = rng.lognormal(np.log(max(seconds, 1)), 0.9, count) * 1000
        at = at + np.where(hit, np.maximum(gap.astype(np.int64) // _STEP, 1) * _STEP, 0)
        with_sku = name in ("product_click", "add_cart", "order", "pay")
        parts.append(
            {
                "user": visits["user"][hit],
                "ts": visits["start"][hit] + at[hit] * (seconds > 0),
                "event": np.full(int(hit.sum()), EVENTS.index(name), np.int8),
                "channel": visits["channel"][hit],
                "stream": visits["stream"][hit],
                "sku": sku[hit] if with_sku else np.full(int(hit.sum()), -1, np.int64),
                "amount": price[hit] if name == "pay" else np.full(int(hit.sum()), np.nan),
            }
        )
    return {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}


def _schema(ids: Ids) -> pa.Schema:
    return pa.schema([
        ("user_id", pa.int32() if ids == "int" else pa.string()),
        ("ts", pa.timestamp("ms")), ("event", pa.string()), ("channel", pa.string()),
        ("stream_id", pa.string()), ("sku", pa.string()), ("amount", pa.float64()),
    ])  # fmt: skip


def _table(rows: dict[str, np.ndarray], ids: Ids) -> pa.Table:
    user = pa.array(rows["user"].astype(np.int32))
    return pa.table(
        [
            user if ids == "int" else pa.array(_names(rows["user"])),
            pa.array(rows["ts"]).cast(pa.timestamp("ms")),
            _words(EVENTS, rows["event"]),
            _words(CHANNELS, rows["channel"]),
            _words([f"L{i:05}" for i in range(int(rows["stream"].max()) + 1)], rows["stream"]),
            _words([f"S{i:04}" for i in range(3000)], rows["sku"]),
            pa.array(rows["amount"], mask=np.isnan(rows["amount"])),
        ],
        schema=_schema(ids),
    )


def _words(words: list[str] | tuple[str, ...], codes: np.ndarray) -> pa.Array:
    taken = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(taken, pa.array(list(words))).cast(pa.string())


def _names(users: np.ndarray) -> np.ndarray:
    """Ids as platforms write them: a letter and ten hex digits, not in the order of arrival."""
    mixed = (users.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)
    return np.array([f"u{value:010x}" for value in mixed.tolist()], dtype=object)
