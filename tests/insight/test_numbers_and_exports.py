"""Numbers read the same everywhere; exported text is never taken for a formula."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import polars as pl
import pytest
from footprint import format as write
from footprint.export import csv_bytes, neutral, xlsx_bytes
from footprint.text import Text
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("made", "zh", "en"),
    [
        (lambda lang: write.money(1234.56, lang), "¥1,235", "¥1,235"),
        (lambda lang: write.money(-12.5, lang), "-¥12.50", "-¥12.50"),
        (lambda lang: write.money_compact(1234567, lang), "¥123.5万", "¥1.2M"),
        (lambda lang: write.percent(0.018, lang), "1.8%", "1.8%"),
        (lambda lang: write.percent(0.31234, lang), "31.2%", "31.2%"),
        (lambda lang: write.points(1.31, lang), "+1.31 个百分点", "+1.31 points"),
        (lambda lang: write.delta(-0.123, lang), "-12.3%", "-12.3%"),
        (lambda lang: write.times(2.25, lang), "2.25 倍", "2.25×"),
        (lambda lang: write.p_value(3e-5, lang), "<0.001", "<0.001"),
        (lambda lang: write.date(date(2026, 11, 9), lang), "2026年11月9日", "Nov 9, 2026"),
        (lambda lang: write.duration(5400, lang), "90 分钟", "90 min"),
        (lambda lang: write.show(-0.0, "rate", lang), "0%", "0%"),
        (lambda lang: write.show(None, "CNY", lang), "—", "—"),
        (lambda lang: write.show(float("nan"), "x", lang), "—", "—"),
    ],
)
def test_numbers_in_both_languages(made, zh, en):
    assert (made("zh"), made("en")) == (zh, en)


def test_a_time_is_written_in_the_shop_s_zone():
    moment = datetime(2026, 11, 9, 16, 30, tzinfo=UTC)
    assert write.clock(moment, "zh", "Asia/Shanghai") == "2026年11月10日 00:30"
    assert write.clock(moment, "en", "Asia/Shanghai") == "Nov 10, 2026, 00:30"


def test_sentences_fill_both_languages():
    words = write.sentence(
        Text("{a}占 {s}", "{a}: {s}"), a=Text("物流", "Logistics"), s=(0.3, "rate")
    )
    assert words == Text("物流占 30%", "Logistics: 30%")


@given(st.text(max_size=12))
def test_no_exported_text_begins_a_formula(text):
    safe = neutral(pl.DataFrame({"a": [text]}))["a"].item()
    assert not safe.lstrip(" \t\r\n\0").startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r", "\0"))
    assert safe in (text, "'" + text)


def test_numbers_stay_numbers_and_headings_are_neutral():
    frame = pl.DataFrame(
        {"=x": ["-5", "ok", "　＝1"], "n": [-5, 1, 2], "l": [["=a", "b"], [], None]}
    )
    lines = csv_bytes(frame).decode("utf-8-sig").splitlines()
    assert lines[0] == "'=x,n,l"
    assert lines[1] == "'-5,-5,'=a;b"


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers():
    frame = pl.DataFrame({"a": ["=1+1", "http://x"], "n": [-5, 2]})
    frame = frame.with_columns(t=pl.lit(datetime(2026, 11, 9, 16, tzinfo=UTC)))
    book = openpyxl.load_workbook(BytesIO(xlsx_bytes({"a/b": frame, "A:B": frame})))
    assert book.sheetnames == ["a_b", "A_B_2"]
    rows = list(book["a_b"].iter_rows(values_only=True))
    assert rows[1] == ("'=1+1", -5, datetime(2026, 11, 9, 16))
    assert rows[2][0] == "http://x"
