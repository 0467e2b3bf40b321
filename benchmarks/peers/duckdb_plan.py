"""The eight questions in DuckDB SQL over ``log`` (the Parquet file, or its own sorted table).

``t`` is the instant in ms. The funnel walks back by ASOF joins (about half the time of windows);
distinct users are counted in two steps of grouping.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

COLD = """create view log as select user_id, epoch_ms(ts) as t, event, channel, stream_id, amount
from read_parquet('{path}')"""
WARM = """create table log as select user_id, epoch_ms(ts) as t, event::event as event,
channel::channel as channel, stream_id::stream as stream_id, amount
from read_parquet('{path}') order by user_id, t"""

_DAYS = """select distinct user_id, ((t + 28800000) // 86400000)::int as day from log"""

FUNNEL = """
with s1 as materialized (select user_id, t, t as start from log where event = 'exposure'),
s2 as materialized (select e.user_id, e.t, s.start from log e asof join s1 s
  on e.user_id = s.user_id and e.t >= s.t
  where e.event = 'enter' and e.t - s.start <= 604800000),
s3 as materialized (select e.user_id, e.t, s.start from log e asof join s2 s
  on e.user_id = s.user_id and e.t >= s.t
  where e.event = 'product_click' and e.t - s.start <= 604800000),
s4 as (select e.user_id from log e asof join s3 s
  on e.user_id = s.user_id and e.t >= s.t
  where e.event = 'pay' and e.t - s.start <= 604800000),
n as (select (select count(distinct user_id) from s1) n1,
  (select count(distinct user_id) from s2) n2,
  (select count(distinct user_id) from s3) n3,
  (select count(distinct user_id) from s4) n4)
select 1 as level, n1 - n2 as users from n union all select 2, n2 - n3 from n
union all select 3, n3 - n4 from n union all select 4, n4 from n"""

SESSIONS = """
with marked as (select user_id, t, event, amount,
  coalesce(t - lag(t) over (partition by user_id order by t) > 1800000, true) as new from log),
numbered as (select user_id, t, event, amount,
  sum(new::int) over (partition by user_id order by t rows unbounded preceding) as s from marked),
s as (select count(*) as size, max(t) - min(t) as ms, bool_or(event = 'pay') as paid,
  sum(amount) filter (event = 'pay') as amount from numbered group by user_id, s)
select count(*) as sessions, sum(ms) as duration_ms, count(*) filter (paid) as with_pay,
  count(*) filter (size = 1) as of_1, count(*) filter (size between 2 and 5) as of_2_5,
  count(*) filter (size between 6 and 20) as of_6_20, count(*) filter (size > 20) as of_more,
  round(sum(amount) * 100)::bigint as cents from s"""

RETENTION = f"""
with d as materialized ({_DAYS}),
f as (select user_id, min(day) as cohort from d group by user_id)
select cohort, day - cohort as k, count(*) as users from d join f using (user_id)
where day - cohort <= 30 group by all"""

PATHS = """
with paid as (select user_id, min(t) as paid from log where event = 'pay' group by user_id),
steps as (select user_id, t, channel,
  lag(channel) over (partition by user_id order by t) as before
  from log join paid using (user_id) where t <= paid),
p as (select string_agg(channel::varchar, '>' order by t) as path from steps
  where before is null or before <> channel group by user_id)
select path, count(*) as users from p group by path"""

TRANSITIONS = """
with pairs as (select lag(event) over (partition by user_id order by t) as "from", event as "to"
  from log)
select "from"::varchar as "from", "to"::varchar as "to", count(*) as n from pairs
where "from" is not null group by all"""

PEAK = """
with moves as materialized (select stream_id, t, sum(if(event = 'enter', 1, -1)) as d from log
  where event in ('enter', 'leave') group by all),
everywhere as (select t, sum(d) as d from moves group by t),
online as (select stream_id::varchar as stream,
  sum(d) over (partition by stream_id order by t) as n from moves
  union all select 'ALL', sum(d) over (order by t) from everywhere)
select stream, max(n)::bigint as peak from online group by stream"""

BUCKETS = """
with u as (select t // 300000 as bucket, channel, user_id, count(*) as events,
  count(*) filter (event = 'enter') as enters, count(*) filter (event = 'pay') as pays,
  sum(amount) filter (event = 'pay') as amount from log group by all)
select bucket, channel::varchar as channel, sum(events) as events, count(*) as users,
  sum(enters) as enters, sum(pays) as pays, coalesce(round(sum(amount) * 100), 0)::bigint as cents
from u group by all"""

LIFECYCLE = f"""
with d as ({_DAYS}),
n as (select day, day - lag(day) over w as since, lead(day) over w - day as until,
  max(day) over () as last from d window w as (partition by user_id order by day))
select day, case when since is null then 'new' when since = 1 then 'returning'
  else 'resurrecting' end as state, count(*) as users from n group by all
union all select day + 1, 'dormant', count(*) from n
where (until is null or until > 1) and day < last group by all"""

SQL = {
    "a": FUNNEL, "b": SESSIONS, "c": RETENTION, "d": PATHS, "e": TRANSITIONS, "f": PEAK,
    "g": BUCKETS, "h": LIFECYCLE,
}  # fmt: skip


def cold(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection whose ``log`` reads the Parquet file."""
    connection = duckdb.connect()
    connection.execute(COLD.format(path=path))
    return connection


def store(path: Path, database: Path) -> None:
    """DuckDB's own copy: a table in user and time order, words as enums, in its own file."""
    with duckdb.connect(str(database)) as connection:
        for kind, column in (("event", "event"), ("channel", "channel"), ("stream", "stream_id")):
            connection.execute(
                f"create type {kind} as enum (select distinct {column} from read_parquet('{path}')"
                f" where {column} is not null order by 1)"
            )
        connection.execute(WARM.format(path=path))


def warm(_: Path, database: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the copy of ``store``."""
    return duckdb.connect(str(database), read_only=True)


def board(path: Path, database: Path) -> duckdb.DuckDBPyConnection:
    """One upload: copied once for every question."""
    store(path, database)
    return warm(path, database)


def _ask(sql: str) -> Callable[[duckdb.DuckDBPyConnection], pl.DataFrame]:
    return lambda connection: pl.DataFrame(connection.sql(sql).to_arrow_table())


TASKS = {key: _ask(sql) for key, sql in SQL.items()}
