"""The eight questions through ``footprint.engine``, as pages and the command line ask them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
from footprint.engine import EventLog

TZ = "Asia/Shanghai"
_NAMES = {
    "user_id": "user_id", "ts": "event_ts", "event": "event_type", "channel": "channel",
    "stream_id": "stream_id", "amount": "value",
}  # fmt: skip
_EVERY = tuple(_NAMES)


class Cold:
    """Every question reads the columns it needs and lays them out anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def log(self, *columns: str) -> EventLog:
        return EventLog.build(events(self._path, *columns))


class Warm:
    """The kept layout, opened."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def log(self, *columns: str) -> EventLog:
        return self._log


def events(path: Path, *columns: str) -> pl.LazyFrame:
    """Some columns of the file under the names of the events table, read when asked for."""
    names = columns or _EVERY
    return pl.scan_parquet(path).select(pl.col(name).alias(_NAMES[name]) for name in names)


cold = Cold


def store(path: Path, folder: Path) -> None:
    """Decode, lay out and keep the layout."""
    EventLog.build(events(path), cache_dir=folder, key="bench")


def board(path: Path, folder: Path) -> Warm:
    """One upload: laid out once for every question."""
    return Warm(EventLog.build(events(path), cache_dir=folder, key="bench"))


def warm(path: Path, folder: Path) -> Warm:
    """Open the layout of ``store``."""
    return Warm(EventLog.build(events(path), cache_dir=folder, key="bench"))


Rows = Cold | Warm


def funnel(rows: Rows) -> pl.DataFrame:
    """a: users whose best chain ends at each level."""
    log = rows.log("user_id", "ts", "event")
    steps = log.funnel_steps(["exposure", "enter", "product_click", "pay"], timedelta(days=7))
    stay = pl.when(pl.col("step") == 4).then(pl.col("users")).otherwise(pl.col("lost"))
    return steps.select(pl.col("step").alias("level"), stay.alias("users"))


def sessions(rows: Rows) -> pl.DataFrame:
    """b: sessions by a gap above 30 minutes, and what is in them."""
    found = rows.log("user_id", "ts", "event", "amount").session_totals(sizes=(1, 5, 20))
    one, few, some, many = found.by_rows
    return pl.DataFrame(
        {
            "sessions": [found.sessions], "duration_ms": [found.duration_us // 1000],
            "with_pay": [found.with_hit], "of_1": [one], "of_2_5": [few], "of_6_20": [some],
            "of_more": [many], "cents": [found.value_cents],
        }
    )  # fmt: skip


def retention(rows: Rows) -> pl.DataFrame:
    """c: users back on day k after their first day."""
    cells = rows.log("user_id", "ts").retention(TZ, days=30)
    return cells.filter(pl.col("users") > 0).select(
        pl.col("cohort").to_physical(), pl.col("k"), pl.col("users")
    )


def paths(rows: Rows) -> pl.DataFrame:
    """d: channel paths up to the first pay, equal neighbours collapsed."""
    routes = rows.log("user_id", "ts", "event", "channel").routes("pay", longest=10_000)
    return routes.select(pl.col("path").str.replace_all(" > ", ">", literal=True), "users")


def transitions(rows: Rows) -> pl.DataFrame:
    """e: pairs of consecutive events of a user."""
    return rows.log("user_id", "ts", "event").transitions().select("from", "to", "n")


def peak(rows: Rows) -> pl.DataFrame:
    """f: most users at once, per stream and over all."""
    log = rows.log("user_id", "ts", "event", "stream_id")
    return log.presence("stream_id", enter="enter", leave="leave").select(
        pl.col("place").fill_null("ALL").alias("stream"), pl.col("count").alias("peak")
    )


def buckets(rows: Rows) -> pl.DataFrame:
    """g: five-minute buckets by channel with exact distinct users."""
    log = rows.log("user_id", "ts", "event", "channel", "amount")
    cells = log.buckets(timedelta(minutes=5), counted={"enters": "enter", "pays": "pay"})
    return cells.select(
        (pl.col("start").dt.epoch("s") // 300).alias("bucket"), pl.col("by").alias("channel"),
        pl.col("rows").alias("events"), "users", "enters", "pays",
        pl.col("value_cents").alias("cents"),
    )  # fmt: skip


def lifecycle(rows: Rows) -> pl.DataFrame:
    """h: new, returning, resurrecting and dormant users by day."""
    days = rows.log("user_id", "ts").lifecycle(TZ)
    return (
        days.unpivot(index="period", variable_name="state", value_name="users")
        .filter(pl.col("users") > 0)
        .select(pl.col("period").to_physical().alias("day"), "state", "users")
    )


TASKS: dict[str, Callable[[Rows], pl.DataFrame]] = {
    "a": funnel, "b": sessions, "c": retention, "d": paths, "e": transitions, "f": peak,
    "g": buckets, "h": lifecycle,
}  # fmt: skip
