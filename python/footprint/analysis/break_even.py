"""What must this stream sell to cover its costs?"""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.planning.break_even import PARTS, Stream, solve
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_STEPS = 21
_DEFINITION = Text(
    "利润 = 观看人数 × 转化率 ×（客单价 ×（1 − 变动成本率）− 每单费用）− 固定成本；"
    "保本即利润为 0。",
    "Profit = viewers × conversion × (order value × (1 − variable share) − cost per order) − fixed "
    "cost; break-even is profit 0.",
)
_PARTS: dict[str, tuple[str, Text]] = {
    "conversion": ("rate", Text("转化率", "Conversion")),
    "fixed": ("CNY", Text("固定成本", "Fixed cost")),
    "viewers": ("count", Text("观看人数", "Viewers")),
    "aov": ("CNY", Text("客单价", "Order value")),
    "cost_per_order": ("CNY", Text("每单费用", "Cost per order")),
    "variable_share": ("rate", Text("变动成本率", "Variable share")),
}


def _param(name: str) -> Param:
    return Param(name, float, getattr(Stream(), name), _PARTS[name][1])


@question(
    "break_even",
    title=Text("这场直播卖多少才保本？", "What must this stream sell to break even?"),
    page="ASK",
    rows=("S4.2-e",),
    needs=(),
    uses=("streams", "orders"),
    params=(
        *(_param(name) for name in PARTS),
        Param("solve", str, "conversion", Text("求哪一项", "Which part to solve for"), PARTS),
    ),
)
def break_even(data: Data, scope: Scope, **parts: float | str) -> Result:
    """Solve one part of the break-even equation from the other five.

    Scalars: all six parts (the solved one included), orders, gmv and margin (CNY left per order).
    Frames ``grid`` (aov, conversion, profit) around the solution and, with streams and orders at
    hand, ``streams`` (stream_id, viewers, aov, conversion, profit at these costs). Raises
    UsageError when nothing breaks even. Source: requirement row S4.2-e, truth PT26.
    """
    asked = str(parts.pop("solve"))
    plan = solve(Stream(**{name: float(value) for name, value in parts.items()}), asked)
    scalars = {
        name: Scalar(getattr(plan, name), unit, label=label, definition=_DEFINITION)
        for name, (unit, label) in _PARTS.items()
    }
    scalars["orders"] = Scalar(plan.orders, "count", label=Text("保本订单数", "Orders needed"))
    scalars["gmv"] = Scalar(plan.orders * plan.aov, "CNY", label=Text("保本成交额", "Sales needed"))
    scalars["margin"] = Scalar(plan.margin, "CNY", label=Text("每单贡献", "Left per order"))
    return Result(scalars, {"grid": _grid(plan), **_own_streams(data, scope, plan)})


def _profit(plan: Stream, viewers: pl.Expr) -> pl.Expr:
    margin = pl.col("aov") * (1 - plan.variable_share) - plan.cost_per_order
    return viewers * pl.col("conversion") * margin - plan.fixed


def _grid(plan: Stream) -> pl.DataFrame:
    """Profit from half to one and a half times the order value and conversion of the plan."""
    steps = [0.5 + i / (_STEPS - 1) for i in range(_STEPS)]
    aov = pl.DataFrame({"aov": [plan.aov * step for step in steps]})
    conversion = pl.DataFrame({"conversion": [min(1, plan.conversion * step) for step in steps]})
    return aov.join(conversion, how="cross").with_columns(
        profit=_profit(plan, pl.lit(plan.viewers))
    )


def _own_streams(data: Data, scope: Scope, plan: Stream) -> dict[str, pl.DataFrame]:
    """The shop's streams of the scope at this plan's costs, as marks on the grid."""
    if not (data.has("streams") and data.has("orders")):
        return {}
    sold = data.frame("orders").group_by("stream_id").agg(
        gmv=pl.col("paid_amount").sum(),
        orders=pl.col("order_id").n_unique(),
        buyers=pl.col("user_id").n_unique(),
    )  # fmt: skip
    streams = scoped(data, "streams", scope).filter(pl.col("viewers") > 0)
    known = streams.drop("gmv").rename({"buyers": "listed"}).join(sold, on="stream_id")
    return {
        "streams": known.select(
            "stream_id", "viewers",
            aov=pl.col("gmv") / pl.col("orders"),
            conversion=pl.coalesce("listed", "buyers") / pl.col("viewers"),
        ).with_columns(profit=_profit(plan, pl.col("viewers"))).sort("stream_id")
    }  # fmt: skip
