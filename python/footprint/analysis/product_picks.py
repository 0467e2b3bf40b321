"""Which goods next: what each group of buyers likes, what sells together, what it earns and how
much stock is left."""

from __future__ import annotations

import polars as pl

from footprint.analysis import goods
from footprint.analysis.baskets import pairs
from footprint.analysis.lift import cell_lift
from footprint.analysis.measures import kept, over
from footprint.analysis.stock_levels import days_of_cover
from footprint.data import Data
from footprint.errors import unknown
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_SEGMENTS = ("region", "platform", "channel", "buyer")
_ALPHA = 0.05
_DEFINITION = Text(
    "偏好 = 该客群买这个品类的人数 ÷ 各客群一样时应有的人数，人少时向 1 收缩。搭配 = "
    "同一买家都买过的"
    "两个商品，与同品类买家中偶然同买相比，p 值按所有可能的组合校正。得分 = 偏好 × 每件利润 × 库存"
    "系数（可卖天数 ÷ 设定天数，最多 1；没有库存表时为 1）。这是相关，不是因果。",
    "Affinity = buyers of the group who buy the category / what equal taste would give, pulled to "
    "1 when few. Pairs = goods the same buyers hold, against chance among buyers of the category, "
    "p corrected for every possible pair. Score = affinity x profit per unit x stock factor (days "
    "of cover / the set days, at most 1; 1 without a stock table). Association, not cause.",
)
_NO_STOCK = Text(
    "没有库存表，得分不计库存（上传 inventory.csv 后计入）。",
    "No stock table: the score leaves stock out (upload inventory.csv to use it).",
)


@question(
    "product_picks",
    title=Text("下一批选什么货？", "Which goods next?"),
    page="U5",
    rows=("S2.3.3-c", "S3.1-a"),
    needs=("orders", "products"),
    uses=("inventory",),
    params=(
        Param("segment", str, "region", Text("客群按", "Groups by"), _SEGMENTS),
        Param("value", str, None, Text("客群，缺省为全部", "Group; everyone when empty")),
    ),
)
def product_picks(data: Data, scope: Scope, segment: str, value: str | None) -> Result:
    """Candidate goods for everyone or for one group of buyers.

    ``segment`` region, platform, channel or buyer (new = first order in the scope's history,
    returning otherwise). Scalars: candidates, pairs, buyers. Frames ``picks`` (sku_id, name,
    category, affinity, unit_profit, units, cover_days, stock_factor, score), ``affinity`` (segment,
    category, n, expected, lift, low, high, p_adjusted, sure), ``pairs`` (a, b, names, buyers,
    support, expected, lift, p_adjusted). Raises UsageError for an unknown group. Source:
    requirement row S2.3.3-c.
    """
    least = int(data.settings.value("pick_min_buyers"))
    lines = _segmented(kept(data, scope, "pick lines", lambda: _lines(data, scope)), segment)
    groups = lines["segment"].drop_nulls().unique().sort().to_list()
    if value is not None and value not in groups:
        raise unknown("group", "客群", value, dict.fromkeys(groups))
    affinity = _affinity(lines, least)
    picks = _picks(data, scope, lines, affinity, value, least)
    name = f"pairs {least}"
    found = kept(data, scope, name, lambda: _named_pairs(lines, least))
    buyers = lines["user_id"].n_unique()
    return Result(
        scalars={
            "candidates": Scalar(
                picks.height, "count", lines["sku_id"].n_unique(),
                label=Text("可评分的商品", "Goods scored"), definition=_DEFINITION,
            ),
            "pairs": Scalar(
                int((found["p_adjusted"] < _ALPHA).sum()), "count", found.height,
                label=Text("站得住的搭配", "Pairs that hold"), definition=_DEFINITION,
            ),
            "buyers": Scalar(buyers, "count", buyers, label=Text("买家", "Buyers")),
        },
        frames={"picks": picks, "affinity": affinity, "pairs": found},
        notes=() if data.has("inventory") else (_NO_STOCK,),
    )  # fmt: skip


def _lines(data: Data, scope: Scope) -> pl.DataFrame:
    """What the picks read of the profit lines."""
    return goods.profit_lines(data, scope).select(
        "user_id", "order_ts", "sku_id", "name", "category", "qty", "profit", "region",
        "platform", "channel",
    )  # fmt: skip


def _segmented(lines: pl.DataFrame, segment: str) -> pl.DataFrame:
    if segment != "buyer":
        return lines.with_columns(segment=pl.col(segment))
    first = pl.col("order_ts") == pl.col("order_ts").min().over("user_id")
    return lines.with_columns(
        segment=pl.when(first).then(pl.lit("first_order")).otherwise(pl.lit("returning"))
    )


def _affinity(lines: pl.DataFrame, least: int) -> pl.DataFrame:
    found = cell_lift(lines.select("segment", "category", "user_id"), "segment", "category", least)
    return found.with_columns(sure=(pl.col("p_adjusted") < _ALPHA).fill_null(value=False))


def _picks(
    data: Data, scope: Scope, lines: pl.DataFrame, affinity: pl.DataFrame, value: str | None,
    least: int,
) -> pl.DataFrame:  # fmt: skip
    """Every SKU with enough buyers, best score first."""
    skus = lines.group_by("sku_id").agg(
        pl.col("name", "category").first(),
        buyers=pl.col("user_id").n_unique().cast(pl.Int64),
        units=pl.col("qty").sum(),
        profit=pl.col("profit").sum(),
    )
    skus = skus.filter(pl.col("buyers") >= least).with_columns(
        unit_profit=over(pl.col("profit"), pl.col("units")).fill_null(
            over(-pl.col("profit"), pl.col("units")) * -1
        )
    )
    if value is None:
        skus = skus.with_columns(affinity=pl.lit(1.0))
    else:
        own = affinity.filter(pl.col("segment") == value).select("category", affinity="lift")
        skus = skus.join(own, on="category", how="left")
    skus = _with_stock(data, scope, skus)
    return skus.with_columns(
        score=pl.col("affinity") * pl.col("unit_profit") * pl.col("stock_factor")
    ).select(
        "sku_id", "name", "category", "affinity", "unit_profit", "units", "buyers", "cover_days",
        "stock_factor", "score",
    ).sort(["score", "sku_id"], descending=[True, False], nulls_last=True)  # fmt: skip


def _with_stock(data: Data, scope: Scope, skus: pl.DataFrame) -> pl.DataFrame:
    if not data.has("inventory"):
        return skus.with_columns(cover_days=pl.lit(None, pl.Float64), stock_factor=pl.lit(1.0))
    cover = days_of_cover(data, scope).select("sku_id", "cover_days")
    target = float(data.settings.value("cover_target_days"))
    known = skus.join(cover, on="sku_id", how="left")
    return known.with_columns(stock_factor=(pl.col("cover_days") / target).clip(0, 1).fill_null(0))


def _named_pairs(lines: pl.DataFrame, least: int) -> pl.DataFrame:
    found = pairs(lines, least)
    names = lines.select("sku_id", "name").unique("sku_id", keep="first")
    for side in ("a", "b"):
        found = found.join(
            names.rename({"sku_id": side, "name": f"name_{side}"}), on=side, how="left",
            maintain_order="left",
        )  # fmt: skip
    return found
