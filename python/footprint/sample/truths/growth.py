"""Truths of the growth questions: weekends, attribution, tiers, repurchase, phases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from footprint.sample.apparel import CHANNEL_OF, counts
from footprint.sample.daily import RESCHEDULED
from footprint.sample.launch import LAUNCH, NO_CHANGE
from footprint.sample.launch import PLATFORM as POINTS_PLATFORM
from footprint.sample.members import PLATFORM as MEMBER_PLATFORM
from footprint.sample.members import TWIN_PLATFORM
from footprint.sample.staff import HEAD_HOST, SECOND_HOST
from footprint.sample.truths.journeys import credited
from footprint.sample.truths.truth import Asked, Check, Truth, category
from footprint.sample.world import World

_SEEDING = "K"


def growth_truths(world: World) -> list[Truth]:
    makers = (_weekend, _reschedule, _tiers, _attribution, _points, _points_within, _repurchase,
              _fission, _members)  # fmt: skip
    return [make(world) for make in makers]


def _weekend(world: World) -> Truth:
    base, lift = world.param("PT02.base"), world.param("PT02.weekend") - 1
    pp = 100 * base * lift * (1 + world.param("PT02.trend") / 2)
    ask: dict[str, Any] = {"question": "trend", "params": {"metric": "conversion"}}
    return Truth(
        "PT02",
        Asked("fmcg, daily stream", scope=category("fmcg"), **ask, checks=(
            Check("weekend_pp", "near", pp, 0.2),
            Check("seasonal_strength", "gt", 0.6),
            Check("weekend_p", "lt", 0.01),
            Check("verdict", "eq", "effect_up"),
        )),
        Asked("home, flat all week", scope=category("home"), **ask, checks=(
            Check("seasonal_strength", "lt", 0.3),
            Check("weekend_pp", "near", 0.0, 0.1),
            Check("verdict", "eq", "no_effect"),
        )),
    )  # fmt: skip


def _reschedule(world: World) -> Truth:
    before = world.param("PT02b.share_before")
    after = before * world.param("PT02b.rel")
    ask: dict[str, Any] = {
        "question": "weekend_share",
        "params": {"change": RESCHEDULED.isoformat()},
    }
    return Truth(
        "PT02b",
        Asked("fmcg, rescheduled 2026-08-31", scope=category("fmcg"), **ask, checks=(
            Check("share_before", "near", before, 0.002),
            Check("share_after", "near", after, 0.002),
            Check("pp", "near", 100 * (after - before), 0.2),
            Check("p_value", "lt", 0.01),
        )),
        Asked("home, nothing moved", scope=category("home"), **ask, checks=(
            Check("pp", "near", 0.0, 1.5),
            Check("p_value", "gt", 0.01),
        )),
    )  # fmt: skip


def _tiers(world: World) -> Truth:
    shares = [float(share) for share in world.param("PT05.share")]
    return Truth(
        "PT05",
        Asked("health, buyers at the month ends May..October", "value_tiers",
              scope=category("health"), checks=(
            Check("share", "list", shares, 0.005, "months", {"tier": "high"}),
            Check("high_share_last", "near", shares[-1], 0.005),
        )),
        Asked("home, nobody buys that often", "value_tiers", scope=category("home"), checks=(
            Check("high_share_last", "near", 0.0, 0.005),
        )),
    )  # fmt: skip


def _attribution(world: World) -> Truth:
    conversions, nulls = counts(world, "conversions"), counts(world, "nulls")
    gap = world.param("PT09.gap_days")
    expected = credited(conversions, nulls, gap, _SEEDING)
    touch = CHANNEL_OF[_SEEDING]
    total = sum(conversions.values())
    checks = [
        Check("conversions", "near", value, 1e-6, "credits", {"touch": touch, "model": model})
        for model, value in expected.items()
    ]
    shift = expected["linear"] / expected["last"] - 1
    return Truth(
        "PT09",
        Asked("apparel, channel kol_seed", "attribution", scope=category("apparel"),
              params={"model": "all"}, checks=(
            *checks,
            Check("shift_vs_last", "near", shift, 1e-6, "credits",
                  {"touch": touch, "model": "linear"}),
            Check("total", "eq", total),
            Check("unattributed", "eq", 0),
        )),
        Asked("fresh, one touch before every order", "attribution", scope=category("fresh"),
              params={"model": "all"}, checks=tuple(
            Check("shift_vs_last", "near", 0.0, 1e-9, "credits", {"touch": touch, "model": model})
            for model in expected if model != "last"
        )),
    )  # fmt: skip


def _points(world: World) -> Truth:
    before, after = world.param("PT12.d7")
    return Truth("PT12", _launched("exact", before, after), _unchanged("exact"))


def _points_within(world: World) -> Truth:
    before, after = world.param("PT12.within_7")
    return Truth("PT12b", _launched("within", before, after), _unchanged("within"))


def _launched(kind: str, before: float, after: float) -> Asked:
    return Asked(
        "beauty newcomers before and after a points programme", "retention",
        scope={"where": {"category": "beauty", "platform": POINTS_PLATFORM}},
        params={"kind": kind, "change": LAUNCH.isoformat()},
        checks=(
            Check("d7_before", "near", before, 0.002),
            Check("d7_after", "near", after, 0.002),
            Check("d7_pp", "near", 100 * (after - before), 0.3),
            Check("d7_p", "lt", 0.1),
        ),
    )  # fmt: skip


def _unchanged(kind: str) -> Asked:
    until = LAUNCH - timedelta(days=1)
    return Asked(
        "beauty newcomers long before it", "retention",
        scope={"where": {"category": "beauty", "platform": POINTS_PLATFORM},
               "to": until.isoformat()},
        params={"kind": kind, "change": NO_CHANGE.isoformat()},
        checks=(Check("d7_pp", "near", 0.0, 2.0), Check("d7_p", "gt", 0.5)),
    )  # fmt: skip


def _members(world: World) -> Truth:
    member, other = world.param("PT32.r30")

    def on(platform: str) -> dict[str, Any]:
        return {"where": {"category": "food", "platform": platform}}

    return Truth(
        "PT32",
        Asked("member-only evenings beside open ones", "member_streams",
              scope=on(MEMBER_PLATFORM), checks=(
            Check("rate_member", "near", member, 0.005),
            Check("rate_other", "near", other, 0.005),
            Check("p_value", "lt", 0.05),
        )),
        Asked("the same evenings, equally loyal guests", "member_streams",
              scope=on(TWIN_PLATFORM), checks=(
            Check("ratio", "near", 1.0, 0.01), Check("p_value", "gt", 0.5),
        )),
    )  # fmt: skip


def _repurchase(world: World) -> Truth:
    low, high = world.param("PT13.r30")
    steady = world.param("PT13.null_r30")
    return Truth(
        "PT13",
        Asked("home, first-time buyers of May and October", "repurchase", scope=category("home"),
              checks=(
            Check("rate_first", "near", low, 0.005),
            Check("rate_last", "near", high, 0.005),
        )),
        Asked("fmcg, steady", "repurchase", scope=category("fmcg"), checks=(
            Check("rate_first", "near", steady, 0.015),
            Check("rate_last", "near", steady, 0.015),
        )),
    )  # fmt: skip


def _fission(world: World) -> Truth:
    def profit(host: str, mix: list[float]) -> tuple[Check, ...]:
        phases = zip(("conversion", "repurchase", "fission"), mix, strict=True)
        return tuple(
            Check("share", "near", share, 0.005, "profit", {"host_id": host, "phase": phase})
            for phase, share in phases
        )

    return Truth(
        "PT18",
        Asked("fresh, head host", "lifecycle",
              checks=profit(HEAD_HOST, world.param("PT18.head"))),
        Asked("fresh, second host", "lifecycle",
              checks=profit(SECOND_HOST, world.param("PT18.second"))),
    )  # fmt: skip
