"""The goal tree: each goal's value now, the pace it needs and the pace it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from footprint.data import Data
from footprint.errors import DataMissing, UsageError
from footprint.metrics import Measure, SliceError, View, measure, metrics
from footprint.metrics.targets import Target, own_goals
from footprint.questions import Param, question
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Text

WINDOW_DAYS = 28
PACE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the plan: the metric that measures it (None = not in the data) and its horizon."""

    id: str
    metric: str | None
    setting: str
    months: int


# Requirement row S1.2.2-a: within half a year, a year, three years of the start.
PLAN = (
    Goal("best_stream_gmv", "best_stream_gmv", "stream_gmv_goal", 6),
    Goal("repurchase_30d", "repurchase_30d", "repurchase_goal", 6),
    Goal("million_fan_ips", "million_fan_ips", "million_fan_ips", 12),
    Goal("category_coverage", "category_coverage", "category_coverage", 12),
    Goal("market_rank", None, "market_rank_goal", 36),
)
# Goals whose name is not a metric's.
LABELS: dict[str, Text] = {"market_rank": Text("市场占有率排名", "Market rank")}
# Best or total since the start, not a trailing window.
_SINCE_START = ("best_stream_gmv", "category_coverage", "million_fan_ips", "kol_partners")
_SCHEMA = {
    "goal": pl.String, "value": pl.Float64, "target": pl.Float64, "horizon": pl.Int64,
    "start": pl.Date, "due": pl.Date, "pace_needed": pl.Float64, "pace_actual": pl.Float64,
    "status": pl.String, "unit": pl.String, "n": pl.Int64, "low": pl.Float64, "high": pl.Float64,
    "start_value": pl.Float64, "source": pl.String,
}  # fmt: skip


@question(
    "goals",
    title=Text("目标完成到哪一步，赶得上吗？", "Are we on pace for our goals?"),
    page="M1",
    rows=("S1.2.2-a", "S1.2.2-b"),
    needs=("orders",),
    uses=("streams", "products", "hosts", "targets"),
    params=(Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),),
)
def goals(data: Data, scope: Scope, as_of: date | None = None) -> Result:
    """Each goal against the straight line from its start to its due day.

    Goals are those of the plan and the rows of the targets table that have an end; an own row
    replaces the plan's goal of the same metric. A rate is measured over the last 28 days, a best or
    a total since the start. Frame ``goals``: goal, value, target, horizon (months), start, due,
    pace_needed and pace_actual (change per 30 days since the start), status (achieved, on_pace,
    behind, overdue, not_measured), unit, n, low, high, start_value, source (plan or own). The start
    of the plan is the setting plan_start, else the first day of data. Source: requirement row
    S1.2.2-a.
    """
    first, last = _span(data, scope)
    if first is None or last is None:
        return Result({}, {"goals": pl.DataFrame(schema=_SCHEMA)}, notes=(_NO_ORDERS,))
    day = as_of or last
    start = _plan_start(data) or first
    rows = [_own_row(data, scope, key, row, day) for key, row in own_goals(data).items()]
    taken = {row["goal"] for row in rows}
    rows += [_plan_row(data, scope, goal, start, day) for goal in PLAN if goal.id not in taken]
    notes = [_NOT_MEASURED] if any(row["status"] == "not_measured" for row in rows) else []
    return Result({}, {"goals": pl.DataFrame(rows, schema=_SCHEMA)}, notes=tuple(notes))


def _span(data: Data, scope: Scope) -> tuple[date | None, date | None]:
    days = View(data, scope).rows("orders", "date", period=False)["key"]
    return days.min(), days.max()  # type: ignore[return-value]


def _plan_start(data: Data) -> date | None:
    written = data.settings.value("plan_start")
    if not written:
        return None
    try:
        return date.fromisoformat(str(written))
    except ValueError as error:
        raise UsageError(
            Text(f"目标起算日“{written}”不是日期", f"“{written}” is not a day"),
            Text("请在设置里写成 2026-05-04。", "Write it in the settings as 2026-05-04."),
        ) from error


def _plan_row(data: Data, scope: Scope, goal: Goal, start: date, day: date) -> dict[str, Any]:
    setting = data.settings.get(goal.setting)
    target = Target(float(setting.value), setting.direction in ("ge", "gt"))  # type: ignore[arg-type]
    due = _months_later(start, goal.months)
    return _row(data, scope, goal.id, goal.metric, target, start, due, day, "plan")


def _own_row(data: Data, scope: Scope, key: str, row: dict[str, Any], day: date) -> dict[str, Any]:
    target = Target(row["value"], row["above"])
    start = row["from"] or _span(data, scope)[0] or day
    known = key if key in metrics() else None
    return _row(data, scope, key, known, target, start, row["to"], day, "own")


def _row(
    data: Data, scope: Scope, goal: str, metric: str | None, target: Target, start: date,
    due: date, day: date, source: str,
) -> dict[str, Any]:  # fmt: skip
    now = _measured(data, scope, metric, start, day)
    begin = _beginning(data, scope, metric, start, day)
    length, gone = max((due - start).days, 1), max((day - start).days, 1)
    needed = actual = None
    if begin is not None and now.value is not None:
        needed = 0.0 if target.met(begin) else (target.value - begin) / length * PACE_DAYS
        actual = (now.value - begin) / gone * PACE_DAYS
    unit = metrics()[metric].unit if metric else "text"
    return {
        "goal": goal, "value": now.value, "target": target.value,
        "horizon": round(length / 30.44), "start": start, "due": due, "pace_needed": needed,
        "pace_actual": actual, "status": _status(target, now, needed, actual, day, due),
        "unit": unit, "n": now.n, "low": now.low, "high": now.high, "start_value": begin,
        "source": source,
    }  # fmt: skip


def _status(
    target: Target, now: Measure, needed: float | None, actual: float | None, day: date, due: date
) -> str:
    if now.value is None:
        return "not_measured"
    if target.met(now.value):
        return "achieved"
    if day > due:
        return "overdue"
    if needed is None or actual is None:
        return "behind"
    keeps_up = actual >= needed if target.above else actual <= needed
    return "on_pace" if keeps_up else "behind"


def _measured(data: Data, scope: Scope, metric: str | None, start: date, day: date) -> Measure:
    """The metric up to ``day``: since the start, or over the last 28 days."""
    if metric is None:
        return Measure(None, 0)
    first = start if metric in _SINCE_START else day - timedelta(days=WINDOW_DAYS - 1)
    try:
        return measure(metric, View(data, Scope(first, day, scope.where, scope.tz)))
    except (DataMissing, SliceError):
        return Measure(None, 0)


def _beginning(
    data: Data, scope: Scope, metric: str | None, start: date, day: date
) -> float | None:
    """The metric over its first 28 days with data (a 30-day metric has none before day 30)."""
    for late in range(0, 4 * WINDOW_DAYS, WINDOW_DAYS):
        end = start + timedelta(days=late + WINDOW_DAYS - 1)
        if metric is None or end > day:
            return None
        found = _measured(data, scope, metric, start, end)
        if found.value is not None and found.n:
            return found.value
    return None


def _months_later(day: date, months: int) -> date:
    months += day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


_NO_ORDERS = Text("所选范围内没有订单。", "There are no orders in this scope.")
_NOT_MEASURED = Text(
    "标为“无法测量”的目标缺少数据（例如市场排名不在店铺数据里）。",
    "Goals marked as not measured lack data (market rank, for one, is not in a shop's data).",
)
