"""Eight questions, each asked of the engine, of polars and of DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import polars as pl
from footprint.engine import EventLog

STEPS = ["exposure", "enter", "product_click", "pay"]
TZ = "Asia/Shanghai"
DAY = timedelta(days=1)
Answer = list[tuple]


@dataclass(frozen=True)
class Task:
    """One question and its three ways; polars reads the table sorted by user and time."""

    name: str
    engine: Callable[[EventLog], Answer]
    polars: Callable[[pl.DataFrame], Answer]
    duckdb: str


def rows(frame: pl.DataFrame) -> Answer:
    return sorted(frame.rows())


def _funnel(log: EventLog) -> Answer:
    return [(n,) for n in log.funnel(STEPS, 7 * DAY).steps["users"]]


def _polars_funnel(table: pl.DataFrame) -> Answer:
    """Latest start carried forward per step: exact for instants that differ within a user."""
    lazy = table.lazy().filter(pl.col("event_type").is_in(STEPS))
    for i, step in enumerate(STEPS):
        hit = pl.col("event_type") == step
        start = pl.col("event_ts") if i == 0 else pl.col(f"s{i - 1}")
        reached = hit & (pl.col("event_ts") - start <= 7 * DAY)
        chain = pl.when(reached).then(start).forward_fill().over("user_id").alias(f"s{i}")
        lazy = lazy.with_columns(chain)
    level = pl.sum_horizontal(
        (pl.col(f"s{i}").is_not_null()).any().cast(pl.Int64) for i in range(4)
    )
    levels = lazy.group_by("user_id").agg(level.alias("level")).collect()["level"]
    return [((levels >= step).sum(),) for step in range(1, 5)]


def _duckdb_funnel() -> str:
    layers = "SELECT user_id, event_ts, event_type FROM log WHERE event_type IN ('{}')".format(
        "','".join(STEPS)
    )
    for i, step in enumerate(STEPS):
        start = "event_ts" if i == 0 else f"s{i - 1}"
        hit = f"event_type = '{step}' AND event_ts - {start} <= INTERVAL 7 DAY"
        layers = (
            f"SELECT *, last_value(CASE WHEN {hit} THEN {start} END IGNORE NULLS) OVER "
            f"(PARTITION BY user_id ORDER BY event_ts ROWS UNBOUNDED PRECEDING) AS s{i} "
            f"FROM ({layers})"
        )
    return "SELECT unnest([{}]) FROM (SELECT {} FROM ({}) GROUP BY user_id)".format(
        ",".join(f"count(m{i})" for i in range(4)),
        ",".join(f"max(s{i}) AS m{i}" for i in range(4)),
        layers,
    )


def _sessions(log: EventLog) -> Answer:
    found = log.sessions()
    length = (pl.col("end_ts") - pl.col("start_ts")).dt.total_microseconds().sum()
    return rows(found.select(pl.len().cast(pl.Int64), length))


def _polars_sessions(table: pl.DataFrame) -> Answer:
    gap = pl.col("event_ts").diff()
    same = pl.col("user_id") == pl.col("user_id").shift(1)
    inside = (same & (gap <= timedelta(minutes=30))).fill_null(False)
    lengths = table.lazy().select(
        (~inside).sum().cast(pl.Int64), gap.filter(inside).dt.total_microseconds().sum()
    )
    return rows(lengths.collect())


_DUCKDB_SESSIONS = """
SELECT count(*) FILTER (gap IS NULL OR gap > INTERVAL 30 MINUTE),
       sum(epoch_us(event_ts) - epoch_us(before)) FILTER (gap <= INTERVAL 30 MINUTE)::BIGINT
FROM (SELECT event_ts, lag(event_ts) OVER w AS before, event_ts - lag(event_ts) OVER w AS gap
      FROM log WINDOW w AS (PARTITION BY user_id ORDER BY event_ts))
