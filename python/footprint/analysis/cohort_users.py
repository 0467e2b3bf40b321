"""The people behind one cell of the retention table, with masked ids."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.interaction_points import first_points
from footprint.analysis.retention import KINDS
from footprint.analysis.returners import GROUPS, back_on, first_value, in_period, returners
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

LISTED = 1000
_TRUNCATE = {"day": "1d", "week": "1w", "month": "1mo"}


@question(
    "cohort_users",
    title=Text("这一格里是哪些人？", "Who is behind this cell?"),
    page="U3",
    rows=("S7.1-c", "S7.1-d"),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=(
        Param("cohort", date, None, Text("首次到访（空白=全部）", "First came (blank = all)")),
        Param("by", str, "day", Text("按日、周或月分组", "Cohorts by"), tuple(_TRUNCATE)),
        Param("day", int, 7, Text("第几天", "Day")),
        Param("kind", str, "exact", Text("怎样算回来", "What counts as coming back"), tuple(KINDS)),
        Param("returned", bool, True, Text("回来的人（否=没回来的）", "Those who came back")),
        Param("group", str, "", Text("按首次来源等", "Whose first"), ("", *GROUPS)),
        Param("value", str, "", Text("来源是", "is")),
        Param("points_from", float, 0.0, Text("首日积分至少", "Points of the first day from")),
        Param("points_below", float, None, Text("首日积分少于", "Points below")),
    ),
)
def cohort_users(
    data: Data,
    scope: Scope,
    cohort: date | None = None,
    by: str = "day",
    day: int = 7,
    kind: str = "exact",
    returned: bool = True,
    group: str = "",
    value: str = "",
    points_from: float = 0.0,
    points_below: float | None = None,
) -> Result:
    """Users of a cohort who came back for ``day`` (or did not), masked, the latest comers first.

    ``group`` and ``value`` keep those whose first channel, host ... is that; ``points_from`` and
    ``points_below`` those with that many interaction points on their first day.
    Frame ``people``: user_id, first (day), last (active day), days_active after the first; the
    first 1,000. Scalars: users (all that fit) and size (users of the cohort whose day is over).
    Source: requirement rows S7.1-c and S7.1-d.
    """
    found = returners(data, scope)
    users = in_period(found.users, scope)
    if cohort is not None:
        start = pl.lit(cohort).dt.truncate(_TRUNCATE[by])
        users = users.filter(pl.col("first").dt.truncate(_TRUNCATE[by]) == start)
    if group and value:
        mine = first_value(data, scope, group).filter(pl.col("group") == value)
        users = users.join(mine, on="user", how="semi")
    if points_from > 0 or points_below is not None:
        users = _scored(users, data, scope, points_from, points_below)
    seen = back_on(found, users, day, kind)
    chosen = seen.filter(pl.col("back") == returned).sort("first", "user", descending=[True, False])
    listed = chosen.head(LISTED)
    active = found.gaps.join(listed.select("user"), on="user", how="semi").group_by("user").agg(
        days_active=pl.len().cast(pl.Int64)
    )  # fmt: skip
    people = (
        listed.join(active, on="user", how="left", maintain_order="left")
        .with_columns(
            user_id=data.event_log().user_ids(listed["user"]),
            last=pl.col("first") + pl.duration(days=pl.col("last_gap").fill_null(0)),
            days_active=pl.col("days_active").fill_null(0),
        )
        .select(masked_ids(), "first", "last", "days_active")
    )
    what = Text("这批人里观察期已满的人。", "Users of the cohort whose day is over.")
    scalars = {
        "users": Scalar(chosen.height, "count", seen.height,
                        label=Text("人数", "Users"), definition=what),
        "size": Scalar(seen.height, "count", seen.height,
                       label=Text("这批人", "Cohort"), definition=what),
    }  # fmt: skip
    return Result(scalars, {"people": people})


def _scored(
    users: pl.DataFrame, data: Data, scope: Scope, least: float, below: float | None
) -> pl.DataFrame:
    """Users whose first day earned from ``least`` to less than ``below`` points."""
    scored = users.join(first_points(data, scope), on="user", how="left", maintain_order="left")
    points = pl.col("points").fill_null(0.0)
    keep = [points >= least, *([points < below] if below is not None else [])]
    return scored.filter(*keep).drop("points")
