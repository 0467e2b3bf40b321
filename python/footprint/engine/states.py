"""What each question keeps of a part of a log, and its answer from the merged state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from footprint.engine.flows import LEFT, OTHER
from footprint.engine.log import EventLog
from footprint.engine.select import Selector

_COUNT = pl.Int64


def funnel(
    log: EventLog, *, steps: Sequence[Selector], group: str | None = None, **params: Any
) -> pl.DataFrame:
    """level, group (value of the column at the first step), users."""
    found = log.funnel(steps, **params)
    value = pl.lit(None, pl.String)
    people = found.people.select("level", "start_row")
    if group is not None:
        value = pl.lit(log.take(people["start_row"], group)[group].cast(pl.String))
    return people.select("level", group=value).group_by("level", "group").agg(
        users=pl.len().cast(_COUNT)
    )  # fmt: skip


def finish_funnel(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """group, step, users who reached it."""
    grid = state.select("group").unique().join(
        pl.DataFrame({"step": range(1, len(params["steps"]) + 1)}, schema={"step": pl.UInt8}),
        how="cross",
    )  # fmt: skip
    hits = grid.join(state, on="group", how="left", nulls_equal=True).filter(
        pl.col("level") >= pl.col("step")
    )
    counted = hits.group_by("group", "step").agg(pl.col("users").sum())
    return (
        grid.join(counted, on=["group", "step"], how="left", nulls_equal=True)
        .with_columns(pl.col("users").fill_null(0))
        .sort("group", "step", nulls_last=True)
    )


def retention(log: EventLog, *, tz: str, **params: Any) -> pl.DataFrame:
    """cohort, k, users, size, and last: the last day of the part."""
    table = log.retention(tz, **params)
    end = log.span[1]
    day = pl.lit(end).dt.convert_time_zone(tz).dt.date() if end else pl.lit(None, pl.Date)
    counts = table.select("cohort", "k", pl.col("users", "size").cast(_COUNT))
    return counts.with_columns(last=day)


def finish_retention(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """cohort, k, users, size, complete (by day: the cell lies before the last day of any part)."""
    slack = 1 if params.get("clock") == "24h" else 0
    unit = {"day": "d", "week": "w", "month": "mo"}[params.get("unit", "day")]
    reached = pl.col("cohort").dt.offset_by(
        pl.format("{}" + unit, pl.col("k").cast(_COUNT) + slack)
    )
    last = pl.col("last").max().dt.truncate(f"1{unit}")
    return state.select("cohort", "k", "users", "size", complete=reached < last)


def lifecycle(log: EventLog, *, tz: str, **params: Any) -> pl.DataFrame:
    """period, new, returning, resurrecting, dormant."""
    return log.lifecycle(tz, **params).with_columns(pl.exclude("period").cast(_COUNT))


def stickiness(log: EventLog, *, tz: str, **params: Any) -> pl.DataFrame:
    """periods, users."""
    return log.stickiness(tz, **params).with_columns(pl.col("users").cast(_COUNT))


def sessions(log: EventLog, *, tz: str, **params: Any) -> pl.DataFrame:
    """day of the start, sessions, rows, hits, with_hit, value_cents, microseconds inside."""
    found = log.sessions(**params)
    return found.group_by(day=pl.col("start_ts").dt.convert_time_zone(tz).dt.date()).agg(
        sessions=pl.len().cast(_COUNT), rows=pl.col("rows").sum().cast(_COUNT),
        hits=pl.col("hits").sum().cast(_COUNT), with_hit=(pl.col("hits") > 0).sum().cast(_COUNT),
        value_cents=pl.col("value_cents").sum(),
        microseconds=(pl.col("end_ts") - pl.col("start_ts")).dt.total_microseconds().sum(),
    )  # fmt: skip


def transitions(log: EventLog, **params: Any) -> pl.DataFrame:
    """from, to, n."""
    return log.transitions(**params).select("from", "to", pl.col("n").cast(_COUNT))


def finish_transitions(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """As ``EventLog.transitions``: from, to, n, p."""
    return state.with_columns(p=pl.col("n") / pl.col("n").sum().over("from"))


def sankey(log: EventLog, *, least: int = 1, **params: Any) -> pl.DataFrame:
    """step, from, to, n: rare steps are put together when all parts are known."""
    return log.sankey(**params).with_columns(pl.col("n").cast(_COUNT))


def finish_sankey(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """As ``EventLog.sankey``."""
    rare = (pl.col("n") < params.get("least", 1)) & (pl.col("to") != LEFT)
    to = pl.when(rare).then(pl.lit(OTHER)).otherwise("to")
    return (
        state.with_columns(to=to).group_by("step", "from", "to").agg(pl.col("n").sum())
        .sort("step", "from", "to")
    )  # fmt: skip


def routes(log: EventLog, **params: Any) -> pl.DataFrame:
    """path, nodes, users."""
    return log.routes(**params).with_columns(pl.col("users").cast(_COUNT))


def finish_routes(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """As ``EventLog.routes``."""
    return state.sort("users", "path", descending=[True, False])


def buckets(log: EventLog, **params: Any) -> pl.DataFrame:
    """As ``EventLog.buckets``: users are distinct, and no user is in two parts."""
    table = log.buckets(**params)
    return table.with_columns(pl.exclude("start", "by").cast(_COUNT))


def presence(log: EventLog, **params: Any) -> pl.DataFrame:
    """place, at, change of the count; instants without a net change are left out."""
    curve = log.presence(which="curve", **params).filter(pl.col("place").is_not_null())
    change = pl.col("count") - pl.col("count").shift(1, fill_value=0).over("place", order_by="at")
    return curve.select("place", "at", change=change.cast(_COUNT))


def finish_presence(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """place, at, count: who is there from each instant on, by place."""
    moved = state.filter(pl.col("change") != 0).sort("place", "at")
    return moved.select("place", "at", count=pl.col("change").cum_sum().over("place"))


def dwell(log: EventLog, **params: Any) -> pl.DataFrame:
    """place, visits, closed (with a leave), microseconds."""
    found = log.visits(**params)
    return found.group_by("place").agg(
        visits=pl.len().cast(_COUNT), closed=pl.col("closed").sum().cast(_COUNT),
        microseconds=(pl.col("end_ts") - pl.col("start_ts")).dt.total_microseconds().sum(),
    )  # fmt: skip


def finish_dwell(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """place, visits, closed, mean_s."""
    return state.with_columns(mean_s=pl.col("microseconds") / pl.col("visits") / 1e6)


def in_order(state: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """The merged state itself is the answer."""
    return state
