"""The metric registry: complete declarations, honest targets, values equal to SQL."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pytest
from footprint import stats
from footprint.errors import DataMissing, UsageError
from footprint.metrics import View, by_group, measure, metrics
from footprint.metrics.boards import BOARDS, DEFAULT, GROUPS, members
from footprint.metrics.glossary import glossary
from footprint.metrics.registry import find
from footprint.metrics.shapes import ratio
from footprint.metrics.targets import target_of
from footprint.questions import ask
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.settings import SETTING_KINDS, Settings
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import at, orders, shop

ROOT = Path(__file__).parents[2]
EIGHT = {"gmv", "aov", "conversion", "roi", "d7_retention", "repurchase_30d", "return_rate",
         "negative_index"}  # fmt: skip


def streams(**columns: list) -> pl.DataFrame:
    size = len(next(iter(columns.values())))
    starts = [at("2026-05-04", 20) + dt.timedelta(days=n) for n in range(size)]
    base = {"stream_id": [f"s{n}" for n in range(size)], "start_ts": starts, "end_ts": starts,
            "platform": ["douyin"] * size, "host_id": ["h"] * size,
            "category": ["food"] * size}  # fmt: skip
    return pl.DataFrame(base | columns)


def test_the_default_board_holds_the_eight() -> None:
    assert {id for _, id in members(DEFAULT)} == EIGHT


def test_every_board_knows_its_metrics_and_groups() -> None:
    for board in BOARDS:
        for group, id in members(board):
            assert group in GROUPS
            assert find(id).id == id


@pytest.mark.parametrize("id", metrics())
def test_a_declaration_is_complete(id: str) -> None:
    metric = find(id)
    assert set(metric.needs) <= set(TABLES)
    assert metric.definition.zh.endswith("。")
    assert metric.definition.en.endswith(".")
    assert metric.title.zh
    if metric.target_key:
        assert Settings().get(metric.target_key).kind in SETTING_KINDS
    if metric.reference_key:
        assert Settings().reference(metric.reference_key).kind not in SETTING_KINDS


@pytest.mark.parametrize("id", metrics())
def test_a_missing_table_is_named(id: str) -> None:
    with pytest.raises(DataMissing) as caught:
        measure(id, View(shop(), Scope()))
    assert set(caught.value.tables) <= set(find(id).needs)


def test_unknown_metrics_are_refused() -> None:
    with pytest.raises(UsageError, match="gmv"):
        find("gvm")


def test_only_targets_colour_and_the_shops_own_go_first() -> None:
    data = shop(orders=orders([]))
    assert target_of(find("d7_retention"), data, Scope()) is None
    roi = target_of(find("roi"), data, Scope())
    assert roi is not None
    assert roi.met(3.0)
    assert not roi.met(2.9)
    complaints = target_of(find("complaint_rate"), data, Scope())
    assert complaints is not None
    assert complaints.met(0.015)
    assert not complaints.met(0.0151)
    own = pl.DataFrame(
        {"key": ["d7_retention", "roi"], "value": [25.0, 4.0], "unit": ["pct", "x"],
         "direction": ["ge", "ge"], "from": [dt.date(2026, 5, 1)] * 2,
         "to": [dt.date(2026, 12, 31)] * 2}
    )  # fmt: skip
    mine = shop(orders=orders([]), targets=own)
    day = Scope(end=dt.date(2026, 6, 1))
    assert target_of(find("d7_retention"), mine, day).value == 0.25  # type: ignore[union-attr]
    assert target_of(find("roi"), mine, day).value == 4.0  # type: ignore[union-attr]
    later = Scope(end=dt.date(2027, 6, 1))
    assert target_of(find("roi"), mine, later).value == 3.0  # type: ignore[union-attr]


def test_board_compares_with_the_equal_period_before() -> None:
    rows = [("a", "2026-05-04", 100.0), ("b", "2026-05-11", 150.0)]
    week = Scope(dt.date(2026, 5, 11), dt.date(2026, 5, 17))
    result = ask(shop(orders=orders(rows)), "board", week, {})
    gmv = result.frames["metrics"].filter(pl.col("metric") == "gmv").row(0, named=True)
    assert (gmv["value"], gmv["previous"], gmv["change"]) == (150.0, 100.0, 0.5)
    assert gmv["status"] == "no_target"
    missing = result.frames["metrics"].filter(pl.col("status") == "no_data")["metric"].to_list()
    assert {"conversion", "roi", "d7_retention", "negative_index"} <= set(missing)
    assert any("streams.csv" in note("en") for note in result.notes)


def test_small_samples_are_shown_and_not_judged() -> None:
    rows = [("a", "2026-05-04", 1.0), ("a", "2026-05-09", 1.0), ("z", "2026-08-04", 1.0)]
    result = ask(shop(orders=orders(rows)), "board", Scope(), {})
    row = result.frames["metrics"].filter(pl.col("metric") == "repurchase_30d").row(0, named=True)
    assert (row["value"], row["n"], row["status"]) == (1.0, 1, "too_small")


def test_slices_that_a_table_cannot_know_are_said() -> None:
    table = orders([("a", "2026-05-04", 10.0)], region="south")
    data = shop(orders=table, streams=streams(viewers=[100], buyers=[5]))
    result = ask(data, "board", Scope(), {"slice": "region"})
    assert result.frames["slices"].filter(pl.col("metric") == "gmv")["slice"].item() == "south"
    assert any("Conversion" in note("en") for note in result.notes)


def test_conversion_falls_back_to_the_users_of_the_orders() -> None:
    sold = orders([("a", "2026-05-04", 1.0), ("a", "2026-05-04", 1.0), ("b", "2026-05-04", 1.0)],
                  stream_id="s0")  # fmt: skip
    data = shop(orders=sold, streams=streams(viewers=[100, 100], buyers=[None, 10]))
    assert measure("conversion", View(data, Scope())).value == pytest.approx(12 / 200)


def test_ratio_interval_follows_the_spread_between_streams() -> None:
    """Same totals, but one set of streams disagrees: its interval is wider."""
    calm = pl.DataFrame({"key": ["a"] * 20, "k": [50] * 20, "n": [1000] * 20})
    wild = calm.with_columns(k=pl.Series([20, 80] * 10))
    narrow, wide = (
        ratio(calm, "k", "n").row(0, named=True),
        ratio(wild, "k", "n").row(0, named=True),
    )
    assert narrow["value"] == wide["value"] == 0.05
    assert wide["high"] - wide["low"] > 0.02
    few = ratio(calm.head(3), "k", "n").row(0, named=True)
    assert (few["low"], few["high"]) == pytest.approx(stats.wilson(150, 3000))


def test_complaints_come_from_service_first() -> None:
    sold = orders([(f"u{n}", "2026-05-04", 1.0) for n in range(4)], is_complaint=[True] * 4)
    said = pl.DataFrame({"ts": [at("2026-05-04")] * 2, "text": ["a", "b"],
                         "is_complaint": [True, False]})  # fmt: skip
    assert measure("complaint_rate", View(shop(orders=sold), Scope())).value == 1.0
    both = shop(orders=sold, comments=said)
    assert measure("complaint_rate", View(both, Scope())).value == 0.25


def test_stars_speak_before_words_in_the_negative_index() -> None:
    said = pl.DataFrame({"ts": [at("2026-05-04")] * 4, "text": ["质量太差", "质量太差", "好", None],
                         "rating": [None, 5, 1, 1]})  # fmt: skip
    found = measure("negative_index", View(shop(comments=said.drop_nulls("text")), Scope()))
    assert (found.value, found.n) == (pytest.approx(2000 / 3), 3)


def test_brand_association_and_partners() -> None:
    answers = pl.DataFrame({"ts": [at("2026-05-04")] * 4, "kind": ["brand"] * 3 + ["nps"],
                            "score": [1.0, 0.0, 5.0, 1.0]})  # fmt: skip
    people = pl.DataFrame({"host_id": ["a", "b", "c", "d"], "name": ["x"] * 4, "role": ["x"] * 4,
                           "status": ["active", "active", "left", "active"],
                           "kind": ["kol", "own", "kol", "partner"],
                           "fans": [2_000_000, 999_999, 5_000_000, 10],
                           "left": [None, None, None, dt.date(2026, 5, 1)]})  # fmt: skip
    view = View(shop(surveys=answers, hosts=people), Scope(end=dt.date(2026, 5, 31)))
    assert (measure("brand_association", view).value, measure("brand_association", view).n) == (
        0.5,
        2,
    )
    assert measure("kol_partners", view).value == 1
    assert measure("million_fan_ips", view).value == 1


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.dates(dt.date(2026, 5, 1), dt.date(2026, 5, 20)).map(str),
        st.integers(1, 500).map(float),
    ),
    min_size=1,
    max_size=30,
)
SQL = """
with o as (select *, cast(order_ts as date) as day from t)
select sum(paid_amount), count(distinct order_id), sum(paid_amount) / count(distinct order_id),
  count(distinct user_id), avg(case when refund_amount > 0 then 1.0 else 0.0 end),
  (select count(*) from (select user_id, min(day) as f from o group by 1)
   where f between date '2026-05-05' and date '2026-05-12')
