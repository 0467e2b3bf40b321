"""What is a customer still worth? Expected orders and money, checked on held-out days."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl

from footprint import stats
from footprint.analysis.earnings import margin
from footprint.analysis.tiers import purchases
from footprint.analysis.valuation import (
    LEAST_CUSTOMERS,
    LEAST_REPEATERS,
    HoldOut,
    Valuation,
    held_days,
    hold_out,
    value,
)
from footprint.analysis.value_remarks import off, remarks
from footprint.data import Data
from footprint.lifetime.buying import NAMES as BUYING
from footprint.lifetime.spending import NAMES as SPENDING
from footprint.masking import masked_ids
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

LISTED = 1000
BANDS = ("0–20%", "20–40%", "40–60%", "60–80%", "80–100%")
_SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "bands": {"alive_band": pl.String(), "users": pl.Int64(), "expected_orders": pl.Float64(),
              "expected_money": pl.Float64(), "past_money": pl.Float64()},
    "customers": {"user_id": pl.String(), "orders": pl.Int64(), "last_days": pl.Int64(),
                  "past_money": pl.Float64(), "p_alive": pl.Float64(),
                  "expected_orders": pl.Float64(), "expected_money": pl.Float64()},
    "ranking": {"method": pl.String(), "captured": pl.Float64(), "n": pl.Int64(),
                "of_best": pl.Float64()},
    "repeats": {"repeats": pl.String(), "users": pl.Int64(), "expected": pl.Float64(),
                "actual": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()},
    "parameters": {"parameter": pl.String(), "value": pl.Float64(), "low": pl.Float64(),
                   "high": pl.Float64()},
}  # fmt: skip


@question(
    "customer_value",
    title=Text("一个客人以后还值多少钱？", "What is a customer still worth?"),
    page="U3",
    rows=("S7.3-b", "S7.3-d"),
    needs=("orders",),
    uses=("products", "streams"),
    params=(
        Param("days", int, 180, Text("往后看多少天", "Days ahead")),
        Param("model", str, "mbg", Text("模型", "Model"), ("mbg", "bg")),
        Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),
        Param("band", str, "", Text("名单只列可能性为", "List customers of band"), ("", *BANDS)),
    ),
)
def customer_value(
    data: Data,
    scope: Scope,
    days: int = 180,
    model: str = "mbg",
    as_of: date | None = None,
    band: str = "",
) -> Result:
    """Expected orders and contribution of every customer in the coming ``days``.

    Orders by MBG/NBD (or BG/NBD, where one-time buyers never leave), money per order by
    Gamma-Gamma; contribution = orders x money x margin, discounted by the setting value_discount a
    year (sales instead of contribution where no costs are known). Frames: ``bands`` (customers by
    chance of being active), ``customers`` (the most valuable, of ``band`` when given, masked ids),
    ``ranking`` (share of later money spent by the top fifth: model, RFM score, past money,
    perfect), ``repeats`` (orders per customer in the held-out days, expected and actual) and
    ``parameters`` with intervals.
    Scalars: future_value (interval: both fits, chance, held-out error), mean_value,
    expected_orders, active_customers, holdout_error (expected over actual orders - 1) and
    holdout_capture. From 200 customers and 30 who bought again. Source: requirement row S7.3-b;
    Fader, Hardie and Lee (2005),
    Batislam et al. (2007), Fader and Hardie (2013).
    """
    bought = purchases(data, scope)
    until = as_of or scope.end or bought["day"].max()
    if until is None or days < 1:
        return _too_few()
    assert isinstance(until, date)
    last = bought["day"].max()
    until = min(until, last) if isinstance(last, date) else until
    where = sorted((key, tuple(values)) for key, values in scope.where.items())
    name = f"{scope.tz} {where} {until} {model}"
    found = once(data, f"valuation {name}", lambda: value(bought, until, model))  # type: ignore[arg-type]
    if found is None:
        return _too_few()
    held = held_days(bought, until, days)
    tested = once(data, f"hold-out {name} {held}", lambda: hold_out(bought, until, model, held))  # type: ignore[arg-type]
    kept = once(data, f"margin {where}", lambda: margin(View(data, scope)))
    discount = float(data.settings.value("value_discount"))
    share = kept[0] if kept else 1.0
    people = found.people.with_columns(
        p_alive=pl.Series(found.buying.p_alive(found.groups)[found.place]),
        expected_orders=pl.Series(found.orders(days)),
        expected_money=pl.Series(found.money(days, discount) * share),
    )
    frames = {
        "bands": _bands(people),
        "customers": _customers(people.filter(_band() == BANDS.index(band)) if band else people),
        "ranking": tested.ranking if tested else _empty("ranking"),
        "repeats": tested.repeats if tested else _empty("repeats"),
        "parameters": _parameters(found),
    }
    scalars = _scalars(people, found, days, discount, kept, tested) | _checked(tested)
    return Result(scalars, frames, notes=remarks(found, tested, kept))


def _band() -> pl.Expr:
    """Place of each customer's chance of being active in ``BANDS``."""
    return (pl.col("p_alive") * len(BANDS)).floor().clip(0, len(BANDS) - 1).cast(pl.Int64)


