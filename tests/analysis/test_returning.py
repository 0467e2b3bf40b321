"""Splits, before and after, points and the people behind a cell, against plain loops and SQL."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

import duckdb
import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import at, events, orders, shop

START = dt.date(2026, 5, 4)
KINDS = ("exact", "within", "unbounded")
ACTIONS = ("like", "comment", "share", "follow", "product_click", "add_cart", "impression")


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def random_rows(seed: int, users: int = 300) -> list[tuple[str, dt.datetime, str]]:
    chance = random.Random(seed)
    rows = []
    for user in range(users):
        first = chance.randrange(30)
        days = {first} | {first + chance.randrange(1, 40) for _ in range(chance.randrange(4))}
        rows += [
            (f"u{user}", at(day(one).isoformat(), chance.randrange(24)), chance.choice(ACTIONS))
            for one in days
            for _ in range(chance.randrange(1, 4))
        ]
    return rows


def visits(rows: list[tuple[str, dt.datetime, str]]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for user, time, _ in rows:
        found[user].add((time.date() - START).days)
    return {user: sorted(days) for user, days in found.items()}


def came_back(days: list[int], k: int, kind: str) -> bool:
    gaps = [one - days[0] for one in days[1:]]
    if kind == "exact":
        return k in gaps
    return any(gap <= k for gap in gaps) if kind == "within" else any(gap >= k for gap in gaps)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_groups_and_before_after_equal_a_plain_loop(kind: str, seed: int) -> None:
    rows = random_rows(seed)
    channel = {
        user: "tiny" if int(user[1:]) < 12 else ("ads", "search")[int(user[1:]) % 2]
        for user, _, _ in rows
    }
    table = events(rows, channel=[channel[user] for user, _, _ in rows])
    change = day(15)
    found = ask(shop(events=table), "retention", Scope(),
                {"kind": kind, "days": "1,7", "group": "channel", "change": change})  # fmt: skip
    seen = visits(rows)
    last = max(days[-1] for days in seen.values())
    for row in found.frames["groups"].to_dicts():
        k = row["day"]
        mine = [d for u, d in seen.items() if channel[u] == row["group"] and last - d[0] > k]
        assert (row["size"], row["users"]) == (
            len(mine), sum(came_back(d, k, kind) for d in mine),
        )  # fmt: skip
    assert set(found.frames["groups"]["group"]) == {"ads", "search"}
    row = found.frames["change"].filter(pl.col("day") == 7).row(0, named=True)
    over = [d for d in seen.values() if last - d[0] > 7]
    before = [d for d in over if d[0] < 15]
    assert row["n_before"] == len(before)
    assert row["rate_before"] == sum(came_back(d, 7, kind) for d in before) / len(before)
    assert found.scalars["d7_after"].n == len(over) - len(before)


@pytest.mark.parametrize(("kind", "test"), [
    ("exact", "gap = {k}"), ("within", "gap between 1 and {k}"), ("unbounded", "gap >= {k}"),
])  # fmt: skip
@pytest.mark.parametrize("unit", ["week", "month"])
def test_cells_in_weeks_and_months_equal_sql(kind: str, test: str, unit: str) -> None:
    rows = random_rows(5)
    frame = events(rows)
    found = ask(shop(events=frame), "retention", Scope(),
                {"kind": kind, "days": "1", "unit": unit}).frames["cohorts"]  # fmt: skip
    query = f"""
        with p as (select distinct user_id, date_trunc('{unit}', event_ts)::date as p from frame),
        f as (select user_id, min(p) as c from p group by 1),
        g as (select f.user_id, c, date_diff('{unit}', c, p) as gap from f join p using (user_id))
        select c, count(distinct user_id), count(distinct user_id) filter ({test.format(k=1)})
        from g group by 1
    """
    wanted = {c: (size, back) for c, size, back in duckdb.sql(query).fetchall()}
    complete = found.filter("complete")
    assert complete.height > 0
    for row in complete.to_dicts():
        assert (row["size"], row["users"]) == wanted[row["cohort"]]


def test_the_first_product_is_the_first_one_bought() -> None:
    rows = [(f"u{n}", at("2026-05-04", 9), "click") for n in range(80)]
    seen = events(rows, sku_id=["looked"] * 80)
    sold = orders([(f"u{n}", "2026-05-05", 9.0) for n in range(60)],
                  sku_id=["a" if n < 40 else "b" for n in range(60)])  # fmt: skip
    far = orders([("z", "2026-06-30", 1.0)], order_id=["z"])
    data = shop(events=seen, orders=pl.concat([sold, far]))
    groups = ask(data, "retention", Scope(), {"group": "sku_id", "days": "1"}).frames["groups"]
    assert dict(groups.select("group", "size").iter_rows()) == {"a": 40}
    assert groups["rate"].to_list() == [1.0]


def test_people_behind_a_cell_are_those_of_the_cell() -> None:
    rows = random_rows(9)
    data = shop(events=events(rows))
    cells = ask(data, "retention", Scope(), {"by": "week", "days": "7"}).frames["cohorts"]
    for cell in cells.filter("complete").to_dicts():
        asked = {"cohort": cell["cohort"], "by": "week", "day": 7}
        back = ask(data, "cohort_users", Scope(), asked)
        away = ask(data, "cohort_users", Scope(), asked | {"returned": False})
        assert back.scalars["users"].value == cell["users"]
        assert back.scalars["size"].value == cell["size"]
        assert away.scalars["users"].value == cell["size"] - cell["users"]


def planted_points(users: int, low: float, high: float) -> pl.DataFrame:
    """Half of the users comment twice on their first day; they return on day 7 at their rate."""
    rows = []
    for user in range(users):
        keen = user % 2 == 0
        first = day(user // 2 % 10)
        rows.append((f"u{user}", at(first.isoformat(), 10), "impression"))
        if keen:
            rows += [(f"u{user}", at(first.isoformat(), hour), "comment") for hour in (11, 12)]
        place = user // 2
        share = high if keen else low
        if int((place + 1) * share + 1e-9) > int(place * share + 1e-9):
            back = first + dt.timedelta(days=7)
            rows += [(f"u{user}", at(back.isoformat(), 10), "impression")]
            rows += [(f"u{user}", at(back.isoformat(), 11), "share")]  # later days earn no points
    rows.append(("edge", at(day(60).isoformat()), "impression"))
    return events(rows)


def test_planted_points_and_their_null_twin() -> None:
    found = ask(shop(events=planted_points(400, 0.10, 0.30)), "interaction_points", Scope(), {})
    assert found.scalars["d7_lowest"].value == pytest.approx(0.10)
    assert found.scalars["d7_highest"].value == pytest.approx(0.30)
    assert found.scalars["trend_p"].value < 1e-5
    bands = found.frames["bands"].filter(pl.col("day") == 7)
    assert dict(bands.select("band", "points").iter_rows()) == {"0": 0.0, "4–7": 4.0}
    null = ask(shop(events=planted_points(400, 0.2, 0.2)), "interaction_points", Scope(), {})
    assert null.scalars["trend_p"].value > 0.5


def test_few_people_claim_nothing() -> None:
    data = shop(
        events=events([(f"u{n}", at("2026-05-04"), "click") for n in range(10)], channel="ads")
    )
    found = ask(data, "retention", Scope(), {"group": "channel", "change": day(5)})
    assert found.frames["groups"].is_empty() and "d7_pp" not in found.scalars
    points = ask(data, "interaction_points", Scope(), {})
    assert points.scalars["d7_lowest"].value is None and points.scalars["trend_p"].value is None


def test_people_behind_a_split_and_a_band_of_points_are_those_counted() -> None:
    rows = random_rows(4)
    data = shop(events=events(rows, channel=["ads" if int(u[1:]) % 3 else "own" for u, *_ in rows]))
    groups = ask(data, "retention", Scope(), {"group": "channel", "days": "7"}).frames["groups"]
    for row in groups.to_dicts():
        asked = {"day": 7, "group": "channel", "value": row["group"]}
        people = ask(data, "cohort_users", Scope(), asked)
        assert people.scalars["users"].value == row["users"]
        assert people.scalars["size"].value == row["size"]
    edges = {"0": (0, 1), "1–3": (1, 4), "4–7": (4, 8), "8+": (8, None)}
    bands = ask(data, "interaction_points", Scope(), {}).frames["bands"]
    for row in bands.filter(pl.col("day") == 7).to_dicts():
        low, high = edges[row["band"]]
        asked = {"day": 7, "points_from": low} | ({"points_below": high} if high else {})
        people = ask(data, "cohort_users", Scope(), asked)
        assert people.scalars["size"].value == row["size"]
        assert people.scalars["users"].value == row["users"]
