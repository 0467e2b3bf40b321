"""Do streams about a region's goods reach its people, and do they convert better?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.lift import cell_lift
from footprint.analysis.measures import over, word
from footprint.analysis.rates import adjusted
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import wilson_columns
from footprint.text import Text

_ALPHA = 0.05
_DEFINITION = Text(
    "地域场 = 填了目标地区的场次。地区 × 买家地区：买家人数与各地一样时应有的人数之比，人少时向 "
    "1 收缩，"
    "p 值按格子数校正。转化倍数：地域场 ÷ 同品类、同星期的其他场次。这是相关，不是因果。",
    "Regional streams name a target region. Target x home region: buyers against what equal taste "
    "would give, pulled to 1 when few, p corrected for the number of cells. Conversion ratio: "
    "regional / other streams of the same category and weekday. Association, not cause.",
)


@question(
    "regional",
    title=Text("地域特色直播打动了谁？", "Whom do regional streams reach?"),
    page="U5",
    rows=("S2.3.3-a",),
    needs=("streams", "orders"),
)
def regional(data: Data, scope: Scope) -> Result:
    """Target region x home region of buyers, and conversion of regional streams.

    Scalars: regional_streams, conversion_ratio (like for like, interval), p_value, cells (that
    hold after correction), verdict. Frames ``regions`` (region_target, region, n, expected, lift,
    low, high, p_adjusted, sure), ``targets`` (region_target, streams, viewers, buyers, conversion,
    low, high, home_share). Source: requirement row S2.3.3-a.
    """
    streams = scoped(data, "streams", scope)
    orders = scoped(data, "orders", scope).join(
        streams.select("stream_id", "region_target"), on="stream_id"
    )
    least = int(data.settings.value("pick_min_buyers"))
    cells = cell_lift(
        orders.select("region_target", "region", "user_id"), "region_target", "region", least
    ).with_columns(sure=(pl.col("p_adjusted") < _ALPHA).fill_null(value=False))
    targets = _targets(streams, orders)
    return Result(
        scalars=_scalars(data, streams, cells),
        frames={"targets": targets, "regions": cells},
        notes=() if targets.height else (
            Text(
                "没有场次填写目标地区（region_target 列）。",
                "No stream names a target region (column region_target).",
            ),
        ),
    )  # fmt: skip


def _targets(streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    at_home = pl.col("region") == pl.col("region_target")
    home = orders.drop_nulls("region").group_by("region_target").agg(home_share=at_home.mean())
    found = (
        streams.drop_nulls("region_target")
        .group_by("region_target")
        .agg(
            streams=pl.len().cast(pl.Int64),
            viewers=pl.col("viewers").sum(),
            buyers=pl.min_horizontal("buyers", "viewers").sum(),
        )
        .with_columns(
            *wilson_columns("buyers", "viewers"),
            conversion=over(pl.col("buyers"), pl.col("viewers")),
        )
    )
    return found.join(home, on="region_target", how="left").sort("region_target")


def _scalars(data: Data, streams: pl.DataFrame, cells: pl.DataFrame) -> dict[str, Scalar]:
    weekday = pl.col("start_ts").dt.convert_time_zone(data.tz).dt.weekday()
    units = streams.filter(pl.col("viewers") > 0, pl.col("buyers").is_not_null()).with_columns(
        weekday=weekday, tagged=pl.col("region_target").is_not_null(), trials=pl.col("viewers"),
        hits=pl.min_horizontal("buyers", "viewers"),
    )  # fmt: skip
    n = int(units["tagged"].sum())
    label = Text("结论", "Verdict")
    scalars = {
        "regional_streams": Scalar(
            n, "count", units.height, label=Text("地域场", "Regional streams")
        ),
        "cells": Scalar(
            int(cells["sure"].sum()) if cells.height else 0, "count", cells.height,
            label=Text("站得住的地区偏好", "Regional tastes that hold"), definition=_DEFINITION,
        ),
    }  # fmt: skip
    if min(n, units.height - n) < int(data.settings.value("tag_min_streams")):
        return {**scalars, "verdict": word("too_small", n, label, _DEFINITION)}
    mix, _ = adjusted(units, ["category", "weekday"])
    if mix.ratio is None or mix.p is None:
        return {**scalars, "verdict": word("too_small", n, label, _DEFINITION)}
    verdict = "no_effect" if mix.p >= _ALPHA else "effect_up" if mix.ratio > 1 else "effect_down"
    ratio = Text("同类比较的转化倍数", "Like-for-like conversion ratio")
    return {
        **scalars,
        "conversion_ratio": Scalar(mix.ratio, "x", n, mix.low, mix.high, ratio, _DEFINITION),
        "p_value": Scalar(mix.p, "p", n, label=Text("偶然出现的概率", "p value")),
        "verdict": word(verdict, n, label, _DEFINITION),
    }
