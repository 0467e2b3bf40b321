"""Return rates split by where users first came from, and before against after a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.returners import Returners, back_on, first_value, in_period, returners
from footprint.data import Data
from footprint.result import Scalar
from footprint.scope import Scope
from footprint.text import Text

MOST_GROUPS = 12
KEY_DAY = 7
ALPHA = 0.05
NOT_CAUSE = Text(
    "这里是相关：不同来源、不同时期来的人本来就不同，不等于来源或改动带来的效果。",
    "This is an association: people of other sources or times differ anyway, so it is not the "
    "effect of the source or of the change.",
)
_GROUPS: dict[str, Any] = {
    "group": pl.String, "day": pl.Int64, "size": pl.Int64, "users": pl.Int64, "rate": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "p_adjusted": pl.Float64, "sure": pl.Boolean,
}  # fmt: skip
_CHANGE: dict[str, Any] = {
    "day": pl.Int64, "n_before": pl.Int64, "rate_before": pl.Float64, "n_after": pl.Int64,
    "rate_after": pl.Float64, "pp": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "p_value": pl.Float64,
}  # fmt: skip


def split(
    data: Data, scope: Scope, column: str, kind: str, days: list[int], minimum: int
) -> pl.DataFrame:
    """Rates of the largest groups with at least ``minimum`` users; empty without a column.

    p against all other users of the same day, adjusted by Benjamini and Hochberg over all cells.
    """
    if not column:
        return pl.DataFrame(schema=_GROUPS)
    found = returners(data, scope)
    users = in_period(found.users, scope).join(first_value(data, scope, column), on="user")
    parts = [_by_group(back_on(found, users, day, kind), day, minimum) for day in days if day > 0]
    rows = [row for part in parts for row in part]
    if not rows:
        return pl.DataFrame(schema=_GROUPS)
    table = pl.DataFrame(rows, infer_schema_length=None)
    fair = stats.benjamini_hochberg(table["p"].to_numpy())
    table = table.with_columns(p_adjusted=pl.Series(fair), sure=pl.Series(fair) < ALPHA)
    return table.select(pl.col(name).cast(kind) for name, kind in _GROUPS.items())


def _by_group(users: pl.DataFrame, day: int, minimum: int) -> list[dict[str, Any]]:
    counted = users.group_by("group").agg(size=pl.len(), users=pl.col("back").sum())
    kept = counted.filter(pl.col("size") >= minimum).sort("size", "group", descending=[True, False])
    every, back = users.height, int(users["back"].sum())
    rows = []
    for row in kept.head(MOST_GROUPS).to_dicts():
        size, hits = row["size"], row["users"]
        low, high = stats.wilson(hits, size)
        rest = every - size
        p = stats.two_proportions(hits, size, back - hits, rest).p if rest else 1.0
        rows.append({"group": row["group"], "day": day, "size": size, "users": hits,
                     "rate": hits / size, "low": low, "high": high, "p": p})  # fmt: skip
    return rows


def before_after(
    data: Data, scope: Scope, change: date | None, kind: str, days: list[int]
) -> pl.DataFrame:
    """Users of the period who first came before ``change`` against those from that day on."""
    if change is None:
        return pl.DataFrame(schema=_CHANGE)
    found = returners(data, scope)
    users = in_period(found.users, scope)
    rows = [_compared(found, users, change, kind, day) for day in sorted({*days, KEY_DAY}) if day]
    return pl.DataFrame([row for row in rows if row], schema=_CHANGE)


def _compared(
    found: Returners, users: pl.DataFrame, change: date, kind: str, day: int
) -> dict[str, Any] | None:
    seen = back_on(found, users, day, kind)
    sides = [seen.filter(pl.col("first") < change), seen.filter(pl.col("first") >= change)]
    (n0, k0), (n1, k1) = ((side.height, int(side["back"].sum())) for side in sides)
    if not n0 or not n1:
        return None
    test = stats.two_proportions(k1, n1, k0, n0)
    return {"day": day, "n_before": n0, "rate_before": k0 / n0, "n_after": n1,
            "rate_after": k1 / n1, "pp": 100 * test.diff, "low": 100 * test.low,
            "high": 100 * test.high, "p_value": test.p}  # fmt: skip


def change_scalars(table: pl.DataFrame) -> dict[str, Scalar]:
    """Day-7 rates before and after, the difference in points and its p; nothing without a date."""
    rows = table.filter(pl.col("day") == KEY_DAY).to_dicts()
    if not rows:
        return {}
    row = rows[0]
    edges = {}
    for side, label in (("before", Text("改动前 7 日留存", "Day-7 return before")),
                        ("after", Text("改动后 7 日留存", "Day-7 return after"))):  # fmt: skip
        n, rate = row[f"n_{side}"], row[f"rate_{side}"]
        edges[f"d7_{side}"] = Scalar(rate, "rate", n, *stats.wilson(rate * n, n), label, NOT_CAUSE)
    n = row["n_before"] + row["n_after"]
    return edges | {
        "d7_pp": Scalar(row["pp"], "pp", n, row["low"], row["high"],
                        Text("前后相差", "Difference"), NOT_CAUSE),
        "d7_p": Scalar(row["p_value"], "p", n,
                       label=Text("偶然出现的可能性（p）", "Chance of seeing this by luck (p)")),
    }  # fmt: skip
