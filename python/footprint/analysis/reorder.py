"""What to reorder for the streams to come: demand per stream against stock."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from footprint.analysis.measures import over
from footprint.analysis.stock_levels import on_hand, sales_window
from footprint.data import Data
from footprint.errors import UsageError
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_DEFINITION = Text(
    "每个商品：最近 28 天同品类场次的每场销量，加货架日销量，乘以计划场次和天数，得到预计需求；"
    "按服务"
    "水平取上限（负二项分布，销量起伏大的多备）。建议补货 = 上限 − 现有库存 − 在途，不小于 0。"
    "计划场次"
    "取直播表里最后一单之后的场次；没有就按最近的频率，也可以自己填。",
    "Per product: units sold per stream of its category over the last 28 days plus shelf sales a "
    "day, times the planned streams and days, gives expected demand; the upper bound is the "
    "service "
    "level of a negative binomial, so lumpy sellers get more. Reorder = bound - on hand - inbound, "
    "never below 0. Planned streams are those in the sheet after the last order, else the recent "
    "frequency, or what you enter.",
)
_PROBLEM = Text(
    "未来 {days} 天有 {skus} 个商品的库存不够卖，按计划场次要补 {units} 件，约 {cost}。",
    "{skus} products will not last the next {days} days: the planned streams need {units} more "
    "units, about {cost}.",
)
_SUGGESTION = Text(
    "按清单补货，先补可卖天数最短的；不能到货的从脚本和排品里撤下。",
    "Reorder by the list, shortest cover first; take what cannot arrive out of scripts and "
    "line-up.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when planned streams need more than the stock."""
    table = result.frames.get("reorder", pl.DataFrame({"reorder": []}))
    rows = table.filter(pl.col("reorder") > 0)
    if rows.is_empty():
        return []
    cost = rows["cost"].sum()
    return [
        Finding(
            id="reorder:list",
            kind="reorder",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, days=(result.params["days"], "count"), skus=(rows.height, "count"),
                units=(int(rows["reorder"].sum()), "count"), cost=(cost, "CNY"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.6,
            n=int(rows["sold"].sum()),
            page="U5",
            question="reorder",
            params={"days": result.params["days"]},
            scope=scope,
            evidence=rows.head(20),
        )
    ]  # fmt: skip


@question(
    "reorder",
    title=Text("接下来要补哪些货？", "What should be reordered?"),
    page="U5",
    rows=("S10.1-b",),
    needs=("orders", "inventory", "products"),
    uses=("streams",),
    params=(
        Param("days", int, 14, Text("未来天数", "Days ahead")),
        Param("streams", int, None, Text("每个品类的计划场次", "Planned streams per category")),
        Param("service", float, 0.95, Text("服务水平（0–1）", "Service level (0-1)")),
    ),
    findings=_findings,
)
def reorder(data: Data, scope: Scope, days: int, streams: int | None, service: float) -> Result:
    """Reorder list from demand per planned stream.

    Scalars: reorder_skus, reorder_units, reorder_cost (CNY), planned_streams. Frames ``reorder``
    (sku_id, name, category, sold, per_stream, per_shelf_day, planned, expected, upper, on_hand,
    inbound, reorder, cost, covered = stock / expected demand), ``planned``
    (category, streams, source). Raises UsageError
    for a service level outside (0, 1) or less than a day. Source: requirement row S10.1-b.
    """
    if not 0 < service < 1 or days < 1:
        raise UsageError(
            Text(
                "服务水平须在 0 与 1 之间，天数至少 1",
                "the service level must be between 0 and 1 and the days at least 1",
            ),
            Text("例如 0.95 和 14 天。", "For example .95 and 14 days."),
        )
    window = sales_window(data, scope)
    if window is None:
        return Result(notes=(Text("没有订单。", "No orders."),))
    recent = Scope(*window, scope.where, scope.tz)
    past = (window[1] - window[0]).days + 1
    planned = _planned(data, recent, scope, days, streams)
    table = _demand(data, recent, past, planned, days, service)
    table = _against_stock(data, scope, table)
    return Result(
        scalars=_scalars(table, planned), frames={"reorder": table, "planned": planned},
        notes=(sentence(
            Text("销量取 {start} 至 {end}。", "Sales are of {start} to {end}."),
            start=(window[0], "date"), end=(window[1], "date"),
        ),),
    )  # fmt: skip


def _planned(
    data: Data, recent: Scope, scope: Scope, days: int, streams: int | None
) -> pl.DataFrame:
    """Streams to come by category: entered, else in the sheet after the last order, else as of
    late."""
    schema = {"category": pl.String, "past": pl.Int64, "streams": pl.Float64, "source": pl.String}
    if not data.has("streams"):
        return pl.DataFrame(schema=schema)
    past = scoped(data, "streams", recent).group_by("category").agg(past=pl.len().cast(pl.Int64))
    if streams is not None:
        return past.with_columns(streams=pl.lit(float(streams)), source=pl.lit("entered"))
    assert recent.start and recent.end
    ahead = Scope(
        recent.end + timedelta(days=1), recent.end + timedelta(days=days), scope.where, scope.tz
    )
    coming = scoped(data, "streams", ahead).group_by("category").agg(n=pl.len())
    span = (recent.end - recent.start).days + 1
    known = coming.height > 0
    return (
        past.join(coming, on="category", how="left")
        .with_columns(
            streams=pl.col("n").fill_null(0).cast(pl.Float64)
            if known
            else pl.col("past") * days / span,
            source=pl.lit("scheduled" if known else "as_recently"),
        )
        .select(list(schema))
        .sort("category")
    )


def _demand(
    data: Data, recent: Scope, past_days: int, planned: pl.DataFrame, days: int, service: float
) -> pl.DataFrame:
    products = data.frame("products").unique("sku_id", keep="first")
    lines = scoped(data, "orders", recent).select("sku_id", "stream_id", "qty")
    per = lines.group_by("sku_id", "stream_id").agg(units=pl.col("qty").sum())
    live = pl.col("stream_id").is_not_null()
    sold = per.group_by("sku_id").agg(
        sold=pl.col("units").sum().cast(pl.Int64),
        on_air=pl.col("units").filter(live).sum(),
        squares=(pl.col("units").filter(live) ** 2).sum(),
        shelf=pl.col("units").filter(~live).sum(),
    )
    table = sold.join(products.select("sku_id", "name", "category", "unit_cost"), on="sku_id").join(
        planned.select("category", "past", planned="streams"), on="category", how="left"
    )
    streams = pl.col("past").fill_null(0)
    mean = pl.when(streams > 0).then(pl.col("on_air") / streams).otherwise(0.0)
    variance = pl.when(streams > 1).then(
        (pl.col("squares") - streams * mean**2) / (streams - 1)
    ).otherwise(mean)  # fmt: skip
    table = table.with_columns(
        per_stream=mean, per_shelf_day=pl.col("shelf") / past_days,
        spread=pl.max_horizontal(variance, mean), planned=pl.col("planned").fill_null(0.0),
    )  # fmt: skip
    expected = pl.col("planned") * pl.col("per_stream") + days * pl.col("per_shelf_day")
    noise = pl.col("planned") * pl.col("spread") + days * pl.col("per_shelf_day")
    table = table.with_columns(expected=expected, variance=noise)
    upper = upper_demand(table["expected"].to_numpy(), table["variance"].to_numpy(), service)
    return table.with_columns(upper=pl.Series(upper, dtype=pl.Float64))


def upper_demand(mean: np.ndarray, variance: np.ndarray, service: float) -> np.ndarray:
    """The ``service`` quantile of demand: negative binomial, Poisson where it varies no more."""
    from scipy.stats import nbinom, poisson

    spread = np.maximum(variance, mean * (1 + 1e-9))
    wide = spread > mean * 1.0001
    bound = poisson.ppf(service, np.maximum(mean, 1e-12)).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = mean**2 / (spread - mean)
        share = mean / spread
    wide &= mean > 0
    bound[wide] = nbinom.ppf(service, size[wide], share[wide])
    return np.where(mean > 0, np.maximum(bound, 0), 0.0)


def _against_stock(data: Data, scope: Scope, table: pl.DataFrame) -> pl.DataFrame:
    stock = on_hand(data, scope).group_by("sku_id").agg(pl.col("on_hand").sum())
    newest = (
        data.frame("inventory")
        .group_by("sku_id")
        .agg(inbound=pl.col("inbound").filter(pl.col("date") == pl.col("date").max()).sum())
    )
    joined = table.join(stock, on="sku_id").join(newest, on="sku_id", how="left")
    short = pl.col("upper") - pl.col("on_hand") - pl.col("inbound").fill_null(0)
    return (
        joined.with_columns(reorder=short.clip(0).ceil().cast(pl.Int64))
        .with_columns(
            cost=pl.col("reorder") * pl.col("unit_cost"),
            covered=over(pl.col("on_hand"), pl.col("expected")),
        )
        .select(
            "sku_id", "name", "category", "sold", "per_stream", "per_shelf_day", "planned",
            "expected", "upper", "on_hand", "inbound", "reorder", "cost", "covered",
        )
        .sort(["reorder", "sku_id"], descending=[True, False])
    )  # fmt: skip


def _scalars(table: pl.DataFrame, planned: pl.DataFrame) -> dict[str, Scalar]:
    needed = table.filter(pl.col("reorder") > 0)
    n = table.height
    values: dict[str, tuple[float, str, Text]] = {
        "reorder_skus": (needed.height, "count", Text("要补的商品", "Goods to reorder")),
        "reorder_units": (
            int(needed["reorder"].sum()), "count", Text("补货件数", "Units to reorder")
        ),
        "reorder_cost": (
            float(needed["cost"].sum() or 0), "CNY", Text("补货金额（成本）", "Cost of the reorder")
        ),
        "planned_streams": (
            float(planned["streams"].sum() or 0), "count", Text("计划场次", "Planned streams")
        ),
    }  # fmt: skip
    return {
        name: Scalar(value, unit, n, label=label, definition=_DEFINITION)
        for name, (value, unit, label) in values.items()
    }
