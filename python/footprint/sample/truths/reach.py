"""Truths of the channel and journey questions: slot, cross-platform, seeding, throttling, cost."""

from __future__ import annotations

from typing import Any

from footprint.sample import fans, reach
from footprint.sample.seeding import TWIN_DAYS
from footprint.sample.staff import REGION_HOST
from footprint.sample.truths.truth import Asked, Check, Truth, category
from footprint.sample.world import World


def reach_truths(world: World) -> list[Truth]:
    return [make(world) for make in (_slot, _fans, _seeding, _share, _cost)]


def _slot(world: World) -> Truth:
    before, after = world.param("PT27.ctr")
    day = reach.SLOT_CHANGED.isoformat()
    rates = (
        Check("before", "near", before, 0.0005),
        Check("after", "near", after, 0.0005),
        Check("pp", "near", 100 * (after - before), 0.05),
        Check("verdict", "eq", "rose" if after > before else "fell"),
        Check("change_on", "eq", day),
    )
    return Truth(
        "PT27",
        Asked("taobao, slot guess_like, redesigned", "slot_ctr", rates),
        Asked("taobao, slot home on the same day", "slot_ctr", (
            Check("verdict", "eq", "no_change"),
        ), params={"slot": "home", "change": day}),
    )  # fmt: skip


def _fans(world: World) -> Truth:
    linked, payers = fans.fan_counts(world)
    way = {"source": fans.SOURCE, "destination": fans.DESTINATION}
    return Truth(
        "PT28",
        Asked("fans of douyin seen on taobao", "platform_flow", (
            Check("linked", "eq", linked, frame="flow", match=way),
            Check("payers", "eq", payers, frame="flow", match=way),
            Check("rate", "near", payers / linked, 0.0005, "flow", way),
            Check("conversion", "near", payers / linked, 0.0005),
        ), params={"event": "follow"}),
        Asked("taobao alone: nobody follows there", "platform_flow", (
            Check("conversion", "eq", None),
        ), params={"event": "follow"}, scope={"where": {"platform": fans.DESTINATION}}),
    )  # fmt: skip


def _seeding(world: World) -> Truth:
    share, dearer = world.param("PT39.penetration"), world.param("PT39.aov_rel")
    ask: dict[str, Any] = {"question": "seeding", "params": {"days": 7}}
    first, last = (day.isoformat() for day in TWIN_DAYS)
    return Truth(
        "PT39",
        Asked("regional food streams", scope={"where": {"host_id": REGION_HOST}}, **ask, checks=(
            Check("penetration", "near", share, 0.005),
            Check("aov_relative", "near", dearer, 0.005),
        )),
        Asked("home, as many seeded, no dearer", **ask,
              scope=category("home", **{"from": first, "to": last}), checks=(
            Check("penetration", "near", share, 0.005),
            Check("aov_relative", "near", 0.0, 0.005),
        )),
    )  # fmt: skip


def _share(world: World) -> Truth:
    before, after = world.param("PT41.share")
    return Truth(
        "PT41",
        Asked("douyin, recommended traffic", "traffic_share", (
            Check("platform", "eq", reach.SHARE_PLATFORM),
            Check("change_on", "eq", reach.SHARE_CHANGED.isoformat()),
            Check("share_before", "near", before, 0.005),
            Check("share_after", "near", after, 0.005),
            Check("verdict", "eq", "fell" if after < before else "rose"),
            Check("p_value", "lt", 0.01),
            Check("content", "eq", "unchanged"),
        )),
        Asked("taobao, nothing withdrawn", "traffic_share", (
            Check("verdict", "eq", "no_change"),
        ), params={"platform": reach.SLOT_PLATFORM}),
    )  # fmt: skip


def _cost(world: World) -> Truth:
    per_order = reach.monthly_cost(world) / 100
    level = 30
    over = [month for month, cost in enumerate(per_order) if cost >= level]
    crossed = over[0] > 0 if over else False
    rows = {"channel": reach.SEARCH}
    return Truth(
        "PT46",
        Asked("search, cost per order by month", "channel_cost", (
            Check("cost_per_order", "list", [float(cost) for cost in per_order], 0.01, "months",
                  rows),
            Check("crossed_in", "eq", f"2026-{5 + over[0]:02}" if crossed else None),
            Check("crossed_channel", "eq", reach.SEARCH if crossed else None),
        )),
        Asked("ads, far below the level", "channel_cost", (
            Check("crossed_in", "eq", None),
        ), scope={"where": {"channel": "ads"}}),
    )  # fmt: skip
