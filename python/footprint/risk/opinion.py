"""Opinion in comments: rule hits per comment, and the bursts of them that raise an alert."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.risk.extra import WithColumn
from footprint.risk.rules import shipped
from footprint.risk.scan import scan
from footprint.risk.windows import bursts
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

CATEGORIES: dict[str, Text] = {
    "authenticity": Text("真伪与夸大", "fakes and exaggeration"),
    "safety": Text("安全", "safety"),
    "quality": Text("质量", "quality"),
    "privacy": Text("隐私", "privacy"),
    "regulator": Text("投诉监管", "threat to go to the regulator"),
    "fulfilment": Text("发货", "delivery"),
    "service": Text("客服", "service"),
    "heat": Text("负面热度", "negative buzz"),
}
ALERTS: dict[str, pl.DataType] = {
    "colour": pl.String(),
    "rule": pl.String(),
    "place": pl.String(),
    "window_start": pl.Datetime("us", "UTC"),
    "window_end": pl.Datetime("us", "UTC"),
    "hits": pl.Int64(),
    "comments": pl.Int64(),
    "share": pl.Float64(),
    "deadline": pl.Datetime("us", "UTC"),
    "statement_deadline": pl.Datetime("us", "UTC"),
    "term": pl.String(),
    "example": pl.String(),
}


def hits_in(data: Data, scope: Scope) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Comments of the scope (``row``, ts, text, ``place``) and their rule hits (``scan.SCHEMA``).

    ``place`` is the stream, or the source of comments made elsewhere. All comments are scanned
    once per data version.
    """
    number = pl.int_range(data.frame("comments").height, dtype=pl.Int64, eager=True).alias("row")
    comments = scoped(WithColumn(data, "comments", number), "comments", scope).select(
        "row", "ts", "text",
        place=pl.coalesce("stream_id", "source", pl.lit("other")),
    )  # fmt: skip
    found = once(data, "opinion_hits", lambda: _scan(data))
    return comments, found.join(comments.select("row"), on="row", how="semi")


def alerts(
    comments: pl.DataFrame, hits: pl.DataFrame, data: Data, window: timedelta
) -> pl.DataFrame:
    """Red and yellow alerts (``ALERTS``), newest first.

    Red: every burst of red hits, one hit is enough. Yellow: a window with at least the set hits
    that are at least the set share of its comments. Both per place and category.
    """
    coloured = hits.filter(pl.col("state") == "hit", pl.col("colour") != "")
    joined = coloured.join(comments, on="row").sort("ts", "row", "start")
    rows: list[dict[str, object]] = []
    for part in joined.partition_by("colour", "category", "place", maintain_order=True):
        place = comments.filter(pl.col("place") == part["place"][0])
        rows += _alerts_of(part, place, data, window)
    found = pl.DataFrame(rows, schema=ALERTS)
    return found.sort("window_start", "rule", descending=[True, False])


def terms(hits: pl.DataFrame, comments: int) -> pl.DataFrame:
    """Per term: colour, category, hits, negated, allowed, hits per 1,000 comments."""
    state = pl.col("state")
    return (
        hits.group_by("term", "category", "colour")
        .agg(
            hits=(state == "hit").sum().cast(pl.Int64),
            negated=(state == "negated").sum().cast(pl.Int64),
            allowed=(state == "allowed").sum().cast(pl.Int64),
        )
        .with_columns(per_1000=pl.col("hits") / max(comments, 1) * 1000)
        .sort("hits", "term", descending=[True, False])
    )


def _scan(data: Data) -> pl.DataFrame:
    return scan(data.frame("comments")["text"], shipped().active("comment"))


def _alerts_of(
    part: pl.DataFrame, place: pl.DataFrame, data: Data, window: timedelta
) -> list[dict[str, object]]:
    value, red = data.settings.value, part["colour"][0] == "red"
    times = part.unique("row", keep="first", maintain_order=True)["ts"]
    least, share = (1, 0.0) if red else (int(value("yellow_hits")), value("yellow_share"))
    found = []
    for burst in bursts(times, place["ts"], window, least, share):
        first = part.filter(pl.col("ts") >= burst.start).row(0, named=True)
        found.append({
            "colour": first["colour"], "rule": first["category"], "place": first["place"],
            "window_start": burst.start, "window_end": burst.end, "hits": burst.hits,
            "comments": burst.comments, "share": burst.hits / burst.comments,
            "deadline": burst.start + timedelta(hours=value("red_suspend")) if red else None,
            "statement_deadline":
                burst.start + timedelta(hours=value("statement_sla")) if red else None,
            "term": first["found"], "example": first["text"],
        })  # fmt: skip
    return found
