"""Truths of the insight questions: tags, goods, tests, scripts, the planner, dirty data."""

from __future__ import annotations

from typing import Any

from footprint.sample.calendar import WEEK_DOUBLE_11, date_of
from footprint.sample.dirty import EXTRA_SKUS
from footprint.sample.experiments import NULL, REPLAY, SPLIT, tests_of
from footprint.sample.fresh import TAG
from footprint.sample.sheets import STAR_TAG, UPRIGHT_TAG
from footprint.sample.truths.truth import Asked, Check, Truth, category
from footprint.sample.world import World


def insight_truths(world: World) -> list[Truth]:
    makers = (_tag, _star, _niche, _replay, _no_effect, _split, _planner, _scripts, _dirty)
    return [make(world) for make in makers]


def _tag(world: World) -> Truth:
    tag, plain = world.param("PT01.p_tag"), world.param("PT01.p_plain")
    ask: dict[str, Any] = {"question": "tag_effect", "params": {"tag": TAG, "metric": "conversion"}}
    until = date_of(7 * WEEK_DOUBLE_11 - 1).isoformat()
    return Truth(
        "PT01",
        Asked("fresh, 28 + 28 streams", scope=category("fresh"), **ask, checks=(
            Check("rate_tag", "near", tag, 0.002), Check("rate_plain", "near", plain, 0.002),
            Check("ratio", "near", tag / plain, 0.02),
            Check("p_value", "lt", 1e-6),
        )),
        Asked("beauty, the same tag without effect", scope=category("beauty", to=until), **ask,
              checks=(
            Check("ratio", "near", 1.0, 0.02), Check("p_value", "gt", 0.05),
        )),
    )  # fmt: skip


def _star(world: World) -> Truth:
    tag, base = world.param("PT11.tag"), world.param("PT11.base")

    def ask(name: str) -> dict:
        return {"question": "tag_effect", "params": {"tag": name, "metric": "completion"}}

    return Truth(
        "PT11",
        Asked("short videos with a star", **ask(STAR_TAG), checks=(
            Check("rate_tag", "near", tag, 0.001),
            Check("ratio", "near", tag / base, 0.005),
            Check("p_value", "lt", 0.01),
        )),
        Asked("short videos in upright format", **ask(UPRIGHT_TAG), checks=(
            Check("ratio", "near", 1.0, 0.08), Check("p_value", "gt", 0.05),
        )),
    )  # fmt: skip


def _niche(world: World) -> Truth:
    share = world.param("PT04.gmv_share")
    rich = share * world.param("PT04.margin_niche")
    rest = (1 - share) * world.param("PT04.margin_rest")
    return Truth(
        "PT04",
        Asked("food, six of 120 goods", "sku_profit", scope=category("food"), checks=(
            Check("niche_skus", "eq", world.param("PT04.niche")),
            Check("niche_gmv_share", "near", share, 0.005),
            Check("niche_profit_share", "near", rich / (rich + rest), 0.005),
        )),
        Asked("home, one margin for all", "sku_profit", scope=category("home"),
              checks=(Check("niche_skus", "eq", 0),)),
    )  # fmt: skip


def _replay(world: World) -> Truth:
    test = next(one for one in tests_of(world) if one.id == REPLAY)
    control, treat = (sold / people for sold, people in zip(test.sold, test.people, strict=True))
    return Truth(
        "PT14",
        Asked("fmcg, replay shown again", "experiment", params={"id": REPLAY}, checks=(
            Check("rate_control", "near", control, 1e-9),
            Check("rate_treat", "near", treat, 1e-9),
            Check("relative", "near", treat / control - 1, 0.01),
            Check("p_value", "lt", 0.01),
            Check("verdict", "eq", "effect_up"),
        )),
        _no_effect(world).asked,
    )  # fmt: skip


def _no_effect(world: World) -> Truth:
    return Truth(
        "PT15",
        Asked("food, a new cover", "experiment", params={"id": NULL}, checks=(
            Check("verdict", "eq", "no_effect"), Check("p_value", "gt", 0.05),
        )),
    )  # fmt: skip


def _split(world: World) -> Truth:
    return Truth(
        "PT16",
        Asked("home, broken split", "experiment", params={"id": SPLIT}, checks=(
            Check("verdict", "eq", "srm_stop"), Check("srm_p", "lt", 1e-6),
        )),
        Asked("fmcg, sound split", "experiment", params={"id": REPLAY},
              checks=(Check("srm_p", "gt", 0.001),)),
    )  # fmt: skip


def _planner(world: World) -> Truth:
    names = ("viewers", "aov", "variable_share", "cost_per_order", "fixed")
    given = {name: world.param(f"PT26.{name}") for name in names}
    per_order = given["aov"] * (1 - given["variable_share"]) - given["cost_per_order"]
    conversion = given["fixed"] / (given["viewers"] * per_order)
    return Truth(
        "PT26",
        Asked("planner, no data", "break_even", params=given,
              checks=(Check("conversion", "near", conversion, 1e-9),)),
        Asked("planner, nothing to earn back", "break_even", params={**given, "fixed": 0.0},
              checks=(Check("conversion", "near", 0.0, 1e-9),)),
    )  # fmt: skip


def _scripts(world: World) -> Truth:
    total = world.param("PT33.scripts")
    return Truth(
        "PT33",
        Asked("all scripts", "script_similarity", checks=(
            Check("scripts", "eq", total),
            Check("bargain_share", "near", world.param("PT33.bargain") / total, 1e-9),
            Check("near_duplicate_pairs", "eq", world.param("PT33.pairs")),
        )),
    )  # fmt: skip


def _dirty(world: World) -> Truth:
    names = ("duplicate_lines", "negative_amounts", "orphan_streams", "gmv_mismatch_streams")
    return Truth(
        "PT44",
        Asked(f"orders and streams; goods {', '.join(EXTRA_SKUS)} in GB18030", "data_quality",
              checks=tuple(Check(name, "eq", world.param(f"PT44.{name}")) for name in names)),
    )  # fmt: skip
