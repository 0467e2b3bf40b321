"""What an import does to the money of a table, and how its rows meet the other tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from footprint.ingest.preview import Join
from footprint.schema import Table
from footprint.store.parts import Part, read_part
from footprint.store.staging import StagedPart, with_lines

# The column of money whose sum is the GMV of a table.
GMV = {"orders": "paid_amount", "streams": "gmv", "stream_minutes": "gmv"}
# (column, table) pairs that join rows of a table to another.
_JOINS = {
    "orders": (("stream_id", "streams"), ("sku_id", "products"), ("host_id", "hosts")),
    "events": (("stream_id", "streams"), ("sku_id", "products"), ("content_id", "contents")),
    "streams": (("host_id", "hosts"),),
    "stream_minutes": (("stream_id", "streams"),),
    "costs": (("stream_id", "streams"),),
    "comments": (("stream_id", "streams"), ("sku_id", "products")),
    "inventory": (("sku_id", "products"),),
    "scripts": (("stream_id", "streams"),),
}
_EXAMPLES, _DAY = 5, timedelta(days=1)
Span = tuple[date | None, date | None]


def span(parts: Sequence[StagedPart]) -> Span:
    """First and last time of staged rows."""
    times = [t for s in parts for t in (s.part.first, s.part.last) if t is not None]
    return (min(times), max(times)) if times else (None, None)


def gmv(parts: Sequence[Part], table: Table, first: date | None, last: date | None) -> float:
    """Gross GMV in CNY of a table from ``first`` to ``last``."""
    return round(float(gmv_by(parts, table, first, last)["gmv"].sum()), 2)


def gmv_by(
    parts: Sequence[Part], table: Table, first: date | None, last: date | None, tz: str = "UTC"
) -> pl.DataFrame:
    """GMV from ``first`` to ``last`` by day in ``tz`` (``by``); of streams by stream."""
    column, clock = GMV[table.name], table.clock or ""
    by = pl.col("stream_id") if table.name == "streams" else (
        pl.col(clock).dt.convert_time_zone(tz).dt.date().cast(pl.String)
    )  # fmt: skip
    sums = [pl.DataFrame(schema={"by": pl.String, "gmv": pl.Float64})]
    for part in parts:
        if part.apart_from(first, last):
            continue
        frame = read_part(part.path, [clock, column, "stream_id"])
        if column in frame.columns:
            inside = frame.filter(pl.col(clock).is_between(first, last))
            sums.append(inside.group_by(by.alias("by")).agg(gmv=pl.col(column).sum()))
    return pl.concat(sums).group_by("by").agg(pl.col("gmv").sum()).sort("by")


def grown(before: pl.DataFrame, after: pl.DataFrame) -> tuple[tuple[str, float, float], ...]:
    """Days or streams whose GMV was known and changes, largest change first."""
    both = before.join(after, on="by", suffix="_after").with_columns(
        pl.col("gmv", "gmv_after").round(2)
    )
    moved = both.filter(pl.col("gmv") != pl.col("gmv_after")).sort(
        (pl.col("gmv_after") - pl.col("gmv")).abs(), descending=True
    )
    return tuple(moved.select("by", "gmv", "gmv_after").iter_rows())


def joins(
    new: Mapping[str, pl.DataFrame], tables: Mapping[str, Sequence[Part]]
) -> tuple[Join, ...]:
    """How new rows per table meet the tables as they would be afterwards."""
    found = []
    for of, rows in new.items():
        for column, to in _JOINS.get(of, ()):
            if column in rows.columns and tables.get(to):
                found.append(_join(of, to, rows[column].drop_nulls(), tables[to], column))
    if "orders" in new and tables.get("events"):
        found += _tracking(new["orders"], tables["events"])
    return tuple(join for join in found if join.rows)


def rows_of(parts: Sequence[StagedPart]) -> pl.DataFrame:
    """All staged rows."""
    return pl.concat([with_lines(part) for part in parts], how="diagonal")


def _join(of: str, to: str, ids: pl.Series, parts: Sequence[Part], column: str) -> Join:
    known = pl.concat([read_part(part.path, [column])[column].unique() for part in parts])
    hit = ids.is_in(known.implode())
    unknown = ids.filter(~hit).unique(maintain_order=True).head(_EXAMPLES)
    return Join(of, to, len(ids), int(hit.sum()), tuple(unknown.to_list()))


def _tracking(orders: pl.DataFrame, parts: Sequence[Part]) -> list[Join]:
    """Orders that follow an event of the buyer: with a channel, or with a session within a day."""
    from footprint.analysis.tracking import follows

    buyers = orders["user_id"].unique().implode()
    columns = ["user_id", "event_ts", "channel", "session_id"]
    some = (read_part(part.path, columns) for part in parts)
    events = pl.concat(
        [frame.filter(pl.col("user_id").is_in(buyers)) for frame in some], how="diagonal"
    )
    first = (
        orders.group_by("order_id")
        .agg(ts=pl.col("order_ts").min(), user_id=pl.col("user_id").first())
        .sort("ts", "order_id")
    )
    found = []
    for to, column, within in (("touch", "channel", None), ("session", "session_id", _DAY)):
        if column in events.columns:
            told = events.filter(pl.col(column).is_not_null())
            found.append(Join("orders", to, first.height, int(follows(first, told, within).sum())))
    return found
