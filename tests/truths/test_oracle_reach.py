"""Channel and seeding truths recounted from the tables by polars, apart from the questions."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from footprint.sample import fans, reach
from footprint.sample.seeding import planted_orders
from footprint.sample.staff import REGION_HOST


@pytest.fixture
def tables(planted) -> dict[str, pl.DataFrame]:
    return planted[0]


@pytest.fixture
def param(planted):
    return planted[1].__getitem__


def sides(rows: pl.DataFrame, day: date) -> list[pl.DataFrame]:
    return [rows.filter(pl.col("date") < day), rows.filter(pl.col("date") >= day)]


def test_pt27_click_rate_before_and_after(tables, param) -> None:
    slot = tables["channel_daily"].filter(slot=reach.SLOT)
    rates = [side["clicks"].sum() / side["impressions"].sum()
             for side in sides(slot, reach.SLOT_CHANGED)]  # fmt: skip
    assert rates == pytest.approx(param("PT27.ctr"), abs=1e-6)
    home = tables["channel_daily"].filter(slot="home").with_columns(
        rate=pl.col("clicks") / pl.col("impressions")
    )  # fmt: skip
    before, after = (side["rate"].mean() for side in sides(home, reach.SLOT_CHANGED))
    assert before == pytest.approx(after, rel=0.03)


def test_pt28_fans_are_met_again_and_some_buy(tables, param) -> None:
    follows = tables["events"].filter(event_type="follow", platform=fans.SOURCE)
    again = pl.concat([
        tables["events"].filter(platform=fans.DESTINATION)["user_id"],
        tables["orders"].filter(platform=fans.DESTINATION)["user_id"],
    ]).unique()  # fmt: skip
    linked = follows.filter(pl.col("user_id").is_in(again.implode()))
    bought = linked.join(
        tables["orders"].filter(platform=fans.DESTINATION), on="user_id"
    ).filter(pl.col("order_ts") >= pl.col("event_ts"))  # fmt: skip
    assert linked.height == follows.height == param("PT28.fans") / 10
    assert bought["user_id"].n_unique() == param("PT28.payers") / 10


def test_pt39_seeded_buyers_and_their_orders(tables, param) -> None:
    orders = tables["orders"].filter(host_id=REGION_HOST)
    seen = tables["events"].filter(event_type="video_view").select("user_id", "event_ts")
    seeded = orders.join(seen, on="user_id").filter(
        pl.col("event_ts") <= pl.col("order_ts"),
        pl.col("event_ts") >= pl.col("order_ts") - timedelta(days=7),
    )["order_id"]  # fmt: skip
    inside = orders["order_id"].is_in(seeded.implode())
    share = orders.filter(inside)["user_id"].n_unique() / orders["user_id"].n_unique()
    assert share == pytest.approx(param("PT39.penetration"), abs=0.006)
    dearer = orders.filter(inside)["paid_amount"].mean()
    others = orders.filter(~inside)["paid_amount"].mean()
    assert dearer / others - 1 == pytest.approx(param("PT39.aov_rel"), abs=0.005)


def test_pt41_share_falls_on_one_day(tables, param) -> None:
    daily = (
        tables["channel_daily"].filter(platform=reach.SHARE_PLATFORM).group_by("date")
        .agg(share=pl.col("impressions").filter(channel="platform_rec").sum()
             / pl.col("impressions").sum())
    )  # fmt: skip
    means = [side["share"].mean() for side in sides(daily, reach.SHARE_CHANGED)]
    assert means == pytest.approx(param("PT41.share"), abs=1e-4)
    before, after = (side["share"] for side in sides(daily, reach.SHARE_CHANGED))
    assert before.min() > after.max()


def test_pt46_cost_per_order_by_month(tables, param) -> None:
    cost = tables["channel_daily"].filter(channel=reach.SEARCH).group_by(
        month=pl.col("date").dt.month()
    ).agg(pl.col("cost").sum())  # fmt: skip
    local = pl.col("order_ts").dt.convert_time_zone("Asia/Shanghai").dt.month()
    sold = tables["orders"].filter(channel=reach.SEARCH).group_by(month=local).agg(
        orders=pl.col("order_id").n_unique()
    )  # fmt: skip
    each = cost.join(sold, on="month").select("month", each=pl.col("cost") / pl.col("orders"))
    found = dict(each.iter_rows())
    assert found[5] == pytest.approx(param("PT46.may"), abs=0.35)
    assert found[10] == pytest.approx(param("PT46.oct"), abs=0.7)


def test_seeds_are_planted_among_orders_of_one_host_and_one_category(tables) -> None:
    whole = tables["orders"].with_columns(
        order_ts=pl.col("order_ts").dt.epoch("s") + 8 * 3600
    )  # fmt: skip
    ours, twin = planted_orders(whole)
    assert ours.height > 0 and twin.height > 0
    assert not set(ours["user_id"]) & set(twin["user_id"])
