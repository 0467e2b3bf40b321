"""Exports of platforms: told by their headings, every column where it belongs, nothing silently."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from footprint.errors import UsageError
from footprint.ingest.coverage import document
from footprint.ingest.fixtures import FORMS, counted
from footprint.ingest.headings import normal
from footprint.ingest.layouts import layouts
from footprint.ingest.layouts.rules import RULES
from footprint.ingest.source import load
from footprint.schema import TABLES

from .reading import Read, ingest

EXPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "exports").glob("*.csv"))
LAYOUTS = {one.id: one for one in layouts()}
Rows = list[dict[str, str]]
# Per export: the heading an order must fill to be paid, columns that say what a heading says, and
# columns whose sum is that of a heading.
TRUTH: dict[str, tuple[str | None, dict[str, str], dict[str, str]]] = {
    "douyin_streams": (None, {"host_id": "主播抖音号"},
                       {"viewers": "直播间观看人数", "impressions": "直播间曝光次数",
                        "buyers": "直播间成交人数", "gmv": "直播间用户支付金额"}),
    "doudian_orders": ("支付完成时间", {"order_id": "主订单编号", "host_id": "达人ID",
                                 "channel": "流量渠道", "region": "省"},
                       {"qty": "商品数量", "paid_amount": "订单应付金额", "shipping_fee": "运费"}),
    "qianchuan_channels": (None, {"slot": "素材ID"},
                           {"cost": "整体消耗", "impressions": "整体展现次数",
                            "clicks": "整体点击次数"}),
    "taobao_orders": ("订单付款时间 ", {"order_id": "订单编号", "sku_id": "宝贝标题"},
                      {"paid_amount": "买家实际支付金额", "qty": "宝贝总数量",
                       "refund_amount": "退款金额"}),
    "taobao_streams": (None, {"stream_id": "场次id", "host_id": "主播昵称", "series": "直播标题"},
                       {"viewers": "直播间观看人数", "buyers": "成交人数", "gmv": "成交金额"}),
    "kuaishou_orders": ("订单支付时间", {"order_id": "订单号", "user_id": "买家ID",
                                   "channel": "渠道", "host_id": "CPS达人ID"},
                        {"paid_amount": "实付款", "qty": "成交数量", "commission": "预估推广佣金"}),
    "weixin_orders": ("支付时间", {"order_id": "订单号", "sku_id": "商品编码(平台)"},
                      {"qty": "商品数量", "commission": "带货费用"}),
    "shopify_orders": ("Paid at", {"order_id": "Name"},
                       {"qty": "Lineitem quantity", "paid_amount": "Total",
                        "refund_amount": "Refunded Amount", "discount": "Discount Amount"}),
    "ga4_channels": (None, {"channel": "Session source / medium"}, {"clicks": "Sessions"}),
}  # fmt: skip


def taken(name: str, data: bytes, **options) -> Read:
    (sheet,), refused = ingest(load((name, data)), tz="Asia/Shanghai", key=b"k", **options)
    assert not refused
    return sheet


def written(path: Path) -> tuple[list[str], list[list[str]]]:
    lines = (
        line
        for line in path.read_text("utf-8").splitlines()
        if not line.startswith("# ") and line != "#"
    )
    heads, *rows = csv.reader(lines)
    return heads, rows


def paid_rows(path: Path) -> Rows:
    """The rows of an export that are neither totals nor unpaid, read by the standard library."""
    heads, rows = written(path)
    told = [dict(zip(heads, row, strict=True)) for row in rows
            if row[0] != "合计" and "Grand total" not in row]  # fmt: skip
    paid = TRUTH[path.stem][0]
    if path.stem == "shopify_orders":
        unpaid = {row["Name"] for row in told if row["Financial Status"] == "pending"}
        return [row for row in told if row["Name"] not in unpaid]
    return [row for row in told if paid is None or row[paid]]


def amount(text: str) -> Decimal:
    bare = text.strip("￥元").replace(",", "")
    if bare in ("", "-", "无退款申请"):
        return Decimal(0)
    return Decimal(bare[:-1]) * 10_000 if bare.endswith("万") else Decimal(bare)


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_an_export_comes_out_as_it_was_written(path: Path) -> None:
    sheet = taken("export.csv", path.read_bytes())
    layout = LAYOUTS[path.stem]
    good, rows = sheet.good, paid_rows(path)
    assert sheet.table.name == layout.table
    assert sheet.rows == len(written(path)[1])
    assert good.height == len(rows)
    assert good.height + sheet.aside.height == sheet.rows
    assert {r.code for r in sheet.reasons} <= {"not_paid", "total_row"}
    _, same, sums = TRUTH[path.stem]
    for column, heading in same.items():
        cells = [row[heading].strip('\t="') for row in rows]
        assert good[column].to_list() == cells, column
    for column, heading in sums.items():
        total = sum(amount(row[heading]) for row in rows)
        assert Decimal(str(round(good[column].sum(), 2))) == round(total, 2), column


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_at_least_95_per_cent_of_the_headings_are_accounted_for(path: Path) -> None:
    layout = LAYOUTS[path.stem]
    known = set(map(normal, (*layout.kept_headings(), *layout.recognise, *layout.ignore)))
    heads = written(path)[0]
    assert sum(normal(head) in known for head in heads) >= 0.95 * len(heads)
    sheet = taken("export.csv", path.read_bytes())
    asked = {normal(heading) for ask in layout.asks for heading, _ in ask.choices}
    kept = set(map(normal, layout.kept_headings())) - asked - set(map(normal, layout.ignore))
    lost = {normal(head) for head in sheet.plan.dropped} & kept
    assert not lost, "a heading that should be kept was dropped"


def test_every_heading_goes_where_a_person_puts_it_in_every_form() -> None:
    read = list(counted(EXPORTS[0].parent))
    assert {(one.export, one.form) for one in read} == {(p.stem, f) for p in EXPORTS for f in FORMS}
    for one in read:
        assert (one.wrong, one.open) == (0, 0), one
        assert one.share >= 0.95, one


def test_a_heading_that_goes_elsewhere_counts_as_wrong(tmp_path: Path) -> None:
    truth = (EXPORTS[0].parent / "columns.toml").read_text("utf-8")
    _, found, kuaishou = truth.partition("[kuaishou_orders]")
    mine = found + kuaishou.partition("[qianchuan_channels]")[0]
    mine = mine.replace('"实付款" = "paid_amount"', '"实付款" = "discount"')
    mine = mine.replace('"团长ID"]', "]\n").replace(
        '"渠道" =', '"团长ID" = "referrer_id"\n"渠道" ='
    )
    (tmp_path / "columns.toml").write_text(mine, "utf-8")
    (tmp_path / "kuaishou_orders.csv").write_bytes(export("kuaishou_orders"))
    for one in counted(tmp_path):
        assert (one.wrong, one.lost, one.left_out) == (1, 1, 2), one


def variants(path: Path) -> Iterator[tuple[str, bytes]]:
    text = path.read_text("utf-8")
    yield "gb18030", text.encode("gb18030")
    yield "preamble", f"导出时间：2026-11-15 10:00\n店铺：示例\n\n{text}".encode()
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(io.StringIO(text))):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
    yield "xlsx", buffer.getvalue()


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_encoding_workbook_and_preamble_change_nothing(path: Path) -> None:
    plain = taken("export.csv", path.read_bytes())
    for name, data in variants(path):
        sheet = taken(f"export.{'xlsx' if name == 'xlsx' else 'csv'}", data)
        assert sheet.good.equals(plain.good), name
        assert [r.code for r in sheet.reasons] == [r.code for r in plain.reasons], name


def export(name: str) -> bytes:
    return next(path for path in EXPORTS if path.stem == name).read_bytes()


def test_the_meaning_of_gmv_is_told_and_can_be_changed() -> None:
    sheet = taken("a.csv", export("douyin_streams"))
    (told,) = [note.zh for note in sheet.notes if "gmv" in note.zh]
    assert "直播间用户支付金额" in told and "净成交金额" in told and "gmv" in told
    net = taken("a.csv", export("douyin_streams"), mapping={"净成交金额": "gmv"})
    assert net.headings["净成交金额"] == "gmv"
    assert net.good["gmv"].sum() < sheet.good["gmv"].sum()
    assert not [note for note in net.notes if "gmv" in note.zh]


def test_streams_without_an_end_last_their_minutes() -> None:
    good = taken("a.csv", export("douyin_streams")).good
    lasted = (good["end_ts"] - good["start_ts"]).dt.total_minutes().to_list()
    path = next(path for path in EXPORTS if path.stem == "douyin_streams")
    assert lasted == [int(row["直播时长(分钟)"]) for row in paid_rows(path)]
    assert good["stream_id"].n_unique() == good.height


def test_amounts_of_an_order_are_shared_over_its_lines_to_the_cent() -> None:
    orders = taken("a.csv", export("weixin_orders")).good
    path = next(path for path in EXPORTS if path.stem == "weixin_orders")
    totals = {row["订单号"]: amount(row["订单实际支付金额"]) for row in paid_rows(path)}
    sums = orders.group_by("order_id").agg(pl.col("paid_amount").sum().round(2))
    assert {id: Decimal(str(paid)) for id, paid in sums.iter_rows()} == totals
    assert orders.select("order_id", "line_no").is_unique().all()
    head = "Name,Email,Paid at,Total,Created at,Lineitem quantity,Lineitem price,Lineitem sku\n"
    lines = "#1,a@b.cn,2026-11-10,10.00,2026-11-10,1,1,A\n#1,a@b.cn,,,,1,1,B\n#1,a@b.cn,,,,1,1,C\n"
    good = taken("a.csv", (head + lines).encode()).good
    assert good["paid_amount"].to_list() == [3.33, 3.34, 3.33]


def test_buyers_are_pseudonyms_and_hidden_ones_are_told() -> None:
    for name in ("shopify_orders", "taobao_orders", "doudian_orders", "weixin_orders"):
        sheet = taken("a.csv", export(name))
        assert sheet.good["user_id"].str.contains("^u_[0-9a-f]{20}$").all(), name
    masked = taken("a.csv", export("doudian_orders"))
    assert any("打码" in note.zh for note in masked.notes)
    text = export("kuaishou_orders").decode().replace("买家ID", "备用")
    hidden = taken("a.csv", text.encode())
    assert hidden.good["user_id"].n_unique() == hidden.good.height
    assert any("复购与留存不可信" in note.zh for note in hidden.notes)


def test_refunds_are_read_from_the_state_of_an_order() -> None:
    good = taken("a.csv", export("doudian_orders")).good
    back = good.filter(pl.col("refund_amount") > 0)
    assert back.height == 3
    assert back["refund_amount"].to_list() == back["paid_amount"].to_list()


def test_a_renamed_required_heading_is_read_as_in_any_file() -> None:
    text = export("taobao_orders").decode().replace("买家实际支付金额", "实付款")
    sheet = taken("a.csv", text.replace("打款商家金额", "备用").encode())
    assert sheet.headings["实付款"] == "paid_amount"
    assert set(sheet.good["platform"]) == {"taobao"}


def test_foreign_money_is_told() -> None:
    text = export("shopify_orders").decode().replace(",CNY,", ",USD,")
    assert any("USD" in note.en for note in taken("a.csv", text.encode()).notes)


def test_advertising_becomes_costs_when_that_is_asked_for() -> None:
    sheet = taken("a.csv", export("qianchuan_channels"), table="costs")
    assert sheet.table.name == "costs"
    assert set(sheet.good["category"]) == {"ads"}
    named = taken("a.csv", export("qianchuan_channels"), mapping={"素材ID": "campaign_id"})
    assert named.table.name == "costs"
    with pytest.raises(UsageError):
        taken("a.csv", export("qianchuan_channels"), mapping={"素材ID": "no_such"})


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_names_columns_rules_and_headings_that_exist(layout) -> None:
    table = TABLES[layout.table]
    made = {one.column for one in layout.derived} | {ask.column for ask in layout.asks}
    given = made | set(layout.mapping.values()) | set(layout.fixed)
    assert given <= set(table.polars_schema)
    assert set(table.required) <= given
    assert {one.rule for one in layout.derived} <= set(RULES)
    assert not set(layout.ignore) & set(layout.mapping)


def test_the_document_of_exports_is_up_to_date() -> None:
    assert (Path(__file__).parents[2] / "docs" / "exports.md").read_text("utf-8") == document()
