"""How many sessions, how long, how many of them end in an order?"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint import stats
from footprint.analysis.events.durations import in_words, require_duration
from footprint.analysis.events.rows import ROWS, WHO, kept, row_words
from footprint.analysis.events.spread import binned, median_scalar, share_scalar
from footprint.analysis.events.steps import parse_types
from footprint.data import Data
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_EDGES = (1, 2, 5, 20)
_LENGTHS = ("1", "2", "3-5", "6-20", ">20")
_BY = {"group": pl.String, "sessions": pl.Int64, "users": pl.Int64, "buying": pl.Int64,
       "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "enough": pl.Boolean}  # fmt: skip
_PARAMS = (
    Param("gap", str, "30m", Text("间隔多久算新会话", "A longer pause starts a new session")),
    Param("goal", str, "", Text("目标事件（空白=下单）", "Goal (blank = order)")),
    Param("by", str, "", Text("按哪一列分组（会话第一行）", "Break down by (first row)")),
    ROWS,
    WHO,
)


@question(
    "sessions",
    title=Text("用户一次来多久，会买吗？", "How long is a session, and does it end in an order?"),
    page="ASK",
    rows=("S1.1.2-a",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def sessions(
    data: Data, scope: Scope, gap: str = "30m", goal: str = "", by: str = "", rows: str = "",
    who: str = "",
) -> Result:  # fmt: skip
    """Sessions: rows of a user without a pause longer than ``gap`` (one of exactly that stays in).

    The period chooses sessions by their start; no split at midnight. Frames: ``days`` (date,
    sessions, users, buying = with a goal row, rate, low, high, enough), ``lengths`` (events = rows
    in the session, sessions, share) and ``groups`` (value of ``by`` on the first row). Scalars:
    sessions, users, per_user, median_s (first to last row), rows, buying (share with a goal).
    Source: requirement row S1.1.2-a.
    """
    pause = require_duration(gap)
    whole = _sessions(data, scope, pause, goal, rows, who)
    inside = _inside(scope)
    found = whole.filter(*inside) if inside else whole
    minimum = int(data.settings.value("min_group"))
    # Sessions come by user and time: a user's first of a day is where either changes.
    opening = (pl.col("user") != pl.col("user").shift(1)) | (
        pl.col("date") != pl.col("date").shift(1)
    )
    dated = found.select(group="date", buying="buying", user=opening.fill_null(True))
    frames = {
        "days": _counted(dated, minimum, pl.col("user").sum()).rename({"group": "date"})
        .sort("date"),
        "lengths": _lengths(found),
        "groups": _counted(
            found.with_columns(group=row_words(data, by, found["first_row"])), minimum,
            pl.col("user").n_unique(),
        ).sort("sessions", descending=True).head(50)
        if by else pl.DataFrame(schema=_BY),
    }  # fmt: skip
    return Result(_scalars(found, in_words(pause)), frames)


def _sessions(
    data: Data, scope: Scope, pause: timedelta, goal: str, rows: str, who: str
) -> pl.DataFrame:
    """All sessions in user and time order, with the shop's ``date`` of their start."""

    def build() -> pl.DataFrame:
        log = data.event_log()
        found = log.sessions(
            pause, hits=parse_types(log, goal) if goal else None, mask=kept(data, scope, rows, who)
        )
        return found.select(
            "user", "start_ts", "end_ts", "rows", "first_row", buying=pl.col("hits") > 0,
            date=pl.col("start_ts").dt.convert_time_zone(scope.tz).dt.date(),
        )  # fmt: skip

    name = f"sessions {pause} {goal} {rows} {who} {scope.tz} {sorted(scope.where.items())}"
    return once(data, name, build)


def _inside(scope: Scope) -> list[pl.Expr]:
    first, before = scope.bounds()
    inside = [pl.col("start_ts") >= first] if first else []
    return inside + ([pl.col("start_ts") < before] if before else [])


def _counted(found: pl.DataFrame, minimum: int, users: pl.Expr) -> pl.DataFrame:
    low, high = stats.wilson_columns("buying", "sessions")
    counted = found.group_by("group").agg(
        sessions=pl.len().cast(pl.Int64),
        users=users.cast(pl.Int64),
        buying=pl.col("buying").sum().cast(pl.Int64),
    )
    return counted.select(
        "group", "sessions", "users", "buying", (pl.col("buying") / pl.col("sessions"))
        .alias("rate"), low, high, enough=pl.col("sessions") >= minimum,
    )  # fmt: skip


def _lengths(found: pl.DataFrame) -> pl.DataFrame:
    return binned(found["rows"], _EDGES, _LENGTHS).rename({"label": "events", "n": "sessions"})


def _scalars(found: pl.DataFrame, pause: Text) -> dict[str, Scalar]:
    rule = Text(
        f"同一用户两次行为间隔不超过设定（{pause.zh}）算同一次会话。",
        f"A user's rows belong to one session while each follows {pause.en} of the one before.",
    )
    n, visits = found.height, found["user"].rle().struct.field("len")
    users = len(visits)
    seconds = (found["end_ts"] - found["start_ts"]).dt.total_microseconds() / 1e6
    buying = int(found["buying"].sum())
    mean = stats.mean_interval(visits) if users > 1 else (None, None, None)
    return {
        "sessions": Scalar(n, "count", n, label=Text("会话数", "Sessions"), definition=rule),
        "users": Scalar(users, "count", users, label=Text("用户数", "Users"), definition=rule),
        "per_user": Scalar(mean[0], "count", users, mean[1], mean[2],
                           Text("人均会话", "Sessions per user"), rule),
        "median_s": median_scalar(seconds, Text("会话时长中位数", "Median session length"),
                                  Text("会话第一行到最后一行的时间。",
                                       "From the first to the last row of a session.")),
        "rows": Scalar(int(found["rows"].sum()), "count", n,
                       label=Text("会话内行为", "Rows in sessions"), definition=rule),
        "buying": share_scalar(buying, n, Text("有下单的会话", "Sessions with an order"),
                               Text("会话内有目标事件的比例。",
                                    "Share of sessions that hold the goal.")),
    }  # fmt: skip
