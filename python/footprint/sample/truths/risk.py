"""Truths of the risk questions: latency, returns, comments, complaints, industry means, bursts."""

from __future__ import annotations

from typing import Any

from footprint.sample.beauty import (
    CLAIM_STREAM,
    CLAIM_STREAM_TWIN,
    LOW_STREAMS,
    NEAR_STREAMS,
)  # fmt: skip
from footprint.sample.calendar import WEEK_618, date_of
from footprint.sample.comments import ALERT_DAY, QUIET_STREAM
from footprint.sample.food import (
    BURST_STREAM,
    CALM_STREAM,
    COMPLAINT_STREAMS,
    NEAR,
    NEAR_TWIN,
    REMOTE,
)  # fmt: skip
from footprint.sample.staff import REGION_HOST
from footprint.sample.truths.truth import Asked, Check, Truth, category
from footprint.sample.world import World

REPORT_WEEK = {"from": "2026-11-09", "to": "2026-11-15"}


def risk_truths(world: World) -> list[Truth]:
    makers = (
        _latency, _stutter, _exaggeration, _red, _yellow, _complaints, _industry, _costs, _burst,
    )  # fmt: skip
    return [make(world) for make in makers]


def _latency(world: World) -> Truth:
    low, high = world.param("PT03.exit_lo"), world.param("PT03.exit_hi")
    return Truth(
        "PT03",
        Asked("all stream minutes", "latency", checks=(
            Check("break_s", "near", world.param("PT03.break_s"), 0.25),
            Check("ratio", "near", high / low, 0.15),
        )),
        Asked("likes per minute do not know the latency", "latency", params={"metric": "likes"},
              checks=(Check("break_s", "eq", None),)),
    )  # fmt: skip


def _stutter(world: World) -> Truth:
    relative = world.param("PT03b.conv_remote") / world.param("PT03b.conv") - 1
    scope = {"where": {"host_id": REGION_HOST}}
    return Truth(
        "PT03b",
        Asked("food, regional streams", "stutter_region", scope=scope, checks=(
            Check("relative", "near", relative, 0.01, "regions", {"region": REMOTE}),
        )),
        Asked("food, two regions without stutter", "stutter_region",
              scope=scope, checks=(
            Check("conversion", "near", world.param("PT03b.conv"), 0.001, "regions",
                  {"region": NEAR}),
            Check("state", "ne", "worse", 0.0, "regions", {"region": NEAR}),
            Check("state", "ne", "worse", 0.0, "regions", {"region": NEAR_TWIN}),
        )),
    )  # fmt: skip


def _exaggeration(world: World) -> Truth:
    def stream(name: str, rate: float, flagged: bool) -> tuple[Check, ...]:
        match = {"stream_id": name}
        return (
            Check("return_rate", "near", rate, 0.01, "streams", match),
            Check("claim_hits", "ge", 3, 0.0, "streams", match),
            Check("flagged", "eq", flagged, 0.0, "streams", match),
        )

    ask: dict[str, Any] = {"question": "exaggeration", "scope": category("beauty")}
    return Truth(
        "PT06",
        Asked("beauty, one stream", **ask, checks=(
            Check("flagged", "eq", 1), *stream(CLAIM_STREAM, world.param("PT06.bad"), True),
        )),
        Asked("beauty, the same claims, usual returns", **ask,
              checks=stream(CLAIM_STREAM_TWIN, world.param("PT06.base"), False)),
    )  # fmt: skip


def _red(world: World) -> Truth:
    quiet = {**REPORT_WEEK, "where": {"stream_id": COMPLAINT_STREAMS["a"]}}
    return Truth(
        "PT07",
        Asked("one comment in full-width digits", "opinion_alerts", scope=REPORT_WEEK,
              checks=(Check("red", "eq", 1),)),
        Asked("the 15th of March, a projector", "opinion_alerts", scope=quiet,
              checks=(Check("red", "eq", 0), Check("yellow", "eq", 0))),
    )  # fmt: skip


def _yellow(world: World) -> Truth:
    day = date_of(ALERT_DAY).isoformat()
    quiet = {"from": day, "to": day, "where": {"stream_id": QUIET_STREAM}}
    return Truth(
        "PT08",
        Asked("one burst of comments", "opinion_alerts", scope=REPORT_WEEK,
              checks=(Check("yellow", "eq", 1),)),
        Asked("promises of genuine goods", "opinion_alerts", scope=quiet,
              checks=(Check("red", "eq", 0), Check("yellow", "eq", 0))),
    )  # fmt: skip


def _complaints(world: World) -> Truth:
    def state(name: str, wanted: str) -> Check:
        return Check("state", "eq", wanted, 0.0, "groups", {"group": COMPLAINT_STREAMS[name]})

    a, of = world.param("PT10.a")
    scope = REPORT_WEEK
    return Truth(
        "PT10",
        Asked("food, three streams of the report week", "complaints", scope=scope, checks=(
            Check("alerts", "eq", 1),
            state("a", "alert"),
            Check("rate", "near", a / of, 1e-9, "groups", {"group": COMPLAINT_STREAMS["a"]}),
        )),
        Asked("under the limit, and too few orders", "complaints", scope=scope,
              checks=(state("b", "ok"), state("c", "low_n"))),
    )  # fmt: skip


def _industry(world: World) -> Truth:
    ask: dict[str, Any] = {
        "question": "benchmark_alert", "params": {"metric": "conversion"},
        "scope": category("beauty"),
    }  # fmt: skip

    def states(streams: tuple[str, ...], op: str) -> tuple[Check, ...]:
        return tuple(
            Check("state", op, "alert", 0.0, "streams", {"stream_id": stream})  # type: ignore[arg-type]
            for stream in streams
        )

    return Truth(
        "PT21",
        Asked("beauty, 62 streams", **ask, checks=(
            Check("alerts", "eq", len(LOW_STREAMS)), *states(LOW_STREAMS, "eq"),
        )),
        Asked("beauty, just above the limit", **ask, checks=(
            Check("own_sigma_would_flag", "eq", len(LOW_STREAMS) + len(NEAR_STREAMS)),
            *states(NEAR_STREAMS, "ne"),
        )),
    )  # fmt: skip


def _costs(world: World) -> Truth:
    first = date_of(7 * WEEK_618)
    week = {"from": first.isoformat(), "to": date_of(7 * WEEK_618 + 6).isoformat()}

    def share(label: str, value: float) -> Check:
        match = {"week": label, "category": "logistics"}
        return Check("share", "near", value, 1e-4, "weeks", match)

    return Truth(
        "PT22",
        Asked("logistics in the week of Double 11", "cost_share", scope=REPORT_WEEK, checks=(
            Check("alerts", "eq", 1), share("2026-W46", world.param("PT22.logistics")),
        )),
        Asked("logistics in the 618 week", "cost_share", scope=week, checks=(
            Check("alerts", "eq", 0),
            share(f"{first:%G-W%V}", world.param("PT22.null_618")),
        )),
    )  # fmt: skip


def _burst(world: World) -> Truth:
    def ask(stream: str) -> dict:
        return {"question": "monitor", "params": {"metric": "enters", "stream": stream}}

    return Truth(
        "PT24",
        Asked("food, long stream of 2026-09-05", **ask(BURST_STREAM), checks=(
            Check("flags_5min", "eq", 1), Check("flags_30min", "eq", 0),
        )),
        Asked("food, long stream a week later", **ask(CALM_STREAM), checks=(
            Check("flags_5min", "eq", 0), Check("flags_30min", "eq", 0),
        )),
    )  # fmt: skip
