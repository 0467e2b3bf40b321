"""Stays in a room: from entering to leaving, missing leaves closed by rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from footprint.analysis.events.durations import require_duration
from footprint.analysis.events.rows import coded, kept
from footprint.analysis.events.spread import share_scalar
from footprint.analysis.events.steps import parse_types
from footprint.data import Data
from footprint.errors import UsageError
from footprint.metrics.derived import once
from footprint.questions import Param
from footprint.result import Scalar
from footprint.scope import Scope
from footprint.text import Text

PLACE = Param("place", str, "stream_id", Text("地点（一列）", "Place (a column)"))
ENTER = Param("enter", str, "stream_enter", Text("进入事件", "Event of entering"))
LEAVE = Param("leave", str, "stream_exit", Text("离开事件", "Event of leaving"))
CAP = Param(
    "cap",
    str,
    "5m",
    Text(
        "没有离开记录时，最后行为后多久算离开", "Without a leave, gone this long after the last row"
    ),
)
PARAMS = (PLACE, ENTER, LEAVE, CAP)
RULE = Text(
    "从进入到离开；没有离开记录的，在最后一次行为后按设定时长离开，不晚于直播结束。",
    "From entering to leaving; without a leave, a set time after the user's last row there, but "
    "not after the stream's end.",
)


def stays(
    data: Data, scope: Scope, place: str, enter: str, leave: str, cap: str, rows: str, who: str
) -> pl.DataFrame:
    """user, place, start_ts, end_ts, closed (a leave was recorded) of stays begun in the period."""
    log = data.event_log()
    for name in (enter, leave):
        if not name:
            raise UsageError(
                Text("缺少进入或离开事件", "the event of entering or leaving is missing"),
                Text("请写出两者。", "Name both."),
            )
    first, before = scope.bounds()
    inside = [pl.col("start_ts") >= first] if first else []
    inside += [pl.col("start_ts") < before] if before else []

    def build() -> pl.DataFrame:
        return log.visits(
            coded(data, place), enter=parse_types(log, enter), leave=_known(log.event_types, leave),
            ends=_ends(data) if place == "stream_id" else None, cap=require_duration(cap),
            mask=kept(data, scope, rows, who),
        ).with_columns(pl.col("place").cast(pl.Categorical))  # fmt: skip

    name = f"stays {place} {enter} {leave} {cap} {rows} {who} {sorted(scope.where.items())}"
    found = once(data, name, build)
    return found.filter(*inside) if inside else found


def _known(types: tuple[str, ...], names: str) -> list[str]:
    """Leaves may be missing altogether: then every stay ends by rule."""
    return [name for name in names.split("|") if name in types]


def _ends(data: Data) -> dict[str, datetime] | None:
    if not data.has("streams"):
        return None
    known = data.frame("streams").select("stream_id", "end_ts").drop_nulls()
    return dict(known.iter_rows())


def closed_scalar(found: pl.DataFrame) -> Scalar:
    """How many stays have a recorded leave."""
    return share_scalar(
        int(found["closed"].sum()), found.height, Text("有离开记录的停留", "Stays with a leave"),
        Text("其余按规则补上离开时间。", "The others are ended by rule."),
    )  # fmt: skip


def seconds(found: pl.DataFrame) -> pl.Series:
    """Length of each stay in seconds."""
    return (found["end_ts"] - found["start_ts"]).dt.total_microseconds() / 1e6


def grid(width: timedelta) -> str:
    """A width as polars writes it."""
    return f"{int(width.total_seconds())}s"
