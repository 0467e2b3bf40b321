"""Who came when: first day, next day back and last day of every user, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from footprint.analysis.log_rows import log_mask, row_values
from footprint.data import Data
from footprint.engine.coded import MISSING
from footprint.metrics.derived import once
from footprint.scope import Scope

# What newcomers can be grouped by: the first channel, host ... of theirs that is known.
GROUPS = ("channel", "host_id", "sku_id", "platform", "region")


@dataclass(frozen=True, slots=True)
class Returners:
    """``users``: user, first (day), next_gap and last_gap (days from the first day to the next and
    to the last active day, null when there is none); ``gaps``: user, gap of every later active day;
    ``last``: the last day of the data, which is not over."""

    users: pl.DataFrame
    gaps: pl.DataFrame
    last: date | None


def returners(data: Data, scope: Scope) -> Returners:
    """Over all data inside the scope's slices, whatever the period."""
    name = f"returners {scope.tz} {where_key(scope)}"
    return once(data, name, lambda: _build(data, scope))


def where_key(scope: Scope) -> str:
    """The slices of a scope as a name for what is kept per scope."""
    return str(sorted((key, tuple(values)) for key, values in scope.where.items()))


def active_days(data: Data, scope: Scope) -> pl.DataFrame:
    """user, day of every active day inside the scope's slices, by user and day."""

    def build() -> pl.DataFrame:
        days = data.event_log().user_days(scope.tz, mask=log_mask(data, scope))
        return days.select("user", "day").sort("user", "day")

    return once(data, f"active days {scope.tz} {where_key(scope)}", build)


def _build(data: Data, scope: Scope) -> Returners:
    active = active_days(data, scope)
    last = data.event_log().span[1]
    days = active.lazy()
    first = days.group_by("user").agg(first=pl.col("day").min())
    gaps = (
        days.join(first, on="user")
        .select("user", gap=(pl.col("day") - pl.col("first")).dt.total_days().cast(pl.Int32))
        .filter(pl.col("gap") > 0)
    )
    edges = gaps.group_by("user").agg(next_gap=pl.col("gap").min(), last_gap=pl.col("gap").max())
    users = first.join(edges, on="user", how="left").sort("user")
    both = pl.collect_all([users, gaps])
    end = None
    if last is not None:
        end = pl.Series([last]).dt.convert_time_zone(scope.tz).dt.date()[0]
    return Returners(both[0], both[1], end)


def in_period(users: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Users whose first day lies in the scope's period."""
    keep = [pl.col("first") >= scope.start] if scope.start else []
    keep += [pl.col("first") <= scope.end] if scope.end else []
    return users.filter(*keep) if keep else users


def back_on(found: Returners, users: pl.DataFrame, day: int, kind: str) -> pl.DataFrame:
    """``users`` with ``back``: returned by ``kind`` for ``day``; only those whose day is over."""
    over = users.filter(
        (pl.lit(found.last) - pl.col("first")).dt.total_days() > day
        if found.last
        else pl.lit(value=False)
    )
    if kind == "within":
        return over.with_columns(back=(pl.col("next_gap") <= day).fill_null(value=False))
    if kind == "unbounded":
        return over.with_columns(back=(pl.col("last_gap") >= day).fill_null(value=False))
    hit = found.gaps.filter(pl.col("gap") == day).select("user", back=pl.lit(value=True))
    return over.join(hit, on="user", how="left", maintain_order="left").with_columns(
        pl.col("back").fill_null(value=False)
    )


def first_value(data: Data, scope: Scope, column: str) -> pl.DataFrame:
    """user, group: the first ``column`` known of each user (of the first order for products)."""

    def build() -> pl.DataFrame:
        log = data.event_log()
        coded = row_values(data, column)
        known = coded.codes != MISSING
        if column == "sku_id":
            known = known & log.of_types([log.conversion])
        found = log.first_last(known, mask=log_mask(data, scope))
        return found.select("user", group=coded.words_at(found["first_row"]))

    return once(data, f"first {column} {scope.tz} {where_key(scope)}", build)
