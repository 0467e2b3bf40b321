"""The tier rules: who is a high-value, mid-value, potential or dormant customer on a given day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import polars as pl

from footprint.analysis.log_rows import type_mask
from footprint.data import Data
from footprint.metrics.derived import once
from footprint.scope import Scope
from footprint.scoping import local_date, scoped
from footprint.text import Text

TIERS = ("high", "mid", "potential", "dormant")
ACTIVE = TIERS[:3]
LABELS: dict[str, Text] = {
    "high": Text("高价值", "High value"),
    "mid": Text("中价值", "Mid value"),
    "potential": Text("潜力", "Potential"),
    "dormant": Text("沉睡", "Dormant"),
}
YEAR_DAYS = 365
_INTEREST = ("add_cart", "product_click", "comment")


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds of the tiers, from the settings. They stay the same for every month shown."""

    window: int
    high_orders: float
    high_spend: float
    high_recency: int
    mid_orders: float
    mid_spend: float
    mid_recency: int
    interest: int

    @classmethod
    def of(cls, data: Data) -> Rules:
        value = data.settings.value
        return cls(
            int(value("tier_window_days")), value("tier_high_orders"), value("tier_high_spend"),
            int(value("tier_high_recency_days")), value("tier_mid_orders"),
            value("tier_mid_spend"), int(value("tier_mid_recency_days")),
            int(value("tier_interest_days")),
        )  # fmt: skip

    def with_(self, **amounts: float | None) -> Rules:
        """The same rules with the amounts that are given (None keeps the setting)."""
        given = {name: amount for name, amount in amounts.items() if amount is not None}
        return replace(self, **given)  # type: ignore[arg-type]

    def definition(self) -> Text:
        """The rules in plain words."""
        return Text(
            f"高价值：{self.window} 天内至少 {self.high_orders:g} 单、"
            f"消费满 {self.high_spend:g} 元，且最近 {self.high_recency} 天内买过。"
            f"中价值：一年内至少 {self.mid_orders:g} 单或消费满 {self.mid_spend:g} 元，"
            f"且最近 {self.mid_recency} 天内买过。"
            f"潜力：{self.window} 天内买过，或 {self.interest} 天内加购、点商品、提问过。"
            "其余老客为沉睡，不计入分母。",
            f"High: at least {self.high_orders:g} orders and {self.high_spend:g} CNY in "
            f"{self.window} days, the last within {self.high_recency} days. Mid: at least "
            f"{self.mid_orders:g} orders or {self.mid_spend:g} CNY in a year, the last within "
            f"{self.mid_recency} days. Potential: an order within {self.window} days, or a cart, "
            f"product click or question within {self.interest} days. Other customers are dormant "
            "and outside the denominator.",
        )


def purchases(data: Data, scope: Scope) -> pl.DataFrame:
    """One row per order kept at least in part, any date: user, user_id, day, money.

    money = paid - refunded; ``user`` is the code of the event log.
    """
    where = sorted((key, tuple(values)) for key, values in scope.where.items())
    return once(data, f"purchases {scope.tz} {where}", lambda: _purchases(data, scope))


def _purchases(data: Data, scope: Scope) -> pl.DataFrame:
    orders = scoped(data, "orders", scope, period=False).lazy()
    money = pl.col("paid_amount") - pl.col("refund_amount").fill_null(0)
    kept = (
        orders.group_by("order_id")
        .agg(
            pl.col("user_id").first(),
            day=local_date("order_ts", scope.tz).min(),
            money=money.sum(),
        )
        .filter(pl.col("money") > 0)
        .select("user_id", "day", "money")
        .collect()
    )
    return kept.with_columns(user=data.event_log().user_codes(kept["user_id"]))