def _bands(people: pl.DataFrame) -> pl.DataFrame:
    counted = people.group_by(_band().alias("at")).agg(
        users=pl.len().cast(pl.Int64), expected_orders=pl.col("expected_orders").sum(),
        expected_money=pl.col("expected_money").sum(), past_money=pl.col("past").sum(),
    )  # fmt: skip
    every = pl.DataFrame({"at": range(len(BANDS)), "alive_band": BANDS})
    return (
        every.join(counted, on="at", how="left", maintain_order="left")
        .fill_null(0)
        .select(pl.col(n).cast(kind) for n, kind in _SCHEMAS["bands"].items())
    )


def _customers(people: pl.DataFrame) -> pl.DataFrame:
    cents = people.with_columns(pl.col("expected_money", "past").round(2))
    best = cents.sort("expected_money", "user_id", descending=[True, False]).head(LISTED)
    return best.select(
        masked_ids(), orders=pl.col("x") + 1, last_days=pl.col("T") - pl.col("t_x"),
        past_money="past", p_alive="p_alive", expected_orders="expected_orders",
        expected_money="expected_money",
    )  # fmt: skip


def _parameters(found: Valuation) -> pl.DataFrame:
    rows = []
    for names, model in ((BUYING, found.buying), (SPENDING, found.spending)):
        spread = np.sqrt(np.diag(model.covariance)) * stats.normal_quantile()
        for name, number, wide in zip(names, model.parameters, spread, strict=True):
            rows.append((name, number, number * np.exp(-wide), number * np.exp(wide)))
    return pl.DataFrame(rows, schema=_SCHEMAS["parameters"], orient="row")


def _scalars(
    people: pl.DataFrame, found: Valuation, days: int, discount: float,
    kept: tuple[float, int] | None, tested: HoldOut | None,
) -> dict[str, Scalar]:  # fmt: skip
    share, n = (kept[0] if kept else 1.0), people.height
    total = float(people["expected_money"].sum())
    half = abs(share) * found.money_spread(days, discount) * stats.normal_quantile()
    half = math.hypot(half, abs(total * off(tested)))
    what = Text("毛利", "contribution") if kept else Text("成交额", "sales")
    definition = Text(
        f"现有客人未来 {days} 天的预期{what.zh}：预期下单次数 × 每单金额"
        f"{f' × 毛利率 {share:.1%}' if kept else ''}，按每年 {discount:.0%} 折现。"
        "区间包含两个模型的误差、偶然波动和试算时的总误差。",
        f"Expected {what.en} of present customers in {days} days: expected orders x money an order"
        f"{f' x margin {share:.1%}' if kept else ''}, discounted by {discount:.0%} a year. The "
        "interval holds the error of both models, chance, and the error on held-out days.",
    )
    alive = float(people["p_alive"].sum())
    return {
        "future_value": Scalar(total, "CNY", n, max(total - half, 0.0), total + half,
                               Text(f"未来 {days} 天的价值", f"Worth in {days} days"), definition),
        "mean_value": Scalar(total / n, "CNY", n, max(total - half, 0.0) / n, (total + half) / n,
                             Text("每个客人", "Per customer"), definition),
        "expected_orders": Scalar(
            float(people["expected_orders"].sum()), "count", n,
            label=Text("预期下单次数", "Expected orders"), definition=definition,
        ),
        "active_customers": Scalar(
            alive, "count", n, label=Text("估计仍活跃的客人", "Customers still active (estimate)"),
            definition=Text("每个客人仍会再买的可能性相加。",
                            "Sum over customers of the chance that they will still buy."),
        ),
    }  # fmt: skip


def _checked(tested: HoldOut | None) -> dict[str, Scalar]:
    gap = off(tested) if tested else None
    n = tested.customers if tested else 0
    days = tested.days if tested else 0
    captured = float(tested.ranking["captured"][0]) if tested else None
    return {
        "holdout_error": Scalar(
            gap, "change", n, label=Text("试算误差（总次数）", "Error on held-out days"),
            definition=Text(f"拿掉最后 {days} 天再预测这 {days} 天：预期次数 ÷ 实际次数 − 1。",
                            f"Fitted without the last {days} days: expected over actual orders "
                            "in them, minus 1."),
        ),
        "holdout_capture": Scalar(
            captured, "rate", n,
            label=Text("预测前 20% 客人的实际消费占比", "Later money of the predicted top fifth"),
            definition=Text("按预测排在前 20% 的客人，在拿掉的那些天里花的钱占全部的比例。",
                            "Share of the money of the held-out days spent by the fifth of "
                            "customers the model ranked highest."),
        ),
    }  # fmt: skip


def _empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=_SCHEMAS[name])


def _too_few() -> Result:
    note = Text(
        f"客人不足 {LEAST_CUSTOMERS} 位，或再次购买的不足 {LEAST_REPEATERS} 位，不作预测。",
        f"Fewer than {LEAST_CUSTOMERS} customers or {LEAST_REPEATERS} who bought again: no "
        "forecast.",
    )
    labels = {
        "future_value": Text("未来价值", "Future worth"), "mean_value": Text("每个客人", "Each"),
        "expected_orders": Text("预期下单次数", "Expected orders"),
        "active_customers": Text("估计仍活跃的客人", "Customers still active (estimate)"),
    }  # fmt: skip
    units = ("CNY", "CNY", "count", "count")
    scalars = {
        name: Scalar(None, unit, 0, label=label)
        for (name, label), unit in zip(labels.items(), units, strict=True)
    }
    return Result(
        scalars | _checked(None), {name: _empty(name) for name in _SCHEMAS}, notes=(note,)
    )
