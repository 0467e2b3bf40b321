"""Value tiers of customers: how many are high value, is the share growing, who moved."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl

from footprint import stats
from footprint.analysis.daily import day_bounds
from footprint.analysis.rfm import rfm, segments
from footprint.analysis.tiers import (
    ACTIVE,
    LABELS,
    TIERS,
    Rules,
    facts_of,
    interest_days,
    judged,
    month_ends,
    purchases,
    tiers_on,
)  # fmt: skip
from footprint.data import Data
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

MIN_MONTHS = 3


def share_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when the high-value share moved for sure between first and last month end."""
    first, last = result.scalars["high_share_first"], result.scalars["high_share_last"]
    months = result.frames["months"]["month"].n_unique()
    minimum = int(data.settings.value("min_group"))
    if months < MIN_MONTHS or min(first.n or 0, last.n or 0) < minimum:
        return []
    a, b = float(first.value or 0), float(last.value or 0)
    test = stats.two_proportions(
        round(b * (last.n or 0)), last.n or 0, round(a * (first.n or 0)), first.n or 0
    )
    if test.p >= 0.05:
        return []
    up = test.diff > 0
    return [
        Finding(
            id="high_value_share",
            kind="high_value_share",
            severity=1 if up else 2,
            colour="grey",
            problem=Text(
                f"高价值用户占比从 {a:.1%} {'升' if up else '降'}到 {b:.1%}。",
                f"The share of high-value customers {'rose' if up else 'fell'} from {a:.1%} to "
                f"{b:.1%}.",
            ),
            suggestion=Text(
                "看迁移表里从中价值升上来的人：他们先做了什么，把它用到更多人身上。"
                if up
                else "联系最近掉出高价值的客户，先问原因，再决定优惠。",
                "Look in the migration table at those who rose from mid value: what they did first "
                "can be offered to more."
                if up
                else "Contact the customers who just left the high tier: ask why before offering "
                "a discount.",
            ),
            confidence=1 - test.p,
            n=last.n or 0,
            page="U3",
            question="value_tiers",
            scope=scope,
            evidence=result.frames["months"].filter(pl.col("tier") == "high"),
        )
    ]


@question(
    "value_tiers",
    title=Text("谁是高价值用户，占比在涨吗？", "Who is high value, and is the share growing?"),
    page="U3",
    rows=("S6.3-b", "S7.3-b"),
    needs=("orders",),
    uses=("events", "products", "streams"),
    params=(
        Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),
        Param("high_orders", float, None, Text("高价值：订单数（空白=设定）", "High: orders")),
        Param("high_spend", float, None, Text("高价值：金额（空白=设定）", "High: spend")),
        Param("high_recency", int, None, Text("高价值：几天内（空白=设定）", "High: last within")),
        Param("mid_orders", float, None, Text("中价值：订单数（空白=设定）", "Mid: orders")),
        Param("mid_spend", float, None, Text("中价值：金额（空白=设定）", "Mid: spend")),
        Param("mid_recency", int, None, Text("中价值：几天内（空白=设定）", "Mid: last within")),
    ),
    findings=share_findings,
)
def value_tiers(
    data: Data, scope: Scope, as_of: date | None = None, **amounts: float | None
) -> Result:
    """Customers by tier on a day and at each month end, with fixed thresholds.

    The thresholds are settings; other amounts given here are tried on without being kept.

    Shares are over high, mid and potential customers; dormant ones stand apart. Frames: ``tiers``
    (tier, users, share, gmv, gmv_share, aov of the tier window), ``months`` (month = its last day,
    tier, users, share; months that end inside the scope), ``migration`` (from, to, users between
    the last two month ends; from "new" = not yet a customer), ``moves`` (the same between all month
    ends, with month and gmv of those users), ``effect`` (tier, users by the amounts tried, users by
    the settings, change) and ``rfm`` (segment, users, share, gmv, gmv_share, recency,
    frequency). Scalars: high_share, mid_share, potential_share on the day, high_share_first and
    high_share_last at the first and last month end. Source: requirement rows S6.3-b and S7.3-b,
    truth PT05.
    """
    saved, bought = Rules.of(data), purchases(data, scope)
    rules = saved.with_(**amounts)
    span = _span(bought, scope)
    if span is None:
        return _nobody(rules)
    day = as_of or span[1]
    ends = month_ends(span[0], min(day, span[1]))
    facts = facts_of(data, scope, [*ends, day], rules)
    snapshots = {end: judged(one, rules) for end, one in zip(ends, facts, strict=False)}
    now = judged(facts[-1], rules)
    months = _months(snapshots)
    frames = {
        "tiers": _tiers(now),
        "months": months,
        "migration": _migration(snapshots),
        "moves": _moves(snapshots),
        "effect": _effect(now, judged(facts[-1], saved)),
        "rfm": segments(_scored(data, scope, bought, day), rules),
    }
    shares = {f"{tier}_share": _share(now, tier, rules) for tier in ACTIVE}
    edges = [snapshots[ends[0]], snapshots[ends[-1]]] if ends else [now.clear(), now.clear()]
    for name, snapshot in zip(("first", "last"), edges, strict=True):
        shares[f"high_share_{name}"] = _share(snapshot, "high", rules)
    return Result(shares, frames, notes=_notes(ends, data))


