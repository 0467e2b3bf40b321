"""Values: numbers, times, days, yes/no, lists and choices as people and exports write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from footprint.ingest.evidence import evidence_of
from footprint.ingest.numbers import parse_numbers
from footprint.ingest.times import parse_dates, parse_timestamps
from footprint.ingest.words import blank_to_null, parse_bools, parse_choices, parse_lists
from footprint.schema import TABLES
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-3.5", -3.5), ("+3", 3), ("1e3", 1000), ("1,234", 1234),
        ("￥1,234.50", 1234.5), ("¥ 99", 99), ("CNY 5", 5), ("99元", 99), ("1.2万", 12_000),
        ("3.5亿", 350_000_000), ("1.5w", 15_000), ("12.3%", 0.123), ("５０％", 0.5),
        ("１，２３４．５", 1234.5),
        ("(12.50)", -12.5), (".5", 0.5), ("−7", -7),
        ("1,234,567.8", 1234567.8),
    ],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    assert parse_numbers(pl.Series([text])).to_list() == [number]


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,23",
        "12-3",
        "1.2.3",
        "--5",
        "inf",
        "nan",
        "1万2",
        "0x10",
        "二",
        "5 6",
        "1e999",
        "%",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_numbers(pl.Series([text])).to_list() == [None]


def test_percent_is_no_money() -> None:
    assert parse_numbers(pl.Series(["12%"]), percent=False).to_list() == [None]


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: round(x, 2)), min_size=1))
def test_thousands_separators_change_nothing(numbers: list[float]) -> None:
    written = pl.Series([f"{number:,.2f}" for number in numbers])
    assert parse_numbers(written).to_list() == pytest.approx(numbers)


MOMENT = datetime(2026, 9, 7, 0, 55, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-07 08:55:37", "2026/09/07 08:55:37", "2026/9/7 8:55:37", "2026.09.07 08:55:37",
        "2026年9月7日 8:55:37", "2026年09月07日 08时55分37秒", "20260907085537",
        "2026-09-07T08:55:37+08:00", "2026-09-07T00:55:37Z", "2026-09-07 00:55:37 UTC",
        "2026-09-06T20:55:37-0400", "2026-09-07 08:55:37 +0800",
        "2026-09-07 08:55:37.000", "1788742537", "1788742537000",
        "２０２６－０９－０７ ０８：５５：３７",
    ],
)  # fmt: skip
def test_timestamps(text: str) -> None:
    assert parse_timestamps(pl.Series([text]), "Asia/Shanghai").to_list() == [MOMENT]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-02-30", "08:55",
                                  "1850-01-01", "2026-09-07 25:00:00", "12345",
                                  "2126-01-01 00:00:00"])  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert parse_timestamps(pl.Series([text]), "Asia/Shanghai").to_list() == [None]


def test_times_of_one_zone_alone() -> None:
    assert parse_timestamps(pl.Series(["2026-09-07"]), "Asia/Shanghai").to_list() == [
        datetime(2026, 9, 6, 16, tzinfo=UTC)
    ]


def test_day_and_month_order_follows_the_column() -> None:
    day = TABLES["costs"].column("cost_date")
    for texts, order, days in (
        (["13/4/2026", "3/4/2026"], "dmy", [date(2026, 4, 13), date(2026, 4, 3)]),
        (["4/13/2026", "3/4/2026"], "mdy", [date(2026, 4, 13), date(2026, 3, 4)]),
    ):
        column = pl.Series(texts)
        assert evidence_of(column, day).day_order == order
        assert parse_dates(column, "UTC", order).to_list() == days
    assert evidence_of(pl.Series(["3/4/2026"]), day).day_order is None
    assert evidence_of(pl.Series(["13/4/2026", "4/13/2026"]), day).day_order is None


def test_clock_changes() -> None:
    skipped, twice = "2026-03-29 02:30:00", "2026-10-25 02:30:00"
    read = parse_timestamps(pl.Series([skipped, twice]), "Europe/Berlin").to_list()
    assert read == [None, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_days() -> None:
    texts = pl.Series(["2026-09-07", "20260907", "2026年9月7日", "46272", "2026-09-06T20:00:00Z"])
    assert parse_dates(texts, "Asia/Shanghai").to_list() == [date(2026, 9, 7)] * 5


@given(
    st.lists(
        st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)).map(
            lambda moment: moment.replace(microsecond=0)
        ),
        min_size=1,
    ),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S"]),
)
def test_wall_times_agree_with_the_standard_library(moments: list[datetime], form: str) -> None:
    texts = pl.Series([moment.strftime(form) for moment in moments])
    zone = ZoneInfo("Asia/Shanghai")
    read = parse_timestamps(texts, "Asia/Shanghai").to_list()
    for moment, got in zip(moments, read, strict=True):
        there = moment.replace(tzinfo=zone).astimezone(UTC)
        skipped = there.astimezone(zone).replace(tzinfo=None) != moment
        assert got == (None if skipped else there)


def test_words() -> None:
    assert parse_bools(pl.Series(["是", "TRUE", "0", "否", "maybe"])).to_list() == [
        True, True, False, False, None
    ]  # fmt: skip
    assert parse_lists(pl.Series(["a|b", "a；b、c", "['x', 'y']", "a,,b", "one"])).to_list() == [
        ["a", "b"], ["a", "b", "c"], ["x", "y"], ["a", "b"], ["one"]
    ]  # fmt: skip
    assert parse_choices(pl.Series(["Tech", "物流", "?"]), ("tech", "logistics")).to_list() == [
        "tech", "logistics", None
    ]  # fmt: skip


def test_blanks_and_marks_of_spreadsheets() -> None:
    cells = pl.Series(["a", "", "-", "NULL", "\\N", "'=1+1", "'-5", '="007"', "n/a"])
    assert blank_to_null(cells).to_list() == [
        "a", None, None, None, None, "=1+1", "-5", "007", None
    ]  # fmt: skip
