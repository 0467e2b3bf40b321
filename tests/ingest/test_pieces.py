"""A file read in pieces gives what it gives as a whole, however small the pieces are."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from footprint.ingest import delimited, scan
from footprint.ingest.lines import safe_end
from footprint.ingest.source import load
from hypothesis import given
from hypothesis import strategies as st

from .reading import Read, ingest

EXPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "exports").glob("*.csv"))
HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"


def read(data: bytes, **options) -> Read:
    (sheet,), _ = ingest(load(("export.csv", data)), tz="Asia/Shanghai", key=b"k", **options)
    return sheet


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch):
    """Pieces of some hundred bytes; nothing is looked at as a whole."""

    def shrink(size: int) -> None:
        monkeypatch.setattr(delimited, "PIECE", size)
        monkeypatch.setattr(scan, "_PIECE", size)
        for name in ("_WHOLE", "_FIRST", "_GLIMPSE"):
            monkeypatch.setattr(delimited, name, 0 if name == "_WHOLE" else size)

    return shrink


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_an_export_in_pieces(small_pieces, path: Path, codec: str) -> None:
    data = path.read_text("utf-8").encode(codec)
    whole = read(data)
    small_pieces(3000)
    parts = read(data)
    assert not parts.plan.sheet.exact
    assert parts.good.equals(whole.good)
    assert parts.reasons == whole.reasons
    assert parts.rows == whole.rows


def test_lines_of_an_order_far_apart_in_the_file(small_pieces) -> None:
    head = "Name,Email,Paid at,Total,Created at,Lineitem quantity,Lineitem price,Lineitem sku\n"
    first = [f"#{i},a{i}@b.cn,2026-11-10,9.00,2026-11-10,1,1,A\n" for i in range(200)]
    second = [f"#{i},a{i}@b.cn,,,,1,2,B\n" for i in range(200)]
    random.Random(1).shuffle(second)
    data = (head + "".join(first) + "".join(second)).encode()
    whole = read(data)
    small_pieces(1000)
    parts = read(data)
    assert parts.good.sort("order_id", "line_no").equals(whole.good.sort("order_id", "line_no"))
    sums = parts.good.group_by("order_id").agg(pl.col("paid_amount").sum().round(2))
    assert set(sums["paid_amount"]) == {9.0}
    assert parts.good["line_no"].value_counts()["count"].to_list() == [200, 200]


def test_repeats_far_apart_are_found_and_kept_as_written(small_pieces) -> None:
    rows = [f"{i},2026-11-10 08:00:00,u{i},s,1,{i}.50" for i in range(300)]
    rows += ["7,2026-11-10 08:00:00,u7,s,1,7.5", "8,2026-11-10 08:00:00,u8,s,1,￥99.0"]
    small_pieces(1000)
    sheet = read("\n".join([HEAD, *rows]).encode())
    assert sheet.good.height == 300
    told = sheet.aside.select("__row", "__reason", "paid_amount").rows()
    assert told == [(302, "duplicate", "7.5"), (303, "conflict", "￥99.0")]


def test_a_late_day_settles_the_whole_column(small_pieces) -> None:
    rows = [f"{i},{1 + i % 12:02}/03/2026,u,s,1,5" for i in range(400)]
    small_pieces(1000)
    sheet = read("\n".join([HEAD, *rows, "x,31/03/2026,u,s,1,5"]).encode())
    assert sheet.good.height == 401
    assert sheet.good["order_ts"].dt.month().is_in([2, 3]).all()


def test_quoted_cells_over_lines_are_not_cut(small_pieces) -> None:
    rows = [f'{i},2026-11-10,u,"s\n{i}",1,5' for i in range(300)]
    data = "\n".join([HEAD, *rows]).encode()
    whole = read(data)
    for size in (700, 1111, 2500):
        small_pieces(size)
        parts = read(data)
        assert parts.good.equals(whole.good), size
        assert parts.good.height == 300


@given(st.lists(st.sampled_from(["a,b", '"a,b', 'c"', '"x"', '"', ""]), min_size=1, max_size=40))
def test_a_safe_end_is_an_end_of_a_line(lines: list[str]) -> None:
    body = ("\n".join(lines) + "\n").encode()
    end = safe_end(body)
    assert 0 < end <= len(body)
    assert body[end - 1 : end] == b"\n"
