"""Deterministic touch logs for attribution: touches with a channel, and payments.

Users have a skewed number of rows; a user keeps to the channel before with probability 0.6; three
rows in a hundred are payments (amount in whole cents). Rows are in time order, (user_id, ts) is
unique.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_START_MS = 1_788_220_800_000  # 2026-09-01 00:00 UTC
_SPAN_MS = 60 * 86_400_000


@dataclass(frozen=True, slots=True)
class Spec:
    """Which log."""

    rows: int
    users: int
    channels: int

    @property
    def name(self) -> str:
        return f"touches_{self.rows}_{self.users}_{self.channels}"


def write(spec: Spec, folder: Path) -> Path:
    """The Parquet file of ``spec`` in ``folder``; made when it is not there yet."""
    path = folder / f"{spec.name}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        pq.write_table(_table(spec), part, compression="zstd", row_group_size=500_000)
        part.rename(path)
    return path


def _table(spec: Spec) -> pa.Table:
    rng = np.random.default_rng(20260902)
    weight = rng.lognormal(0.0, 0.8, spec.users)
    user = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(spec.rows))
    user = np.sort(np.minimum(user, spec.users - 1))
    # Within a user the instants are distinct: a sorted draw, one ms apart at least.
    ts = np.sort(rng.integers(0, _SPAN_MS, spec.rows) + user * (4 * _SPAN_MS))
    ts = np.maximum.accumulate(ts - np.arange(spec.rows)) + np.arange(spec.rows)
    ts -= user * (4 * _SPAN_MS)
    channel = _channels(spec, user, rng)
    pay = rng.random(spec.rows) < 0.03
    cents = rng.integers(1_000, 50_000, spec.rows)
    order = np.lexsort((user, ts))
    words = pa.array([f"ch{i:02}" for i in range(spec.channels)])
    kinds = pa.array(["touch", "pay"])
    return pa.table({
        "user_id": pa.array(user[order].astype(np.int32)),
        "ts": pa.array(_START_MS + ts[order]).cast(pa.timestamp("ms")),
        "event": _words(kinds, pay[order].astype(np.int32)),
        "channel": _words(words, channel[order]),
        "amount": pa.array(cents[order] / 100, mask=~pay[order]),
    })  # fmt: skip


def _channels(spec: Spec, user: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A channel per row; runs of the same channel within a user."""
    share = 1 / np.arange(1, spec.channels + 1) ** 0.7
    fresh = np.searchsorted(np.cumsum(share / share.sum()), rng.random(spec.rows))
    fresh = np.minimum(fresh, spec.channels - 1)
    stay = rng.random(spec.rows) < 0.6
    stay[0] = False
    stay[1:] &= user[1:] == user[:-1]
    source = np.maximum.accumulate(np.where(stay, 0, np.arange(spec.rows)))
    return fresh[source].astype(np.int32)


def _words(words: pa.Array, codes: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), words).cast(pa.string())
