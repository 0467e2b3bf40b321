"""Growth accounting: are active users carried by newcomers or returners, or leaking away?"""

from __future__ import annotations

from datetime import date

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
    whole = ((end - first).days + 1) // PERIOD_DAYS
    back = (pl.lit(end) - pl.col("day")).dt.total_days() // PERIOD_DAYS
    period, same = pl.col("period"), pl.col("user") == pl.col("user").shift(1)
    seen = (
        active.lazy()
        .filter(pl.col("day") <= end)
        .select("user", period=whole - 1 - back)
        .unique()
        .sort("user", "period")
        .with_columns(gap=pl.when(same).then(period - period.shift(1)))
        .with_columns(next=pl.when(same.shift(-1)).then(pl.col("gap").shift(-1)))
        .collect()
    )
    counts = seen.group_by("period").agg(
        active=pl.len().cast(pl.Int64),
        new=pl.col("gap").is_null().sum().cast(pl.Int64),
        retained=(pl.col("gap") == 1).sum().cast(pl.Int64),
        resurrected=(pl.col("gap") > 1).sum().cast(pl.Int64),
        leaving=((pl.col("next") > 1) | pl.col("next").is_null()).sum().cast(pl.Int64),
    )
    every = pl.DataFrame({"period": pl.int_range(-1, whole, eager=True)}).join(
        counts.cast({"period": pl.Int64}), on="period", how="left", maintain_order="left"
    )
    churned = pl.col("leaving").shift(1)
    return (
        every.with_columns(pl.exclude("period").fill_null(0))
        .with_columns(churned=churned)
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
