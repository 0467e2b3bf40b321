"""Which touch earned the orders? Every attribution model side by side, reconciled to the orders."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.analysis.credit_shift import credit_findings, shift_against_last
from footprint.analysis.log_rows import log_mask, row_values
from footprint.analysis.spend import channel_spend, spend_notes
from footprint.data import Data
from footprint.engine import MODELS, AttributionTables
from footprint.errors import UsageError
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

LEVEL = 0.95
PATHS_SHOWN = 500
DIMENSIONS = ("channel", "channel_class", "platform", "stream_id", "host_id", "content_id",
              "sku_id", "campaign_id", "category")  # fmt: skip
VALUES = ("conversions", "revenue")

_PARAMS = (
    Param("model", str, "all", Text("模型", "Model"), ("all", *MODELS)),
    Param("order", int, 1, Text("马尔可夫阶数（1–4）", "Markov order (1-4)")),
    Param("dimension", str, "channel", Text("触点维度", "What counts as a touch"), DIMENSIONS),
    Param("lookback_days", float, None, Text("回看天数（空白=不限）", "Look-back in days")),
    Param("half_life_days", float, 7.0, Text("时间衰减的半衰期（天）", "Half-life in days")),
    Param("value", str, "conversions", Text("分什么", "What is credited"), VALUES),
    Param("replicates", int, 1000, Text("区间的抽样次数", "Draws behind the intervals")),
)


@question(
    "attribution",
    title=Text("订单是谁的功劳？", "Which touch earned the orders?"),
    page="U2",
    rows=("S7.2-c",),
    needs=("events",),
    uses=("orders", "streams", "products", "costs", "channel_daily"),
    params=_PARAMS,
    findings=credit_findings,
)
def attribution(
    data: Data,
    scope: Scope,
    model: str = "all",
    order: int = 1,
    dimension: str = "channel",
    lookback_days: float | None = None,
    half_life_days: float = 7.0,
    value: str = "conversions",
    replicates: int = 1000,
) -> Result:
    """Orders (or revenue) credited to the touches before them, by every model.

    The period chooses journeys by their end; their touches may be older. Frames: ``credits``
    (touch, model, conversions, revenue, share, low, high, shift_vs_last = credited / last touch -
    1; low and high bound the credited ``value`` at 95 % by bootstrap over groups of users; drop-one
    and chains of higher order use as many draws as a bounded effort allows and show no bounds below
    100 draws), ``paths`` (path,
    conversions, value, nulls), ``transitions`` (from, to, n, p), ``removal`` (touch, effect),
    ``reconciliation`` (model, attributed, unattributed, total), ``ranges`` (touch, low, low_model,
    high, high_model: least and largest share over the models asked for), ``shift`` (touch, last,
    linear, diff, low, high, n: orders moved by equal parts, with the interval of the move) and, for
    channels with cost, ``efficiency`` (touch, model, cost, roas, cost_per_order). Scalars: total,
    attributed, unattributed (orders without a touch before them), journeys, p_conversion. Credit
    only divides what happened: it is not cause. Source: requirement row S7.2-c, truth PT09.
    """
    if not 1 <= order <= 4 or replicates < 0 or half_life_days <= 0:
        raise UsageError(
            Text("参数超出范围", "a parameter is out of range"),
            Text(
                "阶数 1–4，抽样次数不小于 0，半衰期大于 0。",
                "Order 1 to 4, draws 0 or more, half-life above 0.",
            ),
        )
    chosen = MODELS if model == "all" else tuple(dict.fromkeys(("last", model)))
    touches = dimension if dimension not in ("host_id", "category") else row_values(data, dimension)
    tables = data.event_log().attribution(
        touches,
        models=chosen,
        order=order,
        lookback_days=lookback_days,
        half_life_days=half_life_days,
        mask=log_mask(data, scope),
        period=scope.bounds(),
        replicates=replicates,
        level=LEVEL,
    )
    credits = _credits(tables, value)
    shown = credits if model == "all" else credits.filter(pl.col("model") == model)
    view = View(data, scope)
    frames = {
        "credits": shown,
        "paths": tables.paths.select("path", "conversions", "value", "nulls").head(PATHS_SHOWN),
        "transitions": tables.transitions,
        "removal": _walked(tables.removal, tables).select("touch", "effect"),
        "reconciliation": _reconciled(tables, value),
        "ranges": _ranges(credits),
        "shift": shift_against_last(tables.paths),
        "efficiency": _efficiency(shown, view) if dimension == "channel" else _NO_EFFICIENCY,
    }
    return Result(_scalars(tables, value), frames, notes=_notes(credits, tables, view, dimension))


def _credits(tables: AttributionTables, value: str) -> pl.DataFrame:
    money = value == "revenue"
    low, high, share = (
        ("revenue_low", "revenue_high", "revenue_share") if money else ("low", "high", "share")
    )
    last = tables.credits.filter(pl.col("model") == "last").select("touch", last=value)
    shifted = _walked(tables.credits, tables).join(
        last, on="touch", how="left", maintain_order="left"
    )
    shift = pl.when(pl.col("last") > 0).then(pl.col(value) / pl.col("last") - 1)
    return shifted.select(
        "touch", "model", "conversions", "revenue",
        share=share, low=low, high=high, shift_vs_last=shift,
    )  # fmt: skip


def _ranges(credits: pl.DataFrame) -> pl.DataFrame:
    """touch, low, low_model, high, high_model: least and largest share over the models."""
    known = credits.filter(pl.col("share").is_not_null()).sort("touch", "share", "model")
    return known.group_by("touch", maintain_order=True).agg(
        low=pl.col("share").first(), low_model=pl.col("model").first(),
        high=pl.col("share").last(), high_model=pl.col("model").last(),
    )  # fmt: skip


def _walked(frame: pl.DataFrame, tables: AttributionTables) -> pl.DataFrame:
    """Rows of touches that occur in a journey of the scope; the log knows others too."""
    return frame.filter(pl.col("touch").is_in(tables.transitions["to"].implode()))


def _reconciled(tables: AttributionTables, value: str) -> pl.DataFrame:
    prefix = "revenue_" if value == "revenue" else ""
    names = ("attributed", "unattributed", "total")
    renamed = {f"{prefix}{name}": name for name in names}
    return tables.reconciliation.select("model", *(pl.col(a).alias(b) for a, b in renamed.items()))


_NO_EFFICIENCY = pl.DataFrame(
    schema={"touch": pl.String, "model": pl.String, "cost": pl.Float64, "roas": pl.Float64,
            "cost_per_order": pl.Float64}
)  # fmt: skip


def _efficiency(credits: pl.DataFrame, view: View) -> pl.DataFrame:
    """Cost of each channel against what each model credits it with."""
    cost = channel_spend(view).group_by(touch="channel").agg(pl.col("cost").sum())
    joined = credits.join(cost.filter(pl.col("cost") > 0), on="touch", maintain_order="left")
    return joined.select(
        "touch", "model", "cost",
        roas=pl.col("revenue") / pl.col("cost"),
        cost_per_order=pl.when(pl.col("conversions") > 0).then(
            pl.col("cost") / pl.col("conversions")
        ),
    )  # fmt: skip


def _scalars(tables: AttributionTables, value: str) -> dict[str, Scalar]:
    money = value == "revenue"
    unit = "CNY" if money else "count"
    amounts = (
        (tables.revenue, tables.revenue_attributed, tables.revenue_unattributed)
        if money
        else (tables.total, tables.attributed, tables.unattributed)
    )
    labels = (
        Text("范围内的订单", "Orders in scope"),
        Text("之前有触点", "With a touch before"),
        Text("之前没有触点", "Without a touch before"),
    )
    names = ("total", "attributed", "unattributed")
    counted = {
        name: Scalar(amount, unit, tables.total, label=label, definition=_RECONCILED)
        for name, amount, label in zip(names, amounts, labels, strict=True)
    }
    low, high = stats.wilson(tables.attributed, tables.journeys)
    chance = tables.p_conversion
    return counted | {
        "journeys": Scalar(
            tables.journeys, "count", tables.journeys, label=Text("旅程数", "Journeys"),
            definition=Text("用户在一次下单之前（或最后一次下单之后）的全部触点算一段旅程。",
                            "A user's touches up to an order, or after the last, are one journey."),
        ),
        "p_conversion": Scalar(
            chance, "rate", tables.journeys, low if chance is not None else None,
            high if chance is not None else None,
            Text("旅程成交比例", "Share of journeys that end in an order"),
            Text("以下单结束的旅程 ÷ 全部旅程。", "Journeys that end in an order, divided by all."),
        ),
    }  # fmt: skip


_RECONCILED = Text(
    "每个模型里，有触点的加没有触点的都等于全部订单。",
    "In every model, orders with and without a touch add up to all orders.",
)


def _notes(
    credits: pl.DataFrame, tables: AttributionTables, view: View, dimension: str
) -> tuple[Text, ...]:
    notes = []
    if _same(credits, "shapley_sum", "linear"):
        notes.append(
            Text(
                "没有触点在同一旅程里重复，因此夏普利（总量）与平均分配相同，不是另一个意见。",
                "No touch repeats within a journey, so Shapley (sums) equals equal parts and is no "
                "further opinion.",
            )
        )
    if tables.journeys and tables.paths.height > PATHS_SHOWN:
        notes.append(
            Text(
                f"路径表只列最常见的 {PATHS_SHOWN} 条。",
                f"The {PATHS_SHOWN} commonest paths are shown.",
            )
        )
    notes.append(
        Text("分功劳只是把已有订单重新分配，不能证明因果。",
             "Credit divides the orders that happened; it does not prove a cause.")
    )  # fmt: skip
    return (*notes, *(spend_notes(view) if dimension == "channel" else ()))


def _same(credits: pl.DataFrame, one: str, other: str) -> bool:
    parts = [
        credits.filter(pl.col("model") == model).sort("touch")["conversions"]
        for model in (one, other)
    ]
    if not len(parts[0]) or len(parts[0]) != len(parts[1]):
        return False
    return bool(((parts[0] - parts[1]).abs() < 1e-6).all())
