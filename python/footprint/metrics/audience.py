"""Reach metrics: viewers of streams and completion of short videos."""

from __future__ import annotations

import polars as pl

from footprint.metrics import shapes
from footprint.metrics.registry import metric
from footprint.metrics.view import By, View
from footprint.text import Text


@metric(
    "viewers",
    title=Text("观看人次", "Stream viewers"),
    unit="count",
    definition=Text(
        "各场观看人数相加；看了多场的人会计多次。",
        "Viewers added over streams; who watched several is counted in each.",
    ),
    direction="up",
    needs=("streams",),
    min_n=0,
)
def viewers(view: View, by: By) -> pl.DataFrame:
    return shapes.total(view.rows("streams", by), pl.col("viewers").sum(), pl.len())


@metric(
    "completion_rate",
    title=Text("短视频完播率", "Video completion"),
    unit="rate",
    definition=Text(
        "所选期间发布的短视频：完播次数 ÷ 播放次数。",
        "Short videos published in the period: completed plays divided by plays.",
    ),
    direction="up",
    needs=("contents",),
    rows=("S1.2.3-a",),
    target_key="completion_rate",
)
def completion_rate(view: View, by: By) -> pl.DataFrame:
    return shapes.ratio(view.rows("contents", by), "completes", "views")
