"""Funnel levels equal an exhaustive search, for any rows, ties and steps that share events."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
from footprint.errors import UsageError
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import EventLog, events_of

ROWS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from("ABC")), max_size=9)
STEPS = st.lists(st.sampled_from(["A", "B", "C", ("A", "B"), ("B", "C")]), min_size=1, max_size=4)


def longest_chain(rows: list[tuple[int, str]], steps: list, window: int) -> int:
    """Longest chain of distinct rows by trying them all."""
    matches = [[kind in step for step in steps] for _, kind in rows]

    @cache
    def extend(used: frozenset[int], step: int, now: int, start: int) -> int:
        best = step
        for at, (when, _) in enumerate(rows):
            usable = at not in used and step < len(steps) and matches[at][step]
            if usable and when >= now and when - start <= window:
                best = max(best, extend(used | {at}, step + 1, when, start))
        return best

    starts = [i for i in range(len(rows)) if matches[i][0]]
    return max((extend(frozenset({i}), 1, rows[i][0], rows[i][0]) for i in starts), default=0)


@settings(max_examples=300, deadline=None)
@given(rows=ROWS, steps=STEPS, window=st.integers(0, 9))
def test_best_level_is_the_longest_chain(rows, steps, window) -> None:
    log = EventLog.build(events_of([(at, "u", kind) for at, kind in rows]))
    people = log.funnel([list(s) for s in steps], timedelta(seconds=window)).people
    found = people["level"].item() if people.height else 0
    assert found == longest_chain(rows, steps, window)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, steps=STEPS, window=st.integers(0, 9))
def test_first_entry_never_gets_further_than_best(rows, steps, window) -> None:
    log = EventLog.build(events_of([(at, "u", kind) for at, kind in rows]))
    steps = [list(s) for s in steps]
    best, first = (
        log.funnel(steps, timedelta(seconds=window), mode=mode).people
        for mode in ("best", "first_entry")
    )
    assert first["user"].to_list() == best["user"].to_list()
    assert all(first["level"] <= best["level"])
    assert all(best["elapsed_us"] <= window * 1_000_000)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, window=st.integers(0, 9), cut=st.integers(0, 9))
def test_start_period_bounds_only_the_start(rows, window, cut) -> None:
    from .conftest import EPOCH

    log = EventLog.build(events_of([(at, "u", kind) for at, kind in rows]))
    since = EPOCH + timedelta(seconds=cut)
    people = log.funnel(["A", "B"], timedelta(seconds=window), starts=(since, None)).people
    kept = [(at, kind) for at, kind in rows if kind != "A" or at >= cut]
    found = people["level"].item() if people.height else 0
    assert found == longest_chain(kept, ["A", "B"], window)


def test_several_exclusions_each_between_its_own_steps() -> None:
    users = {
        "plain": "abc", "first": "axbc", "second": "abyc", "harmless": "yabcx", "again": "axabc",
    }  # fmt: skip
    rows = [(i, user, kind) for user, kinds in users.items() for i, kind in enumerate(kinds)]
    log = EventLog.build(events_of(rows))
    exclude = [("x", 1, 2), ("y", 2, 3)]
    people = log.funnel(["a", "b", "c"], exclude=exclude).people
    levels = dict(zip(log.user_ids(people["user"]), people["level"], strict=True))
    assert levels == {"plain": 3, "first": 1, "second": 2, "harmless": 3, "again": 3}
    assert log.funnel_steps(["a", "b", "c"], exclude=exclude)["users"].to_list() == [5, 4, 3]
    with pytest.raises(UsageError, match="too many"):
        log.funnel(["a", "b"], exclude=[("x", 1, 2)] * 5)
