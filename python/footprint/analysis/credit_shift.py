"""What sharing credit changes against last touch, with an interval for the change itself.

Both models look at the same journeys, so their difference is far surer than either number: it is
summed journey by journey and its spread comes from the journeys, not from two separate intervals.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.result import Finding, Result
from footprint.scope import Scope
from footprint.text import Text

SEPARATOR = " > "
# A touch is called under-credited from this part of its last-touch credit on.
NOTABLE = 0.1


def shift_against_last(paths: pl.DataFrame, level: float = stats.LEVEL) -> pl.DataFrame:
    """Equal parts against last touch from a path table (path, conversions).

    Columns: touch, last, linear, diff = linear - last, low, high (bounds of diff), n (conversions
    whose journey holds the touch), most conversions first. Source: requirement row S7.2-c.
    """
    touches = pl.col("path").str.split(SEPARATOR)
    steps = (
        paths.lazy()
        .filter(pl.col("conversions") > 0)
        .with_row_index("at")
        .select("at", "conversions", touch=touches, length=touches.list.len(),
                final=touches.list.last())
        .explode("touch")
    )  # fmt: skip
    part = steps.group_by("at", "touch").agg(
        pl.col("conversions").first(),
        linear=pl.len() / pl.col("length").first(),
        last=(pl.col("touch") == pl.col("final")).any().cast(pl.Float64),
    )
    count, gap = pl.col("conversions"), pl.col("linear") - pl.col("last")
    summed = part.group_by("touch").agg(
        last=(count * pl.col("last")).sum(),
        linear=(count * pl.col("linear")).sum(),
        diff=(count * gap).sum(),
        error=(count * gap * gap).sum().sqrt(),
        n=count.sum(),
    )
    half = pl.col("error") * stats.normal_quantile(level)
    return (
        summed.select(
            "touch", "last", "linear", "diff", low=pl.col("diff") - half,
            high=pl.col("diff") + half, n="n",
        )
        .sort("n", "touch", descending=[True, False])
        .collect()
    )  # fmt: skip


def credit_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """Touches that last touch surely under-credits, by a tenth or more."""
    minimum = int(data.settings.value("min_group"))
    under = result.frames["shift"].filter(
        pl.col("last") > 0,
        pl.col("n") >= minimum,
        pl.col("low") > 0,
        pl.col("diff") >= NOTABLE * pl.col("last"),
    )
    return [_under_credited(row, result, scope) for row in under.to_dicts()]


def _under_credited(row: dict[str, Any], result: Result, scope: Scope) -> Finding:
    touch, shift = row["touch"], row["diff"] / row["last"]
    return Finding(
        id=f"attribution_shift:{touch}",
        kind="attribution_shift",
        severity=1,
        colour="grey",
        problem=Text(
            f"只看末次触点会低估“{touch}”：平均分配时它的功劳多 {shift:.0%}。",
            f"Last touch under-credits “{touch}”: in equal parts it earns {shift:.0%} more.",
        ),
        suggestion=Text(
            f"调整“{touch}”的预算前，先看各模型的范围；分功劳不等于因果，最好做一次停投对照。",
            f"Look at the range over models before changing the budget of “{touch}”; credit is not "
            "cause, a pause test is the proof.",
        ),
        confidence=stats.LEVEL,
        n=row["n"],
        page="U2",
        question="attribution",
        params={"dimension": result.params["dimension"]},
        scope=scope,
        evidence=result.frames["credits"].filter(pl.col("touch") == touch),
    )
