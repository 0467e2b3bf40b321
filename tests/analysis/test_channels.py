"""Channel cost, platform mix and the traffic matrix on hand-made tables."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import at, events, orders, shop

MAY, JUNE = dt.date(2026, 5, 10), dt.date(2026, 6, 10)


def month_orders(month: int, count: int, channel: str | None = "ads") -> pl.DataFrame:
    rows = [(f"{channel}{month}-{n}", f"2026-{month:02}-10", 100.0) for n in range(count)]
    table = orders(rows, channel=[channel] * count)
    return table.with_columns(order_id=pl.format("{}-{}", pl.lit(f"{month}{channel}"), "order_id"))


def report(*rows: tuple[dt.date, str, float], platform: str = "douyin") -> pl.DataFrame:
    return pl.DataFrame(
        [(day, platform, channel, cost) for day, channel, cost in rows],
        schema=["date", "platform", "channel", "cost"],
        orient="row",
    )


def sheet(*rows: tuple[dt.date, str, float, str | None]) -> pl.DataFrame:
    schema = {
        "cost_date": pl.Date,
        "category": pl.String,
        "amount": pl.Float64,
        "channel": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_cost_per_order_crosses_thirty() -> None:
    """PT46 in small: 18 CNY in May, 30 in October."""
    table = pl.concat([month_orders(5, 100), month_orders(10, 100)])
    costs = report((MAY, "ads", 1800.0), (dt.date(2026, 10, 10), "ads", 3000.0))
    result = ask(shop(orders=table, channel_daily=costs), "channel_cost", Scope(), {})
    months = result.frames["months"]
    assert months["cost_per_order"].to_list() == pytest.approx([18.0, 30.0])
    assert months["cost_per_new_buyer"].to_list() == pytest.approx([18.0, 30.0])
    [finding] = result.findings
    assert finding.kind == "cost_per_order"
    assert finding.impact_cny == pytest.approx(1200)
    assert finding.impact_low < 1200 < finding.impact_high


def test_a_steady_channel_is_no_finding() -> None:
    table = pl.concat([month_orders(5, 100), month_orders(10, 100)])
    costs = report((MAY, "ads", 1800.0), (dt.date(2026, 10, 10), "ads", 1900.0))
    assert not ask(shop(orders=table, channel_daily=costs), "channel_cost", Scope(), {}).findings


def test_sheet_and_report_are_never_added() -> None:
    table = pl.concat([month_orders(5, 10), month_orders(6, 10)])
    data = shop(
        orders=table,
        costs=sheet((MAY, "ads", 500.0, "ads"), (MAY, "tech", 99.0, None)),
        channel_daily=report((MAY, "ads", 480.0), (JUNE, "ads", 700.0)),
    )
    months = ask(data, "channel_cost", Scope(), {}).frames["months"]
    assert months["cost"].to_list() == [500.0, 700.0]


def test_orders_without_a_channel_are_said_not_hidden() -> None:
    table = pl.concat([month_orders(5, 30), month_orders(5, 10, None)])
    result = ask(shop(orders=table), "channel_cost", Scope(), {})
    assert result.scalars["unlabelled"].value == pytest.approx(0.25)
    assert result.frames["months"]["orders"].sum() == 30
    assert result.scalars["cost_per_order"].value is None


def test_a_returning_buyer_is_no_new_buyer() -> None:
    table = orders([("a", "2026-05-10", 1.0), ("a", "2026-06-10", 1.0)], channel="ads")
    months = ask(shop(orders=table), "channel_cost", Scope(), {}).frames["months"]
    assert months["new_buyers"].to_list() == [1, 0]


def test_platform_shares_and_concentration() -> None:
    rows = [("a", "2026-05-10", 50.0), ("b", "2026-05-10", 30.0), ("c", "2026-05-10", 20.0),
            ("d", "2026-05-10", 7.0)]  # fmt: skip
    table = orders(rows, platform=["douyin", "taobao", "kuaishou", None])
    result = ask(shop(orders=table), "platform_mix", Scope(), {})
    assert result.scalars["top2_share"].value == pytest.approx(0.8)
    assert result.scalars["hhi"].value == pytest.approx(0.25 + 0.09 + 0.04)
    platforms = result.frames["platforms"]
    assert platforms["platform"].to_list() == ["douyin", "taobao", "kuaishou"]
    assert platforms["gmv_share"].sum() == pytest.approx(1)
    assert result.notes


def test_platform_cost_counts_ads_once() -> None:
    streams = pl.DataFrame(
        {"stream_id": ["s"], "start_ts": [at("2026-05-10")], "end_ts": [at("2026-05-10")],
         "platform": ["douyin"], "host_id": ["h"], "category": ["food"], "viewers": [40]}
    )  # fmt: skip
    costs = sheet((MAY, "ads", 500.0, None), (MAY, "slot_fee", 60.0, None))
    data = shop(
        orders=orders([("a", "2026-05-10", 50.0)], platform="douyin"),
        streams=streams,
        costs=costs.with_columns(stream_id=pl.lit("s")),
        channel_daily=report((MAY, "ads", 480.0)),
    )
    row = ask(data, "platform_mix", Scope(), {}).frames["platforms"].row(0, named=True)
    assert row["cost"] == 540.0
    assert row["viewers"] == 40


def test_traffic_matrix_adds_up() -> None:
    seen = events(
        [("a", at("2026-05-09"), "click"), ("a", at("2026-05-09", 15), "click"),
         ("a", at("2026-05-10", 9), "click"), ("b", at("2026-05-10", 9), "click")],
        channel=["kol_seed", "kol_seed", "ads", "ads"],
        channel_class=["kol", "kol", "paid", "paid"],
    )  # fmt: skip
    table = orders(
        [("a", "2026-05-10", 60.0), ("c", "2026-05-10", 40.0)], channel=["ads", "kol_seed"]
    )
    costs = report((MAY, "ads", 30.0), (MAY, "mystery", 5.0))
    data = shop(events=seen, orders=table, channel_daily=costs)
    classes = ask(data, "traffic_matrix", Scope(), {}).frames["classes"]
    rows = {row["channel_class"]: row for row in classes.to_dicts()}
    assert (rows["kol"]["visits"], rows["paid"]["visits"]) == (1, 2)
    assert rows["paid"]["spend"] == 30.0
    assert rows["other"]["spend"] == 5.0
    assert rows["paid"]["roi"] == pytest.approx(2)
    assert rows["paid"]["cac"] == pytest.approx(30)
    assert rows["kol"]["spend"] is None
    assert rows["kol"]["credited"] + rows["paid"]["credited"] == pytest.approx(1)