def users_in_tiers(data: Data, tiers: tuple[str, ...]) -> pl.Series:
    """Ids of the users in any of ``tiers`` on the last day of the data, judged over all slices."""

    def build() -> pl.DataFrame:
        everything = Scope(tz=data.tz)
        bought = purchases(data, everything)
        last = bought["day"].max()
        if not isinstance(last, date):
            return pl.DataFrame(schema={"user_id": pl.String, "tier": pl.String})
        found = tiers_on(bought, interest_days(data, everything), last, Rules.of(data))
        return found.select("user_id", "tier")

    if not data.has("orders"):
        return pl.Series("user_id", [], dtype=pl.String)
    known = once(data, f"tiers {data.settings.fingerprint}", build)
    return known.filter(pl.col("tier").is_in(list(tiers)))["user_id"]


def _scored(data: Data, scope: Scope, bought: pl.DataFrame, day: date) -> pl.DataFrame:
    where = sorted((key, tuple(values)) for key, values in scope.where.items())
    return once(data, f"rfm {scope.tz} {where} {day}", lambda: rfm(bought, day))


def _span(bought: pl.DataFrame, scope: Scope) -> tuple[date, date] | None:
    """First day to show and last day known: the data's days, cut to the scope."""
    if bought.is_empty():
        return None
    first, last = day_bounds(bought["day"])
    first = max(first, scope.start) if scope.start else first
    last = min(last, scope.end) if scope.end else last
    return (first, last) if first <= last else None


def _share(snapshot: pl.DataFrame, tier: str, rules: Rules) -> Scalar:
    active = snapshot.filter(pl.col("tier").is_in(ACTIVE)).height
    users = snapshot.filter(pl.col("tier") == tier).height
    label = Text(f"{LABELS[tier].zh}用户占比", f"{LABELS[tier].en} share")
    if not active:
        return Scalar(None, "rate", 0, label=label, definition=rules.definition())
    low, high = stats.wilson(users, active)
    return Scalar(users / active, "rate", active, low, high, label, rules.definition())


def _tiers(snapshot: pl.DataFrame) -> pl.DataFrame:
    found = snapshot.group_by("tier").agg(
        users=pl.len(), gmv=pl.col("gmv").sum(), orders=pl.col("orders").sum()
    )
    every = pl.DataFrame({"tier": TIERS}).join(
        found, on="tier", how="left", maintain_order="left"
    ).fill_null(0)  # fmt: skip
    return every.select(
        "tier",
        "users",
        _active_share().alias("share"),
        "gmv",
        gmv_share=pl.when(pl.col("gmv").sum() > 0).then(pl.col("gmv") / pl.col("gmv").sum()),
        aov=pl.when(pl.col("orders") > 0).then(pl.col("gmv") / pl.col("orders")),
    )


def _active_share() -> pl.Expr:
    """Share of a tier over the active tiers of its table; null for the dormant."""
    active = pl.col("tier").is_in(ACTIVE)
    total = pl.col("users").filter(active).sum()
    return pl.when(active & (total > 0)).then(pl.col("users") / total)


