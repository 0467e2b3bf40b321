"""Which goods earn far more than they sell, hidden behind their category's average."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.analysis import goods
from footprint.analysis.exposure import low_exposure
from footprint.data import Data
from footprint.format import sentence
from footprint.names import category_name
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.stats import bucket_bootstrap, percentile_interval
from footprint.text import Text

_BUCKETS = 64
_LEAST_LINES = 10
_REPLICATES = 1000
_PROBLEM = Text(
    "{category}类里有 {skus} 个商品只占本类成交额的 {gmv}，却赚了本类利润的 {profit}"
    "（{start} 至 {end}）。按品类看不出来。",
    "In {category}, {skus} products make only {gmv} of the category's sales but {profit} of its "
    "profit ({start} to {end}). The category total hides them.",
)
_SUGGESTION = Text(
    "给这些商品排进直播讲解和短视频，小步加曝光，看利润率能否保持；先查库存够不够。",
    "Give these products airtime and short videos in small steps, watch whether the margin holds, "
    "and check stock first.",
)
_DEFINITION = Text(
    "利润 = 实付 − 退款 − 数量×单位成本 − 佣金。被忽视商品：利润占比达到成交占比设定倍数的商品，"
    "合计成交占比低、利润占比高（门槛见设置）。短于设定天数的时段向前回看。",
    "Profit = paid − refund − quantity × unit cost − commission. Ignored: products whose share of "
    "profit is the set multiple of their share of sales, together small in sales and large in "
    "profit (limits in the settings). Periods shorter than the set days look further back.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per category that hides ignored earners."""
    rows = result.frames["categories"].filter(pl.col("niche_skus") > 0).to_dicts()
    return [_finding(row, result, data, scope) for row in rows]


def _finding(row: dict, result: Result, data: Data, scope: Scope) -> Finding:
    category, skus = row["category"], result.frames["skus"]
    niche = skus.filter(pl.col("niche"), pl.col("category") == category)
    now = goods.profit_lines(data, scope).filter(pl.col("sku_id").is_in(niche["sku_id"].implode()))
    dates = result.frames["period"].row(0, named=True)
    return Finding(
        id=f"ignored_sku:{category}",
        kind="ignored_sku",
        severity=1,
        colour="grey",
        problem=sentence(
            _PROBLEM, category=category_name(category), skus=(row["niche_skus"], "count"),
            gmv=(row["niche_gmv_share"], "rate"), profit=(row["niche_profit_share"], "rate"),
            start=(dates["start"], "date"), end=(dates["end"], "date"),
        ),
        suggestion=_SUGGESTION,
        confidence=0.9 if row["lines"] >= 10 * data.settings.value("niche_min_lines") else 0.7,
        n=int(niche["lines"].sum()),
        page="U5",
        question="sku_profit",
        impact_cny=float(now["profit"].sum()),
        scope=scope.only(category=category),
        evidence=niche.select("sku_id", "name", "gmv", "profit", "gmv_share", "profit_share"),
    )  # fmt: skip


@question(
    "sku_profit",
    title=Text("哪些被忽视的商品在赚钱？", "Which ignored products earn?"),
    page="U5",
    rows=("S7.2-d",),
    needs=("orders", "products"),
    in_brief=True,
    findings=_findings,
)
def sku_profit(data: Data, scope: Scope) -> Result:
    """Profit per SKU and the goods whose profit their category's average hides.

    Scalars speak of the category whose ignored goods earn most (all 0 when there is none).
    Frames ``skus``, ``categories`` (CNY, shares 0..1), ``period`` (start, end, lines) and
    ``low_exposure`` (goods little shown whose units earn most, see ``exposure``).
    Source: requirement row S7.2-d, truth PT04.
    """
    wide = goods.lookback(scope, int(data.settings.value("niche_lookback_days")))
    lines = goods.profit_lines(data, wide)
    skus = goods.mark_niche(goods.by_sku(lines), goods.NicheRule.of(data.settings))
    categories = goods.by_category(skus)
    return Result(
        scalars=_scalars(lines, skus, categories),
        frames={
            "skus": skus, "categories": categories, "period": _period(lines, data.tz),
            "low_exposure": low_exposure(data, wide, lines, _LEAST_LINES),
        },
        notes=_notes(scope, wide, skus),
    )  # fmt: skip


def _scalars(
    lines: pl.DataFrame, skus: pl.DataFrame, categories: pl.DataFrame
) -> dict[str, Scalar]:
    best = categories.row(0, named=True) if categories.height else {}
    found = bool(best.get("niche_skus"))
    n = int(best["lines"]) if found else lines.height
    bounds = _intervals(lines, skus, best["category"]) if found else [(None, None)] * 2
    words = (
        ("niche_gmv_share", Text("被忽视商品的成交占比", "Ignored products' share of sales")),
        ("niche_profit_share", Text("被忽视商品的利润占比", "Ignored products' share of profit")),
    )
    shares = {
        name: Scalar(
            best[name] if found else 0.0, "rate", n, low, high, label=label, definition=_DEFINITION
        )
        for (name, label), (low, high) in zip(words, bounds, strict=True)
    }
    count = Scalar(
        best["niche_skus"] if found else 0, "count", n,
        label=Text("被忽视商品数", "Ignored products"), definition=_DEFINITION,
    )  # fmt: skip
    return {**shares, "niche_skus": count}


def _intervals(
    lines: pl.DataFrame, skus: pl.DataFrame, category: str
) -> list[tuple[float | None, float | None]]:
    """95 % intervals of the two shares, drawing buckets of buyers anew."""
    niche = skus.filter("niche")["sku_id"].implode()
    inside = pl.col("sku_id").is_in(niche)
    sums = (
        lines.filter(pl.col("category") == category)
        .group_by(bucket=pl.col("user_id").rank("dense") % _BUCKETS)
        .agg(
            pl.col("paid_amount").filter(inside).sum().alias("niche_gmv"),
            pl.col("paid_amount").sum().alias("gmv"),
            pl.col("profit").filter(inside).sum().alias("niche_profit"),
            pl.col("profit").sum().alias("total_profit"),
        )
        .sort("bucket")
        .drop("bucket")
    )
    if sums.height < _BUCKETS // 2:
        return [(None, None)] * 2
    draws = bucket_bootstrap(sums.to_numpy(), _REPLICATES)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (draws[:, 0] / draws[:, 1], draws[:, 2] / draws[:, 3])
    return [tuple(map(float, percentile_interval(share))) for share in shares]  # type: ignore[misc]


def _period(lines: pl.DataFrame, tz: str) -> pl.DataFrame:
    day = pl.col("order_ts").dt.convert_time_zone(tz).dt.date()
    return lines.select(start=day.min(), end=day.max(), lines=pl.len().cast(pl.Int64))


def _notes(scope: Scope, wide: Scope, skus: pl.DataFrame) -> tuple[Text, ...]:
    notes = []
    if wide != scope:
        notes.append(
            sentence(
                Text("时段较短，向前回看到 {start}。", "Short period: it looks back to {start}."),
                start=(wide.start, "date"),
            )
        )
    if skus.is_empty():
        notes.append(
            Text(
                "没有能算出利润的订单行（需要商品的单位成本）。",
                "No order line with a known unit cost.",
            )
        )
    return tuple(notes)
