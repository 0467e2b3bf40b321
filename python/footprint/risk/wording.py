"""Small pieces of wording that several risk findings share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from footprint.data import Data
from footprint.format import clock
from footprint.text import Text

_SHOWN = 3


def listed(names: Sequence[str | Text]) -> Text:
    """Up to three names, then how many there are: "A、B、C 等 5 个", "A, B, C and 2 more"."""
    texts = [Text(name, name) if isinstance(name, str) else name for name in names]
    zh, en = "、".join(t.zh for t in texts[:_SHOWN]), ", ".join(t.en for t in texts[:_SHOWN])
    rest = len(texts) - _SHOWN
    return Text(f"{zh} 等 {len(texts)} 个", f"{en} and {rest} more") if rest > 0 else Text(zh, en)


def at(moment: datetime | None, tz: str) -> Text:
    """Day and time in the shop's zone."""
    return Text(clock(moment, "zh", tz), clock(moment, "en", tz))


def streams_named(data: Data, streams: Sequence[str]) -> pl.DataFrame:
    """Category, host (name where known) and start of streams: stream_id, category, host, start_ts.

    Streams that the streams table does not hold keep their id and nulls. Order is kept.
    """
    wanted = pl.DataFrame({"stream_id": list(streams)}, schema={"stream_id": pl.String})
    if not data.has("streams"):
        none = pl.lit(None, dtype=pl.String)
        start = pl.lit(None, dtype=pl.Datetime("us", "UTC"))
        return wanted.with_columns(category=none, host=none, start_ts=start)
    known = data.frame("streams").select("stream_id", "category", "host_id", "start_ts")
    known = known.unique("stream_id", keep="first")
    found = wanted.join(known, on="stream_id", how="left", maintain_order="left")
    return found.with_columns(host=_host_names(data, found)).select(
        "stream_id", "category", "host", "start_ts"
    )


def _host_names(data: Data, streams: pl.DataFrame) -> pl.Series:
    if not data.has("hosts"):
        return streams["host_id"]
    hosts = data.frame("hosts").select("host_id", "name").unique("host_id", keep="first")
    named = streams.join(hosts, on="host_id", how="left", maintain_order="left")
    return named.select(pl.coalesce("name", "host_id"))["name"]
