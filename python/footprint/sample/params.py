"""Every number the sample plants, by truth; each can be overridden, none is written twice."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from typing import Any

from footprint.errors import UsageError
from footprint.text import Text

Params = Mapping[str, Any]

DEFAULTS: dict[str, Any] = {
    # Origin-tracing tag in fresh; the null twin is the same tag in beauty.
    "PT01.p_tag": 0.12,
    "PT01.p_plain": 0.06,
    "PT01.p_null": 0.05,
    "PT01.viewers": 250,
    # Weekend effect in fmcg; the null twin is home.
    "PT02.base": 0.05,
    "PT02.weekend": 1.25,
    "PT02.trend": 0.10,
    "PT02.noise": 0.06,
    "PT02.null_base": 0.04,
    "PT02b.share_before": 1 / 3,
    "PT02b.rel": 1.15,
    # Latency and leaving, in every stream minute.
    "PT03.break_s": 3.0,
    "PT03.exit_lo": 0.04,
    "PT03.exit_hi": 0.09,
    "PT03.slow_share": 0.12,
    "PT03b.conv": 0.06,
    "PT03b.conv_remote": 0.039,
    "PT03b.stutter": 0.04,
    "PT03b.stutter_remote": 0.22,
    # Ignored goods in food.
    "PT04.skus": 120,
    "PT04.niche": 6,
    "PT04.gmv_share": 0.05,
    "PT04.margin_niche": 0.48,
    "PT04.margin_rest": 0.058947,
    # Share of high-value buyers in health at the month ends May..October.
    "PT05.share": [0.08, 0.114, 0.148, 0.182, 0.216, 0.25],
    # Exaggeration and returns in beauty.
    "PT06.base": 0.09,
    "PT06.bad": 0.28,
    # Comments of the report week.
    "PT07.text": "我要打１２３１５投诉",
    "PT07.null_text": "3月15号买的投影仪，今天才拆箱",
    "PT08.hits": 8,
    "PT08.window_min": 10,
    "PT08.null_pay_ten": 30,
    "PT08.null_no_fake": 20,
    # Journeys in apparel: channels K kol_seed, P platform_rec, Q private_group, A ads.
    "PT09.conversions": {
        "K": 400, "P>K": 100, "K>P": 260, "K>Q>P": 90, "P": 600, "Q": 500, "A": 300, "A>P": 150,
        "P>A>Q": 60,
    },
    "PT09.nulls": {
        "K": 5600, "P>K": 900, "K>P": 1740, "K>Q>P": 510, "P": 9400, "Q": 3500, "A": 7700,
        "A>P": 1850, "P>A>Q": 440,
    },
    "PT09.gap_days": 7,
    # Complaints / orders of three streams.
    "PT10.a": [9, 500],
    "PT10.b": [7, 500],
    "PT10.c": [1, 20],
    # Share of short videos watched to the end, with and without a star.
    "PT11.base": 0.50,
    "PT11.tag": 0.61,
    # Newcomers before and after a points programme: people, back on day 7, back within 7 days.
    "PT12.people": [250, 100],
    "PT12.d7": [0.18, 0.32],
    "PT12.within_7": [0.352, 0.46],
    # Second orders within 30 days of first-time home buyers, May and October; null twin fmcg.
    "PT13.r30": [0.08, 0.20],
    "PT13.null_r30": 0.10,
    # Experiments: people and conversion of each group.
    "PT14.n": [2500, 2500],
    "PT14.rates": [0.10, 0.131],
    "PT15.n": [3000, 3000],
    "PT15.buyers": [153, 150],
    "PT16.n": [5300, 4700],
    "PT16.rate": 0.01,
    # Profit of a host by phase: conversion, repurchase, fission.
    "PT18.head": [0.35, 0.25, 0.40],
    "PT18.second": [0.60, 0.30, 0.10],
    # Conversion against the industry mean, beauty.
    "PT21.mean": 0.05,
    "PT21.sd": 0.01,
    "PT21.bad": [0.024, 0.027, 0.029],
    "PT21.near": [0.031, 0.033],
    # Logistics share of the week's costs.
    "PT22.logistics": 0.31,
    "PT22.plan": 0.15,
    "PT22.null_618": 0.24,
    # Viewers who come in during one five-minute burst.
    "PT24.burst": 300,
    # Return rate of apparel before and from the size demo, share of returns for the size.
    "PT17.before": 0.25,
    "PT17.after": 0.205,
    "PT17.size_share": 0.40,
    # Scores 9-10, 7-8 and 0-6 of a survey by content, and of a content like any other.
    "PT19.origin": [85, 9, 6],
    "PT19.other": [48, 30, 22],
    "PT19.twin": [24, 12, 4],
    # Rank correlation of the music's tempo with dwell.
    "PT20.rho": 0.45,
    # Buyers and viewers of two hosts in an easy and a hard category.
    "PT23.counts": [[[9, 100], [9, 300]], [[24, 300], [2, 100]]],
    # Click rate of a slot before and after its redesign; linked fans and those who buy.
    "PT27.ctr": [0.012, 0.038],
    "PT28.fans": 2000,
    "PT28.payers": 130,
    # Break-even planner: no data.
    "PT26.viewers": 20000,
    "PT26.aov": 198,
    "PT26.variable_share": 0.65,
    "PT26.cost_per_order": 12,
    "PT26.fixed": 57300,
    # Second orders within 30 days after member-only and after open evenings.
    "PT32.buyers": 40,
    "PT32.r30": [0.45, 0.20],
    "PT32.null_buyers": 30,
    "PT32.null_r30": 0.20,
    # Scripts.
    "PT33.scripts": 50,
    "PT33.bargain": 40,
    "PT33.pairs": 10,
    # Buyers with a video before the order, and how much dearer their orders are.
    "PT39.penetration": 0.35,
    "PT39.aov_rel": 0.27,
    # How much more often the young watch eco content.
    "PT40.index": 1.5,
    # Share of recommended traffic before and after one day.
    "PT41.share": [0.55, 0.25],
    # Return rate in the seven trial days and after them.
    "PT43.r": [0.10, 0.087],
    # Dirty data.
    "PT44.duplicate_lines": 7,
    "PT44.negative_amounts": 3,
    "PT44.orphan_streams": 5,
    "PT44.gmv_mismatch_streams": 2,
    "PT44.percent": "12.3%",
    # Cost of an order from search, May and October.
    "PT46.may": 18,
    "PT46.oct": 30,
}  # fmt: skip


def resolve(overrides: Params | None) -> dict[str, Any]:
    """The defaults with ``overrides``; text is read as JSON where the default is no text.

    Raises UsageError for a name nobody declared or a value of the wrong kind.
    """
    given = dict(overrides or {})
    for name in given:
        if name not in DEFAULTS:
            near = difflib.get_close_matches(name, DEFAULTS, n=3, cutoff=0.4) or list(DEFAULTS)
            raise UsageError(
                Text(f"示例数据没有参数“{name}”", f"the sample has no parameter “{name}”"),
                Text(f"是不是：{'、'.join(near)}？", f"Did you mean: {', '.join(near)}?"),
            )
    return {**DEFAULTS, **{name: _like(name, value) for name, value in given.items()}}


def _like(name: str, value: Any) -> Any:
    """``value`` in the kind of the default."""
    default = DEFAULTS[name]
    try:
        read = (
            json.loads(value) if isinstance(value, str) and not isinstance(default, str) else value
        )
    except json.JSONDecodeError as error:
        raise _wrong_kind(name, value) from error
    if not _same_kind(read, default) or not _sound(name, read):
        raise _wrong_kind(name, value)
    return read


def _same_kind(read: Any, default: Any) -> bool:
    if isinstance(default, list):
        return isinstance(read, list) and len(read) == len(default)
    if isinstance(default, int | float):
        return isinstance(read, int | float) and math.isfinite(read)
    return isinstance(read, type(default))


def _sound(name: str, read: Any) -> bool:
    """Journeys use the channels of the defaults; PT05's share never falls, as its buyers stay."""
    if isinstance(read, dict):
        return all(set(path.split(">")) <= set("KPQA") for path in read)
    if name == "PT05.share":
        return read == sorted(read)
    return True


def _wrong_kind(name: str, value: Any) -> UsageError:
    example = json.dumps(DEFAULTS[name], ensure_ascii=False)
    return UsageError(
        Text(f"参数“{name}”不能是“{value}”", f"parameter “{name}” cannot be “{value}”"),
        Text(f"例如：{example}。", f"For example: {example}."),
    )
