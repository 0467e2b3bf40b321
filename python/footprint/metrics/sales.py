"""Money metrics: GMV, order value, conversion, return on spend, buyers, returns."""

from __future__ import annotations

import polars as pl

from footprint.metrics import shapes
from footprint.metrics.derived import first_orders
from footprint.metrics.registry import metric
from footprint.metrics.view import By, View
from footprint.text import Text

_ROWS = ("S7.2-e", "S7.1-a")


@metric(
    "gmv",
    title=Text("成交金额（GMV）", "GMV"),
    unit="CNY",
    definition=Text(
        "所选期间下单的实付金额合计，含之后退款的订单。",
        "Paid amount of the orders placed in the period, orders refunded later included.",
    ),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
    min_n=0,
)
def gmv(view: View, by: By) -> pl.DataFrame:
    return shapes.total(view.rows("orders", by), pl.col("paid_amount").sum(), _orders())


@metric(
    "net_gmv",
    title=Text("净成交金额", "Net GMV"),
    unit="CNY",
    definition=Text(
        "成交金额减去这些订单至今的退款金额。",
        "GMV minus what has been refunded on these orders so far.",
    ),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
    min_n=0,
)
def net_gmv(view: View, by: By) -> pl.DataFrame:
    net = pl.col("paid_amount").sum() - pl.col("refund_amount").sum()
    return shapes.total(view.rows("orders", by), net, _orders())


@metric(
    "orders",
    title=Text("订单数", "Orders"),
    unit="count",
    definition=Text("不同订单编号的个数。", "Number of different order ids."),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
    min_n=0,
)
def orders(view: View, by: By) -> pl.DataFrame:
    return shapes.total(view.rows("orders", by), _orders(), _orders())


@metric(
    "aov",
    title=Text("客单价", "Average order value"),
    unit="CNY",
    definition=Text("成交金额 ÷ 订单数。", "GMV divided by the number of orders."),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
)
def aov(view: View, by: By) -> pl.DataFrame:
    rows = view.rows("orders", by)
    per_order = rows.group_by("key", "order_id").agg(paid=pl.col("paid_amount").sum())
    return shapes.mean(per_order, "paid")


@metric(
    "conversion",
    title=Text("转化率", "Conversion"),
    unit="rate",
    definition=Text(
        "直播间成交人数 ÷ 观看人数，按场次相加；场次表没有成交人数时，用该场订单的不同用户数。",
        "Buyers divided by viewers, added over streams; where a stream names no buyers, the "
        "different users of its orders count.",
    ),
    direction="up",
    needs=("streams",),
    rows=_ROWS,
)
def conversion(view: View, by: By) -> pl.DataFrame:
    streams = with_buyers(view, view.rows("streams", by))
    return shapes.ratio(streams, "buyers", "viewers")


def with_buyers(view: View, streams: pl.DataFrame) -> pl.DataFrame:
    """``streams`` whose missing ``buyers`` are filled from the different users of its orders."""
    if not streams["buyers"].null_count() or not view.data.has("orders"):
        return streams
    users = view.data.frame("orders").group_by("stream_id").agg(users=pl.col("user_id").n_unique())
    filled = streams.join(users, on="stream_id", how="left")
    return filled.with_columns(buyers=pl.coalesce("buyers", "users", pl.lit(0))).drop("users")


@metric(
    "best_stream_gmv",
    title=Text("单场最高成交额", "Best single stream"),
    unit="CNY",
    definition=Text(
        "成交金额最高的一场；场次表没有金额时，按该场订单相加。",
        "GMV of the best stream; where the stream sheet names none, its orders are added.",
    ),
    direction="up",
    needs=("streams",),
    rows=("S1.2.2-a",),
    target_key="stream_gmv_goal",
    min_n=0,
)
def best_stream_gmv(view: View, by: By) -> pl.DataFrame:
    streams = view.rows("streams", by)
    if view.data.has("orders"):
        sold = view.data.frame("orders").group_by("stream_id").agg(sold=pl.col("paid_amount").sum())
        streams = streams.join(sold, on="stream_id", how="left").with_columns(
            gmv=pl.coalesce("gmv", "sold")
        )
    return shapes.total(streams.filter(pl.col("gmv").is_not_null()), pl.col("gmv").max(), pl.len())


@metric(
    "roi",
    title=Text("投入产出比（ROI）", "Return on spend (ROI)"),
    unit="x",
    definition=Text(
        "成交金额 ÷ 成本表中同期同范围的全部费用。未分摊到场次或渠道的费用不计入切片。",
        "GMV divided by all costs of the same period and slice. Costs not booked to a stream or "
        "channel are left out of slices.",
    ),
    direction="up",
    needs=("orders", "costs"),
    rows=(*_ROWS, "S1.2.3-a"),
    target_key="roi",
)
def roi(view: View, by: By) -> pl.DataFrame:
    money = gmv(view, by).select("key", "n", gmv="value")
    spent = view.rows("costs", by).group_by("key").agg(cost=pl.col("amount").sum())
    joined = money.join(spent, on="key", how="inner", nulls_equal=True)
    none = pl.lit(None, dtype=pl.Float64)
    value = pl.when(pl.col("cost") > 0).then(pl.col("gmv") / pl.col("cost"))
    return joined.select("key", "n", value=value, low=none, high=none)


@metric(
    "buyers",
    title=Text("购买人数", "Buyers"),
    unit="count",
    definition=Text("下过单的不同用户数。", "Different users with an order."),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
    min_n=0,
)
def buyers(view: View, by: By) -> pl.DataFrame:
    users = pl.col("user_id").n_unique()
    return shapes.total(view.rows("orders", by), users, users)


@metric(
    "new_buyers",
    title=Text("新客数", "New buyers"),
    unit="count",
    definition=Text(
        "首单落在所选范围内的用户数；首单按全部数据判断。",
        "Users whose first order, judged over all data, lies in the chosen scope.",
    ),
    direction="up",
    needs=("orders",),
    rows=_ROWS,
    min_n=0,
)
def new_buyers(view: View, by: By) -> pl.DataFrame:
    rows = view.rows("orders", by).join(first_orders(view.data), on="user_id")
    first = rows.filter(pl.col("order_ts") == pl.col("first_ts"))
    users = pl.col("user_id").n_unique()
    return shapes.total(first, users, users)


@metric(
    "return_rate",
    title=Text("退货率", "Return rate"),
    unit="rate",
    definition=Text(
        "有退款的订单行 ÷ 订单行，按下单日期归属；最近的订单可能还会退。",
        "Order lines with a refund divided by order lines, dated by the order; recent orders may "
        "still come back.",
    ),
    direction="down",
    needs=("orders",),
    rows=_ROWS,
)
def return_rate(view: View, by: By) -> pl.DataFrame:
    refunded = (pl.col("refund_amount") > 0).fill_null(False).sum()
    return shapes.share(view.rows("orders", by), refunded, pl.len())


def _orders() -> pl.Expr:
    return pl.col("order_id").n_unique()
