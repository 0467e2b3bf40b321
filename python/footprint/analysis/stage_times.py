"""How long people stay in a phase before the next: from seeing to buying to bringing a friend."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from footprint.analysis.phases import journeys
from footprint.analysis.survival import day_reached, reached_curve, share_by
from footprint.data import Data
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

STAGES = {
    "exposure_conversion": ("exposure", "conversion"),
    "conversion_repurchase": ("conversion", "repurchase"),
    "conversion_fission": ("conversion", "fission"),
}
LABELS = {
    "exposure_conversion": Text("从看到到买", "From seeing to buying"),
    "conversion_repurchase": Text("从首购到再买", "From first to second order"),
    "conversion_fission": Text("从首购到带来朋友", "From first order to bringing a friend"),
}
_TABLE: dict[str, Any] = {
    "stage": pl.String, "users": pl.Int64, "moved": pl.Int64, "waiting": pl.Int64,
    "quarter_days": pl.Int64, "median_days": pl.Int64, "median_low": pl.Int64,
    "median_high": pl.Int64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "enough": pl.Boolean,
}  # fmt: skip
_MEANING = Text(
    "还没走到下一步的人按“至今还在等”计入，不当作不会来；中位数是半数人走到下一步的天数，"
    "不到半数时没有中位数。",
    "People who have not moved on count as still waiting, not as lost; the median is the day by "
    "which half have moved on, and does not exist while fewer have.",
)


@question(
    "stage_times",
    title=Text("每个阶段要停留多久？", "How long does each phase last?"),
    page="U4",
    rows=("S7.3-a",),
    needs=("orders",),
    uses=("events", "products", "streams"),
    params=(Param("days", int, 30, Text("多少天内走到下一步", "Moved on within days")),),
)
def stage_times(data: Data, scope: Scope, days: int = 30) -> Result:
    """Days from one phase to the next, with people still waiting treated as such.

    People whose earlier phase began inside the period; watched to the last day of the data.
    Frames: ``stages`` (stage, users, moved, waiting, quarter_days and median_days with its
    interval, rate = share moved on within ``days`` with low and high, enough) and ``curve`` (stage,
    day, reached, low, high, at_risk). Scalars per stage: median_... (d) and within_... (rate).
    Withheld below the setting min_group. Source: requirement row S7.3-a; Kaplan and Meier (1958).
    """
    found = journeys(View(data, scope))
    last = found.active["day"].max()
    minimum = int(data.settings.value("min_group"))
    curves: list[pl.DataFrame] = []
    rows: list[dict[str, Any]] = []
    scalars: dict[str, Scalar] = {}
    for stage, (start, end) in STAGES.items():
        waits = _waits(found.reached, start, end, scope, last if isinstance(last, date) else None)
        curve = reached_curve(waits)
        row = _row(stage, waits, curve, days, minimum)
        rows.append(row)
        curves.append(curve.select(pl.lit(stage).alias("stage"), pl.all()))
        scalars |= _scalars(stage, row, days)
    frames = {
        "stages": pl.DataFrame(rows, schema=_TABLE),
        "curve": pl.concat(curves),
    }
    return Result(scalars, frames, notes=(_MEANING,))


def _waits(
    reached: pl.DataFrame, start: str, end: str, scope: Scope, last: date | None
) -> pl.DataFrame:
    """days, happened of everyone whose ``start`` lies in the period."""
    began = pl.col(start)
    keep = [began.is_not_null()]
    keep += [began >= scope.start] if scope.start else []
    keep += [began <= scope.end] if scope.end else []
    until = pl.coalesce(pl.col(end), pl.lit(last, pl.Date))
    return reached.filter(*keep).select(
        days=(until - began).dt.total_days().clip(0), happened=pl.col(end).is_not_null()
    )


def _row(
    stage: str, waits: pl.DataFrame, curve: pl.DataFrame, days: int, minimum: int
) -> dict[str, Any]:
    moved = int(waits["happened"].sum())
    enough = waits.height >= minimum
    share = share_by(curve, days) if enough else None
    return {
        "stage": stage, "users": waits.height, "moved": moved, "waiting": waits.height - moved,
        "quarter_days": day_reached(curve, 0.25) if enough else None,
        "median_days": day_reached(curve, 0.5) if enough else None,
        "median_low": day_reached(curve, 0.5, "high") if enough else None,
        "median_high": day_reached(curve, 0.5, "low") if enough else None,
        "rate": share and share["reached"], "low": share and share["low"],
        "high": share and share["high"], "enough": enough,
    }  # fmt: skip


def _scalars(stage: str, row: dict[str, Any], days: int) -> dict[str, Scalar]:
    label = LABELS[stage]
    return {
        f"median_{stage}": Scalar(
            row["median_days"], "d", row["users"], row["median_low"], row["median_high"],
            Text(f"{label.zh}：中位天数", f"{label.en}: median"), _MEANING,
        ),
        f"within_{stage}": Scalar(
            row["rate"], "rate", row["users"], row["low"], row["high"],
            Text(f"{label.zh}：{days} 天内", f"{label.en}: within {days} days"), _MEANING,
        ),
    }  # fmt: skip
