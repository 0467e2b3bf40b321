"""The people behind a phase or a move between phases, with masked ids."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from footprint.analysis.daily import day_bounds
from footprint.analysis.phases import PHASES, Journeys, journeys, snapshot
from footprint.analysis.returners import where_key
from footprint.analysis.tiers import month_ends
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

LISTED = 1000
_PHASE = pl.Enum(("new", *PHASES))
_PEOPLE: dict[str, Any] = {
    "user_id": pl.String, "from": pl.String, "phase": pl.String, "exposure": pl.Date,
    "conversion": pl.Date, "repurchase": pl.Date, "fission": pl.Date, "last": pl.Date,
}  # fmt: skip


@question(
    "phase_users",
    title=Text("这个阶段里是哪些人？", "Who is in this phase?"),
    page="U4",
    rows=("S7.3-a",),
    needs=("orders",),
    uses=("events", "streams", "products"),
    params=(
        Param("phase", str, "", Text("现在的阶段", "Phase now"), ("", *PHASES)),
        Param("came_from", str, "", Text("上个月末的阶段", "Phase a month before"),
              ("", "new", *PHASES)),
        Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),
    ),
)  # fmt: skip
def phase_users(
    data: Data, scope: Scope, phase: str = "", came_from: str = "", as_of: date | None = None
) -> Result:
    """Users of a day who fit every choice given (none: all), the latest active first.

    ``came_from`` is the phase at the month end before the day ("new": not seen by then). Frame
    ``people``: masked user_id, from, phase, first day of each phase, last active day; the first
    1,000. Scalar: users. Source: requirement row S7.3-a.
    """
    found = journeys(View(data, scope))
    if found.active.is_empty():
        return _answer(pl.DataFrame(schema=_PEOPLE), data)
    first, last = day_bounds(found.active["day"])
    day = min(as_of or scope.end or last, last)
    now = _snapshot(data, scope, found, day)
    earlier = [end for end in month_ends(first, day) if end < day][-1:]
    for end in earlier:
        before = _snapshot(data, scope, found, end).select("user", pl.col("phase").alias("from"))
        now = now.join(before, on="user", how="left")
    if not earlier:
        now = now.with_columns(pl.lit(None, dtype=_PHASE).alias("from"))
    keep = [pl.col(name) == wanted
            for name, wanted in (("phase", phase), ("from", came_from)) if wanted]  # fmt: skip
    chosen = now.with_columns(pl.col("from").fill_null("new")).filter(*keep)
    seen = found.active.filter(pl.col("day") <= day).join(chosen, on="user", how="semi")
    ends = seen.group_by("user").agg(last=pl.col("day").max())
    return _answer(chosen.join(found.reached, on="user").join(ends, on="user"), data)


def _snapshot(data: Data, scope: Scope, found: Journeys, day: date) -> pl.DataFrame:
    """``snapshot`` kept per day, with one byte a phase."""
    name = f"phases of {day} {found.silent_days} {scope.tz} {where_key(scope)}"
    return once(data, name, lambda: snapshot(found, day).cast({"phase": _PHASE}))


def _answer(people: pl.DataFrame, data: Data) -> Result:
    n = people.height
    if "user_id" not in people.columns:
        people = people.sort("last", "user", descending=[True, False]).head(LISTED)
        people = people.with_columns(user_id=data.event_log().user_ids(people["user"]))
    listed = people.select(pl.col(name).cast(kind) for name, kind in _PEOPLE.items())
    scalar = Scalar(n, "count", n, label=Text("人数", "Users"))
    return Result({"users": scalar}, {"people": listed.with_columns(masked_ids())})
