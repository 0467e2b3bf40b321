"""Seeding, value chain and topics on made tables; and every question on a shop of twenty orders."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest
from footprint.analysis.topic_words import topics, topics_of
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import at, events, orders, shop

NEW = ("slot_ctr", "traffic_share", "platform_flow", "seeding", "value_chain", "topics", "budget",
       "channel_cost")  # fmt: skip


def seeded(count: int = 300, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    chance = np.random.default_rng(seed)
    bought = orders([(f"u{u}", f"2026-06-{d:02}", float(v)) for u, d, v in
                     zip(chance.integers(0, 120, count), chance.integers(1, 29, count),
                         chance.integers(20, 300, count), strict=True)])  # fmt: skip
    watched = events([(f"u{u}", at("2026-05-01") + dt.timedelta(hours=int(h)), kind) for u, h, kind
                      in zip(chance.integers(0, 120, 150), chance.integers(0, 1300, 150),
                             chance.choice(["video_view", "click"], 150),
                             strict=True)])  # fmt: skip
    return bought, watched


@pytest.mark.parametrize("span", [7, 15, 30])
def test_seeding_equals_sql(span: int) -> None:
    bought, watched = seeded()
    row = (
        ask(shop(orders=bought, events=watched), "seeding", Scope(), {"days": span})
        .frames["windows"].filter(days=span).row(0, named=True)
    )  # fmt: skip
    found = duckdb.sql(f"""
        with marked as (select o.*, exists (select 1 from watched w where w.user_id = o.user_id
            and w.event_type = 'video_view' and w.event_ts <= o.order_ts
            and w.event_ts >= o.order_ts - interval {span} day) as seen from bought o)
        select count(distinct user_id) filter (seen), count(distinct user_id),
            avg(paid_amount) filter (seen), avg(paid_amount) filter (not seen) from marked
    """).fetchall()[0]  # fmt: skip
    assert (row["seeded"], row["buyers"]) == found[:2]
    assert (row["aov_seeded"], row["aov_plain"]) == pytest.approx(found[2:])


def test_the_interval_of_dearer_orders_covers_the_truth() -> None:
    covered = 0
    for seed in range(60):
        bought, watched = seeded(600, seed)
        gap = ask(shop(orders=bought, events=watched), "seeding", Scope(), {"days": 15})
        found = gap.scalars["aov_relative"]
        covered += found.low <= 0 <= found.high
    assert covered >= 52


def test_the_value_chain_adds_up() -> None:
    kinds = ["impression", "click", "video_view", "stream_enter", "product_click", "invite"]
    rows = [(f"u{n}", at("2026-06-01", 9), kinds[k]) for n in range(100) for k in range(6) if
            n % (k + 1) == 0]  # fmt: skip
    bought = orders([(f"u{n}", "2026-06-02", 50.0) for n in range(0, 100, 10)],
                    discount=[5.0, 0.0] * 5, channel=["ads"] * 10)  # fmt: skip
    spent = pl.DataFrame({
        "cost_date": dt.date(2026, 6, 1), "category": ["content", "ads", "insurance"],
        "amount": [100.0, 200.0, 30.0], "channel": [None, "ads", None],
    })  # fmt: skip
    result = ask(shop(events=events(rows, channel=["ads"] * len(rows)), orders=bought, costs=spent),
                 "value_chain", Scope(), {})  # fmt: skip
    stages = result.frames["stages"]
    assert stages["rows"].sum() == len(rows) + 10
    assert stages["cost"].sum() == pytest.approx(330)
    assert dict(stages.select("substage", "rows").iter_rows())["promotion"] == 5
    reached = {user for user, _, kind in rows if kind in ("impression", "click", "invite")}
    watched = {user for user, _, kind in rows if kind in ("video_view", "stream_enter")}
    first = result.frames["passes"].row(0, named=True)
    assert (first["users"], first["passed"]) == (len(reached), len(reached & watched))


def comments(texts: list[str], source: str = "review") -> pl.DataFrame:
    return pl.DataFrame({
        "ts": [at("2026-06-01") + dt.timedelta(hours=n) for n in range(len(texts))],
        "text": texts, "source": source,
    }, schema_overrides={"ts": pl.Datetime("us")})  # fmt: skip


def test_sizes_lead_the_reasons_of_returns() -> None:
    reasons = ["尺码偏小"] * 40 + ["质量问题"] * 30 + [None] * 30
    back = orders([(f"u{n}", "2026-06-02", 50.0) for n in range(100)],
                  refund_amount=[50.0] * 100, refund_reason=reasons)  # fmt: skip
    result = ask(shop(orders=back), "topics", Scope(), {})
    assert result.scalars["top_topic"].value == "size"
    assert result.scalars["top_share"].value == pytest.approx(40 / 70)


def test_topics_are_found_by_their_words_whatever_the_width() -> None:
    texts = pl.Series(["多大码合适？ｓｉｚｅ", "快递太慢，质量也差", "你好", None])
    assert topics_of(texts).to_list() == [["size"], ["quality", "delivery"], ["other"], None]
    known = [term for topic in topics() for term in topic.terms]
    assert len(known) == len(set(known))


def test_few_comments_show_counts_but_no_shares() -> None:
    result = ask(shop(comments=comments(["尺码偏大"] * 10)), "topics", Scope(), {})
    assert result.frames["topics"]["count"].to_list() == [10]
    assert result.frames["topics"]["share"].to_list() == [None]
    assert result.scalars["top_topic"].value is None


@pytest.mark.parametrize("question", NEW)
def test_twenty_orders_claim_nothing(question: str) -> None:
    bought = orders([(f"u{n}", f"2026-06-{n % 9 + 1:02}", 50.0 + n) for n in range(20)],
                    channel=["ads"] * 20, platform=["douyin", "taobao"] * 10)  # fmt: skip
    seen = events([(f"u{n}", at("2026-06-01", 8), ["video_view", "click"][n % 2])
                   for n in range(20)], channel=["ads"] * 20,
                  platform=["taobao", "douyin"] * 10)  # fmt: skip
    sheet = pl.DataFrame({
        "date": [dt.date(2026, 6, n + 1) for n in range(9)] * 2, "platform": "douyin",
        "channel": ["ads"] * 9 + ["platform_rec"] * 9, "slot": ["feed"] * 9 + ["home"] * 9,
        "impressions": [100 + 90 * (n % 3) for n in range(18)],
        "clicks": [n % 5 for n in range(18)], "cost": 5.0,
    })  # fmt: skip
    data = shop(orders=bought, events=seen, channel_daily=sheet, comments=comments(["尺码"] * 5))
    result = ask(data, question, Scope(), {})
    assert not result.findings
    said = {name: scalar.value for name, scalar in result.scalars.items()}
    claims = ("pp", "change_on", "conversion", "penetration", "aov_relative", "bottleneck",
              "top_share", "gain", "crossed_in")  # fmt: skip
    assert not [name for name in claims if said.get(name) is not None]
    assert said.get("verdict") in (None, "too_short", "no_change", "vary_spend")
