"""Users by phase of life with us, the flow between phases, and what each phase earns per host."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.accounting import growth_accounting
from footprint.analysis.daily import day_bounds
from footprint.analysis.earnings import earned
from footprint.analysis.phases import LABELS, journeys, month_tables
from footprint.analysis.referral import invites, referred_buyers
from footprint.analysis.returners import where_key
from footprint.analysis.tiers import month_ends
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import first_orders, once
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import looked_up
from footprint.text import Text

EARNING = ("conversion", "repurchase", "fission")
PROFIT = Text(
    "利润 = 实付 − 退款 − 数量 × 单位成本 − 佣金 + 增值收入。"
    "被邀请者的首单只记在裂变，各阶段相加等于总利润。",
    "Profit = paid - refunded - quantity x unit cost - commission + value-added income. A referred "
    "buyer's first order counts under “brought a friend” only, so phases add up to the whole.",
)


@question(
    "lifecycle",
    title=Text(
        "用户处在哪个阶段，谁靠裂变赚钱？", "Which phase are users in, and who earns by referral?"
    ),
    page="U4",
    rows=("S7.3-a", "S2.2.2-b"),
    needs=("orders",),
    uses=("events", "products", "streams"),
)
def lifecycle(data: Data, scope: Scope) -> Result:
    """Highest phase of each user at every month end, moves between them, profit by phase and host.

    Frames: ``phases`` (month = its last day, phase, users, share), ``flow`` (month, from, to,
    users), ``profit`` (host_id, phase, profit, share of the host's profit, orders; host_id null =
    sold without a host), ``invites`` (by wording) and ``accounting`` (28-day periods: active, new,
    retained, resurrected, churned, quick_ratio). Scalars: silent_days (rule used), users,
    head_host (most profit) and fission_share (its share from referred first orders). Phases look at
    all data up to each day, profit at orders inside the scope. Source: requirement rows S7.3-a and
    S2.2.2-b, truth PT18.
    """
    view = View(data, scope)
    found = journeys(view)
    phases, flow = month_tables(view, found, _days(found.active, scope))
    profit = _profit(view)
    frames = {
        "phases": phases,
        "flow": flow,
        "profit": profit,
        "invites": invites(view),
        "accounting": once(
            data,
            f"accounting {scope.end} {scope.tz} {where_key(scope)}",
            lambda: growth_accounting(found.active, scope.end),
        ),
    }
    scalars = {
        "silent_days": Scalar(
            found.silent_days, "d", found.active.height, label=LABELS["dormant"],
            definition=Text("超过这么多天没有行为算沉默：取设定值与九成用户间隔中较大的一个。",
                            "Silent after this many days without activity: the setting, or nine in "
                            "ten pauses if longer."),
        ),
        "users": Scalar(found.reached.height, "count", found.reached.height,
                        label=Text("用户数", "Users")),
        **_head(profit),
    }  # fmt: skip
    return Result(scalars, frames, notes=_notes(view))


def _days(active: pl.DataFrame, scope: Scope) -> list[date]:
    """Month ends inside the scope; the scope's last day when it holds none."""
    if active.is_empty():
        return []
    first, last = day_bounds(active["day"])
    first = max(first, scope.start) if scope.start else first
    last = min(last, scope.end) if scope.end else last
    return (month_ends(first, last) or [last]) if first <= last else []


def _profit(view: View) -> pl.DataFrame:
    """host_id, phase, profit, share, orders: every phase of every host with an order in scope."""
    schema = {"host_id": pl.String, "phase": pl.String, "profit": pl.Float64, "share": pl.Float64,
              "orders": pl.Int64}  # fmt: skip
    if not view.data.has("products"):
        return pl.DataFrame(schema=schema)
    lines = _hosted(view).join(
        view.data.frame("products").select("sku_id", "unit_cost"), on="sku_id", how="left"
    )
    phased = lines.with_columns(phase=_phase(view), earned=earned())
    summed = phased.group_by("host_id", "phase").agg(
        profit=pl.col("earned").sum(), orders=pl.col("order_id").n_unique().cast(pl.Int64)
    )
    grid = phased.select("host_id").unique().join(pl.DataFrame({"phase": EARNING}), how="cross")
    full = grid.join(summed, on=["host_id", "phase"], how="left", nulls_equal=True)
    total = pl.col("profit").sum().over("host_id")
    return (
        full.with_columns(pl.col("profit", "orders").fill_null(0))
        .with_columns(total=total, share=pl.when(total != 0).then(pl.col("profit") / total))
        .with_columns(at=pl.col("phase").replace_strict(EARNING, [0, 1, 2]))
        .sort("total", "host_id", "at", descending=[True, False, False], nulls_last=True)
        .select(*schema)
    )


def _hosted(view: View) -> pl.DataFrame:
    """Order lines in scope with the host of the order, or of its stream, and first-order facts."""
    lines = view.rows("orders")
    host = looked_up(view.data, lines, "host_id")
    if host is not None:
        lines = lines.with_columns(host_id=host)
    brought = referred_buyers(view.data).select("user_id", friend=pl.lit(True))
    return lines.join(first_orders(view.data), on="user_id", how="left").join(
        brought, on="user_id", how="left"
    )


def _phase(view: View) -> pl.Expr:
    opening = view.days("order_ts") == view.days("first_ts")
    friend = pl.col("friend").fill_null(False) & (pl.col("order_ts") == pl.col("first_ts"))
    return (
        pl.when(friend).then(pl.lit("fission"))
        .when(opening).then(pl.lit("conversion"))
        .otherwise(pl.lit("repurchase"))
    )  # fmt: skip


def _head(profit: pl.DataFrame) -> dict[str, Scalar]:
    """The host with the most profit and how much of it came from referred first orders."""
    named = profit.filter(pl.col("host_id").is_not_null())
    label = Text("头部主播的裂变利润占比", "Referral share of the top host's profit")
    who = Text("利润最高的主播", "Host with the most profit")
    if named.is_empty():
        return {
            "head_host": Scalar(None, "text", 0, label=who),
            "fission_share": Scalar(None, "rate", 0, label=label, definition=PROFIT),
        }
    host = named["host_id"][0]
    mine = named.filter(pl.col("host_id") == host)
    orders = int(mine["orders"].sum())
    share = mine.filter(pl.col("phase") == "fission")["share"].item()
    return {
        "head_host": Scalar(host, "text", orders, label=who),
        "fission_share": Scalar(share, "rate", orders, label=label, definition=PROFIT),
    }


def _notes(view: View) -> tuple[Text, ...]:
    notes, data = [], view.data
    if not data.has("products"):
        notes.append(
            Text(
                "没有商品表（成本），不能算各阶段利润。",
                "Without the products table (costs) profit by phase is unknown.",
            )
        )
    else:
        known = data.frame("products").filter(pl.col("unit_cost").is_not_null())["sku_id"]
        costless = view.rows("orders").filter(~pl.col("sku_id").is_in(known.implode())).height
        if costless:
            notes.append(
                Text(
                    f"{costless} 行订单的商品没有成本，按零成本计，利润偏高。",
                    f"{costless} order lines have no unit cost and count as free, so profit is "
                    "too high.",
                )
            )
    if not data.has("events"):
        notes.append(
            Text(
                "没有行为事件，“曝光”只包含买家。",
                "Without viewer events, “seen us” holds buyers only.",
            )
        )
    return tuple(notes)
