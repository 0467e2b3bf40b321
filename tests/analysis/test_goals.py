"""Goals: achieved, on pace, behind, overdue, and what cannot be measured."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from footprint.errors import UsageError
from footprint.questions import ask
from footprint.scope import Scope
from footprint.settings import Settings
from footprint.store.memory import MemoryData
from small_tables import at, orders, shop


def streams(gmvs: dict[str, float]) -> pl.DataFrame:
    days = list(gmvs)
    return pl.DataFrame(
        {"stream_id": days, "start_ts": [at(day) for day in days],
         "end_ts": [at(day) for day in days], "platform": ["x"] * len(days),
         "host_id": ["h"] * len(days), "category": ["food"] * len(days),
         "gmv": list(gmvs.values())}
    )  # fmt: skip


def goal(data: MemoryData, name: str, as_of: str) -> dict[str, Any]:
    table = ask(data, "goals", Scope(), {"as_of": as_of}).frames["goals"]
    return table.filter(pl.col("goal") == name).row(0, named=True)


SOLD = orders([("a", "2026-01-01", 1.0), ("b", "2026-12-30", 1.0)])


@pytest.mark.parametrize(
    ("best", "as_of", "status"),
    [
        (6e6, "2026-04-01", "achieved"),
        (4e6, "2026-04-01", "on_pace"),
        (2e6, "2026-04-01", "behind"),
        (4e6, "2026-07-02", "overdue"),
    ],
)
def test_pace_against_the_straight_line(best: float, as_of: str, status: str) -> None:
    """5 million by July 1 from 1 million in January: 2.99 million are due by April 1."""
    data = shop(orders=SOLD, streams=streams({"2026-01-10": 1e6, "2026-03-20": best}))
    row = goal(data, "best_stream_gmv", as_of)
    assert row["status"] == status
    assert row["due"] == dt.date(2026, 7, 1)
    assert row["start_value"] == 1e6
    assert row["pace_needed"] == pytest.approx(4e6 / 181 * 30)


def test_market_rank_is_not_invented() -> None:
    row = goal(shop(orders=SOLD), "market_rank", "2026-06-01")
    assert (row["status"], row["value"]) == ("not_measured", None)


def test_own_targets_are_goals_and_replace_the_plans() -> None:
    own = pl.DataFrame(
        {"key": ["repurchase_30d", "return_rate"], "value": [30.0, 0.1], "unit": ["pct", "rate"],
         "direction": ["ge", "le"], "from": [dt.date(2026, 1, 1)] * 2,
         "to": [dt.date(2026, 12, 31)] * 2}
    )  # fmt: skip
    data = shop(orders=SOLD, targets=own)
    row = goal(data, "repurchase_30d", "2026-06-01")
    assert (row["target"], row["source"]) == (pytest.approx(0.3), "own")
    table = ask(data, "goals", Scope(), {"as_of": "2026-12-30"}).frames["goals"]
    assert table["goal"].is_unique().all()
    assert goal(data, "return_rate", "2026-12-30")["status"] == "achieved"


def test_a_written_start_day_is_used_and_a_wrong_one_refused() -> None:
    tables = {"orders": SOLD, "streams": streams({"2026-03-10": 1e6})}
    late = MemoryData(tables, Settings({"plan_start": "2026-03-01"}))
    assert goal(late, "best_stream_gmv", "2026-05-01")["due"] == dt.date(2026, 9, 1)
    wrong = MemoryData(tables, Settings({"plan_start": "spring"}))
    with pytest.raises(UsageError):
        ask(wrong, "goals", Scope(), {})


def test_no_orders_no_goals() -> None:
    result = ask(shop(orders=orders([])), "goals", Scope(), {})
    assert result.frames["goals"].is_empty()
    assert result.notes
