"""What export buttons produce: odd encodings, several tables, totals, archives, ruined ids."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
import xlsxwriter
from footprint.errors import InputRejected, UsageError
from footprint.ingest import archive
from footprint.ingest.source import load, load_all
from footprint.workspace import Workspace

from .reading import ingest

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
ROW = "1,2026-11-10 08:00:00,u1,s1,1,50"
COSTS = "cost_date,category,amount\n2026-11-10,tech,12\n"


def workbook(*rows: list[object]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("region", ["廣東", "臺北"])
def test_big5_is_told_from_gb18030_and_its_headings_are_known(take, region: str) -> None:
    text = f"訂單編號,下單時間,用戶ID,商品SKU,數量,實付金額,地區\n1,2026-11-10,u,s,1,5,{region}\n"
    sheet = take("a.csv", text.encode("cp950"))
    assert sheet.plan.sample.encoding == "Big5"
    assert sheet.table.name == "orders"
    assert sheet.good["region"].to_list() == [region]


def test_traditional_headings_of_streams(take) -> None:
    head = "直播標題,場次ID,開播時間,下播時間,主播暱稱,直播間觀看人數,成交金額,平台,類目"
    row = "秋,1,2026/11/10 08:00,2026/11/10 10:00,甲,1.2万,3.5亿,抖音,服飾"
    good = take("直播.csv", f"{head}\n{row}\n").good
    assert good.select("host_id", "viewers", "gmv").row(0) == ("甲", 12_000, 350_000_000.0)


def test_traditional_text_in_gb18030_is_not_taken_for_big5(take) -> None:
    text = "訂單編號,下單時間,用戶ID,商品SKU,數量,實付金額,地區\n1,2026-11-10,u,s,1,5,廣東\n"
    assert take("a.csv", text.encode("gb18030")).plan.sample.encoding == "GB18030"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_mark_of_its_order(take, codec: str) -> None:
    data = f"\ufeff{HEAD}\n{ROW}\n".replace(",", "\t").encode(codec)
    assert take("a.txt", data).good.height == 1


def test_commas_inside_cells_do_not_pass_for_the_delimiter(take) -> None:
    rows = "".join(f"{i};2026-11-10;u,1;s,1;1;5\n" for i in range(5))
    sheet = take("a.csv", HEAD.replace(",", ";") + "\n" + rows)
    assert sheet.good["user_id"].to_list() == ["u,1"] * 5


def test_rows_of_totals_are_set_aside(orders) -> None:
    sheet = orders(ROW, "2,2026-11-10,u2,Total,1,10", "合计,,,,2,60", "总计：,,,,2,60")
    assert sheet.good["sku_id"].to_list() == ["s1", "Total"]
    assert [(r.code, r.count, r.first_row) for r in sheet.reasons] == [("total_row", 2, 4)]


def test_an_equal_heading_is_told_apart(orders) -> None:
    sheet = orders(f"{ROW},99", head=f" {HEAD} , paid_amount")
    assert sheet.good["paid_amount"].to_list() == [50.0]
    assert sheet.plan.dropped == ("paid_amount (2)",)
    both = orders(f"{ROW},99", head=f"{HEAD},paid_amount", mapping={"paid_amount (2)": "discount"})
    assert both.good.select("paid_amount", "discount").row(0) == (50.0, 99.0)


def test_merged_headings_in_two_lines(take) -> None:
    head = "订单编号,下单时间,用户ID,商品SKU,数量,实付,,退款,\n,,,,,金额,币种,金额,原因\n"
    for text in (head, "导出时间,2026\n" + head):
        sheet = take("a.csv", text + "1,2026-11-10,u,s,1,50,CNY,5,破损\n")
        good = sheet.good
        assert good.select("paid_amount", "refund_amount").row(0) == (50.0, 5.0)
        assert sheet.headings["退款金额"] == "refund_amount"


def test_several_tables_in_one_text() -> None:
    text = f"# made-up\n# report\n\n{HEAD}\n{ROW}\n\n# costs\n{COSTS}\n# others\nalpha,beta\nx,y\n"
    sheets, refused = ingest(load(("all.csv", text.encode())), tz="UTC", key=b"k")
    assert [sheet.table.name for sheet in sheets] == ["orders", "costs"]
    assert [sheet.rows for sheet in sheets] == [1, 1]
    assert sheets[1].plan.sheet.sample.rows.to_list() == [9]
    assert [(r.where.file, r.where.row) for r in refused] == [("all.csv [3]", 12)]


def test_a_refusal_points_at_the_line_of_the_headings() -> None:
    text = f"导出时间：2026\n\n{HEAD.replace('qty', 'n')}\n{ROW}\n"
    with pytest.raises(InputRejected) as refused:
        ingest(load(("a.csv", text.encode())), tz="UTC", key=b"k")
    assert (refused.value.where.row, refused.value.where.column) == (3, "qty")


def test_order_names_with_a_hash_are_no_comments(orders) -> None:
    sheet = orders("#1001,2026-11-10,u,s,1,5", "#1002,2026-11-10,u,s,1,5,too,many", "# a comment")
    assert sheet.good["order_id"].to_list() == ["#1001"]
    assert [r.code for r in sheet.reasons] == ["wrong_cell_count"]


def test_a_blank_line_inside_the_rows_parts_nothing(orders) -> None:
    assert orders(ROW, "", ROW.replace("1,", "2,", 1)).good.height == 2


@pytest.mark.parametrize("as_number", [True, False])
def test_long_ids_in_a_workbook(as_number: bool) -> None:
    id: object = 6912345678901234567 if as_number else "6912345678901234567"
    content = workbook(HEAD.split(","), [id, "2026-11-10", "u", "s", 1, 5])
    (sheet,), _ = ingest(load(("a.xlsx", content)), tz="UTC", key=b"k")
    codes = [reason.code for reason in sheet.reasons]
    assert codes == (["ruined_id"] if as_number else [])
    assert sheet.good["order_id"].to_list() == ([] if as_number else [id])


def test_ids_ruined_in_a_csv_are_set_aside_and_marks_removed(orders) -> None:
    ruined = orders("5.43E+16,2026-11-10,u,s,1,5", "'6912345678901234567,2026-11-10,u,1e5,1,5")
    assert [(r.code, r.example) for r in ruined.reasons] == [("ruined_id", "5.43E+16")]
    assert ruined.good["order_id"].to_list() == ["6912345678901234567"]
    short = orders("4.0128e+10,2026-11-10,u,s,1,5", "6.91234567890123e+18,2026-11-10,u,s,1,5")
    assert short.good["order_id"].to_list() == ["40128000000"]
    cut = orders(*(f"69123456789012{i}0000,2026-11-10,u,s,1,5" for i in range(6)))
    assert [(r.code, r.count) for r in cut.reasons] == [("ruined_id", 6)]


def test_an_open_day_and_month_is_asked_for(orders) -> None:
    with pytest.raises(InputRejected, match="03/04/2026") as asked:
        orders("1,03/04/2026,u,s,1,5")
    assert asked.value.where.column == "order_ts"
    assert "order_ts@dmy" in asked.value.mend("zh")
    for way, month in (("dmy", 4), ("mdy", 3)):
        sheet = orders("1,03/04/2026,u,s,1,5", mapping={"order_ts": f"order_ts@{way}"}, tz="UTC")
        day = 3 if month == 4 else 4
        assert sheet.good["order_ts"].to_list() == [datetime(2026, month, day, tzinfo=UTC)]
    with pytest.raises(InputRejected, match="cannot be told apart"):
        orders("1,13/04/2026,u,s,1,5", "2,04/13/2026,u,s,1,5")
    with pytest.raises(UsageError, match="mdy"):
        orders("1,03/04/2026,u,s,1,5", mapping={"order_ts": "order_ts@ymd"})


@pytest.mark.parametrize(
    ("cells", "rates", "told"),
    [
        (["12.3", "5", "0.8", "20"], [0.123, 0.05, 0.008, 0.2], True),
        (["0.123", "0.05", "1", "0"], [0.123, 0.05, 1, 0], False),
        (["12.3%", "0.05", "5%", "1"], [0.123, 0.05, 0.05, 1], False),
        (["0.1", "0.2", "0.3", "30"], [0.1, 0.2, 0.3], False),
    ],
)
def test_per_cent_or_fraction_is_settled_by_the_column(take, cells, rates, told) -> None:
    head = "stream_id,minute_ts,online,stutter_rate\n"
    rows = "".join(f"s,2026-11-10 08:0{at}:00,1,{cell}\n" for at, cell in enumerate(cells))
    sheet = take("minutes.csv", head + rows)
    assert sheet.good["stutter_rate"].to_list() == pytest.approx(rates)
    assert bool(sheet.notes) == told


def test_a_heading_may_say_per_cent(take) -> None:
    text = "stream_id,minute_ts,online,卡顿率(%)\ns,2026-11-10 08:00:00,1,0.5\n"
    sheet = take("minutes.csv", text)
    assert sheet.good["stutter_rate"].to_list() == [0.005]
    assert "heading" in sheet.notes[0].en


def test_the_user_says_how_rates_are_written(take) -> None:
    text = "stream_id,minute_ts,online,stutter_rate\ns,2026-11-10 08:00:00,1,0.5\n"
    sheet = take("minutes.csv", text, mapping={"stutter_rate": "stutter_rate@percent"})
    assert sheet.good["stutter_rate"].to_list() == [0.005]


def test_open_document_sheets(take) -> None:
    def line(row: str) -> str:
        cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
        cells = map(cell.format, row.split(","))
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    spaces = "".join(
        f" xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'"
        for name in ("office", "table", "text")
    )
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content{spaces}><office:body>"
        f"<office:spreadsheet><table:table table:name='S'>{line(HEAD)}{line(ROW)}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b"<?xml version='1.0'?><manifest/>"
    data = zipped(**{"mimetype": kind, "content.xml": content.encode(),
                     "META-INF/manifest.xml": manifest})  # fmt: skip
    assert take("a.ods", data).good.height == 1


def test_a_zip_of_exports_goes_in_file_by_file(tmp_path) -> None:
    packed = zipped(**{"a/订单.csv": f"{HEAD}\n{ROW}\n".encode(), "costs.csv": COSTS.encode(),
                       "__MACOSX/x": b"x", "empty.csv": b"",
                       "inner.zip": zipped(a=b"1")})  # fmt: skip
    report = Workspace(tmp_path / "shop").import_files([("week.zip", packed)])
    assert [(f.file, f.table, f.accepted) for f in report.files] == [
        ("week.zip/订单.csv", "orders", 1), ("week.zip/costs.csv", "costs", 1),
        ("week.zip/empty.csv", None, 0), ("week.zip/inner.zip", None, 0),
    ]  # fmt: skip


def test_archives_beyond_the_bounds_are_refused(monkeypatch) -> None:
    with pytest.raises(InputRejected, match="too large"):
        list(load_all(("bomb.zip", zipped(a=b"0" * 20_000_000))))
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(InputRejected, match="too large"):
        list(load_all(("many.zip", zipped(a=b"1", b=b"1", c=b"1"))))
    lying = zipped(a=b"0" * 5000)
    lying = lying.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InputRejected):
        list(load_all(("lying.zip", lying)))
    with pytest.raises(InputRejected, match="empty"):
        list(load_all(("none.zip", zipped())))
