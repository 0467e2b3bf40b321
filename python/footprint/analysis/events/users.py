"""Who are they? The users behind a funnel step, a retention cell, a path or a segment."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.events import cells
from footprint.analysis.events.funnel_ask import EXCLUDE, GRACE, HOLD, MODE, STEPS, WINDOW, Asked
from footprint.analysis.events.paths import (
    COLLAPSE,
    DEPTH,
    DIMENSION,
    EVENT,
    NODES,
    SIDE,
    route_ask,
)
from footprint.analysis.events.people import MOST, listed, totals
from footprint.analysis.events.rows import ROWS, WHO
from footprint.data import Data
from footprint.questions import Param, question
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Text

OF = ("segment", "funnel", "retention", "path")
STATES = ("reached", "lost")
_PARAMS = (
    Param("of", str, "segment", Text("哪里的用户", "Users of what"), OF),
    Param("state", str, "reached", Text("到达的还是流失的", "Reached or lost"), STATES),
    Param("limit", int, 100, Text("最多列几人", "Users listed at most")),
    Param("step", int, 1, Text("漏斗第几步", "Funnel step")),
    STEPS, MODE, WINDOW, GRACE, HOLD, EXCLUDE,
    Param("cohort", date, None, Text("留存：哪一组（起始日）", "Retention: cohort")),
    Param("day", int, 7, Text("留存：第几天", "Retention: day")),
    Param("by", str, "day", Text("留存：按日、周或月", "Retention: by"), ("day", "week", "month")),
    Param("kind", str, "exact", Text("怎样算回来", "What counts as coming back"),
          ("exact", "within", "unbounded")),
    Param("path", str, "", Text("路径（空白=最常见）", "Path (blank = commonest)")),
    EVENT, SIDE, NODES, DIMENSION, DEPTH, COLLAPSE, ROWS, WHO,
)  # fmt: skip


@question(
    "users",
    title=Text("这些数字背后是哪些用户？", "Who are the users behind a number?"),
    page="U1",
    rows=("S1.1.2-a", "S7.1-c"),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def users(
    data: Data,
    scope: Scope,
    of: str = "segment",
    state: str = "reached",
    limit: int = 100,
    step: int = 1,
    steps: str = "",
    mode: str = "best",
    window: str = "7d",
    grace: str = "0",
    hold: str = "",
    exclude: str = "",
    cohort: date | None = None,
    day: int = 7,
    by: str = "day",
    kind: str = "exact",
    path: str = "",
    event: str = "",
    side: str = "before",
    nodes: str = "",
    dimension: str = "event_type",
    depth: int = 5,
    collapse: bool = True,
    rows: str = "",
    who: str = "",
) -> Result:
    """The users behind a cell, asked with the parameters of the question that holds it.

    ``of``: segment (users with a row inside the scope, ``rows`` and ``who``), funnel (``step`` of
    the funnel: reached, or lost = stopped there), retention (``cohort``, ``day``, ``by``, ``kind``:
    reached = back, lost = not back) or path (``path`` as the question paths writes it). Frame
    ``users``: user (masked id), code (to replay the user in this data version), first_ts, last_ts,
    events, orders, gmv, platform, region; the most money first, at most ``limit`` (1 to 1000).
    Scalars: users (all of them), buyers, gmv_per_user. Source: requirement rows S1.1.2-a, S7.1-c.
    """
    if of == "funnel":
        asked = Asked.of(data, scope, steps, mode, window, grace, hold, exclude, rows, who)
        found, rule = cells.of_step(asked, step, state)
    elif of == "retention":
        first = cohort or _first_day(data, scope)
        found, rule = cells.of_cohort(data, scope, first, day, by, kind, state, who)
    elif of == "path":
        routes = route_ask(data, scope, event, side, nodes, dimension, depth, collapse, rows, who)
        found, rule = cells.of_path(routes, path)
    else:
        found, rule = cells.of_segment(data, scope, rows, who)
    table = listed(data, found, min(max(limit, 1), MOST))
    return Result(totals(data, found, rule), {"users": table}, notes=_notes(found, table))


def _first_day(data: Data, scope: Scope) -> date:
    if scope.start:
        return scope.start
    first = data.event_log().span[0]
    assert first is not None
    return pl.Series([first]).dt.convert_time_zone(scope.tz).dt.date()[0]


def _notes(found: pl.Series, table: pl.DataFrame) -> tuple[Text, ...]:
    more = len(found) - table.height
    if more <= 0:
        return ()
    return (Text(f"另有 {more} 人没有列出。", f"{more} more users are not listed."),)
