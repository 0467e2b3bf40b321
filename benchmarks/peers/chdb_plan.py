"""The eight questions in chDB (ClickHouse in process) over ``log``.

Per-user work runs on sorted arrays of the user, which beats window functions here; the funnel is
``windowFunnel``. ``at`` is the instant in ms.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
from chdb.session import Session

_SELECT = """select user_id, toUnixTimestamp64Milli(toDateTime64(ts, 3, 'UTC')) as at, {words},
ifNull(amount, 0) as amount from file('{path}', Parquet)"""
_COLD_WORDS = "assumeNotNull(event) as event, assumeNotNull(channel) as channel, " + (
    "assumeNotNull(stream_id) as stream_id"
)
_WARM_WORDS = ", ".join(
    f"toLowCardinality(assumeNotNull({name})) as {name}"
    for name in ("event", "channel", "stream_id")
)

_DAYS = """select assumeNotNull(user_id) as user,
arraySort(groupUniqArray(intDiv(at + 28800000, 86400000))) as days from log group by user"""

FUNNEL = """select toInt64(level) as level, count() as users from (
select windowFunnel(604800000)(toUInt64(at), event = 'exposure', event = 'enter',
  event = 'product_click', event = 'pay') as level from log
where event in ('exposure', 'enter', 'product_click', 'pay') group by user_id)
where level > 0 group by level"""

SESSIONS = """
with arraySplit((x, new) -> new, rows,
  arrayMap((x, y) -> x.1 - y.1 > 1800000, rows, arrayPushFront(arrayPopBack(rows), rows[1]))
) as parts
select count() as sessions, sum(s[-1].1 - s[1].1) as duration_ms,
  countIf(arrayExists(x -> x.2, s)) as with_pay, countIf(length(s) = 1) as of_1,
  countIf(length(s) between 2 and 5) as of_2_5, countIf(length(s) between 6 and 20) as of_6_20,
  countIf(length(s) > 20) as of_more, toInt64(round(sum(arraySum(x -> x.3, s)) * 100)) as cents
from (select arrayJoin(parts) as s from (
  select arraySort(x -> x.1, groupArray((at, event = 'pay', if(event = 'pay', amount, 0)))) as rows
  from log group by user_id))"""

RETENTION = f"""select days[1] as cohort, arrayJoin(days) - days[1] as k, count() as users
from ({_DAYS}) group by cohort, k having k <= 30"""

PATHS = """select path, count() as users from (
select arrayStringConcat(arrayCompact(arrayMap(x -> x.2,
  arraySort(x -> x.1, groupArrayIf((at, channel), at <= paid)))), '>') as path
from log inner join (select user_id, min(at) as paid from log where event = 'pay' group by user_id)
as p using (user_id) group by user_id) group by path"""

TRANSITIONS = """select pair.1 as from, pair.2 as to, count() as n from (
select arrayJoin(arrayZip(arrayPopBack(e), arrayPopFront(e))) as pair from (
  select arrayMap(x -> x.2, arraySort(x -> x.1, groupArray((at, event)))) as e
  from log group by user_id)) group by from, to"""

PEAK = """
with moves as (select stream_id, at, sum(if(event = 'enter', 1, -1)) as d from log
  where event in ('enter', 'leave') group by stream_id, at)
select toString(stream_id) as stream, toInt64(max(n)) as peak from (
  select stream_id, sum(d) over (partition by stream_id order by at) as n from moves)
group by stream
union all select 'ALL', toInt64(max(n)) from (
  select sum(d) over (order by at) as n from (select at, sum(d) as d from moves group by at))"""

BUCKETS = """select intDiv(at, 300000) as bucket, toString(channel) as channel, count() as events,
  uniqExact(user_id) as users, countIf(event = 'enter') as enters, countIf(event = 'pay') as pays,
  toInt64(round(sumIf(amount, event = 'pay') * 100)) as cents from log group by bucket, channel"""

LIFECYCLE = f"""
with (select max(intDiv(at + 28800000, 86400000)) from log) as last
select row.1 as day, row.2 as state, count() as users from (
select arrayJoin(arrayConcat(
  arrayMap((d, i) -> (d, multiIf(i = 1, 'new', d - days[i - 1] = 1, 'returning', 'resurrecting')),
    days, arrayEnumerate(days)),
  arrayMap(d -> (d + 1, 'dormant'), arrayFilter((d, i) -> d < last
    and (i = length(days) or days[i + 1] - d > 1), days, arrayEnumerate(days))))) as row
from ({_DAYS})) group by day, state"""

SQL = {
    "a": FUNNEL, "b": SESSIONS, "c": RETENTION, "d": PATHS, "e": TRANSITIONS, "f": PEAK,
    "g": BUCKETS, "h": LIFECYCLE,
}  # fmt: skip


def cold(path: Path) -> Session:
    """A session whose ``log`` reads the Parquet file."""
    session = Session()
    session.query("create database bench")
    select = _SELECT.format(words=_COLD_WORDS, path=path)
    session.query(f"create view bench.log as {select}")
    return session


def store(path: Path, folder: Path) -> None:
    """chDB's own copy: a MergeTree in user and time order, merged to one part."""
    session = Session(str(folder))
    session.query("create database bench")
    select = _SELECT.format(words=_WARM_WORDS, path=path)
    session.query(
        "create table bench.log engine = MergeTree order by (user_id, at) "
        f"settings allow_nullable_key = 1 as {select}"
    )
    session.query("optimize table bench.log final")
    session.close()


def warm(_: Path, folder: Path) -> Session:
    """A session on the copy of ``store``."""
    return Session(str(folder))


def board(path: Path, folder: Path) -> Session:
    """One upload: copied once for every question."""
    store(path, folder)
    return warm(path, folder)


def _ask(sql: str) -> Callable[[Session], pl.DataFrame]:
    query = sql.replace("from log", "from bench.log")

    def ask(session: Session) -> pl.DataFrame:
        answer = session.query(query, "ArrowStream")
        return pl.DataFrame(pa.ipc.open_stream(answer.bytes()).read_all())

    return ask


TASKS = {key: _ask(sql) for key, sql in SQL.items()}
