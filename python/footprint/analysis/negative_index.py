"""How much of what people say is negative, day by day."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.metrics import View, measure
from footprint.metrics.derived import once
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.risk.extra import WithColumn
from footprint.risk.sentiment import polarity
from footprint.scope import Scope
from footprint.text import Text

_SOURCES = ("live", "review", "service", "social")
_DEFINITION = Text(
    "每千条评论中的负面条数。有星级的按星级（1–2 星为负面），没有的按词表和否定判断；"
    "词表认不出的不算负面，"
    "覆盖率单独给出。指数按来源加权，权重在设置里，默认各来源相同。",
    "Negative comments per 1,000. Stars speak first (1 or 2 is negative), else a word list with "
    "negation; comments the list cannot judge are not negative, and coverage says how many. The "
    "index weights sources as set; by default all count the same.",
)


@question(
    "negative_index",
    title=Text("负面声音多不多？", "How much of the talk is negative?"),
    page="C1",
    rows=("S7.1-f",),
    needs=("comments",),
)
def negative_index(data: Data, scope: Scope) -> Result:
    """Negative comments per 1,000, plain and weighted by source.

    Frames: ``days`` (date, comments, negative, undecided, index) and ``sources`` (source, comments,
    negative, per_1000, weight). Scalars: ``per_1000`` with its Wilson interval, ``index``
    (weighted), ``coverage`` (share the words or stars could judge). Source: requirement row S7.1-f.
    """
    rows = _judged(data, scope)
    per_1000 = measure("negative_index", View(data, scope))
    n = rows.height
    return Result(
        scalars={
            "index": Scalar(
                _weighted(rows), "per_1000", n,
                label=Text("负面舆情指数", "Negative index"), definition=_DEFINITION,
            ),
            "per_1000": Scalar(
                per_1000.value, "per_1000", n, per_1000.low, per_1000.high,
                Text("每千条评论的负面条数", "Negative per 1,000 comments"), _DEFINITION,
            ),
            "coverage": Scalar(
                1 - rows["mood"].null_count() / n if n else None, "rate", n,
                label=Text("能判断的评论占比", "Share of comments judged"), definition=_DEFINITION,
            ),
        },
        frames={"days": _by(rows, "date").rename({"per_1000": "index"}), "sources": _sources(rows)},
    )  # fmt: skip


def _judged(data: Data, scope: Scope) -> pl.DataFrame:
    """Comments of the scope with date, source, its weight and mood (-1, 0, 1, null)."""
    moods = once(data, "comment_moods", lambda: _moods(data))
    weights = [float(w) for w in data.settings.value("negative_weights")]
    known = dict(zip(_SOURCES, weights, strict=False))
    view = View(WithColumn(data, "comments", moods), scope)
    return view.rows("comments", "date").select(
        pl.col("key").alias("date"), "mood", pl.col("source").fill_null("live"),
        weight=pl.col("source").replace_strict(known, default=1.0, return_dtype=pl.Float64),
    )  # fmt: skip


def _moods(data: Data) -> pl.Series:
    comments = data.frame("comments")
    return polarity(comments["text"], comments["rating"]).rename("mood")


def _weighted(rows: pl.DataFrame) -> float | None:
    total = float(rows["weight"].sum())
    negative = float(rows.filter(pl.col("mood") == -1)["weight"].sum())
    return negative / total * 1000 if total else None


def _by(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    negative = (pl.col("mood") == -1).sum().cast(pl.Int64)
    return (
        rows.group_by(column)
        .agg(
            comments=pl.len().cast(pl.Int64),
            negative=negative,
            undecided=pl.col("mood").is_null().sum().cast(pl.Int64),
            per_1000=negative / pl.len() * 1000,
        )
        .sort(column)
    )


def _sources(rows: pl.DataFrame) -> pl.DataFrame:
    weights = rows.group_by("source").agg(weight=pl.col("weight").first())
    return _by(rows, "source").join(weights, on="source").drop("undecided")
