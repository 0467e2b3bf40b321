"""The phase each user has reached, month by month: seen, bought, bought again, brought a friend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from footprint.analysis.log_rows import type_mask
from footprint.analysis.referral import referred_buyers
from footprint.analysis.returners import active_days, where_key
from footprint.data import Data
from footprint.engine import ORDER
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.scope import Scope
from footprint.text import Text

PHASES = ("exposure", "conversion", "repurchase", "fission", "dormant")
LABELS: dict[str, Text] = {
    "exposure": Text("曝光", "Seen us"),
    "conversion": Text("转化", "Bought"),
    "repurchase": Text("复购", "Bought again"),
    "fission": Text("裂变", "Brought a friend"),
    "dormant": Text("沉默", "Silent"),
}
GAP_PART = 0.9


@dataclass(frozen=True, slots=True)
class Journeys:
    """Per user the first day of each phase (null = not reached), every active day, the silence
    after which a user counts as dormant."""

    reached: pl.DataFrame
    active: pl.DataFrame
    silent_days: int


def journeys(view: View) -> Journeys:
    """First days of the phases over all data in the scope's slices.

    ``reached``: user, exposure, conversion, repurchase, fission (dates). ``active``: user, day.
    Users are codes of the event log. Silence: more than the setting silent_days and more than nine
    in ten pauses between two active days. Source: requirement row S7.3-a.
    """
    data, scope = view.data, view.scope
    days = (int(data.settings.value("invite_days")), int(data.settings.value("silent_days")))
    return once(
        data, f"journeys {days} {scope.tz} {where_key(scope)}", lambda: _journeys(data, scope)
    )


def _journeys(data: Data, scope: Scope) -> Journeys:
    log = data.event_log()
    active = active_days(data, scope)
    seen = active.group_by("user").agg(exposure=pl.col("day").min())
    bought = log.user_days(scope.tz, mask=type_mask(data, scope, ORDER))
    reached = seen.join(_buying_days(bought), on="user", how="left").join(
        _friend_days(data, scope.tz), on="user", how="left"
    )
    return Journeys(reached, active, _silence(active, data))


def snapshot(found: Journeys, day: date) -> pl.DataFrame:
    """Highest phase of every user seen by ``day``: user, phase (dormant when silent too long)."""
    last = found.active.filter(pl.col("day") <= day).group_by("user").agg(last=pl.col("day").max())
    known = found.reached.join(last, on="user")
    silent = (pl.lit(day) - pl.col("last")).dt.total_days() > found.silent_days

    def by(phase: str) -> pl.Expr:
        return (pl.col(phase) <= day).fill_null(False)

    return known.select(
        "user",
        phase=pl.when(silent).then(pl.lit("dormant"))
        .when(by("fission")).then(pl.lit("fission"))
        .when(by("repurchase")).then(pl.lit("repurchase"))
        .when(by("conversion")).then(pl.lit("conversion"))
        .otherwise(pl.lit("exposure")),
    )  # fmt: skip


def phase_table(snapshots: dict[date, pl.DataFrame]) -> pl.DataFrame:
    """month (last day), phase, users, share of all users known by then."""
    schema = {"month": pl.Date, "phase": pl.String, "users": pl.Int64, "share": pl.Float64}
    every = pl.DataFrame({"phase": PHASES})
    parts = []
    for day, users in snapshots.items():
        counted = users.group_by("phase").agg(users=pl.len().cast(pl.Int64))
        full = every.join(counted, on="phase", how="left", maintain_order="left").fill_null(0)
        total = max(users.height, 1)
        parts.append(full.select(pl.lit(day).alias("month"), "phase", "users",
                                 share=pl.col("users") / total))  # fmt: skip
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def flow_table(snapshots: dict[date, pl.DataFrame]) -> pl.DataFrame:
    """month (last day), from, to, users between neighbouring month ends; from "new" = unknown."""
    schema = {"month": pl.Date, "from": pl.String, "to": pl.String, "users": pl.Int64}
    parts = []
    for before, after in pairwise(list(snapshots)):
        moved = snapshots[after].join(
            snapshots[before].select("user", pl.col("phase").alias("from")), on="user", how="left"
        )
        parts.append(
            moved.with_columns(pl.col("from").fill_null("new"))
            .group_by("from", to=pl.col("phase"))
            .agg(users=pl.len().cast(pl.Int64))
            .sort("from", "to")
            .select(pl.lit(after).alias("month"), "from", "to", "users")
        )
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def month_tables(
    view: View, found: Journeys, days: Sequence[date]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``phase_table`` and ``flow_table`` of some days; each day is counted once per data version.

    ``found`` are the journeys of the view.
    """
    data, scope = view.data, view.scope
    key = f"{found.silent_days} {scope.tz} {where_key(scope)}"
    seen: dict[date, pl.DataFrame] = {}

    def at(day: date) -> pl.DataFrame:
        if day not in seen:
            seen[day] = snapshot(found, day)
        return seen[day]

    phases = [
        once(data, f"phases {key} {day}", lambda day=day: phase_table({day: at(day)}))  # type: ignore[misc]
        for day in days
    ]
    flows = [
        once(
            data, f"phase flow {key} {one} {two}",
            lambda one=one, two=two: flow_table({one: at(one), two: at(two)}),  # type: ignore[misc]
        )
        for one, two in pairwise(days)
    ]  # fmt: skip
    return (
        pl.concat(phases) if phases else phase_table({}),
        pl.concat(flows) if flows else flow_table({}),
    )


def _buying_days(bought: pl.DataFrame) -> pl.DataFrame:
    """user, conversion (first buying day), repurchase (next buying day)."""
    days = bought.select("user", "day").sort("user", "day")
    opening = pl.col("user").ne_missing(pl.col("user").shift(1))
    marked = days.with_columns(first=opening).with_columns(
        second=~pl.col("first") & pl.col("first").shift(1, fill_value=False)
    )
    again = marked.filter("second").select("user", repurchase="day")
    first = marked.filter("first").select("user", conversion="day")
    return first.join(again, on="user", how="left")


def _friend_days(data: Data, tz: str) -> pl.DataFrame:
    """user, fission (day on which the first friend brought placed an order)."""
    brought = referred_buyers(data)
    day = pl.col("first_ts").dt.convert_time_zone(tz).dt.date()
    first = brought.group_by(user_id="referrer_id").agg(fission=day.min())
    codes = data.event_log().user_codes(first["user_id"])
    return first.select(codes.alias("user"), "fission").filter(pl.col("user").is_not_null())


def _silence(active: pl.DataFrame, data: Data) -> int:
    gaps = (
        active.lazy()
        .select(
            gap=pl.col("day").diff().dt.total_days(), same=pl.col("user") == pl.col("user").shift(1)
        )
        .filter("same")
        .select(pl.col("gap").quantile(GAP_PART))
        .collect()
        .item()
    )
    return max(int(data.settings.value("silent_days")), int(gaps or 0))