def _months(snapshots: dict[date, pl.DataFrame]) -> pl.DataFrame:
    parts = [
        _tiers(snapshot).select(pl.lit(end).alias("month"), "tier", "users", "share")
        for end, snapshot in snapshots.items()
    ]
    schema = {"month": pl.Date, "tier": pl.String, "users": pl.Int64, "share": pl.Float64}
    return pl.concat(parts).cast(schema) if parts else pl.DataFrame(schema=schema)  # type: ignore[arg-type]


def _migration(snapshots: dict[date, pl.DataFrame]) -> pl.DataFrame:
    """Customers by tier at the last two month ends."""
    schema = {"from": pl.String, "to": pl.String, "users": pl.Int64}
    if len(snapshots) < 2:
        return pl.DataFrame(schema=schema)
    before, after = list(snapshots.values())[-2:]
    moved = after.select("user", to="tier").join(
        before.select("user", pl.col("tier").alias("from")), on="user", how="left"
    )
    counted = moved.with_columns(pl.col("from").fill_null("new")).group_by("from", "to")
    return counted.agg(users=pl.len().cast(pl.Int64)).sort("from", "to")


def _moves(snapshots: dict[date, pl.DataFrame]) -> pl.DataFrame:
    """Customers by tier between all neighbouring month ends, with their money of the window."""
    schema = {"month": pl.Date, "from": pl.String, "to": pl.String, "users": pl.Int64,
              "gmv": pl.Float64}  # fmt: skip
    parts = []
    for (_, before), (end, after) in pairwise(snapshots.items()):
        moved = after.select("user", "gmv", to="tier").join(
            before.select("user", pl.col("tier").alias("from")), on="user", how="left"
        )
        parts.append(
            moved.with_columns(pl.col("from").fill_null("new"))
            .group_by("from", "to")
            .agg(users=pl.len().cast(pl.Int64), gmv=pl.col("gmv").sum())
            .sort("from", "to")
            .select(pl.lit(end).alias("month"), "from", "to", "users", "gmv")
        )
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _effect(tried: pl.DataFrame, saved: pl.DataFrame) -> pl.DataFrame:
    """Users of each tier by the amounts tried and by the settings."""
    counts = [
        frame.group_by("tier").agg(pl.len().cast(pl.Int64).alias(name))
        for frame, name in ((tried, "users"), (saved, "users_saved"))
    ]
    every = pl.DataFrame({"tier": TIERS})
    for count in counts:
        every = every.join(count, on="tier", how="left", maintain_order="left")
    return every.fill_null(0).with_columns(change=pl.col("users") - pl.col("users_saved"))


def _nobody(rules: Rules) -> Result:
    nobody = pl.DataFrame(
        schema={"user": pl.UInt32, "gmv": pl.Float64, "orders": pl.Int64, "tier": pl.String}
    )
    names = ("high", "mid", "potential", "high_share_first", "high_share_last")
    scalars = {
        (name if name.startswith("high_") else f"{name}_share"): _share(
            nobody, name.split("_")[0], rules
        )
        for name in names
    }
    bought = pl.DataFrame(schema={"user": pl.UInt32, "day": pl.Date, "money": pl.Float64})
    empty = {"tiers": _tiers(nobody), "months": _months({}), "migration": _migration({}),
             "moves": _moves({}), "effect": _effect(nobody, nobody),
             "rfm": segments(rfm(bought, date.today()), rules)}  # fmt: skip
    note = Text("所选范围内没有已付款的订单。", "There are no paid orders in this scope.")
    return Result(scalars, empty, notes=(note,))


def _notes(ends: list[date], data: Data) -> tuple[Text, ...]:
    notes = []
    if not ends:
        notes.append(
            Text(
                "范围内没有完整的月末，因此没有按月走势。",
                "No month ends inside the scope, so there is no monthly line.",
            )
        )
    if not data.has("events"):
        notes.append(
            Text(
                "没有行为事件，“潜力”只看下单。",
                "Without viewer events, potential looks at orders only.",
            )
        )
    return tuple(notes)
