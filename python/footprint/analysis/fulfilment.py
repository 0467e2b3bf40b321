"""How long orders take to leave and to arrive, and what was sold on air without stock."""

from __future__ import annotations

import math

import polars as pl

from footprint.data import Data
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import looked_up, scoped
from footprint.stats import normal_quantile, wilson
from footprint.text import Text

_BY = ("category", "warehouse", "region", "platform")
_DEFINITION = Text(
    "发货用时 = 发货 − 下单，送达用时 = 签收 − 下单，只算时间先后正确的订单；p50 "
    "是一半订单在此之内，"
    "p90 是九成订单在此之内，区间由排序位置得出。在播断货：商品在播出当天或之前最近一次盘点为 0。"
    "退货处理 = 退款 − 下单。",
    "Ship time = shipped - ordered, delivery = delivered - ordered, for orders with times in that "
    "order; half of the orders are within p50, nine in ten within p90, intervals from order "
    "statistics. Out on air: the newest count before the stream is 0. Refund time = refunded - "
    "ordered.",
)
_STEPS = {"ship": "ship_ts", "deliver": "deliver_ts", "refund": "refund_ts"}
_WORDS = {
    "ship": Text("发货用时（小时）", "Hours to ship"),
    "deliver": Text("送达用时（小时）", "Hours to deliver"),
    "refund": Text("退款用时（小时）", "Hours to refund"),
}
_NO_STEP = Text("订单里没有{what}时间。", "The orders hold no time of {what}.")
_STEP_NAMES = {
    "ship": Text("发货", "shipping"), "deliver": Text("签收", "delivery"),
    "refund": Text("退款", "refund"),
}  # fmt: skip


@question(
    "fulfilment",
    title=Text(
        "发货送货要多久，播的时候断货了吗？", "How fast do orders arrive; was anything out?"
    ),
    page="U5",
    rows=("S3.3-d", "S6.2-c"),
    needs=("orders",),
    uses=("products", "inventory", "streams", "stream_minutes"),
    params=(
        Param("by", str, "category", Text("按", "By"), _BY),
        Param("step", str, "ship", Text("哪一步", "Step"), tuple(_STEPS)),
    ),
)
def fulfilment(data: Data, scope: Scope, by: str, step: str) -> Result:
    """p50 and p90 hours of one step by category, warehouse, region or platform.

    Scalars: p50, p90 (hours, interval), timed (share of orders with the step), out_on_air
    (streams x SKU sold or shown with no stock) where stock is known. Frames ``groups`` (group, n,
    p50, p50_low, p50_high, p90, p90_low, p90_high, open), ``out_of_stock`` (stream_id, sku_id,
    stock_date, orders). Groups below 30 timed orders are left out. Source: requirement rows S3.3-d
    and S6.2-c.
    """
    orders = scoped(data, "orders", scope)
    lines = _timed(orders, _STEPS[step])
    group = looked_up(data, orders, by, "orders")
    lines = lines.with_columns(group=group if group is not None else pl.lit(None, pl.String))
    n, known = lines.height, int(lines["hours"].is_not_null().sum())
    scalars = _scalars(lines["hours"].drop_nulls().sort(), step)
    low, high = wilson(known, n)
    scalars["timed"] = Scalar(
        known / n if n else None, "rate", n, low, high,
        Text("已完成这一步的订单", "Orders past this step"), _DEFINITION,
    )  # fmt: skip
    frames = {"groups": _groups(lines, int(data.settings.value("time_min_orders")))}
    out = _out_on_air(data, scope, orders)
    if out is not None:
        frames["out_of_stock"] = out
        label = Text("在播断货（场次 × 商品）", "Out of stock on air (stream x SKU)")
        scalars["out_on_air"] = Scalar(out.height, "count", n, label=label, definition=_DEFINITION)
    empty = (
        _NO_STEP.zh.format(what=_STEP_NAMES[step].zh),
        _NO_STEP.en.format(what=_STEP_NAMES[step].en),
    )
    return Result(scalars=scalars, frames=frames, notes=() if known else (Text(*empty),))


