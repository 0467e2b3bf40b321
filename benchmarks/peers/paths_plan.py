"""The attribution path table (path, conversions, cents, nulls) in SQL and in polars.

A journey is the touches of a user up to a payment; what is left after the last one is a journey
without conversion; a payment without a touch before it is in no journey. A path is its channels in
order. Both peers write channels as one letter, which makes paths short. In SQL, running journey
numbers take half the CPU of one list per user that is split afterwards.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

LETTERS = "".join(chr(48 + i) for i in range(64))

_SQL = """
with rows as (select user_id, ts, event = 'pay' as paid, amount, chr(48 + c.code) as letter
  from read_parquet('{path}') l left join channels c using (channel)),
numbered as (select *, coalesce(sum(paid::int) over (partition by user_id order by ts
  rows between unbounded preceding and 1 preceding), 0) as journey from rows),
journeys as (select string_agg(letter, '' order by ts) filter (not paid) as path,
  bool_or(paid) as paid, sum(amount) as amount from numbered group by user_id, journey)
select path, count(*) filter (paid) as conversions,
  coalesce(round(sum(amount) * 100), 0)::bigint as cents, count(*) filter (not paid) as nulls
from journeys where path is not null group by path"""


def channels(path: Path) -> list[str]:
    """The channels of the log in order; their places are the letters of a path."""
    return (
        pl.scan_parquet(path)
        .select(pl.col("channel").unique().sort())
        .collect()["channel"]
        .to_list()
    )


def by_duckdb(path: Path, words: list[str]) -> pl.DataFrame:
    """The path table by SQL, channels as letters."""
    with duckdb.connect() as connection:
        connection.execute("create table channels (channel varchar, code int)")
        codes = [(word, code) for code, word in enumerate(words)]
        connection.executemany("insert into channels values (?, ?)", codes)
        return pl.DataFrame(connection.sql(_SQL.format(path=path)).to_arrow_table())


def by_polars(path: Path, words: list[str]) -> pl.DataFrame:
    """The path table by one stable sort, running journey numbers and one grouping."""
    paid = pl.col("event") == "pay"
    rows = (
        pl.scan_parquet(path)
        .select(
            "user_id",
            "amount",
            paid.alias("paid"),
            pl.col("channel").replace_strict(words, list(LETTERS[: len(words)])).alias("letter"),
        )
        .collect()
        .sort("user_id", maintain_order=True)
    )
    new = (pl.col("user_id") != pl.col("user_id").shift(1)).fill_null(True) | pl.col("paid").shift(
        1
    )
    journeys = (
        rows.lazy()
        .with_columns(new.fill_null(True).cum_sum().alias("journey"))
        .group_by("journey", maintain_order=True)
        .agg(
            pl.col("letter").filter(~pl.col("paid")).str.join("").alias("path"),
            pl.col("paid").last(),
            pl.col("amount").last(),
        )
        .filter(pl.col("path") != "")
    )
    return (
        journeys.group_by("path")
        .agg(
            pl.col("paid").sum().alias("conversions"),
            (pl.col("amount").sum() * 100).round().cast(pl.Int64).alias("cents"),
            (~pl.col("paid")).sum().alias("nulls"),
        )
        .collect()
    )
