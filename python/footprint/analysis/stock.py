"""How fast stock turns, how long it lasts, what lies dead and what should be moved."""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import over
from footprint.analysis.stock_levels import days_of_cover, on_hand, sales_window
from footprint.data import Data
from footprint.format import sentence
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import bucket_bootstrap, percentile_interval
from footprint.text import Text

_BUCKETS = 64
_DEFINITION = Text(
    "周转次数 = 时段内售出成本 ÷ 平均库存成本，按一年折算。可卖天数 = 现有库存 ÷ 最近 28 "
    "天日均销量。"
    "呆滞 = 有库存、且可卖天数超过设定天数或没有售出。库存取每个仓的最新一次。",
    "Turnover = cost of goods sold / mean stock at cost, per year. Days of cover = stock on hand / "
    "mean units sold a day over the last 28 days. Dead = in stock and either nothing sold or cover "
    "above the set days. Stock is the newest count of each warehouse.",
)
_PROBLEM = Text(
    "{skus} 个商品卖不动，压着 {value} 的货（按成本），最近 28 天没有售出或要卖 {days} 天以上。",
    "{skus} products do not move and tie up {value} at cost: nothing sold in 28 days, or more than "
    "{days} days to sell out.",
)
_SUGGESTION = Text(
    "先停补货，再拿出来做搭配或清仓场；按占用金额从大到小处理。",
    "Stop reordering first, then bundle or clear them, the largest amounts first.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when dead stock ties up money."""
    dead = result.frames["skus"].filter("dead")
    value = float(dead["stock_value"].sum() or 0)
    if dead.is_empty() or value <= 0:
        return []
    return [
        Finding(
            id="stock:dead",
            kind="dead_stock",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, skus=(dead.height, "count"), value=(value, "CNY"),
                days=(data.settings.value("dead_stock_days"), "count"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.8,
            n=dead.height,
            page="U5",
            question="stock",
            impact_cny=value,
            scope=scope,
            evidence=dead.select("sku_id", "name", "on_hand", "cover_days", "stock_value").head(20),
        )
    ]  # fmt: skip


@question(
    "stock",
    title=Text("库存周转快不快，够卖多久？", "Does stock turn, and will it last?"),
    page="U5",
    rows=("S4.3-b", "S6.2-c"),
    needs=("inventory", "orders"),
    uses=("products",),
    findings=_findings,
)
def stock(data: Data, scope: Scope) -> Result:
    """Turnover, days of cover, dead stock, stock by tier and what to move between tiers.

    Scalars: turnover (times a year, interval over goods), days_on_hand (365 / turnover),
    cover_median (d), dead_skus, dead_value (CNY), out_skus. Frames ``skus`` (sku_id, name,
    category, on_hand, per_day, cover_days, stock_value, dead, out), ``months`` (month, turnover,
    cogs, stock), ``tiers`` (tier, on_hand, stock_value, skus), ``transfers`` (sku_id, from, to,
    units): live stock below the set days while another tier holds more. Source: requirement rows
    S4.3-b and S6.2-c.
    """
    skus = _skus(data, scope)
    months = _months(data, scope)
    scalars = _turnover(data, scope) | _counts(skus)
    stock_now = on_hand(data, scope).join(_unit_costs(data), on="sku_id", how="left")
    return Result(
        scalars=scalars,
        frames={
            "skus": skus, "months": months, "tiers": _tiers(stock_now),
            "transfers": _transfers(data, scope, stock_now),
        },
        notes=_notes(data, scope),
    )  # fmt: skip


def _unit_costs(data: Data) -> pl.DataFrame:
    if not data.has("products"):
        return pl.DataFrame(schema={
            "sku_id": pl.String, "name": pl.String, "category": pl.String, "unit_cost": pl.Float64,
        })  # fmt: skip
    columns = ("sku_id", "name", "category", "unit_cost")
    return data.frame("products").select(columns).unique("sku_id", keep="first")


def _skus(data: Data, scope: Scope) -> pl.DataFrame:
    limit = float(data.settings.value("dead_stock_days"))
    slow = (pl.col("cover_days") > limit) | (pl.col("per_day") <= 0)
    return (
        days_of_cover(data, scope)
        .join(_unit_costs(data), on="sku_id", how="left")
        .with_columns(
            stock_value=pl.col("on_hand") * pl.col("unit_cost"),
            dead=(slow & (pl.col("on_hand") > 0)).fill_null(value=False),
            out=(pl.col("on_hand") <= 0) & (pl.col("per_day") > 0),
        )
        .select(
            "sku_id", "name", "category", "on_hand", "units", "per_day", "cover_days",
            "stock_value", "dead", "out",
        )
        .sort(["dead", "stock_value", "sku_id"], descending=[True, True, False], nulls_last=True)
    )  # fmt: skip


def _per_sku(data: Data, scope: Scope) -> pl.DataFrame:
    """Cost of goods sold and mean stock at cost of every SKU in the scope."""
    costs = _unit_costs(data).select("sku_id", "unit_cost")
    sold = scoped(data, "orders", scope).group_by("sku_id").agg(units=pl.col("qty").sum())
    held = (
        scoped(data, "inventory", scope)
        .group_by("sku_id", "date")
        .agg(pl.col("on_hand").sum())
        .group_by("sku_id")
        .agg(pl.col("on_hand").mean())
    )
    both = held.join(sold, on="sku_id", how="left").join(costs, on="sku_id")
    return both.select(
        "sku_id",
        cogs=pl.col("units").fill_null(0) * pl.col("unit_cost"),
        stock=pl.col("on_hand") * pl.col("unit_cost"),
    )


def _turnover(data: Data, scope: Scope) -> dict[str, Scalar]:
    skus = _per_sku(data, scope)
    days = _days(data, scope)
    held = float(skus["stock"].sum() or 0)
    labels = (Text("年周转次数", "Turns a year"), Text("平均在库天数", "Days on hand"))
    n = skus.height
    if not n or held <= 0 or not days:
        return {
            "turnover": Scalar(None, "x", n, label=labels[0], definition=_DEFINITION),
            "days_on_hand": Scalar(None, "d", n, label=labels[1], definition=_DEFINITION),
        }
    turns = float(skus["cogs"].sum()) / held * 365 / days
    low, high = _interval(skus, 365 / days)
    return {
        "turnover": Scalar(turns, "x", n, low, high, labels[0], _DEFINITION),
        "days_on_hand": Scalar(
            365 / turns if turns else None, "d", n,
            365 / high if high else None, 365 / low if low else None, labels[1], _DEFINITION,
        ),
    }  # fmt: skip


def _interval(skus: pl.DataFrame, scale: float) -> tuple[float | None, float | None]:
    """95 % interval of the turnover, drawing goods anew."""
    if skus.height < 10:
        return None, None
    sums = (
        skus.sort("sku_id")
        .with_row_index("place")
        .group_by(bucket=pl.col("place") % _BUCKETS)
        .agg(pl.col("cogs", "stock").sum())
        .sort("bucket")
        .drop("bucket")
    )
    draws = bucket_bootstrap(sums.to_numpy())
    low, high = percentile_interval(draws[:, 0] / draws[:, 1] * scale)
    return float(low), float(high)


def _days(data: Data, scope: Scope) -> int:
    day = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.date()
    first, last = scoped(data, "orders", scope).select(a=day.min(), b=day.max()).row(0)
    return (last - first).days + 1 if first else 0


def _counts(skus: pl.DataFrame) -> dict[str, Scalar]:
    n = skus.height
    dead = skus.filter("dead")
    words = {
        "cover_median": Text("可卖天数（中位）", "Days of cover (median)"),
        "dead_skus": Text("呆滞商品", "Dead goods"),
        "dead_value": Text("呆滞占用（成本）", "Tied up in dead stock"),
        "out_skus": Text("已断货", "Out of stock"),
    }
    middle = skus["cover_days"].median()
    values: dict[str, tuple[float | None, str]] = {
        "cover_median": (float(str(middle)) if middle is not None else None, "d"),
        "dead_skus": (dead.height, "count"),
        "dead_value": (float(dead["stock_value"].sum() or 0), "CNY"),
        "out_skus": (int(skus["out"].sum()), "count"),
    }
    return {
        name: Scalar(value, unit, n, label=words[name], definition=_DEFINITION)
        for name, (value, unit) in values.items()
    }


def _months(data: Data, scope: Scope) -> pl.DataFrame:
    """Turnover a year of every calendar month with stock counts and orders."""
    costs = _unit_costs(data).select("sku_id", "unit_cost")
    month = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.strftime("%Y-%m")
    day = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.date()
    sold = (
        scoped(data, "orders", scope)
        .join(costs, on="sku_id")
        .group_by(month=month)
        .agg(
            cogs=(pl.col("qty") * pl.col("unit_cost")).sum(),
            days=(day.max() - day.min()).dt.total_days() + 1,
        )
    )
    held = (
        scoped(data, "inventory", scope)
        .join(costs, on="sku_id")
        .group_by("date", month=pl.col("date").dt.strftime("%Y-%m"))
        .agg(stock=(pl.col("on_hand") * pl.col("unit_cost")).sum())
        .group_by("month")
        .agg(pl.col("stock").mean())
    )
    both = sold.join(held, on="month")
    turns = over(pl.col("cogs") * 365, pl.col("stock") * pl.col("days"))
    return (
        both.with_columns(turnover=turns).select("month", "turnover", "cogs", "stock").sort("month")
    )


def _tiers(stock_now: pl.DataFrame) -> pl.DataFrame:
    return (
        stock_now.with_columns(worth=pl.col("on_hand") * pl.col("unit_cost"))
        .group_by("tier")
        .agg(
            pl.col("on_hand").sum(),
            stock_value=pl.col("worth").sum(),
            skus=pl.col("sku_id").n_unique().cast(pl.Int64),
        )
        .sort("on_hand", descending=True)
    )


def _transfers(data: Data, scope: Scope, stock_now: pl.DataFrame) -> pl.DataFrame:
    """Units to bring to the live tier: up to the set days of cover, from the tier with the most."""
    target = float(data.settings.value("live_cover_days"))
    cover = days_of_cover(data, scope).select("sku_id", "per_day")
    wide = stock_now.group_by("sku_id", "tier").agg(pl.col("on_hand").sum())
    live = wide.filter(pl.col("tier") == "live").select("sku_id", live="on_hand")
    other = wide.filter(pl.col("tier") != "live").sort("on_hand", descending=True)
    other = other.unique("sku_id", keep="first", maintain_order=True)
    need = (pl.col("per_day") * target).ceil() - pl.col("live").fill_null(0)
    moved = (
        other.join(cover, on="sku_id")
        .join(live, on="sku_id", how="left")
        .with_columns(units=pl.min_horizontal(need, "on_hand").cast(pl.Int64))
        .filter(pl.col("units") > 0)
    )
    known = live.height > 0  # a shop without a live tier has nothing to move there
    return (
        moved.select("sku_id", pl.col("tier").alias("from"), pl.lit("live").alias("to"), "units")
        .filter(pl.lit(known))
        .sort(["units", "sku_id"], descending=[True, False])
    )


def _notes(data: Data, scope: Scope) -> tuple[Text, ...]:
    window = sales_window(data, scope)
    if window is None:
        return ()
    words = Text("日均销量取 {start} 至 {end}。", "Daily sales are of {start} to {end}.")
    return (sentence(words, start=(window[0], "date"), end=(window[1], "date")),)
