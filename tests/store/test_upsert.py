"""Upsert against an oracle: a plain dict of rows by key."""

from __future__ import annotations

import polars as pl
from footprint.schema import TABLES
from footprint.store.memory import conform
from footprint.store.upsert import upsert
from hypothesis import given
from hypothesis import strategies as st

PLAN = TABLES["plan"]
KEYS = st.tuples(st.sampled_from(["2026", "2027", None]), st.sampled_from(["gmv", "ads"]))
ROWS = st.dictionaries(KEYS, st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3)))


def _frame(rows: dict) -> pl.DataFrame:
    schema = PLAN.polars_schema
    flat = [(*key, *values) for key, values in rows.items()]
    names = ["period", "line", "amount", "total_sales"]
    kinds = {name: schema[name] for name in names}
    return conform(pl.DataFrame(flat, schema=kinds, orient="row", strict=False), PLAN)


@given(ROWS, ROWS)
def test_new_rows_win_and_the_counts_add_up(old: dict, new: dict) -> None:
    merged = upsert(_frame(old), _frame(new), PLAN, list(PLAN.polars_schema))
    got = {(p, line): (a, t) for p, line, a, t in merged.frame.iter_rows()}
    assert got == {**old, **new}
    assert merged.frame.height == len(got)
    assert merged.added == len(new.keys() - old.keys())
    assert merged.unchanged == sum(1 for key in new.keys() & old.keys() if new[key] == old[key])
    assert merged.added + merged.changed + merged.unchanged == len(new)


@given(ROWS, ROWS)
def test_columns_not_given_keep_what_was_known(old: dict, new: dict) -> None:
    bare = {key: (amount, None) for key, (amount, _) in new.items()}
    merged = upsert(_frame(old), _frame(bare), PLAN, ["period", "line", "amount"])
    got = {(p, line): (a, t) for p, line, a, t in merged.frame.iter_rows()}
    for key, (amount, _) in bare.items():
        assert got[key] == (amount, old.get(key, (None, None))[1])


def test_lists_are_compared() -> None:
    table = TABLES["streams"]
    one = conform(pl.DataFrame({"stream_id": ["s"], "tags": [["a", "b"]]}), table)
    two = conform(pl.DataFrame({"stream_id": ["s"], "tags": [["a", "c"]]}), table)
    given_ = list(table.polars_schema)
    assert upsert(one, one.clone(), table, given_).unchanged == 1
    assert upsert(one, two, table, given_).changed == 1
