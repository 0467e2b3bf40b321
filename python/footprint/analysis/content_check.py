"""Did the videos of a platform change at a day? Number, completion and mix before and after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from footprint import stats
from footprint.metrics import View

ALPHA = 0.01
LEAST_VIDEOS = 5
_SCHEMA = {
    "platform": pl.String,
    "measure": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "n": pl.Int64,
    "p_value": pl.Float64,
    "changed": pl.Boolean,
}


def content_check(view: View, platform: str, day: date, span: timedelta) -> pl.DataFrame:
    """Videos of ``platform`` in ``span`` before and from ``day`` on: platform, measure, before,
    after, n (videos), p_value, changed (Holm-adjusted chance below 1 %).

    Measures: videos (per side), completion (mean of videos), and the share of every layer and
    type. Empty when the contents table is absent or a side has too few videos.
    """
    if not view.data.has("contents"):
        return pl.DataFrame(schema=_SCHEMA)
    videos = view.data.frame("contents").with_columns(day=view.days("publish_ts"))
    ours = videos.filter(pl.col("platform") == platform)
    sides = [
        ours.filter(pl.col("day") >= first, pl.col("day") < first + span)
        for first in (day - span, day)
    ]
    if min(side.height for side in sides) < LEAST_VIDEOS:
        return pl.DataFrame(schema=_SCHEMA)
    rows = [_count(sides[0], sides[1]), _completion(sides[0], sides[1])]
    rows += [row for column in ("layer", "type") for row in _mix(sides[0], sides[1], column)]
    known = [row for row in rows if row is not None]
    adjusted = stats.holm([row["p_value"] for row in known])
    return pl.DataFrame(
        [
            row | {"platform": platform, "p_value": p, "changed": p < ALPHA}
            for row, p in zip(known, map(float, adjusted), strict=True)
        ],
        schema=_SCHEMA,
        orient="row",
    )


def content_state(checked: pl.DataFrame) -> str:
    """``unchanged``, ``changed`` or ``unknown`` (no videos to look at)."""
    if checked.is_empty():
        return "unknown"
    return "changed" if checked["changed"].any() else "unchanged"


def _count(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, Any]:
    """Two Poisson counts over equal spans: the exact conditional test."""
    from scipy.stats import binomtest

    both = before.height + after.height
    p = float(binomtest(after.height, both, 0.5).pvalue)
    return {
        "measure": "videos",
        "before": before.height,
        "after": after.height,
        "n": both,
        "p_value": p,
    }


def _completion(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, Any] | None:
    sides = [
        side.filter(pl.col("views") > 0).select(pl.col("completes") / pl.col("views")).to_series()
        for side in (before, after)
    ]
    if min(map(len, sides)) < 2:
        return None
    test = stats.welch(sides[1], sides[0])
    return {
        "measure": "completion",
        "before": test.mean2,
        "after": test.mean1,
        "n": test.n1 + test.n2,
        "p_value": test.p,
    }


def _mix(before: pl.DataFrame, after: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    known = pl.concat([before[column], after[column]]).drop_nulls().unique().sort()
    rows = []
    for value in known:
        hits = [int((side[column] == value).sum()) for side in (before, after)]
        test = stats.two_proportions(hits[1], after.height, hits[0], before.height)
        rows.append(
            {
                "measure": f"{column}: {value}",
                "before": test.rate2,
                "after": test.rate1,
                "n": test.n1 + test.n2,
                "p_value": test.p,
            }
        )
    return rows
