"""The tables of a funnel answer: steps, groups, days, time to convert, two groups side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl

from footprint import stats
from footprint.analysis.events.funnel_ask import Asked
from footprint.engine import Funnel

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
TIMES = {"quantile": pl.Float64, "seconds": pl.Float64, "low": pl.Float64, "high": pl.Float64,
         "n": pl.Int64}  # fmt: skip


def reached(funnel: Funnel) -> list[int]:
    """Users (attempts) who got to each step."""
    return _reached(funnel.people["level"], len(funnel.names))


def steps_table(funnel: Funnel, minimum: int) -> pl.DataFrame:
    """step, name, users, lost (right after it), rate (of the first step), low, high, step_rate (of
    the step before), step_low, step_high, enough (the step before holds ``minimum`` users)."""
    users = reached(funnel)
    table = pl.DataFrame({
        "step": list(range(1, len(users) + 1)), "name": list(funnel.names), "users": users,
        "lost": [*(a - b for a, b in pairwise(users)), 0],
        "base": [users[0]] * len(users), "before": [users[0], *users[:-1]],
    }, schema_overrides={"name": pl.String})  # fmt: skip
    low, high = stats.wilson_columns("users", "base")
    step_low, step_high = stats.wilson_columns("users", "before")
    return table.select(
        "step", "name", "users", "lost", _rate("users", "base").alias("rate"), low, high,
        _rate("users", "before").alias("step_rate"), step_low.alias("step_low"),
        step_high.alias("step_high"), enough=pl.col("before") >= minimum,
    )  # fmt: skip


def optional_table(asked: Asked, funnel: Funnel, minimum: int) -> pl.DataFrame:
    """Steps that may be skipped: step (the required one it follows), name, users who did it on the
    way, base (users at the step before), rate, low, high, finished (of those users), finish_rate,
    skipped_finish_rate (of those who went on without it), enough. Association, not cause."""
    levels, rows = reached(funnel), []
    for place in (at for at, step in enumerate(asked.written) if step.optional):
        step = sum(at < place for at in asked.required)
        upto, whole = (reached(run)[-1] for run in asked.through(place))
        base, skipped = levels[step - 1], levels[step - 1] - upto
        low, high = stats.wilson(upto, base) if base else (None, None)
        rows.append({
            "step": step, "name": asked.written[place].name, "users": upto, "base": base,
            "rate": upto / base if base else None, "low": low, "high": high, "finished": whole,
            "finish_rate": whole / upto if upto else None,
            "skipped_finish_rate": (levels[-1] - whole) / skipped if skipped else None,
            "enough": base >= minimum,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=OPTIONAL)


def groups_table(
    funnel: Funnel, groups: pl.Series, minimum: int, longest: int = 50
) -> pl.DataFrame:
    """group, step, name, users, rate (of the group's first step), low, high, enough; the largest
    groups first, those beyond ``longest`` left out. ``groups``: one value per row of ``people``."""
    counts = (
        pl.DataFrame({"group": groups, "level": funnel.people["level"]})
        .group_by("group", "level")
        .len("n")
    )
    biggest = (
        counts.group_by("group").agg(base=pl.col("n").sum())
        .sort("base", "group", descending=[True, False]).head(longest).with_row_index("at")
    )  # fmt: skip
    grid = biggest.join(
        pl.DataFrame({"step": range(1, len(funnel.names) + 1), "name": list(funnel.names)},
                     schema={"step": pl.Int64, "name": pl.String}),
        how="cross",
    )  # fmt: skip
    hits = (
        grid.join(counts, on="group", how="left", nulls_equal=True)
        .filter(pl.col("level") >= pl.col("step"))
        .group_by("at", "step").agg(users=pl.col("n").sum())
    )  # fmt: skip
    low, high = stats.wilson_columns("users", "base")
    return (
        grid.join(hits, on=["at", "step"], how="left")
        .with_columns(pl.col("users").fill_null(0).cast(pl.Int64))
        .sort("at", "step")
        .select("group", "step", "name", "users", _rate("users", "base").alias("rate"), low, high,
                enough=pl.col("base") >= minimum)
    )  # fmt: skip


def trend_table(
    funnel: Funnel, tz: str, window: timedelta | None, log_end: datetime | None, minimum: int
) -> pl.DataFrame:
    """date (of the first step), started, finished, rate, low, high, complete (the whole window of
    all its starts lies in the data), enough."""
    days = funnel.trend(tz, window or timedelta(0), log_end or datetime.max.replace(tzinfo=UTC))
    low, high = stats.wilson_columns("finished", "started")
    return days.select(
        pl.col("day").alias("date"), pl.col("started", "finished").cast(pl.Int64),
        _rate("finished", "started").alias("rate"), low, high, "complete",
        enough=pl.col("started") >= minimum,
    )  # fmt: skip


def times_table(seconds: pl.Series) -> pl.DataFrame:
    """quantile, seconds, low, high (by order statistics), n of the time to convert."""
    found = np.sort(seconds.to_numpy())
    n = found.size
    if not n:
        return pl.DataFrame(schema=TIMES)
    z = stats.normal_quantile()
    rows = []
    for q in QUANTILES:
        half = z * (n * q * (1 - q)) ** 0.5
        first = max(int(np.floor(n * q - half)), 0)
        last = min(int(np.ceil(n * q + half)), n - 1)
        middle = float(np.quantile(found, q))
        rows.append((q, middle, float(found[first]), float(found[last]), n))
    return pl.DataFrame(rows, schema=TIMES, orient="row")


def compared(funnels: Sequence[Funnel], groups: Sequence[str]) -> pl.DataFrame:
    """Two funnels step by step: step, name, group, users, rate, other, other_users, other_rate,
    diff (first less second), low, high, p_value; null where a group has nobody."""
    first, second = (reached(funnel) for funnel in funnels)
    rows = []
    for at, name in enumerate(funnels[0].names):
        one, two = (first[at], first[0]), (second[at], second[0])
        test = stats.two_proportions(*one, *two) if one[1] and two[1] else None
        rows.append({
            "step": at + 1, "name": name, "group": groups[0], "users": one[0],
            "rate": one[0] / one[1] if one[1] else None, "other": groups[1],
            "other_users": two[0], "other_rate": two[0] / two[1] if two[1] else None,
            "diff": test.diff if test else None, "low": test.low if test else None,
            "high": test.high if test else None,
            "p_value": test.p if test and at else None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=COMPARED)


OPTIONAL = {
    "step": pl.Int64, "name": pl.String, "users": pl.Int64, "base": pl.Int64, "rate": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "finished": pl.Int64, "finish_rate": pl.Float64,
    "skipped_finish_rate": pl.Float64, "enough": pl.Boolean,
}  # fmt: skip
COMPARED = {
    "step": pl.Int64, "name": pl.String, "group": pl.String, "users": pl.Int64,
    "rate": pl.Float64, "other": pl.String, "other_users": pl.Int64, "other_rate": pl.Float64,
    "diff": pl.Float64, "low": pl.Float64, "high": pl.Float64, "p_value": pl.Float64,
}  # fmt: skip


def _reached(levels: pl.Series, steps: int) -> list[int]:
    counts = np.bincount(levels.to_numpy(), minlength=steps + 1)[1:]
    return [int(n) for n in counts[::-1].cumsum()[::-1]]


def _rate(hits: str, size: str) -> pl.Expr:
    return pl.when(pl.col(size) > 0).then(pl.col(hits) / pl.col(size))
