"""Every growth question answers any scope with plain values: nothing crashes, nothing is NaN."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import polars as pl
import pytest
from footprint.analysis.trend import DAILY
from footprint.errors import DataMissing
from footprint.metrics.registry import find
from footprint.questions import ask, questions
from footprint.schema import TABLES
from footprint.scope import SLICES, Scope
from footprint.store.memory import MemoryData
from small_tables import at, events, orders, shop

GROWTH = ("board", "goals", "trend", "weekend_share", "attribution", "channel_cost",
          "traffic_matrix", "platform_mix", "retention", "value_tiers", "repurchase", "lifecycle",
          "member_streams", "customer_value", "customer_list", "movers", "cohort_users",
          "interaction_points", "stage_times", "fission", "long_value", "phase_users")  # fmt: skip
MONTH = [f"2026-05-{day:02}" for day in range(1, 29)]
SCOPES = {
    "all": Scope(),
    "one day": Scope(dt.date(2026, 5, 10), dt.date(2026, 5, 10)),
    "before the data": Scope(dt.date(2020, 1, 1), dt.date(2020, 1, 31)),
    "unknown slice": Scope(where={"category": ("nothing",)}),
    "tier": Scope(where={"tier": ("high",)}),
    "two slices": Scope(where={"platform": ("douyin",), "category": ("food",)}),
}


def full_shop() -> MemoryData:
    """A month of one stream a day, two buyers each, in every table the growth pages read."""
    starts = [at(day, 20) for day in MONTH]
    names = [f"s{n}" for n in range(len(MONTH))]
    size = len(MONTH)
    streams = pl.DataFrame(
        {"stream_id": names, "start_ts": starts, "end_ts": starts, "platform": ["douyin"] * size,
         "host_id": ["h"] * size, "category": ["food"] * size, "viewers": [50] * size,
         "buyers": [2] * size, "gmv": [20.0] * size}
    )  # fmt: skip
    bought = orders(
        [(f"u{n % 20}", MONTH[n // 2], 10.0 + n) for n in range(2 * size)],
        channel=["ads", None] * size, stream_id=[names[n // 2] for n in range(2 * size)],
    )  # fmt: skip
    seen = events(
        [(f"u{n % 30}", at(MONTH[n // 3], 9), "click") for n in range(3 * size)],
        channel=["ads", "kol", None] * size, channel_class=["paid", "kol", None] * size,
    )  # fmt: skip
    products = pl.DataFrame({"sku_id": ["sku"], "name": ["x"], "category": ["food"],
                             "price": [10.0], "unit_cost": [4.0]})  # fmt: skip
    costs = pl.DataFrame({"cost_date": [dt.date(2026, 5, 4)], "category": ["ads"],
                          "amount": [9.0], "channel": ["ads"]})  # fmt: skip
    return shop(streams=streams, orders=bought, events=seen, products=products, costs=costs)


def empty_shop() -> MemoryData:
    """Every table was imported and none holds a row."""
    return MemoryData({name: pl.DataFrame(schema=t.polars_schema) for name, t in TABLES.items()})


def walk(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in walk(item)]
    return [leaf for item in value for leaf in walk(item)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("id", GROWTH)
@pytest.mark.parametrize("build", [full_shop, empty_shop])
def test_any_scope_is_answered_with_plain_values(build: Any, id: str, scope: str) -> None:
    result = ask(build(), id, SCOPES[scope], {})
    for scalar in result.scalars.values():
        if isinstance(scalar.value, float):
            assert math.isfinite(scalar.value)
        if scalar.low is not None and isinstance(scalar.value, float):
            assert scalar.low - 1e-9 <= scalar.value <= scalar.high + 1e-9
    for frame in result.frames.values():
        for column in frame.select(pl.selectors.float()):
            assert not column.is_nan().any(), f"{id}: {column.name} holds NaN"
    words = json.dumps(result.to_dict("zh"), ensure_ascii=False)
    assert "NaN" not in words
    assert all(note("en") and note("zh") for note in result.notes)


@pytest.mark.parametrize("id", GROWTH)
def test_the_file_that_unlocks_a_question_is_named(id: str) -> None:
    needs = questions()[id].needs
    if not needs:
        assert ask(shop(), id, Scope(), {}).notes if id == "board" else True
        return
    with pytest.raises(DataMissing) as caught:
        ask(shop(), id, Scope(), {})
    assert caught.value.tables == needs


@pytest.mark.parametrize("id", GROWTH)
def test_frames_keep_their_columns_when_empty(id: str) -> None:
    full, empty = ask(full_shop(), id, Scope(), {}), ask(empty_shop(), id, Scope(), {})
    for name, frame in full.frames.items():
        assert empty.frames[name].columns == frame.columns, f"{id}: {name}"


@pytest.mark.parametrize("metric", DAILY)
def test_every_daily_metric_has_a_trend_or_names_its_file(metric: str) -> None:
    try:
        result = ask(full_shop(), "trend", Scope(), {"metric": metric})
    except DataMissing as missing:
        assert set(missing.tables) <= set(find(metric).needs)
        return
    assert result.frames["series"].columns[:2] == ["date", "value"]
    assert result.scalars["verdict"].value == "too_short"


@pytest.mark.parametrize("column", SLICES)
def test_boards_can_be_sliced_by_every_column(column: str) -> None:
    result = ask(full_shop(), "board", Scope(), {"slice": column})
    assert result.frames["slices"].columns == ["slice", "metric", "value", "n"]
    assert not result.frames["slices"].is_empty() or result.notes
