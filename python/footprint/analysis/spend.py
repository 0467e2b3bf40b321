"""What each channel cost: the cost sheet first, the channel report where the sheet is silent."""

from __future__ import annotations

import polars as pl

from footprint.metrics import View
from footprint.text import Text

_FROM_STREAMS = {"platform", "channel"}
RULE = Text(
    "渠道费用取成本表；某渠道某月成本表没有时，取渠道日报的消耗，两处不重复相加。",
    "Channel cost is that of the cost sheet; where it has none for a channel and month, the "
    "channel report's spend is taken. The two are never added.",
)


def channel_spend(view: View) -> pl.DataFrame:
    """month (first day), channel, cost of every channel in scope.

    The channel report knows platforms and channels only, so it stays out of other slices.
    """
    days = daily_spend(view)
    return (
        days.group_by(month=pl.col("date").dt.truncate("1mo"), channel="channel")
        .agg(pl.col("cost").sum())
        .sort("month", "channel")
    )


def daily_spend(view: View) -> pl.DataFrame:
    """date, channel, cost: the days behind ``channel_spend``, under the same rule."""
    parts = [_daily(rows) for rows in (_sheet(view), _report(view)) if rows is not None]
    if not parts:
        return pl.DataFrame(schema={"date": pl.Date, "channel": pl.String, "cost": pl.Float64})
    known = parts[0]
    for other in parts[1:]:
        keys = ["month", "channel"]
        known = pl.concat([known, other.join(known.select(keys).unique(), on=keys, how="anti")])
    return known.select("date", "channel", "cost").sort("date", "channel")


def spend_notes(view: View) -> tuple[Text, ...]:
    """What a reader must know about the costs shown."""
    notes = [RULE]
    if set(view.scope.where) - _FROM_STREAMS:
        notes.append(
            Text(
                "当前筛选下只计入记到场次的费用；渠道日报无法按此拆分。",
                "In this slice only costs booked to streams count; the channel report cannot be "
                "split this way.",
            )
        )
    return tuple(notes)


def _sheet(view: View) -> pl.DataFrame | None:
    if not view.data.has("costs"):
        return None
    return view.rows("costs").select(date="cost_date", channel="channel", cost="amount")


def _report(view: View) -> pl.DataFrame | None:
    if not view.data.has("channel_daily") or set(view.scope.where) - _FROM_STREAMS:
        return None
    return view.rows("channel_daily").select("date", "channel", "cost")


def _daily(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.filter(pl.col("channel").is_not_null(), pl.col("cost").is_not_null())
        .group_by("date", "channel")
        .agg(pl.col("cost").sum())
        .with_columns(month=pl.col("date").dt.truncate("1mo"))
        .sort("date", "channel")
    )