from o where day between date '2026-05-05' and date '2026-05-12'
"""


@settings(max_examples=40)
@given(ROWS, st.data())
def test_order_metrics_equal_sql(rows: list[tuple[str, str, float]], more: st.DataObject) -> None:
    size = len(rows)
    table = orders(rows).with_columns(
        order_id=pl.Series(
            more.draw(st.lists(st.sampled_from("xyz"), min_size=size, max_size=size))
        ),
        refund_amount=pl.Series(
            more.draw(st.lists(st.sampled_from([None, 0.0, 3.0]), min_size=size, max_size=size)),
            dtype=pl.Float64,
        ),
    )
    scope = Scope(dt.date(2026, 5, 5), dt.date(2026, 5, 12))
    theirs = duckdb.connect().register("t", table.to_arrow()).execute(SQL).fetchone() or ()
    names = ("gmv", "orders", "aov", "buyers", "return_rate", "new_buyers")
    view = View(shop(orders=table), scope)
    mine = [measure(name, view).value for name in names]
    assert [value or 0 for value in mine] == pytest.approx([float(x or 0) for x in theirs])


@given(ROWS)
def test_days_add_up_to_the_whole(rows: list[tuple[str, str, float]]) -> None:
    view = View(shop(orders=orders(rows)), Scope())
    for id in ("gmv", "orders", "new_buyers"):
        assert by_group(id, view, "date")["value"].sum() == pytest.approx(measure(id, view).value)


def test_the_glossary_is_up_to_date() -> None:
    assert (ROOT / "docs/metrics.md").read_text("utf-8") == glossary()
