"""Mapping: headings of real exports are recognised, and the user's word wins."""

from __future__ import annotations

import pytest
from footprint.errors import InputRejected, UsageError
from footprint.ingest.headings import normal
from footprint.ingest.mapping import map_headings, missing
from footprint.schema import TABLES
from footprint.templates import template_csv


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_is_recognised_as_its_table(table, lang) -> None:
    heads = template_csv(table.name, lang).decode("utf-8-sig").strip().split(",")
    mapped = map_headings(f"{table.name}_2026.csv", heads, None, None)
    assert mapped.table is table
    assert {heads[at]: name for name, at in mapped.positions.items()} == {
        column.title(lang): column.name for column in table.columns
    }


@pytest.mark.parametrize(
    ("headings", "table", "columns"),
    [
        ("主订单编号,子订单编号,选购商品,商品数量,商品ID,订单应付金额,订单提交时间,达人ID,流量渠道,买家会员名,实付款",
         "orders", {"order_id": 0, "qty": 3, "sku_id": 4, "order_ts": 6, "host_id": 7}),
        ("订单号,订单创建时间,实付款,成交数量,SKU编码,渠道,买家ID", "orders",
         {"order_id": 0, "order_ts": 1, "paid_amount": 2, "qty": 3, "sku_id": 4}),
        ("Name,Email,Paid at,Total,Lineitem quantity,Lineitem sku,Shipping Province", "orders",
         {"order_id": 0, "user_id": 1, "order_ts": 2, "paid_amount": 3, "region": 6}),
        ("ORDER ID, Order_TS ,Ｕｓｅｒ－ＩＤ,sku id,QTY,实付金额(元)", "orders",
         {"order_id": 0, "order_ts": 1, "user_id": 2, "sku_id": 3, "qty": 4, "paid_amount": 5}),
    ],
)  # fmt: skip
def test_headings_of_exports(headings: str, table: str, columns: dict[str, int]) -> None:
    mapped = map_headings("export.csv", headings.split(","), None, None)
    assert mapped.table.name == table
    assert {name: mapped.positions.get(name) for name in columns} == columns


def test_the_name_of_the_file_decides_between_tables_that_both_fit() -> None:
    heads = ["date", "category", "amount", "platform", "channel", "cost"]
    assert map_headings("costs.csv", heads, None, None).table.name == "costs"
    assert map_headings("channel_daily.csv", heads, None, None).table.name == "channel_daily"


def test_a_misleading_name_does_not_beat_complete_headings() -> None:
    heads = ["cost_date", "category", "amount"]
    assert map_headings("orders.csv", heads, None, None).table.name == "costs"


def test_the_user_decides() -> None:
    heads = ["no", "when", "who", "what", "n", "money"]
    mine = {
        "no": "order_id", "WHEN": "order_ts", "who": "user_id", "what": "sku_id", "n": "qty",
        "Money": "paid_amount",
    }  # fmt: skip
    mapped = map_headings("x.csv", heads, None, mine)
    assert mapped.table.name == "orders"
    assert mapped.positions["paid_amount"] == 5
    both = map_headings("x.csv", [*heads, "实付金额"], "orders", mine)
    assert both.positions["paid_amount"] == 5
    assert both.ignored([*heads, "实付金额"]) == ("实付金额",)


def test_a_quoted_word_is_a_value_for_all_rows(take) -> None:
    text = "content_id,publish_ts,views,completes\n1,2026-11-10,9,3\n2,2026-11-11,9,3\n"
    sheet = take("videos.csv", text, mapping={"'douyin'": "platform"})
    assert sheet.good["platform"].to_list() == ["douyin", "douyin"]
    assert sheet.table.name == "contents"


def test_wrong_words_of_the_user() -> None:
    heads = ["order_id", "order_ts", "user_id", "sku_id", "qty", "paid_amount"]
    with pytest.raises(UsageError, match="order_id"):
        map_headings("x.csv", heads, None, {"qty": "order_idd"})
    with pytest.raises(UsageError, match="orders"):
        map_headings("x.csv", heads, "order", None)
    with pytest.raises(InputRejected, match="no heading"):
        map_headings("x.csv", heads, None, {"absent": "region"})


def test_missing_columns_are_named_with_the_mend() -> None:
    heads = ["order_id", "order_ts", "user_id", "sku_id", "qty"]
    refused = missing("orders.csv", map_headings("orders.csv", heads, None, None), heads)
    assert refused is not None
    assert refused.where.column == "paid_amount"
    assert "--map HEADING=paid_amount" in refused.mend("en")


def test_no_heading_of_a_table_is_ambiguous() -> None:
    for table in TABLES.values():
        for lang in ("zh", "en"):
            titles = [normal(column.title(lang)) for column in table.columns]
            assert len(set(titles)) == len(titles), table.name
        names = {normal(column.name): column.name for column in table.columns}
        for column in table.columns:
            for word in column.headings:
                assert names.get(normal(word), column.name) == column.name, (table.name, word)
