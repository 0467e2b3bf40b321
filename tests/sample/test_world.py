"""All tables of the sample tell one story."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from footprint import sample
from footprint.risk.rules import shipped
from footprint.risk.text import plain
from footprint.sample.words import words
from footprint.schema import TABLES

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module", params=[("tiny", "quota"), ("demo", "quota"), ("tiny", "binomial")])
def tables(request: pytest.FixtureRequest) -> Tables:
    scale, noise = request.param
    return sample.plant(scale=scale, salt=5, noise=noise)[0]


@pytest.fixture
def orders(tables: Tables) -> pl.DataFrame:
    """Order lines without the planted faults."""
    orders = tables["orders"].unique(["order_id", "line_no"], maintain_order=True)
    return orders.filter(pl.col("paid_amount") >= 0)


def test_every_table_has_rows_and_the_types_of_the_schema(tables: Tables) -> None:
    assert set(tables) == set(TABLES)
    for name, frame in tables.items():
        assert frame.height > 0
        assert dict(frame.schema) == TABLES[name].polars_schema
        for column in TABLES[name].required:
            assert frame[column].null_count() == 0


def test_keys_are_unique_but_for_the_planted_duplicates(tables: Tables) -> None:
    for name, frame in tables.items():
        again = frame.height - frame.unique(TABLES[name].key).height
        assert again == (7 if name == "orders" else 0), name


def test_values_lie_within_the_choices_and_limits_of_the_schema(tables: Tables) -> None:
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            values = frame[column.name].drop_nulls()
            if column.choices:
                assert values.is_in(list(column.choices)).all()
            if column.minimum is not None and column.name != "paid_amount":
                assert (values >= column.minimum).all()


def test_times_lie_within_the_world(tables: Tables) -> None:
    first = datetime(2026, 5, 3, 16, tzinfo=UTC)
    last = datetime(2026, 11, 15, 16, tzinfo=UTC)
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            if column.kind == "timestamp":
                values = frame[column.name].drop_nulls()
                assert values.is_between(first, last).all(), (name, column.name)


def test_stream_totals_are_what_the_orders_say(tables: Tables, orders: pl.DataFrame) -> None:
    sums = orders.group_by("stream_id").agg(
        users=pl.col("user_id").n_unique(), money=pl.col("paid_amount").sum()
    )
    streams = tables["streams"].join(sums, on="stream_id", how="left").fill_null(0)
    assert (streams["buyers"] == streams["users"]).all()
    off = streams.filter((pl.col("gmv") - pl.col("money")).abs() > 0.005)
    assert off.height == 2
    assert (streams["viewers"] >= streams["buyers"]).all()
    assert (streams["impressions"] >= streams["viewers"]).all()


def test_viewers_cover_everybody_seen_in_the_stream(tables: Tables) -> None:
    seen = tables["events"].filter(pl.col("stream_id").is_not_null()).group_by("stream_id").agg(
        seen=pl.col("user_id").n_unique()
    )  # fmt: skip
    streams = seen.join(tables["streams"], on="stream_id", how="left")
    assert streams["viewers"].null_count() == 0
    assert (streams["viewers"] >= streams["seen"]).all()


def test_buyers_are_among_the_events_and_came_before_they_bought(
    tables: Tables, orders: pl.DataFrame
) -> None:
    first = tables["events"].group_by("user_id").agg(first=pl.col("event_ts").min())
    joined = orders.join(first, on="user_id", how="left")
    assert joined["first"].null_count() == 0
    assert (joined["first"] <= joined["order_ts"]).all()
    live = orders.join(tables["streams"], on="stream_id")
    entered = tables["events"].select("user_id", "stream_id").unique()
    missing = live.filter(pl.col("category") != "apparel").join(
        entered, on=["user_id", "stream_id"], how="anti"
    )
    assert missing.is_empty()


def test_orders_on_air_are_placed_while_the_stream_runs(
    tables: Tables, orders: pl.DataFrame
) -> None:
    live = orders.join(tables["streams"], on="stream_id", suffix="_stream")
    assert (live["order_ts"] >= live["start_ts"]).all()
    assert (live["order_ts"] <= live["end_ts"]).all()
    assert (live["host_id"] == live["host_id_stream"]).all()
    assert (live["platform"] == live["platform_stream"]).all()


def test_hosts_are_never_on_air_twice_at_once(tables: Tables) -> None:
    shows = tables["streams"].sort("host_id", "start_ts")
    after = shows.select(pl.col("end_ts").shift().over("host_id"), "start_ts").drop_nulls()
    assert (after["start_ts"] >= after["end_ts"]).all()


def test_ids_are_known(tables: Tables, orders: pl.DataFrame) -> None:
    assert orders.join(tables["products"], on="sku_id", how="anti").is_empty()
    streams = tables["streams"]
    assert streams.join(tables["hosts"], on="host_id", how="anti").is_empty()
    assert streams.join(tables["scripts"], on="script_id", how="anti").is_empty()
    for name in ("events", "comments", "stream_minutes"):
        known = tables[name].filter(pl.col("stream_id").is_not_null())
        strangers = known.join(streams, on="stream_id", how="anti")["stream_id"].unique()
        assert set(strangers) <= {f"HX{n + 1:03d}" for n in range(5)}
    videos = tables["events"]["content_id"].drop_nulls().unique()
    assert videos.is_in(tables["contents"]["content_id"].implode()).all()


def test_minutes_agree_with_orders_and_with_themselves(
    tables: Tables, orders: pl.DataFrame
) -> None:
    minutes = tables["stream_minutes"].sort("stream_id", "minute_ts")
    sums = minutes.group_by("stream_id").agg(pl.col("orders", "gmv", "enters").sum())
    sold = orders.group_by("stream_id").agg(n=pl.len(), money=pl.col("paid_amount").sum())
    joined = sums.join(sold, on="stream_id", how="left").fill_null(0)
    assert (joined["orders"] == joined["n"]).all()
    assert (joined["gmv"] - joined["money"]).abs().max() < 0.005  # type: ignore[operator]
    viewers = sums.join(tables["streams"], on="stream_id")
    assert (viewers["enters"] == viewers["viewers"]).all()
    following = minutes.select(
        pl.col("online").shift(-1).over("stream_id").alias("next"),
        (pl.col("online") + pl.col("enters") - pl.col("exits")).alias("due"),
    ).drop_nulls()
    assert (following["next"] == following["due"]).all()


def test_advertising_costs_agree_with_the_channel_sheet(tables: Tables) -> None:
    costs = tables["costs"].filter(category="ads").group_by("cost_date", "channel").agg(
        pl.col("amount").sum()
    )  # fmt: skip
    sheet = tables["channel_daily"].filter(pl.col("cost") > 0, pl.col("channel") != "search")
    joined = sheet.join(costs, left_on=["date", "channel"], right_on=["cost_date", "channel"])
    assert joined.height == sheet.height == costs.height
    assert (joined["cost"] - joined["amount"]).abs().max() < 0.005  # type: ignore[operator]


def test_everyday_comments_hold_no_word_of_the_alert_rules(tables: Tables) -> None:
    rules = [rule for rule in shipped().active("comment") if rule.colour and rule.match != "regex"]
    texts = tables["comments"]["text"].value_counts()
    hit = [text for text in texts["text"] if any(rule.term in plain(text).text for rule in rules)]
    planted = {*words()["comments"]["yellow"], "足跡优选绝无假货", sample.DEFAULTS["PT07.text"]}
    assert set(hit) == planted


def test_returning_visitors_and_funnels_look_like_a_shop(tables: Tables) -> None:
    browsers = tables["events"].filter(pl.col("session_id").str.starts_with("w"))
    steps = dict(browsers["event_type"].value_counts().iter_rows())
    funnel = [steps[name] for name in ("impression", "click", "stream_enter", "product_click")]
    funnel += [steps["add_cart"], steps["pay"]]
    assert funnel == sorted(funnel, reverse=True)
    assert 0.005 < steps["pay"] / steps["impression"] < 0.1
