"""Checking: every row is accepted or set aside, with file row, column, reason and mend."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from footprint.ingest.check import COLUMN, REASON, ROW, VALUE
from footprint.ingest.reasons import WHYS
from footprint.ingest.source import load
from footprint.schema import TABLES
from hypothesis import given, settings
from hypothesis import strategies as st

from .reading import ingest

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
GOOD = "2026-11-10 08:00:00,u1,s1,1,50"


def counts(sheet) -> dict[tuple[str, str | None], int]:
    return {(r.code, r.column): r.count for r in sheet.reasons}


def test_each_fault_has_its_reason_row_and_column(orders) -> None:
    sheet = orders(
        f"1,{GOOD}",
        "2,2026-11-10,u1,s1,1,-5",
        "3,2026-11-10,,s1,1,5",
        "4,sometime,u1,s1,1,5",
        "5,2026-11-10,u1,s1,1.5,5",
        "6,2026-11-10,u1,s1,1,five",
        "7,2026-11-10,u1,s1",
        f"1,{GOOD}",
        "1,2026-11-10,u1,s1,1,51",
    )
    aside = sheet.aside.select(ROW, REASON, COLUMN, VALUE).rows()
    assert aside == [
        (3, "negative", "paid_amount", "-5"),
        (4, "required", "user_id", None),
        (5, "not_a_time", "order_ts", "sometime"),
        (6, "not_whole", "qty", "1.5"),
        (7, "not_a_number", "paid_amount", "five"),
        (8, "wrong_cell_count", None, "7,2026-11-10,u1,s1"),
        (9, "duplicate", None, None),
        (10, "conflict", None, None),
    ]
    assert sheet.good["order_id"].to_list() == ["1"]
    assert sheet.rows == 9


def test_every_reason_has_words() -> None:
    for why in WHYS.values():
        assert why.what.zh and why.what.en and why.mend.zh and why.mend.en


def test_three_percent_broken_rows(orders) -> None:
    rows = [f"{i},{GOOD}" if i % 33 else f"{i},2026-11-10,u1,s1,1,oops" for i in range(1, 1001)]
    sheet = orders(*rows)
    assert sheet.good.height == 970
    assert counts(sheet) == {("not_a_number", "paid_amount"): 30}
    assert sheet.aside[ROW].to_list() == [i + 1 for i in range(1, 1001) if i % 33 == 0]


def test_the_first_of_two_equal_rows_is_kept_only_when_it_is_good(orders) -> None:
    sheet = orders("1,2026-11-10,u1,s1,1,-1", f"1,{GOOD}")
    assert sheet.good["paid_amount"].to_list() == [50.0]
    assert counts(sheet) == {("negative", "paid_amount"): 1}


def test_an_optional_column_nobody_understands_is_left_out_with_a_note(orders) -> None:
    rows = [f"{i},{GOOD},soon" for i in range(20)]
    sheet = orders(*rows, head=f"{HEAD},ship_ts")
    assert sheet.good.height == 20
    assert sheet.good["ship_ts"].null_count() == 20
    assert "ship_ts" not in sheet.plan.judge.given
    assert "ship_ts" in sheet.notes[0].en


def test_a_wrong_optional_cell_sets_its_row_aside(orders) -> None:
    sheet = orders(f"1,{GOOD},soon", f"2,{GOOD},2026-11-11", head=f"{HEAD},ship_ts")
    assert counts(sheet) == {("not_a_time", "ship_ts"): 1}


def test_rates_and_choices(take) -> None:
    text = (
        "stream_id,minute_ts,online,stutter_rate\n"
        "s,2026-11-10 20:00,5,12.3%\ns,2026-11-10 20:01,5,0.2\ns,2026-11-10 20:02,5,22\n"
    )
    sheet = take("stream_minutes.csv", text)
    assert sheet.good["stutter_rate"].to_list() == [0.123, 0.2]
    assert counts(sheet) == {("rate_above_1", "stutter_rate"): 1}
    costs = take("costs.csv", "日期,费用类别,金额\n2026-11-10,物流,5\n2026-11-11,???,5\n")
    assert costs.good["category"].to_list() == ["logistics"]
    assert counts(costs) == {("not_a_choice", "费用类别"): 1}


def test_good_rows_have_the_types_of_the_schema(orders) -> None:
    good = orders(f"1,{GOOD}").good
    assert dict(good.schema) == TABLES["orders"].polars_schema


def test_naive_times_are_read_in_the_shops_zone(orders) -> None:
    rows = ("1,2026-11-10 00:30:00,u,s,1,5", "2,2026-11-10T00:30:00+00:00,u,s,1,5")
    hours = orders(*rows, tz="Asia/Tokyo").good["order_ts"].dt.to_string("%d %H:%M")
    assert hours.to_list() == ["09 15:30", "10 00:30"]


CELLS = st.one_of(
    st.sampled_from(
        ["1", "u1", "-3", "", "2026-11-10", "2026-11-10 10:00", "1,5", "5%", "是", "a\nb"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=12))
def test_rows_in_are_rows_accepted_plus_set_aside(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD.split(","), *rows])
    _balanced(text.getvalue().encode())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text('a1",\n ;\t\r', max_size=30), min_size=1, max_size=8))
def test_rows_add_up_however_broken_the_text_is(lines: list[str]) -> None:
    good = [f"{at},{GOOD}" for at in range(3)]
    _balanced("\n".join([HEAD, good[0], *lines, *good[1:]]).encode())


def _balanced(content: bytes) -> None:
    (sheet,), _ = ingest(load(("orders.csv", content)), tz="Asia/Shanghai", key=b"k")
    checked = sheet
    assert sheet.rows == checked.good.height + checked.aside.height
    assert checked.aside.height == sum(reason.count for reason in checked.reasons)
    key = list(TABLES["orders"].key)
    assert not checked.good.select(pl.struct(key).is_duplicated().any()).item()


@pytest.mark.parametrize("rows", [30_000])
def test_row_numbers_are_those_of_the_file(rows: int) -> None:
    bad = {17, 4_000, 29_999}
    lines = [f"{i},{GOOD}" if i not in bad else f"{i},x,u1,s1,1,5" for i in range(rows)]
    (sheet,), _ = ingest(
        load(("orders.csv", "\n".join([HEAD, *lines]).encode())), tz="UTC", key=b"k"
    )
    assert set(sheet.aside[ROW].to_list()) == {at + 2 for at in bad}