"""


def _retention(log: EventLog) -> Answer:
    cells = log.retention(TZ, days=30).filter(pl.col("users") > 0)
    return rows(cells.select("cohort", "k", "users"))


def _polars_retention(table: pl.DataFrame) -> Answer:
    day = pl.col("event_ts").dt.convert_time_zone(TZ).dt.date()
    days = table.lazy().select("user_id", day.alias("day")).unique()
    cohort = pl.col("day").min().over("user_id")
    cells = (
        days.with_columns(cohort.alias("cohort"))
        .group_by("cohort", k=(pl.col("day") - pl.col("cohort")).dt.total_days())
        .agg(pl.len())
        .filter(pl.col("k") <= 30)
    )
    return rows(cells.collect())


_DUCKDB_RETENTION = """
WITH days AS (SELECT DISTINCT user_id, (event_ts AT TIME ZONE 'Asia/Shanghai')::DATE AS day
              FROM log),
first AS (SELECT user_id, min(day) AS cohort FROM days GROUP BY user_id)
SELECT cohort, day - cohort AS k, count(*) FROM days JOIN first USING (user_id)
WHERE day - cohort <= 30 GROUP BY ALL
"""


def _routes(log: EventLog) -> Answer:
    return rows(log.routes("pay", longest=10_000).select("path", "users"))


def _polars_routes(table: pl.DataFrame) -> Answer:
    paid = pl.col("event_type") == "pay"
    first = pl.when(paid).then("event_ts").min().over("user_id")
    changed = pl.col("channel").ne_missing(pl.col("channel").shift(1).over("user_id"))
    routes = (
        table.lazy()
        .filter(pl.col("event_ts") <= first)
        .filter(changed)
        .group_by("user_id", maintain_order=True)
        .agg(pl.col("channel").str.join(" > "))
    )
    return rows(routes.group_by("channel").agg(pl.len()).collect())


_DUCKDB_ROUTES = """
WITH paid AS (SELECT user_id, min(event_ts) AS first FROM log WHERE event_type = 'pay' GROUP BY 1),
kept AS (SELECT user_id, event_ts, channel,
                lag(channel) OVER (PARTITION BY user_id ORDER BY event_ts) AS before
         FROM log JOIN paid USING (user_id) WHERE event_ts <= first),
routes AS (SELECT string_agg(channel, ' > ' ORDER BY event_ts) AS path FROM kept
           WHERE before IS DISTINCT FROM channel GROUP BY user_id)
SELECT path, count(*) FROM routes GROUP BY path
"""


def _transitions(log: EventLog) -> Answer:
    return rows(log.transitions().select("from", "to", "n"))


def _polars_transitions(table: pl.DataFrame) -> Answer:
    following = pl.col("event_type").shift(-1)
    same = pl.col("user_id") == pl.col("user_id").shift(-1)
    pairs = table.lazy().select("event_type", to=following, same=same).filter("same")
    return rows(pairs.group_by("event_type", "to").agg(pl.len()).collect())


_DUCKDB_TRANSITIONS = """
SELECT event_type, following, count(*) FROM (
  SELECT event_type, lead(event_type) OVER (PARTITION BY user_id ORDER BY event_ts) AS following
  FROM log) WHERE following IS NOT NULL GROUP BY ALL
"""


def _peaks(log: EventLog) -> Answer:
    peaks = log.presence(enter="enter", leave="leave").filter(pl.col("place").is_not_null())
    return rows(peaks.select("place", "count").filter(pl.col("count") > 0))


def _polars_peaks(table: pl.DataFrame) -> Answer:
    kind = pl.col("event_type")
    change = (kind == "enter").cast(pl.Int64) - (kind == "leave").cast(pl.Int64)
    deltas = (
        table.lazy()
        .filter(kind.is_in(["enter", "leave"]))
        .group_by("stream_id", "event_ts")
        .agg(change.sum().alias("change"))
        .sort("stream_id", "event_ts")
    )
    count = pl.col("change").cum_sum().over("stream_id")
    peaks = deltas.with_columns(count.alias("count")).group_by("stream_id").agg(pl.max("count"))
    return rows(peaks.filter(pl.col("count") > 0).collect())


_DUCKDB_PEAKS = """
WITH deltas AS (SELECT stream_id, event_ts,
    sum(CASE event_type WHEN 'enter' THEN 1 ELSE -1 END) AS change
  FROM log WHERE event_type IN ('enter', 'leave') GROUP BY ALL),
