"""Reading: encodings, delimiters, Excel, and every file that is no table, refused with the mend."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import xlsxwriter
from footprint.errors import InputRejected
from footprint.ingest.source import load

from .reading import ingest

ROW = "1,2026-11-10 08:00:00,u1,s1,1,50"
HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
CHINESE = (
    "订单编号,下单时间,用户ID,商品SKU,数量,实付金额,地区\n1,2026-11-10 08:00:00,u1,s1,1,50,广东\n"
)
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00" + bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("encoding", "label"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"), ("gbk", "GB18030"),
     ("utf-16", "UTF-16")],
)  # fmt: skip
def test_encodings(take, encoding: str, label: str) -> None:
    sheet = take("a.csv", CHINESE.encode(encoding))
    assert sheet.plan.sample.encoding == label
    assert sheet.good["region"].to_list() == ["广东"]


def test_few_chinese_letters_in_much_ascii_are_still_gb18030(take) -> None:
    lines = "".join(f"{i},2026-11-10 08:00:00,u1,s{i},1,50,x\n" for i in range(5000))
    sheet = take("a.csv", (CHINESE + lines).encode("gbk"))
    assert sheet.plan.sample.encoding == "GB18030"
    assert sheet.good["region"][0] == "广东"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(take, delimiter: str, end: str) -> None:
    text = end.join(line.replace(",", delimiter) for line in (HEAD, ROW, ""))
    assert take("a.csv", text).good["paid_amount"].to_list() == [50.0]


def test_lines_above_the_headings_and_blank_lines_are_no_rows(orders) -> None:
    sheet = orders("", ROW, ",,,,,", "  ", head=f"导出时间：2026-11-15 10:00\n\n{HEAD}")
    assert (sheet.rows, sheet.plan.sample.heading_row) == (1, 3)
    assert sheet.plan.sheet.sample.rows.to_list() == [5]


def test_ids_stay_text(orders) -> None:
    sheet = orders('\t6912345678901234567,2026-11-10,u1,="00123",1,50')
    good = sheet.good
    assert good["order_id"].to_list() == ["6912345678901234567"]
    assert good["sku_id"].to_list() == ["00123"]


def test_cells_may_span_lines_and_a_stray_quote_costs_only_its_line(take) -> None:
    sheet = take(
        "comments.csv",
        'ts,text,user_id\n2026-11-10,"two\nlines, and ""quotes""",u1\n'
        '2026-11-10,"never closed,u2\n2026-11-10,fine,u3\n2026-11-10,5" screen,u4\n',
    )
    assert sheet.good["user_id"].to_list() == ["u1", "u3", "u4"]
    assert sheet.good["text"][0] == 'two\nlines, and "quotes"'
    (reason,) = sheet.reasons
    assert (reason.code, reason.first_row) == ("stray_quote", 4)


def test_unreadable_letters_cost_only_their_row(orders) -> None:
    rows = [f"{i},2026-11-10,u,广东,1,5" for i in range(200)]
    data = "\n".join((HEAD, *rows)).encode()
    broken = data.replace("100,2026-11-10,u,广".encode(), b"100,2026-11-10,u,\xe5\xb9", 1)
    (sheet,), _ = ingest(load(("orders.csv", broken)), tz="UTC", key=b"k")
    assert sheet.good.height == 199
    assert [r.code for r in sheet.reasons] == ["unreadable_letters"]
    assert sheet.reasons[0].first_row == 102


def _workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write_datetime(at, column, value, time)
                    else:
                        sheet.write(at, column, value)
    return buffer.getvalue()


def test_excel_with_a_title_above_real_dates_and_text_ids() -> None:
    rows: list[list[object]] = [
        ["订单报表"],
        ["订单编号", "下单时间", "用户ID", "商品SKU", "数量", "实付金额"],
        ["0012", datetime(2026, 11, 10, 8), "u1", "00123", 2, 99.5],
        [],
        ["0013", "2026/11/10 9:00", "u2", "00124", "二", "1,000.50"],
    ]
    content = _workbook(("订单", rows), ("说明", [["请按模板填写"]]))
    (sheet,), _ = ingest(load(("export.csv", content)), tz="Asia/Shanghai", key=b"k")
    assert sheet.plan.name == "export.csv [订单]"
    good = sheet.good
    assert good.select("order_id", "sku_id", "qty", "paid_amount").rows() == [
        ("0012", "00123", 2, 99.5)
    ]
    assert good["order_ts"].to_list() == [datetime(2026, 11, 10, 0, tzinfo=UTC)]
    assert [(r.code, r.first_row) for r in sheet.reasons] == [("not_whole", 5)]


def test_a_workbook_may_hold_several_tables() -> None:
    content = _workbook(
        ("orders", [HEAD.split(","), ROW.split(",")]),
        ("costs", [["费用日期", "费用类别", "金额"], ["2026-11-10", "物流", "12"]]),
    )
    sheets, _ = ingest(load(("all.xlsx", content)), tz="UTC", key=b"k")
    assert [sheet.table.name for sheet in sheets] == ["orders", "costs"]
    assert sheets[1].good["category"].to_list() == ["logistics"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PICTURE, "picture"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty"),
        (b"%PDF-1.7 \x00\x01", "PDF"),
        (bytes(range(256)) * 50, "binary"),
        (b"\x81\x20\xff\xfe" * 500 + b"\n", "encoding"),
        (b"PK\x03\x04 not a workbook", "archive"),
        (f"{ROW}\n{ROW}\n".encode(), "no headings"),
        (b"alpha,beta,gamma\nx,y,z\n", "no column"),
        (f"{HEAD}\n".encode(), "no rows"),
        (b"order_id,qty\n1,2\n", "required columns are missing"),
        (HEAD.encode() + b"\n" + b"x" * 1_200_000 + b"\n", "too long"),
    ],
)
def test_what_is_no_table_is_refused_with_place_and_mend(content: bytes, says: str) -> None:
    with pytest.raises(InputRejected) as refused:
        ingest(load(("week.csv", content)), tz="UTC", key=b"k")
    error = refused.value
    assert says in error.what("en")
    assert error.where.file == "week.csv"
    assert error.mend("zh") and error.mend("en")


def test_a_damaged_or_locked_workbook_is_refused() -> None:
    content = _workbook(("orders", [HEAD.split(",")]))
    with pytest.raises(InputRejected, match="no rows"):
        ingest(load(("a.xlsx", content)), tz="UTC", key=b"k")
    with pytest.raises(InputRejected, match="cannot be opened"):
        ingest(load(("a.xls", b"\xd0\xcf\x11\xe0" + b"\x01" * 600)), tz="UTC", key=b"k")


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputRejected, match="cannot be read"):
        load("no/such/file.csv")
