"""Every kernel equals independent polars and DuckDB answers on made-up logs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from footprint.engine import EventLog

from .oracles import TASKS, Answer, Task, run_duckdb

KINDS = ["exposure", "enter", "product_click", "like", "leave", "pay"]


def made_up(seed: int, rows: int = 4000) -> pl.DataFrame:
    """Distinct instants, 150 users, 12 streams, 5 channels over 40 days, some channels missing."""
    rng = np.random.default_rng(seed)
    base = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp()) * 1_000_000
    bursts = rng.integers(0, 40 * 86_400, rows // 8)[rng.integers(0, rows // 8, rows)]
    offset = rng.permutation(rows) * 997_000
    kinds = rng.choice(KINDS, rows, p=[0.3, 0.2, 0.2, 0.1, 0.15, 0.05])
    return pl.DataFrame(
        {
            "event_ts": pl.Series(base + bursts * 1_000_000 + offset).cast(
                pl.Datetime("us", "UTC")
            ),
            "user_id": [f"user {u}" for u in rng.integers(0, 150, rows)],
            "event_type": kinds,
            "channel": [f"c{c}" for c in rng.integers(0, 5, rows)],
            "stream_id": [f"L{s}" for s in rng.integers(0, 12, rows)],
            "value": [99.5 if kind == "pay" else None for kind in kinds],
        }
    ).unique(["user_id", "event_ts"], maintain_order=True)


def plain(answer: Answer) -> Answer:
    """Instants without the name of their zone, days as text."""

    def cell(value: object) -> object:
        if isinstance(value, datetime):
            return value.timestamp()
        return str(value) if isinstance(value, date) else value

    return sorted(tuple(map(cell, row)) for row in answer)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_three_ways_agree(task: Task, seed: int) -> None:
    events = made_up(seed)
    answer = plain(task.engine(EventLog.build(events)))
    assert len(answer) >= 1
    assert answer == plain(task.polars(events.sort("user_id", "event_ts")))
    connection = duckdb.connect()
    connection.register("log", events)
    assert answer == plain(run_duckdb(connection, task.duckdb))


def test_first_entry_visits_and_rows_of_users_agree_with_polars() -> None:
    events = made_up(5)
    log = EventLog.build(events)
    known = (
        events.with_row_index("row")
        .group_by("user_id")
        .agg(
            pl.col("event_ts").min().alias("first_ts"),
            pl.col("event_ts").max().alias("last_ts"),
            pl.len().alias("rows"),
            pl.col("row").sort_by("event_ts").first().alias("first_row"),
            (pl.col("value").sum() * 100).round().cast(pl.Int64).alias("value_cents"),
        )
    )
    found = log.first_last()
    found = found.with_columns(log.user_ids(found["user"]).alias("user_id"))
    assert found.select(known.columns).sort("user_id").equals(known.sort("user_id"))


def test_a_mask_is_the_same_as_leaving_the_rows_out() -> None:
    events = made_up(6)
    log = EventLog.build(events)
    keep = pl.col("channel") != "c1"
    mask = log.mask(keep)
    part = EventLog.build(events.filter(keep))
    steps = ["exposure", "enter", "pay"]
    assert log.funnel(steps, mask=mask).steps.equals(part.funnel(steps).steps)
    left, right = (one.attribution("stream_id", mask=m, conversions="pay", replicates=0)
                   for one, m in ((log, mask), (part, None)))  # fmt: skip
    assert left.paths.equals(right.paths)
    assert left.credits.equals(right.credits)
    for ask in ("transitions", "sessions"):
        whole, less = getattr(log, ask)(mask=mask), getattr(part, ask)()
        shared = [c for c in whole.columns if not c.endswith("_row") and c != "user"]
        assert whole.select(shared).sort(shared).equals(less.select(shared).sort(shared))