counts AS (SELECT stream_id,
    sum(change) OVER (PARTITION BY stream_id ORDER BY event_ts) AS n FROM deltas)
SELECT stream_id, max(n)::BIGINT FROM counts GROUP BY 1 HAVING max(n) > 0
"""


def _figures(log: EventLog) -> Answer:
    cells = log.buckets(timedelta(minutes=5), counted={"enters": "enter"}, value_of="pay")
    return rows(cells.select("start", "by", "rows", "users", "enters", "value_cents"))


def _polars_figures(table: pl.DataFrame) -> Answer:
    paid = pl.col("event_type") == "pay"
    cells = (
        table.lazy()
        .group_by(pl.col("event_ts").dt.truncate("5m"), "channel")
        .agg(
            pl.len(),
            pl.col("user_id").n_unique().alias("users"),
            (pl.col("event_type") == "enter").sum().alias("enters"),
            (pl.col("value").filter(paid).sum() * 100).round().cast(pl.Int64).alias("cents"),
        )
    )
    return rows(cells.collect())


_DUCKDB_FIGURES = """
SELECT time_bucket(INTERVAL 5 MINUTE, event_ts) AS start, channel, count(*),
       count(DISTINCT user_id), count(*) FILTER (event_type = 'enter'),
       coalesce(round(sum(value) FILTER (event_type = 'pay') * 100), 0)::BIGINT
FROM log GROUP BY ALL
"""


def _lifecycle(log: EventLog) -> Answer:
    return rows(log.lifecycle(TZ).select("period", "new", "returning", "resurrecting"))


def _polars_lifecycle(table: pl.DataFrame) -> Answer:
    day = pl.col("event_ts").dt.convert_time_zone(TZ).dt.date()
    days = table.lazy().select("user_id", day.alias("day")).unique().sort("user_id", "day")
    same = pl.col("user_id") == pl.col("user_id").shift(1)
    gap = pl.when(same).then((pl.col("day") - pl.col("day").shift(1)).dt.total_days())
    states = (
        days.with_columns(gap.alias("gap"))
        .group_by("day")
        .agg(
            pl.col("gap").is_null().sum().alias("new"),
            (pl.col("gap") == 1).sum().alias("returning"),
            (pl.col("gap") > 1).sum().alias("resurrecting"),
        )
    )
    return rows(states.collect())


_DUCKDB_LIFECYCLE = """
WITH days AS (SELECT DISTINCT user_id, (event_ts AT TIME ZONE 'Asia/Shanghai')::DATE AS day
              FROM log),
gaps AS (SELECT day, day - lag(day) OVER (PARTITION BY user_id ORDER BY day) AS gap FROM days)
SELECT day, count(*) FILTER (gap IS NULL), count(*) FILTER (gap = 1), count(*) FILTER (gap > 1)
FROM gaps GROUP BY day
"""

TASKS = (
    Task("a funnel, 4 steps, 7 days", _funnel, _polars_funnel, _duckdb_funnel()),
    Task("b sessions, 30 min gap", _sessions, _polars_sessions, _DUCKDB_SESSIONS),
    Task("c retention, 30 days", _retention, _polars_retention, _DUCKDB_RETENTION),
    Task("d routes to the first pay", _routes, _polars_routes, _DUCKDB_ROUTES),
    Task("e transitions", _transitions, _polars_transitions, _DUCKDB_TRANSITIONS),
    Task("f peak online by stream", _peaks, _polars_peaks, _DUCKDB_PEAKS),
    Task("g 5-minute figures, exact users", _figures, _polars_figures, _DUCKDB_FIGURES),
    Task("h daily lifecycle", _lifecycle, _polars_lifecycle, _DUCKDB_LIFECYCLE),
)


def run_duckdb(connection: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    """The rows of a query, sorted."""
    return rows(connection.sql(sql).pl())