def _timed(orders: pl.DataFrame, clock: str) -> pl.DataFrame:
    """One row per order with the hours of the step; null while it is not done or makes no sense."""
    hours = (pl.col(clock) - pl.col("order_ts")).dt.total_seconds() / 3600
    return orders.with_columns(hours=pl.when(hours >= 0).then(hours))


def quantile(ordered: pl.Series, q: float) -> tuple[float, float, float] | None:
    """The q-quantile of sorted values with the 95 % interval of its order statistics.

    None below ten values. Source: Conover (1999), interval for a quantile by the normal
    approximation of the binomial rank.
    """
    n = len(ordered)
    if n < 10:
        return None
    half = normal_quantile() * math.sqrt(n * q * (1 - q))
    low, high = math.floor(n * q - half), math.ceil(n * q + half)
    at = float(str(ordered.quantile(q, "linear")))
    return at, float(ordered[max(0, low)]), float(ordered[min(n - 1, high)])


def _scalars(hours: pl.Series, step: str) -> dict[str, Scalar]:
    found = {}
    for name, q in (("p50", 0.5), ("p90", 0.9)):
        one = quantile(hours, q)
        value, low, high = one or (None, None, None)
        label = Text(f"{_WORDS[step].zh} {name}", f"{_WORDS[step].en}, {name}")
        found[name] = Scalar(value, "h", len(hours), low, high, label, _DEFINITION)
    return found


def _groups(lines: pl.DataFrame, least: int) -> pl.DataFrame:
    rows = []
    for (name,), part in lines.drop_nulls("group").group_by(["group"], maintain_order=True):
        hours = part["hours"].drop_nulls().sort()
        p50, p90 = quantile(hours, 0.5), quantile(hours, 0.9)
        if len(hours) >= least and p50 and p90:
            rows.append((name, len(hours), *p50, *p90, part.height - len(hours)))
    names = ("p50", "p50_low", "p50_high", "p90", "p90_low", "p90_high")
    schema = {"group": pl.String, "n": pl.Int64, **dict.fromkeys(names, pl.Float64),
              "open": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").sort(["p50", "group"])


def _out_on_air(data: Data, scope: Scope, orders: pl.DataFrame) -> pl.DataFrame | None:
    """Stream and SKU that sold, or stood on air, while the newest count before was 0."""
    if not data.has("inventory") or not data.has("streams"):
        return None
    streams = scoped(data, "streams", scope)
    day = pl.col("start_ts").dt.convert_time_zone(data.tz).dt.date()
    sold = (
        orders.drop_nulls(["stream_id", "sku_id"])
        .group_by("stream_id", "sku_id")
        .agg(orders=pl.len().cast(pl.Int64))
    )
    shown = sold if not data.has("stream_minutes") else _shown(data, sold)
    aired = shown.join(streams.select("stream_id", day=day), on="stream_id")
    stock = data.frame("inventory").group_by("sku_id", "date").agg(pl.col("on_hand").sum())
    found = aired.sort("day").join_asof(
        stock.sort("date").with_columns(stock_date=pl.col("date")),
        left_on="day", right_on="date", by="sku_id", strategy="backward", check_sortedness=False,
    )  # fmt: skip
    return (
        found.filter(pl.col("on_hand") <= 0)
        .select("stream_id", "sku_id", "stock_date", "orders")
        .sort("stream_id", "sku_id")
    )


def _shown(data: Data, sold: pl.DataFrame) -> pl.DataFrame:
    on_air = (
        data.frame("stream_minutes")
        .select("stream_id", sku_id=pl.col("sku_on_air"))
        .drop_nulls()
        .unique()
    )
    return on_air.join(sold, on=["stream_id", "sku_id"], how="full", coalesce=True).with_columns(
        pl.col("orders").fill_null(0)
    )
