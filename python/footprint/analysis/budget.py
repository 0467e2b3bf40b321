"""Which split of the budget brings more orders? Only said where spend varied enough to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from footprint.analysis.budget_weeks import weekly_response
from footprint.analysis.response import LEAST_CV, LEAST_WEEKS, Curve, allocate, fit
from footprint.analysis.spend import spend_notes
from footprint.data import Data
from footprint.engine import MODELS
from footprint.errors import UsageError
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

BY = ("channel", "channel_class")
_RECENT = 4
_DRAWS = 2000
_POINTS = 25

_PARAMS = (
    Param("by", str, "channel", Text("按什么分预算", "Split by"), BY),
    Param("model", str, "linear", Text("用哪种归因", "Credit by"), MODELS),
    Param("bound", float, 0.3, Text("每个渠道最多动多少", "Most a channel may move")),
    Param("total", float, None, Text("每周总预算（空白=现在）", "Weekly budget (blank: as now)")),
    Param(
        "plan",
        str,
        "",
        Text("自己的方案，如 ads=1200,search=300", "Own plan, e.g. ads=1200,search=300"),
    ),
)


@question(
    "budget",
    title=Text("预算怎么分能多成交？", "Which split of the budget brings more orders?"),
    page="U2",
    rows=("S9.2-b", "S2.2.2-a"),
    needs=("orders", "events"),
    uses=("costs", "channel_daily"),
    params=_PARAMS,
)
def budget(
    data: Data,
    scope: Scope,
    by: str = "channel",
    model: str = "linear",
    bound: float = 0.3,
    total: float | None = None,
    plan: str = "",
) -> Result:
    """Fit falling returns of spend per channel and week, and split the budget over the curves.

    Weekly orders are those marked with the channel, scaled so that the channel's total is what
    ``model`` credits it with. Curve: orders = a spend / (spend + h), a channel's own spend only.
    A channel whose spend hardly varied (coefficient of variation under 0.3), ran under 8 weeks or
    leaves h wider than fourfold cannot be told and keeps its money. Spend now = mean of the last 4
    whole weeks; each channel moves at most ``bound`` of it. Frames: ``channels`` (channel, state,
    weeks, cv, spend_now, suggested, change, orders_now, orders_suggested, low, high of orders_
    suggested, cost_per_next_order, h, h_low, h_high, plan, orders_plan), ``curves`` (channel,
    spend, orders, low, high), ``points`` (channel, week, spend, orders). Scalars: verdict (ok,
    vary_spend = nothing to suggest), spend_now, orders_now, orders_suggested, gain with interval,
    plan_gain. Association, not cause. Source: requirement rows S9.2-b, S2.2.2-a.
    """
    if not 0 < bound < 1:
        raise UsageError(
            Text(f"幅度 {bound} 超出范围", f"the bound {bound} is out of range"),
            Text("请用 0 到 1 之间的数，例如 0.3。", "Use a number between 0 and 1, such as 0.3."),
        )
    view = View(data, scope)
    weeks = once(
        data, f"budget {by} {model} {scope.to_dict()}", lambda: weekly_response(view, by, model)
    )
    curves = once(data, f"curves {by} {model} {scope.to_dict()}", lambda: _curves(weeks))
    wanted = _plan(plan, curves)
    channels = _channels(weeks, curves, bound, total, wanted)
    frames = {
        "channels": channels,
        "curves": _drawn(channels, curves),
        "points": weeks.rename({"key": "channel"}),
    }
    return Result(_scalars(channels, curves), frames, notes=(*_NOTES, *spend_notes(view)))


_NOTES = (
    Text(
        "这是花费与订单一起变化的规律，不证明是花费带来的；动预算前最好做停投或加投对照。",
        "This is how orders moved with spend; it does not prove that spend caused them. Test with "
        "a pause or an increase before moving money.",
    ),
    Text(
        f"每周花费几乎不变（变异系数低于 {LEAST_CV}）或不足 {LEAST_WEEKS} 周的渠道"
        "看不出规律，保持原预算。",
        f"Channels whose weekly spend hardly varied (under {LEAST_CV} of its mean) or ran under "
        f"{LEAST_WEEKS} weeks cannot be told and keep their money.",
    ),
)


def _curves(weeks: pl.DataFrame) -> dict[str, Curve]:
    return {
        str(key): fit(part["spend"].to_numpy(), part["orders"].to_numpy())
        for (key,), part in weeks.group_by(["key"], maintain_order=True)
    }


def _plan(text: str, curves: Mapping[str, Curve]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, amount = part.partition("=")
        try:
            found[name.strip()] = float(amount)
        except ValueError as error:
            raise _bad_plan(part) from error
        if name.strip() not in curves or not 0 <= found[name.strip()] < float("inf"):
            raise _bad_plan(part)
    return found


def _bad_plan(part: str) -> UsageError:
    return UsageError(
        Text(f"看不懂的方案“{part}”", f"“{part}” is no plan"),
        Text(
            "请写成 渠道=每周花费，用逗号隔开。", "Write channel=weekly spend, separated by commas."
        ),
    )


def _channels(
    weeks: pl.DataFrame,
    curves: Mapping[str, Curve],
    bound: float,
    total: float | None,
    wanted: Mapping[str, float],
) -> pl.DataFrame:
    recent = weeks.group_by("key", maintain_order=True).agg(
        now=pl.col("spend").tail(_RECENT).mean()
    )
    now = dict(recent.iter_rows())
    told = [key for key in curves if curves[key].known]
    fixed = sum(now[key] for key in curves if key not in told)
    money = None if total is None else max(0.0, total - fixed)
    split = (
        allocate([curves[k] for k in told], [now[k] for k in told], bound, money)
        if (len(told) > 1 or (told and money is not None))
        else np.array([now[key] for key in told])
    )
    best = dict(zip(told, map(float, split), strict=True))
    rows = [_channel(key, curves[key], now[key], best, wanted) for key in curves]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("spend_now", descending=True)


_SCHEMA = {
    "channel": pl.String,
    "state": pl.String,
    "weeks": pl.Int64,
    "cv": pl.Float64,
    "spend_now": pl.Float64,
    "suggested": pl.Float64,
    "change": pl.Float64,
    "orders_now": pl.Float64,
    "orders_suggested": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "cost_per_next_order": pl.Float64,
    "h": pl.Float64,
    "h_low": pl.Float64,
    "h_high": pl.Float64,
    "plan": pl.Float64,
    "orders_plan": pl.Float64,
}


def _channel(
    key: str, curve: Curve, now: float, best: Mapping[str, float], wanted: Mapping[str, float]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_SCHEMA) | {
        "channel": key,
        "state": curve.state,
        "weeks": curve.weeks,
        "cv": curve.cv,
        "spend_now": now,
        "suggested": best.get(key, now),
        "change": best.get(key, now) / now - 1,
        "plan": wanted.get(key, now),
    }
    if not curve.known:
        return row
    low, high = np.quantile(curve.draws(best[key], _DRAWS, 0), [0.025, 0.975])
    return row | {
        "orders_now": curve.orders(now),
        "orders_suggested": curve.orders(best[key]),
        "low": float(low),
        "high": float(high),
        "h": curve.h,
        "h_low": curve.h_low,
        "h_high": curve.h_high,
        "cost_per_next_order": 1 / curve.marginal(now),
        "orders_plan": curve.orders(row["plan"]),
    }


def _drawn(channels: pl.DataFrame, curves: Mapping[str, Curve]) -> pl.DataFrame:
    rows = []
    for row in channels.filter(pl.col("state") == "ok").iter_rows(named=True):
        curve = curves[row["channel"]]
        for spend in np.linspace(0, 2 * row["spend_now"], _POINTS):
            low, high = np.quantile(curve.draws(spend, _DRAWS, 0), [0.025, 0.975])
            rows.append(
                (row["channel"], float(spend), curve.orders(spend), float(low), float(high))
            )
    schema = {"channel": pl.String} | dict.fromkeys(("spend", "orders", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scalars(channels: pl.DataFrame, curves: Mapping[str, Curve]) -> dict[str, Scalar]:
    told = channels.filter(state="ok")
    n = int(channels["weeks"].sum())
    movable = told.height > 1
    return {
        "verdict": Scalar(
            "ok" if movable else "vary_spend",
            "text",
            n,
            label=Text("能否建议", "Verdict"),
            definition=Text(
                "至少两个渠道的花费变化足以看出规律，才给建议。",
                "A suggestion needs two channels whose spend varied enough.",
            ),
        ),
        "spend_now": Scalar(
            float(channels["spend_now"].sum()), "CNY", n, label=Text("每周花费", "Spend a week")
        ),
        "orders_now": Scalar(
            float(told["orders_now"].sum()) if movable else None,
            "count",
            n,
            label=Text("曲线上的每周订单", "Orders a week on the curves"),
        ),
        "orders_suggested": Scalar(
            float(told["orders_suggested"].sum()) if movable else None,
            "count",
            n,
            label=Text("建议后的每周订单", "Orders a week as suggested"),
        ),
        **(_gains(told, curves, n) if movable else _NO_GAINS),
    }


_GAIN = Text(
    "每周多出的订单；区间来自数据允许的各条曲线。",
    "Further orders a week; the interval comes from the curves the data allow.",
)
_GAIN_WORDS = {
    "gain": Text("建议多成交", "Gain of the suggestion"),
    "plan_gain": Text("自己的方案多成交", "Gain of the plan"),
}
_NO_GAINS = {
    name: Scalar(None, "count", label=words, definition=_GAIN)
    for name, words in _GAIN_WORDS.items()
}


def _gains(told: pl.DataFrame, curves: Mapping[str, Curve], n: int) -> dict[str, Scalar]:
    found = {}
    for (name, words), column in zip(_GAIN_WORDS.items(), ("suggested", "plan"), strict=True):
        middle, low, high = _gain(told, curves, column)
        found[name] = Scalar(middle, "count", n, low, high, words, _GAIN)
    return found


def _gain(
    told: pl.DataFrame, curves: Mapping[str, Curve], column: str
) -> tuple[float, float, float]:
    """Further orders of moving every channel's spend to ``column``, with a 95 % interval."""
    middle, drawn = 0.0, np.zeros(_DRAWS)
    for seed, row in enumerate(told.iter_rows(named=True)):
        curve = curves[row["channel"]]
        middle += curve.orders(row[column]) - curve.orders(row["spend_now"])
        drawn += curve.draws(row[column], _DRAWS, seed)
        drawn -= curve.draws(row["spend_now"], _DRAWS, seed)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return middle, float(low), float(high)
