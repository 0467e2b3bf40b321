"""What happened every 5, 15 or 30 minutes: rows, exact distinct users, enters, orders, money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from footprint.analysis.events.durations import require_duration
from footprint.analysis.events.rows import ROWS, WHO, coded, kept
from footprint.data import Data
from footprint.engine import ORDER
from footprint.engine.zone import offsets
from footprint.errors import UsageError
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_MOST = 20_000
_MICRO = timedelta(microseconds=1)
_PARAMS = (
    Param("width", str, "5m", Text("每段多长（5m、15m、30m、1h）", "Width (5m, 15m, 30m, 1h)")),
    Param("by", str, "channel", Text("按哪一列分组", "Break down by")),
    ROWS,
    WHO,
)


@question(
    "buckets",
    title=Text("每 5 分钟发生了什么？", "What happened every five minutes?"),
    page="ASK",
    rows=("S1.1.2-b",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def buckets(
    data: Data, scope: Scope, width: str = "5m", by: str = "channel", rows: str = "", who: str = ""
) -> Result:
    """Figures by stretch of shop time and value of a column, inside the period.

    Without a period the last day of the data is shown. Frame ``buckets``: start (UTC), by, rows,
    users (exact distinct users of the stretch and value), enters (stream_enter rows), orders, gmv
    (CNY). Users of different values or stretches overlap and do not add up. Scalars: rows, users
    (distinct over the whole period), orders, gmv, busiest (start of the stretch with most rows).
    Raises UsageError when there would be more than 20,000 stretches. Source: requirement row
    S1.1.2-b.
    """
    log, length = data.event_log(), require_duration(width)
    shown = scope if scope.start or scope.end else _last_day(data, scope)
    _check(data, shown, length)
    mask = kept(data, shown, rows, who, period=True)
    offset = offsets(shown.tz, log.layout.first_ts, log.layout.last_ts)[1][-1] * _MICRO
    enters = [name for name in log.event_types if name == "stream_enter"]
    table = log.buckets(
        length, coded(data, by), counted={"enters": enters, "orders": log.conversion},
        offset=offset, mask=mask,
    )  # fmt: skip
    users = log.first_last(mask=mask).height
    listed = table.sort("start", "by", nulls_last=True).select(
        "start", "by", pl.col("rows", "users", "enters", "orders").cast(pl.Int64),
        gmv=pl.col("value_cents") / 100,
    )  # fmt: skip
    notes = () if shown is scope else (
        Text("没有选时间，显示数据的最后一天。", "No period chosen: the last day of the data."),
    )  # fmt: skip
    return Result(_scalars(listed, users), {"buckets": listed.head(_MOST)}, notes=notes)


def _last_day(data: Data, scope: Scope) -> Scope:
    last = data.event_log().span[1]
    if last is None:
        return scope
    day = pl.Series([last]).dt.convert_time_zone(scope.tz).dt.date()[0]
    return replace(scope, start=day, end=day)


def _check(data: Data, scope: Scope, length: timedelta) -> None:
    first, last = data.event_log().span
    if first is None or last is None:
        return
    begin, end = scope.bounds()
    span = min(end or last, last) - max(begin or first, first)
    if length <= timedelta(0) or span / length > _MOST:
        raise UsageError(
            Text("时段太多，无法显示", "too many stretches to show"),
            Text("请选更短的时间或更长的时段。", "Choose a shorter period or wider stretches."),
        )


def _scalars(listed: pl.DataFrame, users: int) -> dict[str, Scalar]:
    rule = Text(
        f"每段时间内的行数、不同用户数和订单（{ORDER}）。",
        "Rows, distinct users and orders in each stretch of time.",
    )
    rows, orders = int(listed["rows"].sum()), int(listed["orders"].sum())
    stretches = listed.group_by("start").agg(pl.col("rows").sum()).sort(
        "rows", "start", descending=[True, False]
    )  # fmt: skip
    busiest = stretches["start"][0].isoformat() if stretches.height else None
    return {
        "rows": Scalar(rows, "count", rows, label=Text("行数", "Rows"), definition=rule),
        "users": Scalar(users, "count", users, label=Text("不同用户", "Distinct users"),
                        definition=rule),
        "orders": Scalar(orders, "count", users, label=Text("订单数", "Orders"), definition=rule),
        "gmv": Scalar(float(listed["gmv"].sum()), "CNY", orders, label=Text("成交额", "GMV"),
                      definition=rule),
        "busiest": Scalar(busiest, "text", rows, label=Text("最忙的时段", "Busiest stretch"),
                          definition=rule),
    }  # fmt: skip
