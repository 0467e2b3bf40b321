"""Every event question against the golden log, polars and SQL."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from footprint.data import Data
from footprint.errors import UsageError
from footprint.questions import ask, questions
from footprint.result import Result
from footprint.scope import Scope
from small_tables import at, events, orders, shop

GOLDEN = Path(__file__).parents[1] / "core/golden"
STEPS = "exposure, enter, product_click, pay"
DAYS = Scope(dt.date(2026, 9, 20), dt.date(2026, 9, 29))


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    raw = pl.read_parquet(GOLDEN / "events_plain.parquet")
    return raw.select(
        event_ts=pl.col("ts").cast(pl.Datetime("us", "UTC")), user_id="user_sid",
        event_type="event", channel="channel", stream_id="stream_id", sku_id="sku",
        value="amount",
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(frame: pl.DataFrame) -> Data:
    return shop(events=frame)


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return json.loads((GOLDEN / "answers_plain.json").read_text())


def asked(data: Data, id: str, scope: Scope | None = None, **params: Any) -> Result:
    return ask(data, id, scope or Scope(), params)


def test_funnel_levels_times_and_groups(data: Data, answers: dict[str, Any]) -> None:
    result = asked(data, "funnel", steps=STEPS, by="channel")
    levels = answers["a"]
    assert result.frames["steps"]["users"].to_list() == [sum(levels[k:]) for k in range(4)]
    assert result.scalars["finished"].value == levels[3]
    assert result.scalars["conversion"].value == pytest.approx(levels[3] / sum(levels))
    groups = result.frames["groups"]
    assert groups.filter(pl.col("step") == 4)["users"].sum() == levels[3]
    assert result.frames["trend"]["started"].sum() == sum(levels)
    middle = result.scalars["median_s"]
    assert middle.n == answers["time_to_convert_ms"]["n"]
    assert middle.low <= middle.value <= middle.high


def test_funnel_modes_and_exclusion(data: Data, answers: dict[str, Any]) -> None:
    first = asked(data, "funnel", steps=STEPS, mode="first_entry").frames["steps"]["users"]
    wanted = dict(answers["funnel_first_entry"])
    assert first.to_list() == [sum(wanted.get(k, 0) for k in range(s, 5)) for s in range(1, 5)]
    strict = asked(data, "funnel", steps="enter,product_click,order,pay", mode="strict",
                   window="1d")  # fmt: skip
    wanted = dict(answers["funnel_strict_enter_click_order_pay_1d"])
    assert strict.scalars["finished"].value == wanted[4]
    anyway = asked(data, "funnel", steps="like,comment,share,pay", mode="any_order", window="1d")
    wanted = dict(answers["funnel_any_order_like_comment_share_pay_1d"])
    assert anyway.scalars["finished"].value == wanted[4]
    cut = asked(data, "funnel", steps=STEPS, window="1d", exclude="add_cart@2-4")
    whole = asked(data, "funnel", steps=STEPS, window="1d")
    lost = whole.scalars["finished"].value - cut.scalars["finished"].value
    assert cut.scalars["lost_by_exclusion"].value == lost > 0


def test_a_held_column_and_a_period(frame: pl.DataFrame, data: Data) -> None:
    """SQL: enter and product_click in the same stream, the start inside ten days."""
    found = asked(data, "funnel", DAYS, steps="enter, product_click", hold="stream_id", window="1h")
    first, before = DAYS.bounds()
    row = duckdb.sql(
        """
        with e as (select *, event_ts at time zone 'UTC' t from frame)
        select count(distinct a.user_id),
               count(distinct a.user_id) filter (where exists (
                 select 1 from e b where b.user_id = a.user_id and b.event_type = 'product_click'
                 and b.stream_id = a.stream_id and b.t >= a.t and b.t <= a.t + interval 1 hour))
        from e a where a.event_type = 'enter' and a.stream_id is not null
          and a.event_ts >= $first and a.event_ts < $before
        """,
        params={"first": first, "before": before},
    ).fetchall()[0]
    assert tuple(found.frames["steps"]["users"]) == row


def test_filters_and_segments_narrow_the_rows(frame: pl.DataFrame, data: Data) -> None:
    rows = asked(data, "funnel", steps="enter, pay", rows="channel=kol,search")
    step = asked(data, "funnel", steps="enter[channel=kol,search], pay[channel=kol,search]")
    assert rows.frames["steps"]["users"].to_list() == step.frames["steps"]["users"].to_list()
    first = (
        frame.filter(pl.col("channel").is_not_null()).sort("event_ts", maintain_order=True)
        .group_by("user_id").agg(pl.col("channel").first())
        .filter(pl.col("channel") == "kol")["user_id"]
    )  # fmt: skip
    found = asked(data, "users", who="first_channel=kol")
    assert found.scalars["users"].value == len(first)
    others = asked(data, "users", who="first_channel!=kol")
    some = frame.filter(pl.col("channel").is_not_null())["user_id"].n_unique()
    assert others.scalars["users"].value == some - len(first)
    rich = asked(data, "users", rows="value>=100").scalars["users"].value
    assert rich == frame.filter(pl.col("value") >= 100)["user_id"].n_unique()


def test_two_groups_side_by_side(data: Data) -> None:
    both = asked(data, "funnel", steps="enter, pay", compare="channel=kol vs channel=search")
    for side, name in (("users", "channel=kol"), ("other_users", "channel=search")):
        alone = asked(data, "funnel", steps="enter, pay", who=name)
        assert both.frames["compared"][side].to_list() == alone.frames["steps"]["users"].to_list()
    before = asked(data, "funnel", DAYS, steps="enter, pay", compare="previous")
    earlier = asked(data, "funnel", DAYS.previous(), steps="enter, pay")
    compared = before.frames["compared"]
    assert compared["other_users"].to_list() == earlier.frames["steps"]["users"].to_list()
    last = compared.row(1, named=True)
    assert last["low"] <= last["diff"] <= last["high"]


def test_paths_to_the_first_pay(data: Data, answers: dict[str, Any]) -> None:
    result = asked(data, "paths", event="pay", dimension="channel", depth=20)
    distinct, users, top = answers["d"]
    assert result.scalars["users"].value == users
    assert result.scalars["distinct"].value == distinct
    shown = dict(result.frames["paths"].select("path", "users").rows())
    assert {path: shown[path.replace(">", " > ")] for path, _ in top} == dict(top)


def test_a_step_that_may_be_skipped_is_counted_apart(data: Data) -> None:
    plain = asked(data, "funnel", steps="enter, pay", window="1d")
    result = asked(data, "funnel", steps="enter, product_click?, pay", window="1d")
    assert result.frames["steps"].equals(plain.frames["steps"])
    row = result.frames["optional"].row(0, named=True)
    upto = asked(data, "funnel", steps="enter, product_click", window="1d").frames["steps"]
    whole = asked(data, "funnel", steps="enter, product_click, pay", window="1d").frames["steps"]
    assert (row["step"], row["name"]) == (1, "product_click")
    assert [row["base"], row["users"]] == upto["users"].to_list()
    assert row["finished"] == whole["users"][2]
    rest = plain.frames["steps"]["users"]
    assert row["skipped_finish_rate"] == pytest.approx(
        (rest[1] - row["finished"]) / (rest[0] - row["users"])
    )


def test_exclusions_keep_their_numbers_when_a_step_may_be_skipped(data: Data) -> None:
    written = asked(data, "funnel", steps="enter, product_click?, pay", exclude="like@1-3")
    alone = asked(data, "funnel", steps="enter, pay", exclude="like@1-2")
    assert written.frames["steps"].equals(alone.frames["steps"])
    whole = asked(data, "funnel", steps="enter, product_click, pay", exclude="like@1-3")
    assert written.frames["optional"]["finished"][0] == whole.frames["steps"]["users"][2]


def test_a_window_by_step_equals_sql(data: Data, frame: pl.DataFrame) -> None:
    found = asked(data, "funnel", steps="enter, product_click, pay", window="10m/step")
    wanted = duckdb.sql("""
        with e as (select user_id, event_type, event_ts from frame),
        clicks as (select c.user_id, c.event_ts from e c where event_type = 'product_click'
          and exists (select 1 from e a where a.user_id = c.user_id and a.event_type = 'enter'
            and c.event_ts between a.event_ts and a.event_ts + interval 10 minute)),
        paid as (select p.user_id from e p where event_type = 'pay'
          and exists (select 1 from clicks c where c.user_id = p.user_id
            and p.event_ts between c.event_ts and c.event_ts + interval 10 minute))
        select (select count(distinct user_id) from e where event_type = 'enter'),
               (select count(distinct user_id) from clicks),
               (select count(distinct user_id) from paid)
    """).fetchall()[0]
    assert tuple(found.frames["steps"]["users"].to_list()) == wanted


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("least", [1, 20])
def test_what_flows_in_flows_out(data: Data, side: str, least: int) -> None:
    result = asked(data, "paths", event="product_click", side=side, depth=4, least=least)
    flow = result.frames["flow"]
    nodes = (pl.col("step"), pl.col("n").sum())
    towards = -1 if side == "before" else 1
    near, far = ("from", "to") if side == "before" else ("to", "from")
    came = flow.group_by("step", node=near).agg(nodes[1])
    went = flow.group_by(step=pl.col("step") - towards, node=far).agg(nodes[1])
    inner = came.filter(~pl.col("node").is_in(["(start)", "(left)"])).join(
        went, on=["step", "node"], how="inner"
    )
    assert inner.height > 3
    assert (inner["n"] == inner["n_right"]).all()
    direct = result.frames["paths"].filter(pl.col("path") == "(direct)")["users"].sum()
    assert flow.filter(pl.col("step") == towards)["n"].sum() + direct == (
        result.scalars["users"].value
    )


def test_transitions(data: Data, answers: dict[str, Any]) -> None:
    found = asked(data, "transitions", collapse=False).frames["transitions"]
    assert sorted(map(list, found.select("from", "to", "n").rows())) == sorted(answers["e"])
    assert ((found["low"] <= found["p"]) & (found["p"] <= found["high"])).all()


def test_users_behind_every_cell(data: Data) -> None:
    funnel = asked(data, "funnel", steps=STEPS).frames["steps"]
    for step, users, lost in funnel.select("step", "users", "lost").rows():
        cell = {"of": "funnel", "steps": STEPS, "step": step}
        assert asked(data, "users", **cell).scalars["users"].value == users
        stopped = users if step == 4 else lost
        assert asked(data, "users", state="lost", **cell).scalars["users"].value == stopped
    cohorts = asked(data, "retention", by="week", days="1").frames["cohorts"].filter("complete")
    for row in cohorts.to_dicts():
        cell = {"of": "retention", "cohort": row["cohort"], "day": 1, "by": "week"}
        assert asked(data, "users", **cell).scalars["users"].value == row["users"]
        missed = asked(data, "users", state="lost", **cell).scalars["users"].value
        assert missed == row["size"] - row["users"]
    params = {"event": "pay", "dimension": "channel", "depth": 2}
    for path, users in (
        asked(data, "paths", **params).frames["paths"].select("path", "users").rows()
    ):
        cell = {"of": "path", "path": path, **params}
        assert asked(data, "users", **cell).scalars["users"].value == users


def test_ids_are_masked_and_can_be_replayed(frame: pl.DataFrame, data: Data) -> None:
    listed = asked(data, "users", limit=3).frames["users"]
    assert listed.height == 3
    assert not set(listed["user"]) & set(frame["user_id"])
    for code, rows in listed.select("code", "events").rows():
        told = asked(data, "replay", user=code).frames["timeline"]
        assert told.height == rows
        assert told["event_ts"].is_sorted()
    one = frame["user_id"][0]
    told = asked(data, "replay", user=one).frames["timeline"]
    assert told.height == frame.filter(pl.col("user_id") == one).height
    with pytest.raises(UsageError):
        asked(data, "replay", user="nobody")


def test_sessions(data: Data, answers: dict[str, Any]) -> None:
    result = asked(data, "sessions", by="channel")
    sessions, _, paid, one, *_ = answers["b"]
    assert result.scalars["sessions"].value == sessions
    assert result.scalars["buying"].value == pytest.approx(paid / sessions)
    assert result.frames["lengths"]["sessions"][0] == one
    assert result.frames["days"]["sessions"].sum() == sessions
    assert result.frames["groups"]["sessions"].sum() == sessions
    assert result.scalars["rows"].value == data.event_log().layout.rows


def test_buckets(frame: pl.DataFrame, data: Data) -> None:
    found = asked(data, "buckets", DAYS, width="15m").frames["buckets"]
    first, before = DAYS.bounds()
    inside = frame.filter((pl.col("event_ts") >= first) & (pl.col("event_ts") < before))
    wanted = (
        inside.filter(pl.col("channel").is_not_null())
        .group_by(start=pl.col("event_ts").dt.truncate("15m"), by="channel")
        .agg(rows=pl.len(), users=pl.col("user_id").n_unique())
        .sort("start", "by").cast({"rows": pl.Int64, "users": pl.Int64})
    )  # fmt: skip
    given = found.filter(pl.col("by").is_not_null()).select(wanted.columns).sort("start", "by")
    assert given.equals(wanted)
    with pytest.raises(UsageError):
        asked(data, "buckets", DAYS, width="1s")


def test_stickiness_and_states(data: Data, answers: dict[str, Any]) -> None:
    result = asked(data, "stickiness")
    active = result.frames["active"]
    assert [list(row) for row in active.select("periods", "users").rows()] == answers[
        "stickiness_days"
    ]
    states = result.frames["states"].drop("complete").unpivot(index="start")
    found = {
        (start.toordinal() - dt.date(1970, 1, 1).toordinal(), state, n)
        for start, state, n in states.rows()
        if n
    }
    assert found == {tuple(row) for row in answers["h"]}


def stays_by_hand(frame: pl.DataFrame) -> list[tuple[dt.datetime, dt.datetime]]:
    """Enter to the next leave of the same user and stream; these all have one."""
    open_at: dict[tuple[str, str], dt.datetime] = {}
    found = []
    for moment, user, kind, stream in frame.rows():
        if kind == "stream_enter":
            open_at[user, stream] = moment
        else:
            found.append((open_at.pop((user, stream)), moment))
    return found


def test_presence_and_dwell_of_whole_stays() -> None:
    rows = [
        (user, at("2026-05-04", 12, minute + stay), kind)
        for n, (minute, length) in enumerate([(0, 30), (5, 10), (12, 20), (40, 5)])
        for user in [f"u{n}"]
        for stay, kind in ((0, "stream_enter"), (length, "stream_exit"))
    ]
    table = events(sorted(rows, key=lambda row: row[1]), stream_id="L1")
    data = shop(events=table)
    stays = stays_by_hand(table.select("event_ts", "user_id", "event_type", "stream_id"))
    minutes = [at("2026-05-04", 12, m) for m in range(60)]
    peak = max(sum(a <= now < b for a, b in stays) for now in minutes)
    present = asked(data, "presence")
    assert present.scalars["peak"].value == peak == 3
    assert present.scalars["closed"].value == 1.0
    curve = present.frames["curve"].with_columns(pl.col("start").dt.convert_time_zone(data.tz))
    for start, count in curve.select("start", "count").rows():
        near = [now for now in minutes if 0 <= (now - start.replace(tzinfo=None)).seconds < 300]
        assert count == max(sum(a <= now < b for a, b in stays) for now in near)
    dwelt = asked(data, "dwell")
    lengths = sorted((b - a).total_seconds() for a, b in stays)
    assert dwelt.scalars["median_s"].value == (lengths[1] + lengths[2]) / 2
    assert dwelt.scalars["mean_s"].value == pytest.approx(sum(lengths) / 4)


def test_a_missing_leave_is_closed_by_rule() -> None:
    table = events([("a", at("2026-05-04", 12), "stream_enter"),
                    ("a", at("2026-05-04", 12, 7), "comment"),
                    ("b", at("2026-05-04", 12), "stream_enter")], stream_id="L1")  # fmt: skip
    dwelt = asked(shop(events=table), "dwell", cap="3m")
    assert dwelt.scalars["closed"].value == 0
    assert dwelt.scalars["mean_s"].value == (10 + 3) * 60 / 2


def test_an_unfinished_window_is_marked() -> None:
    table = events([("a", at("2026-05-01"), "stream_enter"), ("a", at("2026-05-02"), "comment"),
                    ("b", at("2026-05-20"), "stream_enter")])  # fmt: skip
    result = asked(shop(events=table), "funnel", steps="stream_enter, comment")
    assert result.frames["trend"]["complete"].to_list() == [True, False]
    assert result.scalars["conversion"].value == 0.5
    assert result.scalars["conversion_complete"].value == 1.0
    assert result.notes


def test_orders_join_the_funnel_by_default() -> None:
    table = events([("a", at("2026-05-04", 11), "stream_enter"),
                    ("b", at("2026-05-04", 11), "stream_enter")])  # fmt: skip
    bought = orders([("a", "2026-05-04", 10.0)])
    result = asked(shop(events=table, orders=bought), "funnel")
    assert result.frames["steps"]["name"].to_list() == ["stream_enter", "@order"]
    assert result.scalars["conversion"].value == 0.5
    people = asked(shop(events=table, orders=bought), "users").frames["users"]
    assert people["gmv"].to_list() == [10.0, 0.0]


@pytest.mark.parametrize(
    ("id", "params"),
    [
        ("funnel", {"steps": "no_such_event"}),
        ("funnel", {"steps": "enter, pay", "window": "soon"}),
        ("funnel", {"steps": "enter?, pay"}),
        ("funnel", {"steps": "enter, like?, pay", "mode": "strict"}),
        ("funnel", {"steps": "enter, pay", "mode": "any_order", "window": "1h/step"}),
        ("funnel", {"steps": "enter, pay", "rows": "colour~red"}),
        ("funnel", {"steps": "enter, pay", "rows": "colour=red"}),
        ("funnel", {"steps": "enter, pay", "compare": "previous"}),
        ("funnel", {"steps": "enter, pay", "hold": "nothing"}),
        ("paths", {"depth": 0}),
        ("paths", {"dimension": "nothing"}),
        ("users", {"of": "funnel", "steps": "enter, pay", "step": 3}),
        ("sessions", {"gap": "none"}),
    ],
)
def test_what_cannot_be_read_is_refused(data: Data, id: str, params: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        asked(data, id, **params)


@pytest.mark.parametrize(
    "id", ["buckets", "dwell", "funnel", "paths", "presence", "sessions", "stickiness",
           "transitions", "users"],
)  # fmt: skip
def test_nobody_is_no_error(data: Data, id: str) -> None:
    """A filter that matches nothing gives an empty answer, and every scalar says what it is."""
    needed = {"funnel": {"steps": STEPS}}.get(id, {})
    if id in ("dwell", "presence"):
        needed = {"enter": "enter", "leave": "leave"}
    result = asked(data, id, rows="channel=nowhere", **needed)
    assert all(scalar.definition and scalar.label for scalar in result.scalars.values())
    assert questions()[id].doc


def test_attribution_order_is_judged_on_unseen_users(data: Data) -> None:
    result = asked(data, "attribution_order")
    scores = result.frames["scores"]
    wanted = data.event_log().attribution("channel", replicates=0).order_choice
    assert scores["log_loss"].to_list() == pytest.approx(wanted.scores["loss"].to_list())
    assert scores.filter("chosen")["order"].to_list() == (
        [] if wanted.order is None else [wanted.order]
    )
    assert ((scores["low"] <= scores["gain"]) | scores["gain"].is_nan()).all()


def test_the_range_over_models(data: Data) -> None:
    result = asked(data, "attribution")
    credits = result.frames["credits"].filter(pl.col("share").is_not_null())
    for row in result.frames["ranges"].to_dicts():
        shares = credits.filter(pl.col("touch") == row["touch"])["share"]
        assert (row["low"], row["high"]) == (shares.min(), shares.max())
