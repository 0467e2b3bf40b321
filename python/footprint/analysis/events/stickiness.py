"""How often do people come, and are active users new, returning or resurrected?"""

from __future__ import annotations

from typing import cast

import polars as pl

from footprint import stats
from footprint.analysis.events.rows import ROWS, WHO, kept
from footprint.analysis.events.spread import share_scalar
from footprint.data import Data
from footprint.engine.retention import Unit
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

UNITS = ("day", "week", "month")


@question(
    "stickiness",
    title=Text("用户多久来一次？", "How often do people come?"),
    page="ASK",
    rows=("S7.1-b",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=(
        Param("by", str, "day", Text("按日、周或月", "By day, week or month"), UNITS),
        ROWS,
        WHO,
    ),
)
def stickiness(data: Data, scope: Scope, by: str = "day", rows: str = "", who: str = "") -> Result:
    """Active days (weeks, months) per user in the period, and the state of users over time.

    Frames: ``active`` (periods = distinct active ones, users, share, low, high) and ``states``
    (start of the period, new = active for the first time ever, returning = active in the period
    before too, resurrecting = back after a pause, dormant = the first period of silence; complete
    = over in the data). States look at all data and are shown for the scope's days. Scalars: users,
    mean_periods, once (share active in one period only). Source: requirement row S7.1-b.
    """
    log, unit = data.event_log(), cast("Unit", by)
    active = log.stickiness(
        scope.tz, unit=unit, mask=kept(data, scope, rows, who, period=True)
    ).filter(pl.col("users") > 0)
    states = log.lifecycle(scope.tz, unit=unit, mask=kept(data, scope, rows, who))
    users = int(active["users"].sum())
    low, high = stats.wilson_columns("users", "total")
    table = active.with_columns(total=pl.lit(users)).select(
        pl.col("periods", "users").cast(pl.Int64), (pl.col("users") / pl.col("total"))
        .alias("share"), low, high,
    )  # fmt: skip
    return Result(_scalars(table, users), {"active": table, "states": _states(states, scope)})


def _states(states: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    last = states["period"].max()
    shown = states.with_columns(complete=pl.col("period") < pl.lit(last)).rename(
        {"period": "start"}
    )
    start = pl.col("start")
    inside = [start >= scope.start] if scope.start else []
    inside += [start <= scope.end] if scope.end else []
    counts = pl.col("new", "returning", "resurrecting", "dormant").cast(pl.Int64)
    return shown.filter(*inside).select("start", counts, "complete")


def _scalars(table: pl.DataFrame, users: int) -> dict[str, Scalar]:
    weight, value = table["users"], table["periods"]
    rule = Text("所选时间内有行为的不同日（周、月）。", "Distinct active days (weeks, months).")
    mean = float((weight * value).sum() / users) if users else None
    half = None
    if users > 1 and mean is not None:
        spread = float((weight * (value - mean) ** 2).sum() / (users - 1)) ** 0.5
        half = stats.normal_quantile() * spread / users**0.5
    once = int(table.filter(pl.col("periods") == 1)["users"].sum())
    return {
        "users": Scalar(users, "count", users, label=Text("活跃用户", "Active users"),
                        definition=rule),
        "mean_periods": Scalar(
            mean, "count", users, mean - half if mean is not None and half is not None else None,
            mean + half if mean is not None and half is not None else None,
            Text("人均活跃期数", "Active periods per user"), rule,
        ),
        "once": share_scalar(once, users, Text("只来一次的用户", "Came once only"), rule),
    }  # fmt: skip
