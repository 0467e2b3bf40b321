"""How often each risk of the register came true in the data, and what it cost each time.

One function per risk id: from the answer of its question to events, opportunities and losses. A
loss that the files cannot show stays unknown; no figure is made up for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from footprint.data import Data
from footprint.metrics import View, measure
from footprint.questions import require
from footprint.result import Result
from footprint.scope import Scope
from footprint.scoping import local_date, scoped
from footprint.text import Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """``events`` of ``opportunities``; ``losses`` in CNY, one per event or one mean for all.

    ``basis`` says what a loss is made of. ``losses`` is empty where the files show none.
    """

    events: int
    opportunities: int
    losses: Sequence[float]
    basis: Text


Read = Callable[[Result, Data, Scope], Evidence]


def _exaggeration(result: Result, data: Data, scope: Scope) -> Evidence:
    streams = result.frames["streams"].filter(pl.col("state") != "low_n")
    losses = [f.impact_cny for f in result.findings if f.impact_cny is not None]
    events = streams.filter("flagged").height
    return Evidence(events, streams.height, _each(losses, events), _REFUNDS)


def _burst(result: Result, data: Data, scope: Scope) -> Evidence:
    return _opinion(result, data, scope, "yellow")


def _regulator(result: Result, data: Data, scope: Scope) -> Evidence:
    """A host off air loses about one stream: its sales less refunds and goods."""
    return _opinion(result, data, scope, "red")


def _opinion(result: Result, data: Data, scope: Scope, colour: str) -> Evidence:
    places = result.frames["alerts"].filter(pl.col("colour") == colour)["place"].unique()
    comments = scoped(data, "comments", scope)
    talked = int(comments["stream_id"].drop_nulls().n_unique())
    margins = _stream_margins(data, scope)
    hit = margins.filter(pl.col("stream_id").is_in(places.implode()))["margin"].to_list()
    return Evidence(places.len(), max(talked, places.len()), hit, _MARGIN)


def _stream_margins(data: Data, scope: Scope) -> pl.DataFrame:
    """Per stream: paid minus refunds minus unit cost of the goods, CNY, not below 0."""
    if not data.has("orders"):
        return pl.DataFrame(schema={"stream_id": pl.String, "margin": pl.Float64})
    orders = scoped(data, "orders", scope).filter(pl.col("stream_id").is_not_null())
    cost = pl.lit(0.0)
    if data.has("products"):
        known = data.frame("products").select("sku_id", "unit_cost").unique("sku_id")
        orders = orders.join(known, on="sku_id", how="left")
        cost = pl.col("unit_cost").fill_null(0) * pl.col("qty").fill_null(1)
    kept = pl.col("paid_amount") - pl.col("refund_amount").fill_null(0) - cost
    return orders.group_by("stream_id").agg(margin=kept.sum().clip(0))


def _latency(result: Result, data: Data, scope: Scope) -> Evidence:
    lost, slow = result.scalars["lost_gmv"], result.scalars["excess_exits"].n or 0
    minutes = scoped(data, "stream_minutes", scope)["latency_s"].drop_nulls().len()
    money = [float(lost.value) / slow] if lost.value and slow else []
    return Evidence(slow, minutes, money, _ASSOCIATED)


def _stutter(result: Result, data: Data, scope: Scope) -> Evidence:
    regions = result.frames["regions"]
    events = int(regions.filter(state="worse")["streams"].sum())
    losses = [f.impact_cny for f in result.findings if f.impact_cny is not None]
    return Evidence(events, int(regions["streams"].sum()), _each(losses, events), _ASSOCIATED)


def _complaints(result: Result, data: Data, scope: Scope) -> Evidence:
    groups = result.frames["groups"]
    orders = scoped(data, "orders", scope)
    back = orders.filter(pl.col("refund_amount") > 0)["refund_amount"].mean()
    losses = [float(back)] if back is not None else []  # type: ignore[arg-type]
    rate = result.scalars["rate"]
    events = round(float(rate.value or 0) * (rate.n or 0)) if groups.height else 0
    return Evidence(events, rate.n or 0, losses, _REFUND)


def _expired(result: Result, data: Data, scope: Scope) -> Evidence:
    """SKUs that sold on a day after their authorisation ended; the sales of those days are at "
    "risk."""
    require(data, ("orders", "products"))
    dated = data.frame("products").select("sku_id", "auth_expiry").drop_nulls().unique("sku_id")
    sold = scoped(data, "orders", scope).join(dated, on="sku_id")
    late = sold.filter(local_date("order_ts", scope.tz) > pl.col("auth_expiry"))
    losses = late.group_by("sku_id").agg(pl.col("paid_amount").sum())["paid_amount"]
    return Evidence(losses.len(), int(sold["sku_id"].n_unique()), losses.to_list(), _SALES)


def _scripts(result: Result, data: Data, scope: Scope) -> Evidence:
    scripts = result.frames["scripts"]
    return Evidence(scripts.filter(pl.col("severe_hits") > 0).height, scripts.height, [], _UNKNOWN)


def _benchmark(result: Result, data: Data, scope: Scope) -> Evidence:
    streams = result.frames["streams"].filter(pl.col("state").is_in(["alert", "ok"]))
    alerts = streams.filter(state="alert")
    paid = measure("aov", View(data, scope)).value if data.has("orders") else None
    gap = alerts.select((pl.col("mean") - pl.col("value")) * pl.col("n")).to_series().to_list()
    losses = [buyers * paid for buyers in gap] if paid is not None else []
    return Evidence(alerts.height, streams.height, losses, _SHORTFALL)


def _costs(result: Result, data: Data, scope: Scope) -> Evidence:
    weeks = result.frames["weeks"].filter(pl.col("state") != "no_plan")
    over = weeks.filter(state="alert")
    extra = over.select(pl.col("amount") * (1 - pl.col("plan") / pl.col("share"))).to_series()
    return Evidence(over.height, weeks.height, extra.to_list(), _OVER_PLAN)


def _each(losses: Sequence[float], events: int) -> list[float]:
    """The losses as a mean per event, when one loss covers several events."""
    return [sum(losses) / events] if losses and events else []


_REFUNDS = Text("超出同品类的退款", "refunds above the category's usual rate")
_REFUND = Text("退款订单的平均退款额", "mean refund of refunded orders")
_MARGIN = Text("相关场次的毛利（实付−退款−成本）", "margin of the streams (paid - refunds - goods)")
_ASSOCIATED = Text("关联的成交损失", "GMV that went with it (association)")
_SALES = Text("过期后售出的金额", "sales after the authorisation ended")
_SHORTFALL = Text("与行业均值的成交差额", "sales short of the industry mean")
_OVER_PLAN = Text("超出计划的支出", "spending over the plan")
_UNKNOWN = Text("文件里没有罚款金额，请自行填写", "no fines in the files: enter your own figure")

READERS: dict[str, Read] = {
    "exaggeration_returns": _exaggeration,
    "opinion_burst": _burst,
    "latency_exits": _latency,
    "stutter_region": _stutter,
    "complaints": _complaints,
    "expired_authorisation": _expired,
    "regulator": _regulator,
    "script_red_lines": _scripts,
    "below_industry": _benchmark,
    "cost_overrun": _costs,
}
