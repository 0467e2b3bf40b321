"""Funnel and retention equal the answers agreed by ClickHouse, DuckDB, polars and pandas."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

STEPS = ["exposure", "enter", "product_click", "pay"]
WEEK = timedelta(days=7)


def level_counts(people: pl.DataFrame) -> list[list[int]]:
    counts = people.group_by("level").len().sort("level")
    return [list(row) for row in counts.rows()]


def test_funnel_levels(golden) -> None:
    funnel = golden.log.funnel(STEPS, WEEK)
    counts = dict(level_counts(funnel.people))
    assert [counts.get(level, 0) for level in range(1, 5)] == golden.answers["a"]
    reached = [sum(golden.answers["a"][step:]) for step in range(4)]
    assert funnel.steps["users"].to_list() == reached


def test_funnel_steps_are_the_steps_of_the_funnel(golden) -> None:
    for mode in ("best", "first_entry", "any_order", "totals"):
        whole = golden.log.funnel(STEPS, WEEK, mode=mode).steps
        assert golden.log.funnel_steps(STEPS, WEEK, mode=mode).equals(whole)


def test_time_to_convert(golden) -> None:
    seconds = golden.log.funnel(STEPS, WEEK).seconds().sort()
    wanted = golden.answers["time_to_convert_ms"]
    assert len(seconds) == wanted["n"]
    assert seconds[(len(seconds) - 1) // 2] * 1000 == pytest.approx(wanted["median_low"], abs=1e-6)
    assert seconds.mean() * 1000 == pytest.approx(wanted["mean"], abs=1e-3)


def test_first_entry(golden) -> None:
    people = golden.log.funnel(STEPS, WEEK, mode="first_entry").people
    none = golden.log.users - people.height
    found = ([[0, none]] if none else []) + level_counts(people)
    assert found == golden.answers["funnel_first_entry"]


@pytest.mark.parametrize(
    ("key", "kind", "clock"),
    [
        ("c", "exact", "calendar"),
        ("retention_unbounded", "unbounded", "calendar"),
        ("retention_24h", "exact", "24h"),
    ],
)
def test_retention(golden, key: str, kind: str, clock: str) -> None:
    cells = golden.log.retention("Asia/Shanghai", days=30, kind=kind, clock=clock)
    found = cells.filter(pl.col("users") > 0).select(pl.col("cohort").to_physical(), "k", "users")
    assert [list(row) for row in found.rows()] == sorted(golden.answers[key])


def test_complete_cells(golden) -> None:
    last = golden.answers["retention_complete_until"]["last_day"]
    cells = golden.log.retention("Asia/Shanghai", days=30)
    day = pl.col("cohort").to_physical() + pl.col("k")
    assert cells.select((pl.col("complete") == (day < last)).all()).item()


def test_breakdown_by_first_channel(golden) -> None:
    """The segment of a user is the channel of the first step of the chain that counts."""
    funnel = golden.log.funnel(STEPS, WEEK)
    channel = golden.log.column("channel").gather(funnel.people["start_row"])
    people = funnel.people.with_columns(channel.alias("segment"))
    counts = people.group_by("segment", "level").len().sort("segment", "level")
    wanted = golden.answers["funnel_breakdown_first_touch_channel"]
    assert [list(row) for row in counts.rows()] == wanted
    steps = funnel.by(channel)
    assert steps.filter(pl.col("step") == 1)["users"].sum() == funnel.people.height


def test_stickiness(golden) -> None:
    days = golden.log.user_days("Asia/Shanghai")
    counts = days.group_by("user").len("days").group_by("days").len().sort("days")
    assert [list(row) for row in counts.rows()] == golden.answers["stickiness_days"]


def with_zero(golden, people: pl.DataFrame) -> list[list[int]]:
    none = golden.log.users - people.height
    return ([[0, none]] if none else []) + level_counts(people)


def test_strict_funnel(golden) -> None:
    steps = ["enter", "product_click", "order", "pay"]
    people = golden.log.funnel(steps, timedelta(days=1), mode="strict").people
    assert with_zero(golden, people) == golden.answers["funnel_strict_enter_click_order_pay_1d"]


def test_any_order_funnel(golden) -> None:
    steps = ["like", "comment", "share", "pay"]
    people = golden.log.funnel(steps, timedelta(days=1), mode="any_order").people
    wanted = golden.answers["funnel_any_order_like_comment_share_pay_1d"]
    assert with_zero(golden, people) == wanted


def test_exclusion(golden) -> None:
    log = golden.log
    people = log.funnel(STEPS, timedelta(days=1), exclude=("add_cart", 2, 4)).people
    few = log.first_last().filter(pl.col("rows") <= 60)
    levels = few.select("user").join(people, on="user", how="left", maintain_order="left")
    counts = levels["level"].fill_null(0).value_counts().sort("level")
    wanted = golden.answers["funnel_exclusion_add_cart_between_2_4_users_le_60_events"]
    assert [list(row) for row in counts.rows()] == wanted


def test_sessions(golden) -> None:
    sessions = golden.log.sessions()
    rows = pl.col("rows")
    figures = sessions.select(
        pl.len(),
        (pl.col("end_ts") - pl.col("start_ts")).dt.total_milliseconds().sum().alias("ms"),
        (pl.col("hits") > 0).sum().alias("paid"),
        (rows == 1).sum().alias("one"),
        rows.is_between(2, 5).sum().alias("few"),
        rows.is_between(6, 20).sum().alias("some"),
        (rows > 20).sum().alias("many"),
        (pl.col("value_cents").sum() / 100).alias("paid_amount"),
    )
    # The agreed amount is rounded to tens.
    assert list(figures.row(0)[:7]) == golden.answers["b"][:7]
    assert figures.row(0)[7] == pytest.approx(golden.answers["b"][7], abs=5)


def test_session_totals(golden) -> None:
    found = golden.log.session_totals(sizes=(1, 5, 20))
    figures = [found.sessions, found.duration_us // 1000, found.with_hit, *found.by_rows]
    assert figures == golden.answers["b"][:7]
    assert found.value_cents == golden.log.sessions()["value_cents"].sum()


def test_routes_to_the_first_pay(golden) -> None:
    routes = golden.log.routes("pay", "channel", longest=1000)
    distinct, users, top = golden.answers["d"]
    assert (routes.height, routes["users"].sum()) == (distinct, users)
    found = {path.replace(" > ", ">"): n for path, n in routes.select("path", "users").rows()}
    assert {path: found[path] for path, _ in top} == dict(top)


def test_transitions(golden) -> None:
    steps = golden.log.transitions().select("from", "to", "n").sort("from", "to")
    assert [list(row) for row in steps.rows()] == sorted(golden.answers["e"])


def test_sankey_edges(golden) -> None:
    edges = golden.log.sankey(depth=6, least=20)
    named = edges.filter(~pl.col("to").is_in(["(left)", "(other)"])).sort("step", "from", "to")
    wanted = golden.answers["sankey_edges_first6_loops_collapsed_min20"]
    assert [list(row) for row in named.rows()] == sorted(wanted)


def test_sankey_reconciles(golden) -> None:
    """What comes into a node goes out of it, rare steps and those who leave included."""
    edges = golden.log.sankey(depth=6)
    into = edges.group_by(pl.col("step") + 1, node="to").agg(pl.col("n").sum().alias("into"))
    out = edges.group_by("step", node="from").agg(pl.col("n").sum().alias("out"))
    both = out.filter(pl.col("step") > 1).join(into, on=["step", "node"], how="left")
    assert both.height > 10
    assert both["out"].to_list() == both["into"].to_list()


def test_peaks(golden) -> None:
    peaks = golden.log.presence(enter="enter", leave="leave")
    found = {place or "ALL": count for place, count in peaks.select("place", "count").rows()}
    assert found == dict(golden.answers["f"])


def test_dwell(golden) -> None:
    log = golden.log
    visits = log.visits(enter="enter", leave="leave").filter("closed")
    per_stream = (
        visits.group_by("place")
        .agg(
            (pl.col("end_ts") - pl.col("start_ts")).dt.total_milliseconds().sum().alias("ms"),
            pl.len().alias("visits"),
        )
        .sort(["visits", "place"], descending=[True, False])
    )
    wanted = golden.answers["dwell_ms_visits_by_stream_top20"]
    assert [list(row) for row in per_stream.head(20).rows()] == wanted


def test_five_minute_figures(golden) -> None:
    cells = golden.log.buckets(
        timedelta(minutes=5), counted={"enters": "enter", "pays": "pay"}, value_of="pay"
    )
    cells = cells.with_columns(
        (pl.col("start").dt.epoch("s") // 300).alias("bucket"), pl.col("value_cents") / 100
    )
    columns = ["bucket", "by", "rows", "users", "enters", "pays", "value_cents"]
    totals, first = golden.answers["g"]
    sums = [cells.height, *(cells[c].sum() for c in columns[2:])]
    assert sums == pytest.approx(totals, abs=1.5)
    head = cells.select(columns).sort("bucket", "by").head(len(first))
    # The agreed amounts are rounded to a tenth.
    assert [list(row[:6]) for row in head.rows()] == [row[:6] for row in first]
    assert head["value_cents"].to_list() == pytest.approx([r[6] for r in first], abs=0.05)


def test_lifecycle(golden) -> None:
    states = golden.log.lifecycle("Asia/Shanghai").unpivot(
        ["new", "returning", "resurrecting", "dormant"], index="period"
    )
    found = states.filter(pl.col("value") > 0).select(
        pl.col("period").to_physical(), "variable", "value"
    )
    assert sorted(list(row) for row in found.rows()) == sorted(golden.answers["h"])


def test_stickiness_kernel(golden) -> None:
    days = golden.log.stickiness("Asia/Shanghai")
    assert [list(row) for row in days.rows()] == golden.answers["stickiness_days"]


def test_users_behind_a_retention_cell(golden) -> None:
    log = golden.log
    cells = log.retention("Asia/Shanghai", days=5).filter(pl.col("users") > 0)
    for cohort, k, users in cells.select("cohort", "k", "users").head(12).rows():
        assert len(log.retention_users("Asia/Shanghai", cohort, k)) == users


def test_timeline_is_the_users_rows(golden) -> None:
    log = golden.log
    user = golden.frame["user_id"][0]
    wanted = golden.frame.filter(pl.col("user_id") == user).sort("event_ts", maintain_order=True)
    found = log.timeline(user, "stream_id")
    assert found.select("event_type", "stream_id").equals(wanted.select("event_type", "stream_id"))
    assert log.timeline("nobody").is_empty()
