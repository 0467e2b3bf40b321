"""How long until something happens, when for many it has not happened yet (Kaplan and Meier)."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.stats import LEVEL, normal_quantile

CURVE = {
    "day": pl.Int64, "reached": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "at_risk": pl.Int64,
}  # fmt: skip


def reached_curve(waits: pl.DataFrame, level: float = LEVEL) -> pl.DataFrame:
    """Share for whom it has happened by each day, with the people still waiting counted right.

    ``waits``: days (whole, >= 0) until it happened (``happened`` true) or until we last looked.
    Columns of ``CURVE``; interval: Greenwood on the log-log scale. Source: Kaplan and Meier (1958).
    """
    counted = waits.group_by("days").agg(
        moved=pl.col("happened").sum().cast(pl.Float64), all=pl.len().cast(pl.Float64)
    ).sort("days")  # fmt: skip
    if counted.is_empty():
        return pl.DataFrame(schema=CURVE)
    moved, every = counted["moved"].to_numpy(), counted["all"].to_numpy()
    risk = every[::-1].cumsum()[::-1]
    stay = np.cumprod(1 - moved / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(risk > moved, moved / (risk * (risk - moved)), 0.0))
        half = normal_quantile(level) * np.sqrt(greenwood) / np.abs(np.log(stay))
        bounds = [1 - stay ** np.exp(sign * half) for sign in (-1.0, 1.0)]
    low, high = (np.where((stay > 0) & (stay < 1), bound, 1 - stay) for bound in bounds)
    frame = pl.DataFrame({"day": counted["days"], "reached": 1 - stay, "low": low, "high": high,
                          "at_risk": risk})  # fmt: skip
    return frame.select(pl.col(name).cast(kind) for name, kind in CURVE.items())


def day_reached(curve: pl.DataFrame, share: float, column: str = "reached") -> int | None:
    """First day by which ``share`` has got there; None while fewer have."""
    found = curve.filter(pl.col(column) >= share - 1e-12)
    return int(found["day"][0]) if found.height else None


def share_by(curve: pl.DataFrame, day: int) -> dict[str, float] | None:
    """reached, low and high on a day; None when nobody was watched that long."""
    if curve.is_empty() or int(curve["day"][-1]) < day:
        return None
    known = curve.filter(pl.col("day") <= day).tail(1)
    if known.is_empty():
        return {"reached": 0.0, "low": 0.0, "high": 0.0}
    return known.select("reached", "low", "high").row(0, named=True)
