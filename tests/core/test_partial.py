"""Parts of a log asked apart and merged give the answer of the whole log, also by way of Arrow."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from footprint.engine import EventLog
from footprint.engine.partial import KINDS, partial
from footprint.errors import UsageError
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import EPOCH, events_of, orders_of

TYPES = ("click", "stream_enter", "stream_exit", "add_cart")
CHANNELS = ("ads", "kol", "live", None)
WORDS = ("ads", "kol", "live")
STEPS = ["click", "stream_enter", "@order"]
TZ = "Asia/Shanghai"
HOUR = 3600
SPAN = (EPOCH.date(), (EPOCH + timedelta(days=13)).date())

row = st.tuples(
    st.integers(0, 12), st.integers(0, 24 * 12), st.sampled_from(TYPES), st.sampled_from(CHANNELS)
)
bought = st.tuples(st.integers(0, 12), st.integers(0, 24 * 12), st.integers(1, 9))

# Every question, its parameters, and the same question asked of the whole log.
ASKED: dict[str, tuple[dict[str, Any], Any]] = {
    "funnel": ({"steps": STEPS, "window": timedelta(days=2), "group": "channel"}, None),
    "retention": ({"tz": TZ, "days": 5}, lambda log: log.retention(TZ, days=5)),
    "lifecycle": ({"tz": TZ, "span": SPAN}, lambda log: log.lifecycle(TZ, span=SPAN)),
    "stickiness": ({"tz": TZ}, lambda log: log.stickiness(TZ)),
    "sessions": ({"tz": TZ, "gap": timedelta(hours=5)}, None),
    "transitions": ({}, lambda log: log.transitions()),
    "sankey": ({"least": 3, "depth": 4}, lambda log: log.sankey(least=3, depth=4)),
    "routes": ({"longest": 4}, lambda log: log.routes(longest=4)),
    "buckets": ({"width": timedelta(hours=6)}, lambda log: log.buckets(timedelta(hours=6))),
    "presence": ({"place": "channel"}, None),
    "dwell": ({"place": "channel"}, None),
}


def tables(rows: list[Any], orders: list[Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables; one user stands at the first and the last hour of all parts together."""
    edges = [(99, 0, "click", None), (99, 24 * 12, "click", None)]
    listed = [*rows, *edges]
    frame = events_of(
        [(at * HOUR, f"u{user}", kind) for user, at, kind, _ in listed],
        channel=[channel for *_, channel in listed],
    )
    return frame, orders_of([(at * HOUR, f"u{user}", paid) for user, at, paid in orders])


def parts_of(events: pl.DataFrame, orders: pl.DataFrame) -> list[EventLog]:
    """The log split by user; the user at both ends is in neither by count, but spans the days."""
    side = pl.col("user_id").str.slice(1).cast(pl.Int64) % 3
    return [
        EventLog.build(events.filter(side == part), orders.filter(side == part))
        for part in range(3)
    ]


def travelled(table: Any) -> pl.DataFrame:
    """A state after a way over a wire."""
    wire = io.BytesIO()
    table.write_ipc_stream(wire)
    wire.seek(0)
    return pl.read_ipc_stream(wire)


def merged(question: str, params: dict[str, Any], logs: list[EventLog]) -> pl.DataFrame:
    empty = partial(question, **params)
    states = [empty.from_arrow(travelled(empty.update(log).to_arrow())) for log in logs]
    return states[0].merge(*states[1:]).finish()


def shown(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows in an order of their own, numbers of one kind."""
    counts = frame.with_columns(
        pl.selectors.integer().cast(pl.Int64), pl.selectors.float().round(12)
    )
    return sorted(counts.select(sorted(counts.columns)).to_dicts(), key=str)


@pytest.mark.parametrize("question", list(KINDS))
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(row, min_size=1, max_size=60), orders=st.lists(bought, max_size=8))
def test_merged_parts_are_the_whole(question: str, rows: list[Any], orders: list[Any]) -> None:
    events, paid = tables(rows, orders)
    params, ask = ASKED[question]
    whole = EventLog.build(events, paid)
    found = merged(question, params, parts_of(events, paid))
    wanted = partial(question, **params).update(whole).finish()
    if question == "retention":
        # A part lists the cohorts of its own days only.
        found, wanted = (t.filter(pl.col("size") > 0) for t in (found, wanted))
    assert shown(found) == shown(wanted)
    if ask is not None:
        direct = ask(whole)
        if question == "retention":
            direct = direct.filter(pl.col("size") > 0)
        assert shown(wanted.select(direct.columns)) == shown(direct)


def test_the_funnel_counts_as_the_engine_does() -> None:
    rows = [(n % 7, n, TYPES[n % 4], CHANNELS[n % 3]) for n in range(60)]
    events, paid = tables(rows, [(1, 50, 3), (2, 60, 4)])
    log = EventLog.build(events, paid)
    found = merged("funnel", {"steps": STEPS, "window": None}, parts_of(events, paid))
    assert found["users"].to_list() == log.funnel(STEPS, None).steps["users"].to_list()


def test_presence_is_the_curve_of_the_engine() -> None:
    rows = [(n % 7, n, TYPES[1 + n % 2], CHANNELS[n % 3]) for n in range(60)]
    events, paid = tables(rows, [])
    found = merged("presence", {"place": "channel"}, parts_of(events, paid))
    curve = EventLog.build(events, paid).presence("channel", "curve")
    known = curve.filter(pl.col("place").is_not_null())
    assert shown(found) == shown(known.select("place", "at", "count"))


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(row, min_size=4, max_size=80), orders=st.lists(bought, min_size=1, max_size=9))
def test_merged_journeys_answer_every_model(rows: list[Any], orders: list[Any]) -> None:
    events, paid = tables(rows, orders)
    whole = EventLog.build(events, paid)
    empty = partial("journeys", words=WORDS, lookback_days=5.0)
    states = [
        empty.from_arrow(travelled(empty.update(log).to_arrow())) for log in parts_of(events, paid)
    ]
    found = states[0].merge(*states[1:]).finish(replicates=50)
    wanted = empty.update(whole).finish(replicates=50)
    direct = whole.attribution("channel", lookback_days=5.0, replicates=50)
    assert (found.total, found.journeys) == (direct.total, direct.journeys)
    assert shown(found.paths) == shown(direct.paths)
    both = [t.credits.sort("model", "touch") for t in (found, wanted)]
    for name in ("conversions", "revenue", "low", "high"):
        one, two = (t[name].fill_null(-1.0).to_list() for t in both)
        assert one == pytest.approx(two, abs=1e-9)
    known = found.credits.join(
        direct.credits, on=["touch", "model"], suffix="_whole", nulls_equal=True
    )
    gap = (known["conversions"] - known["conversions_whole"]).abs().max()
    assert known.height == direct.credits.height
    assert gap is None or gap < 1e-9


def test_what_does_not_belong_together_is_refused() -> None:
    events, paid = tables([(1, 1, "click", "ads")], [])
    log = EventLog.build(events, paid)
    with pytest.raises(UsageError):
        partial("colour")
    with pytest.raises(UsageError):
        partial("transitions").finish()
    with pytest.raises(UsageError):
        partial("transitions").update(log).merge(partial("transitions", collapse=True).update(log))
    with pytest.raises(UsageError):
        partial("journeys", words=("kol",)).update(log)
