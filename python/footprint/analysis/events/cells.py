"""The users behind a cell of another answer: a funnel step, a retention cell, a path, a segment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import polars as pl

from footprint.analysis.events.funnel_ask import Asked
from footprint.analysis.events.path_flow import parsed_path
from footprint.analysis.events.paths import RouteAsk
from footprint.analysis.events.rows import kept
from footprint.data import Data
from footprint.engine.retention import Kind
from footprint.errors import UsageError
from footprint.scope import Scope
from footprint.text import Text


def of_step(asked: Asked, step: int, state: str) -> tuple[pl.Series, Text]:
    """Users who reached ``step``, or stopped there (lost), and the rule in words."""
    names = [part.name for part in asked.steps]
    if not 1 <= step <= len(names):
        raise UsageError(
            Text(f"没有第 {step} 步", f"there is no step {step}"),
            Text(f"请用 1 到 {len(names)}。", f"Use 1 to {len(names)}."),
        )
    people = asked.run().people
    level = pl.col("level")
    chosen = people.filter(level >= step if state == "reached" else level == step)
    name = names[step - 1]
    rule = (
        Text(f"走到“{name}”的用户。", f"Users who reached “{name}”.")
        if state == "reached"
        else Text(f"停在“{name}”、没有继续的用户。", f"Users who stopped at “{name}”.")
    )
    return chosen["user"].unique().sort(), rule


def of_cohort(
    data: Data, scope: Scope, cohort: date, day: int, by: str, kind: str, state: str, who: str
) -> tuple[pl.Series, Text]:
    """Users of a cohort (first day of the day, week or month) who were back on day ``day``, or not
    (lost). The same rule as the question retention."""
    log, mask = data.event_log(), kept(data, scope, who=who)
    back, every = [], []
    for first in _days(cohort, by, scope):
        back.append(log.retention_users(scope.tz, first, day, kind=cast("Kind", kind), mask=mask))
        if state == "lost":
            every.append(log.retention_users(scope.tz, first, 0, mask=mask))
    users = pl.concat(back) if back else pl.Series("user", [], dtype=pl.UInt32)
    if state == "lost" and every:
        whole = pl.concat(every)
        users = whole.filter(~whole.is_in(users.implode()))
    lost = state == "lost"
    rule = Text(
        f"{cohort} 起一{_UNITS[by].zh}内首次出现、第 {day} 天{'没有' if lost else ''}回来的用户。",
        f"Users first seen in the {by} of {cohort}, {'not ' if lost else ''}back on day {day}.",
    )
    return users.sort(), rule


_UNITS = {"day": Text("天", "day"), "week": Text("周", "week"), "month": Text("月", "month")}


def of_path(asked: RouteAsk, path: str) -> tuple[pl.Series, Text]:
    """Users whose path is ``path`` as the question paths writes it, by default the commonest.

    A cut path ("…") stands for every path with those values nearest to the event.
    """
    table = asked.table()
    if not path:
        if table.is_empty():
            return pl.Series("user", [], dtype=pl.UInt32), Text("没有路径。", "There is no path.")
        wanted = [table["path"][0].to_list()]
    else:
        values, cut = parsed_path(path)
        near = (
            pl.col("path").list.tail(asked.depth)
            if asked.side == "before"
            else pl.col("path").list.head(asked.depth)
        )
        size = pl.col("path").list.len() > asked.depth
        same = near.list.join("\x1f") == "\x1f".join(values)
        wanted = table.filter(same & (size if cut else ~size))["path"].to_list()
    found = [asked.users(values) for values in wanted]
    users = pl.concat(found) if found else pl.Series("user", [], dtype=pl.UInt32)
    words = " > ".join(wanted[0]) if wanted and not path else path
    return users.unique().sort(), Text(f"路径“{words}”上的用户。", f"Users on the path “{words}”.")


def of_segment(data: Data, scope: Scope, rows: str, who: str) -> tuple[pl.Series, Text]:
    """Users with at least one row inside the scope and the filters."""
    found = data.event_log().first_last(mask=kept(data, scope, rows, who, period=True))
    return found["user"], Text(
        "所选范围和条件内至少有一条记录的用户。", "Users with a row inside the scope and filters."
    )


def _days(cohort: date, by: str, scope: Scope) -> list[date]:
    """The cohort days of a day, week or month that lie inside the scope."""
    if by == "day":
        days = [cohort]
    elif by == "week":
        monday = cohort - timedelta(days=cohort.weekday())
        days = [monday + timedelta(days=n) for n in range(7)]
    else:
        first = cohort.replace(day=1)
        days = [first + timedelta(days=n) for n in range(31)]
        days = [day for day in days if day.month == first.month]
    inside = [day for day in days if not scope.start or day >= scope.start]
    return [day for day in inside if not scope.end or day <= scope.end]