def interest_days(data: Data, scope: Scope) -> pl.DataFrame | None:
    """user, day with a cart, a product click or a question; None without events."""
    if not data.has("events"):
        return None

    def build() -> pl.DataFrame:
        days = data.event_log().user_days(scope.tz, mask=type_mask(data, scope, *_INTEREST))
        return days.select("user", "day")

    return once(data, f"interest days {scope.tz} {sorted(scope.where.items())}", build)


def tiers_on(
    bought: pl.DataFrame, interest: pl.DataFrame | None, day: date, rules: Rules
) -> pl.DataFrame:
    """The tier of every customer (an order up to ``day``): user, user_id, gmv, orders, age,
    year_money, tier.

    gmv and orders are those of the window, age the days since the last order. People who never
    ordered have no tier: else a burst of curious visitors would look like a loss of value. Source:
    requirement rows S6.3-b, S7.3-b.
    """
    return judged(customer_facts(bought, interest, day, rules), rules)


def customer_facts(
    bought: pl.DataFrame, interest: pl.DataFrame | None, day: date, rules: Rules
) -> pl.DataFrame:
    """What the rules look at, per customer of ``day``: user, user_id, age, orders, gmv (window),
    year_orders, year_money, curious. Depends on the days of the rules, not on their amounts."""
    age = (pl.lit(day) - pl.col("day")).dt.total_days()
    recent, year = age < rules.window, age < YEAR_DAYS
    money = pl.col("money")
    facts = (
        bought.lazy()
        .filter(pl.col("day") <= day)
        .group_by("user")
        .agg(
            pl.col("user_id").first(),
            age=age.min(),
            orders=recent.sum(),
            gmv=money.filter(recent).sum(),
            year_orders=year.sum(),
            year_money=money.filter(year).sum(),
        )
    )
    if interest is None:
        return facts.with_columns(curious=pl.lit(False)).collect()
    seen = interest.lazy().filter(age.is_between(0, rules.interest))
    marked = seen.select("user").unique().with_columns(curious=pl.lit(True))
    return facts.join(marked, on="user", how="left").collect()


def judged(facts: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The tier the rules give each customer of ``customer_facts``, with year_money beside."""
    return facts.select("user", "user_id", "gmv", "orders", "age", "year_money", tier=_tier(rules))


def facts_of(data: Data, scope: Scope, days: Sequence[date], rules: Rules) -> list[pl.DataFrame]:
    """``customer_facts`` of several days, kept per data version so that other amounts in the rules
    cost one comparison each."""
    where = sorted((key, tuple(values)) for key, values in scope.where.items())
    name = f"tier facts {scope.tz} {where} {rules.window} {rules.interest}"

    def build(day: date) -> pl.DataFrame:
        bought, interest = purchases(data, scope), interest_days(data, scope)
        return customer_facts(bought, interest, day, rules)

    return [once(data, f"{name} {day}", partial(build, day)) for day in days]


def _tier(rules: Rules) -> pl.Expr:
    # A cent of float noise must not decide a threshold.
    spend, year_money = pl.col("gmv").round(2), pl.col("year_money").round(2)
    high = (
        (pl.col("orders") >= rules.high_orders)
        & (spend >= rules.high_spend)
        & (pl.col("age") <= rules.high_recency)
    )
    loyal = (pl.col("year_orders") >= rules.mid_orders) | (year_money >= rules.mid_spend)
    mid = loyal & (pl.col("age") <= rules.mid_recency)
    potential = (pl.col("age") < rules.window) | pl.col("curious").fill_null(False)
    return (
        pl.when(high).then(pl.lit("high")).when(mid).then(pl.lit("mid"))
        .when(potential).then(pl.lit("potential")).otherwise(pl.lit("dormant"))
    )  # fmt: skip


def month_ends(first: date, last: date) -> list[date]:
    """Last days of the months that end within [first, last]."""
    found: list[date] = []
    month = date(first.year, first.month, 1)
    while True:
        following = (month + timedelta(days=32)).replace(day=1)
        end = following - timedelta(days=1)
        if end > last:
            return found
        found.append(end)
        month = following
