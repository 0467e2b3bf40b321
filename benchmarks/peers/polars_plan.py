"""The eight questions in polars.

Every plan sorts once by user with a stable one-key sort (the file is in time order; a two-key sort
costs 3 to 8 times more) and then compares neighbours by shift, without windows over groups. Grouped
counts of pairs run on unique pairs first.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from benchmarks.peers.polars_rows import Rows, board, cold, memory, store, warm

__all__ = ["TASKS", "board", "cold", "memory", "store", "warm"]

STEPS = ("exposure", "enter", "product_click", "pay")
WINDOW_MS = 7 * 86_400_000
GAP_MS = 30 * 60_000
DAY_MS = 86_400_000
ZONE_MS = 8 * 3_600_000
BUCKET_MS = 5 * 60_000
DAYS = 30


_TS = pl.col("ts").dt.timestamp("ms")
_NEW_USER = (pl.col("user_id") != pl.col("user_id").shift(1)).fill_null(True)
_LOCAL_DAY = ((_TS + ZONE_MS) // DAY_MS).cast(pl.Int32).alias("day")


def funnel(rows: Rows) -> pl.DataFrame:
    """a: users whose best chain ends at each level."""
    chain = rows.by_user("user_id", "ts", "event", where=pl.col("event").is_in(STEPS)).lazy()
    # Users lie more than the window apart on one line, so that no start reaches another user.
    far = 2**41
    chain = chain.with_columns((_NEW_USER.cum_sum().cast(pl.Int64) * far + _TS).alias("at"))
    chain = chain.with_columns(
        pl.when(pl.col("event") == STEPS[0]).then(pl.col("at")).alias("start1")
    )
    for step, name in enumerate(STEPS[1:], 2):
        start = pl.col(f"start{step - 1}").forward_fill()
        hit = (pl.col("event") == name) & (pl.col("at") - start <= WINDOW_MS)
        chain = chain.with_columns(pl.when(hit).then(start).alias(f"start{step}"))
    reached = [pl.col(f"start{k}").is_not_null() for k in range(1, len(STEPS) + 1)]
    users = [
        pl.col("user_id").filter(hit).rle_id().max().fill_null(-1).cast(pl.Int64).add(1).alias(name)
        for hit, name in zip(reached, STEPS, strict=True)
    ]
    at_least = [0 if n is None else n for n in chain.select(users).collect().row(0)]
    exactly = [a - b for a, b in zip(at_least, [*at_least[1:], 0], strict=True)]
    return pl.DataFrame({"level": range(1, len(STEPS) + 1), "users": exactly})


def sessions(rows: Rows) -> pl.DataFrame:
    """b: sessions by a gap above 30 minutes, and what is in them."""
    log = rows.by_user("user_id", "ts", "event", "amount").select(
        _TS.alias("at"),
        (_NEW_USER | (_TS.diff() > GAP_MS)).alias("new"),
        (pl.col("event") == "pay").alias("pay"),
        "amount",
    )
    paid = log.filter("pay").select(pl.col("amount").sum()).item()
    first = log["new"].arg_true()
    last = pl.concat([first.slice(1), pl.Series([log.height], dtype=first.dtype)]) - 1
    size = (last - first + 1).alias("size")
    pays = log["pay"].cast(pl.Int32).cum_sum()
    in_session = pays.gather(last) - pays.gather(first) + log["pay"].gather(first).cast(pl.Int32)
    return pl.DataFrame([size]).select(
        pl.len().alias("sessions"),
        pl.lit((log["at"].gather(last) - log["at"].gather(first)).sum()).alias("duration_ms"),
        pl.lit((in_session > 0).sum()).alias("with_pay"),
        (pl.col("size") == 1).sum().alias("of_1"),
        pl.col("size").is_between(2, 5).sum().alias("of_2_5"),
        pl.col("size").is_between(6, 20).sum().alias("of_6_20"),
        (pl.col("size") > 20).sum().alias("of_more"),
        pl.lit(round(paid * 100)).alias("cents"),
    )


def _user_days(rows: Rows) -> pl.LazyFrame:
    """One row per user and active day, in that order."""
    if rows.ordered:
        days = rows.by_user("user_id", "ts").lazy().select("user_id", _LOCAL_DAY)
        return days.filter(_NEW_USER | (pl.col("day") != pl.col("day").shift(1)))
    days = rows.by_time("user_id", "ts").select("user_id", _LOCAL_DAY).unique()
    return days.sort("user_id", "day")


def retention(rows: Rows) -> pl.DataFrame:
    """c: users back on day k after their first day."""
    cohort = pl.when(_NEW_USER).then(pl.col("day")).forward_fill().alias("cohort")
    return (
        _user_days(rows)
        .select(cohort, "day")
        .select("cohort", (pl.col("day") - pl.col("cohort")).alias("k"))
        .filter(pl.col("k") <= DAYS)
        .group_by("cohort", "k")
        .agg(pl.len().alias("users"))
        .collect()
    )


def paths(rows: Rows) -> pl.DataFrame:
    """d: channel paths up to the first pay, equal neighbours collapsed."""
    log = rows.by_time("user_id", "ts", "event", "channel", codes=True)
    pays = log.filter(pl.col("event") == "pay").group_by("user_id").agg(pl.col("ts").min())
    kept = log.join(
        pays.rename({"ts": "paid"}), on="user_id", maintain_order="left", nulls_equal=False
    ).filter(pl.col("ts") <= pl.col("paid"))
    changed = _NEW_USER | (pl.col("channel") != pl.col("channel").shift(1))
    return (
        kept.select("user_id", "channel")
        .collect()
        .sort("user_id", maintain_order=True)
        .lazy()
        .filter(changed)
        .group_by("user_id", maintain_order=True)
        .agg(pl.col("channel").cast(pl.String).str.join(">").alias("path"))
        .group_by("path")
        .agg(pl.len().alias("users"))
        .collect()
    )


def transitions(rows: Rows) -> pl.DataFrame:
    """e: pairs of consecutive events of a user."""
    log = rows.by_user("user_id", "event").lazy()
    return (
        log.select(
            pl.col("event").shift(1).alias("from"),
            pl.col("event").alias("to"),
            _NEW_USER.alias("n"),
        )
        .filter(~pl.col("n"))
        .group_by("from", "to")
        .agg(pl.len().alias("n"))
        .collect()
    )


def peak(rows: Rows) -> pl.DataFrame:
    """f: most users at once, per stream and over all."""
    moves = rows.by_time(
        "ts", "event", "stream_id", where=pl.col("event").is_in(["enter", "leave"])
    ).select(
        "ts", "stream_id", pl.when(pl.col("event") == "enter").then(1).otherwise(-1).alias("d")
    )
    log = moves.collect()
    settled = (pl.col("ts") != pl.col("ts").shift(-1)).fill_null(True)
    everywhere = log.lazy().select(pl.col("d").cum_sum().filter(settled).max().alias("peak"))
    streams = log.sort("stream_id", maintain_order=True).lazy()
    other = (pl.col("stream_id") != pl.col("stream_id").shift(-1)).fill_null(True)
    streams = (
        streams.with_columns(pl.col("d").cum_sum().alias("online"), (settled | other).alias("last"))
        .group_by("stream_id", maintain_order=True)
        .agg(
            (pl.col("online").first() - pl.col("d").first()).alias("before"),
            pl.col("online").filter("last").max(),
        )
        .select(
            pl.col("stream_id").cast(pl.String).alias("stream"),
            (pl.col("online") - pl.col("before")).alias("peak"),
        )
    )
    both = [everywhere.select(pl.lit("ALL").alias("stream"), "peak"), streams]
    return pl.concat(both).collect()


def buckets(rows: Rows) -> pl.DataFrame:
    """g: five-minute buckets by channel with exact distinct users."""
    keys = ["bucket", "channel"]
    log = rows.by_time("user_id", "ts", "event", "channel", "amount").with_columns(
        (_TS // BUCKET_MS).alias("bucket")
    )
    return (
        log.group_by(keys)
        .agg(
            pl.len().alias("events"),
            pl.col("user_id").n_unique().alias("users"),
            (pl.col("event") == "enter").sum().alias("enters"),
            (pl.col("event") == "pay").sum().alias("pays"),
            (pl.col("amount").filter(pl.col("event") == "pay").sum() * 100)
            .round()
            .cast(pl.Int64)
            .alias("cents"),
        )
        .collect()
    )


def lifecycle(rows: Rows) -> pl.DataFrame:
    """h: new, returning, resurrecting and dormant users by day."""
    since = pl.when(~_NEW_USER).then(pl.col("day") - pl.col("day").shift(1))
    leaves = (
        (pl.col("user_id") != pl.col("user_id").shift(-1))
        | (pl.col("day").shift(-1) - pl.col("day") > 1)
    ).fill_null(True)
    days = _user_days(rows).select("day", since.alias("since"), leaves.alias("leaves"))
    state = (
        pl.when(pl.col("since").is_null()).then(pl.lit("new"))
        .when(pl.col("since") == 1).then(pl.lit("returning"))
        .otherwise(pl.lit("resurrecting"))
    )  # fmt: skip
    active = days.group_by("day", state.alias("state")).agg(pl.len().alias("users"))
    gone = days.filter(pl.col("leaves") & (pl.col("day") < pl.col("day").max()))
    gone = gone.group_by(pl.col("day") + 1).agg(pl.len().alias("users"))
    return pl.concat(
        [active, gone.select("day", pl.lit("dormant").alias("state"), "users")]
    ).collect()


TASKS: dict[str, Callable[[Rows], pl.DataFrame]] = {
    "a": funnel, "b": sessions, "c": retention, "d": paths, "e": transitions, "f": peak,
    "g": buckets, "h": lifecycle,
}  # fmt: skip
