"""Growth accounting: are active users carried by newcomers or returners, or leaking away?"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.analysis.daily import day_bounds

PERIOD_DAYS = 28
SCHEMA = {
    "start": pl.Date, "end": pl.Date, "active": pl.Int64, "new": pl.Int64, "retained": pl.Int64,
    "resurrected": pl.Int64, "churned": pl.Int64, "quick_ratio": pl.Float64,
}  # fmt: skip


def growth_accounting(active: pl.DataFrame, last: date | None = None) -> pl.DataFrame:
    """Periods of 28 days counted back from ``last`` (the last active day when None).

    ``active``: user, day (all history). Columns: start, end, active, new (first active day ever in
    the period), retained (active in the period before too), resurrected (back after a period of
    absence), churned (active before, not now), quick_ratio = (new + resurrected) / churned, null at
    0. Active now = active before + new + resurrected - churned. Periods not wholly covered by the
    data are left out. Source: growth accounting of Social Capital (J. Hsu).
    """
    if active.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    first, end = day_bounds(active["day"])
    end = last or end
    whole = max(0, ((end - first).days + 1) // PERIOD_DAYS)
    counts = _counts(_in_order(active), end, whole)
    return (
        counts.with_columns(churned=pl.col("leaving").shift(1))
        .filter(pl.col("period") >= 0)
        .with_columns(
            start=pl.lit(end) - pl.duration(days=PERIOD_DAYS * (whole - pl.col("period")) - 1),
            end=pl.lit(end) - pl.duration(days=PERIOD_DAYS * (whole - 1 - pl.col("period"))),
            quick_ratio=pl.when(pl.col("churned") > 0).then(
                (pl.col("new") + pl.col("resurrected")) / pl.col("churned")
            ),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _in_order(active: pl.DataFrame) -> pl.DataFrame:
    """By user and day; what already is stays as it is."""
    user, day = active["user"], active["day"]
    rising = (user > user.shift(1)) | ((user == user.shift(1)) & (day >= day.shift(1)))
    return active if rising.all() else active.sort("user", "day")


def _counts(active: pl.DataFrame, end: date, whole: int) -> pl.DataFrame:
    """period (-1 = the one before the first whole one), active, new, retained, resurrected,
    leaving (not active in the period after); ``active`` by user and day."""
    day = active["day"].to_physical().to_numpy()
    user = active["user"].to_numpy()
    until = (end - date(1970, 1, 1)).days
    period = whole - 1 - (until - day) // PERIOD_DAYS
    inside = day <= until
    first = np.ones(len(day), dtype=bool)
    first[1:] = (user[1:] != user[:-1]) | (period[1:] != period[:-1])
    user, period = user[first & inside], period[first & inside]
    same = user[1:] == user[:-1]
    gap = np.zeros(len(period), dtype=np.int64)
    gap[1:] = np.where(same, period[1:] - period[:-1], 0)
    following = np.append(gap[1:], 0)[: len(gap)]

    def number(hit: np.ndarray | slice) -> np.ndarray:
        at = period[hit] + 1
        return np.bincount(at[at >= 0], minlength=whole + 1)[: whole + 1]

    return pl.DataFrame({
        "period": np.arange(-1, whole), "active": number(slice(None)), "new": number(gap == 0),
        "retained": number(gap == 1), "resurrected": number(gap > 1),
        "leaving": number(following != 1),
    })  # fmt: skip
