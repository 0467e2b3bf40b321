"""Slots, recommended share, cross-platform flow, crossings and budgets on made tables."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest
from footprint.analysis.channel_crossing import crossings
from footprint.questions import ask
from footprint.result import Result
from footprint.scope import Scope
from scipy.stats import ttest_ind
from small_tables import at, events, orders, shop

FIRST = dt.date(2026, 5, 4)


def days(count: int) -> list[dt.date]:
    return [FIRST + dt.timedelta(days=n) for n in range(count)]


def slot_sheet(rates: np.ndarray, seed: int = 0, channel: str = "search") -> pl.DataFrame:
    chance = np.random.default_rng(seed)
    seen = chance.integers(8_000, 12_000, rates.size)
    clicks = np.round(seen * rates * chance.uniform(0.9, 1.1, rates.size)).astype(int)
    return pl.DataFrame({
        "date": days(rates.size), "platform": "taobao", "channel": channel, "slot": "banner",
        "impressions": seen, "clicks": clicks,
    })  # fmt: skip


def share_sheet(share: np.ndarray, platform: str = "douyin") -> pl.DataFrame:
    total = np.full(share.size, 100_000)
    parts = {"platform_rec": np.round(total * share), "ads": total - np.round(total * share)}
    return pl.concat([
        pl.DataFrame({"date": days(share.size), "platform": platform, "channel": name,
                      "slot": None, "impressions": seen.astype(int), "clicks": 1})
        for name, seen in parts.items()
    ])  # fmt: skip


def videos(before: int, after: int, change: int, complete: tuple[float, float]) -> pl.DataFrame:
    rows = []
    for count, first, rate in ((before, change - 40, complete[0]), (after, change, complete[1])):
        for n in range(count):
            day = FIRST + dt.timedelta(days=first + n % 40)
            views = 1000 + 10 * (n % 7)
            rows.append((f"v{first}-{n}", dt.datetime.combine(day, dt.time(12)), "douyin", views,
                         int(views * (rate + 0.01 * (n % 5 - 2)))))  # fmt: skip
    return pl.DataFrame(
        rows, schema=["content_id", "publish_ts", "platform", "views", "completes"], orient="row",
        schema_overrides={"publish_ts": pl.Datetime("us")},
    )  # fmt: skip


def test_a_marked_and_a_found_change_of_a_slot_agree() -> None:
    sheet = slot_sheet(np.where(np.arange(84) < 42, 0.012, 0.038))
    data = shop(channel_daily=sheet)
    found = ask(data, "slot_ctr", Scope(), {})
    marked = ask(data, "slot_ctr", Scope(), {"change": days(43)[-1].isoformat()})
    assert found.scalars["change_on"].value == days(43)[-1].isoformat()
    assert found.scalars["verdict"].value == marked.scalars["verdict"].value == "rose"
    rate = sheet.with_columns(ctr=pl.col("clicks") / pl.col("impressions"))
    test = ttest_ind(rate["ctr"][42:], rate["ctr"][:42], equal_var=False)
    interval = test.confidence_interval()
    row = marked.frames["slots"].row(0, named=True)
    assert (row["low"], row["high"]) == pytest.approx(
        (100 * interval.low, 100 * interval.high), rel=1e-9
    )
    assert row["p_value"] == pytest.approx(test.pvalue, rel=1e-6, abs=1e-300)


def test_a_steady_slot_is_silent_over_seeds() -> None:
    verdicts = [
        ask(shop(channel_daily=slot_sheet(np.full(98, 0.02), seed)), "slot_ctr", Scope(), {})
        .scalars["verdict"].value
        for seed in range(20)
    ]  # fmt: skip
    assert verdicts.count("no_change") >= 19


def test_a_short_slot_says_so() -> None:
    result = ask(shop(channel_daily=slot_sheet(np.full(10, 0.02))), "slot_ctr", Scope(), {})
    assert result.scalars["verdict"].value == "too_short"
    assert result.scalars["pp"].value is None


def withdrawn(count: int = 112, change: int = 60) -> np.ndarray:
    sway = 0.02 * np.sin(np.arange(count) * 2.3)
    return np.where(np.arange(count) < change, 0.55, 0.25) + sway


@pytest.mark.parametrize(
    ("complete", "count", "state"),
    [((0.5, 0.5), 30, "unchanged"), ((0.5, 0.3), 30, "changed"), ((0.5, 0.5), 6, "changed")],
)
def test_a_drop_is_only_a_finding_when_the_videos_stayed(
    complete: tuple[float, float], count: int, state: str
) -> None:
    data = shop(channel_daily=share_sheet(withdrawn()), contents=videos(30, count, 60, complete))
    result = ask(data, "traffic_share", Scope(), {})
    assert result.scalars["change_on"].value == days(61)[-1].isoformat()
    assert result.scalars["content"].value == state
    assert bool(result.findings) == (state == "unchanged")


def test_without_videos_the_check_is_unknown_and_claims_nothing() -> None:
    result = ask(shop(channel_daily=share_sheet(withdrawn())), "traffic_share", Scope(), {})
    assert result.scalars["content"].value == "unknown"
    assert not result.findings


def test_a_slow_fall_has_no_date() -> None:
    chance = np.random.default_rng(1)
    share = 0.6 - 0.3 * np.arange(120) / 120 + 0.01 * chance.normal(size=120)
    result = ask(shop(channel_daily=share_sheet(share)), "traffic_share", Scope(), {})
    assert result.scalars["verdict"].value == "gradual"
    assert not result.findings


def test_flow_between_platforms_equals_sql() -> None:
    chance = np.random.default_rng(4)
    names = np.array(["douyin", "taobao", "kuaishou"])
    rows = [(f"u{u}", at("2026-05-04", 8) + dt.timedelta(hours=int(h)), "click")
            for u, h in zip(chance.integers(0, 150, 700), chance.integers(0, 900, 700),
                            strict=True)]  # fmt: skip
    touched = events(rows, platform=names[chance.integers(0, 3, 700)].tolist())
    bought = orders([(f"u{u}", f"2026-05-{d:02}", 10.0) for u, d in
                     zip(chance.integers(0, 150, 200), chance.integers(5, 28, 200), strict=True)],
                    platform=names[chance.integers(0, 3, 200)].tolist())  # fmt: skip
    flow = ask(shop(events=touched, orders=bought), "platform_flow", Scope(), {}).frames["flow"]
    oracle = duckdb.sql("""
        with fans as (select user_id, platform, min(event_ts) as first from touched group by all),
        seen as (select user_id, platform from touched union
                 select user_id, platform from bought),
        pairs as (select f.user_id, f.platform as source, s.platform as destination, f.first
                  from fans f join seen s using (user_id) where f.platform <> s.platform)
        select source, destination, count(*) as linked, count(*) filter (exists (
            select 1 from bought b where b.user_id = pairs.user_id
            and b.platform = pairs.destination and b.order_ts >= pairs.first)) as payers
        from pairs group by all order by all
    """).pl()  # fmt: skip
    got = flow.select("source", "destination", "linked", "payers").sort("source", "destination")
    assert got.rows() == oracle.rows()


def months(*costs: float, orders: int = 200) -> pl.DataFrame:
    return pl.DataFrame({
        "month": [dt.date(2026, 5 + n, 1) for n in range(len(costs))], "channel": "ads",
        "cost": [float(cost * orders) for cost in costs], "orders": orders,
        "cost_per_order": [float(cost) for cost in costs],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("costs", "crossed"),
    [((18, 22, 31, 35), 7), ((18, 31, 22, 30), 8), ((31, 35), None), ((18, 31, 20), None),
     ((18, 29.99), None)],
)  # fmt: skip
def test_a_crossing_comes_from_below_and_stays(
    costs: tuple[float, ...], crossed: int | None
) -> None:
    found = crossings(months(*costs), 30.0, 30)["month"].to_list()
    assert [day.month for day in found] == ([crossed] if crossed else [])


def test_a_crossing_of_few_orders_is_not_told_and_a_close_one_not_sure() -> None:
    assert crossings(months(18, 35, orders=20), 30.0, 30).is_empty()
    assert not crossings(months(18, 31, orders=40), 30.0, 30)["sure"][0]
    assert crossings(months(18, 40, orders=400), 30.0, 30)["sure"][0]


def spending(cv: float, seed: int = 0, weeks: int = 40) -> Result:
    """Two channels; ads answers strongly, search is nearly spent out."""
    chance = np.random.default_rng(seed)
    rows, bought, number = [], [], 0
    for name, a, h, mean in (("ads", 120.0, 3000.0, 1000.0), ("search", 60.0, 100.0, 1000.0)):
        spend = np.clip(mean * (1 + cv * chance.normal(size=weeks)), 100, None)
        for week, money in enumerate(spend):
            monday = FIRST + dt.timedelta(weeks=week)
            rows.append((monday, "douyin", name, float(money)))
            for _ in range(round(a * money / (money + h))):
                bought.append((f"u{number}", monday.isoformat(), 50.0, name))
                number += 1
    bought.append((f"u{number}", (FIRST + dt.timedelta(weeks=weeks)).isoformat(), 50.0, "ads"))
    sheet = pl.DataFrame(rows, schema=["date", "platform", "channel", "cost"], orient="row")
    table = orders([row[:3] for row in bought], channel=[row[3] for row in bought])
    touched = events([(row[0], at(row[1], 9), "click") for row in bought],
                     channel=[row[3] for row in bought])  # fmt: skip
    return ask(shop(orders=table, events=touched, channel_daily=sheet), "budget", Scope(), {})


def test_a_varied_budget_moves_to_the_channel_that_still_answers() -> None:
    result = spending(0.6)
    assert result.scalars["verdict"].value == "ok"
    rows = {row["channel"]: row for row in result.frames["channels"].to_dicts()}
    assert rows["ads"]["change"] == pytest.approx(0.3, abs=1e-6) or rows["ads"]["change"] > 0
    assert rows["search"]["change"] < 0
    total = sum(row["suggested"] for row in rows.values())
    assert total == pytest.approx(result.scalars["spend_now"].value, rel=1e-6)
    gain = result.scalars["gain"]
    assert 0 < gain.low <= gain.value <= gain.high


def test_a_steady_budget_gets_no_suggestion() -> None:
    result = spending(0.1)
    assert result.scalars["verdict"].value == "vary_spend"
    assert result.scalars["gain"].value is None
    assert result.frames["channels"]["change"].to_list() == [0.0, 0.0]
