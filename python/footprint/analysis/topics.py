"""What people ask, complain about and return for, at each step of their journey."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.analysis.topic_words import OTHER, topics_of
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question, require
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

# Where a comment comes from -> the step of the journey; returns are the last step.
STEPS = {"live": "watch", "social": "watch", "service": "ask", "review": "after", None: "watch"}
ORDER = ("watch", "ask", "after", "return")


@question(
    "topics",
    title=Text(
        "每一步大家在说什么、为什么退货？",
        "What do people say at each step, and why do they return?",
    ),
    page="U1",
    rows=("S9.1-b",),
    needs=(),
    uses=("comments", "orders", "products", "streams"),
    params=(Param("step", str, "all", Text("哪一步", "Step"), ("all", *ORDER)),),
)
def topics(data: Data, scope: Scope, step: str = "all") -> Result:
    """Topics of comments and return reasons per step of the journey.

    Steps: watch (comments in the live room and on social media), ask (service messages), after
    (reviews), return (reasons of refunded order lines). A text may hold several topics; one without
    a known word is ``other``. Frames: ``topics`` (step, topic, count, n = texts of the step, share,
    low, high, example; share and bounds null below the least group), ``weeks`` (step, topic, week,
    count, n, share). Scalars: texts, top_topic and top_share of the step with most returns or
    comments, known = share of texts with a known topic. Source: requirement row S9.1-b, truth PT17.
    """
    texts = _texts(data, scope)
    if step != "all":
        texts = texts.filter(step=step)
    if not (data.has("comments") or data.has("orders")):
        require(data, ("comments",))
    least = int(data.settings.value("min_group"))
    table = _table(texts, least)
    return Result(_scalars(texts, table), {"topics": table, "weeks": _weeks(texts)}, notes=_NOTES)


_NOTES = (
    Text(
        "话题按词表归类；没有认出的归到“其他”。",
        "Topics are told by a list of words; what it does not know is “other”.",
    ),
)


def _texts(data: Data, scope: Scope) -> pl.DataFrame:
    """step, week, text, topics of every comment and return in scope."""

    def build() -> pl.DataFrame:
        view = View(data, scope)
        parts = [pl.DataFrame(schema={"step": pl.String, "date": pl.Date, "text": pl.String})]
        if data.has("comments"):
            said = view.rows("comments").with_columns(date=view.days("ts"))
            steps = pl.col("source").replace_strict(STEPS, default="watch", return_dtype=pl.String)
            parts.append(said.select(step=steps, date="date", text="text"))
        if data.has("orders"):
            back = view.rows("orders").filter(pl.col("refund_amount") > 0)
            parts.append(
                back.with_columns(date=view.days("order_ts")).select(
                    step=pl.lit("return"), date="date", text="refund_reason"
                )
            )
        texts = pl.concat(parts).drop_nulls("text")
        return texts.with_columns(
            week=pl.col("date").dt.truncate("1w"), topic=topics_of(texts["text"])
        )

    return once(data, f"topic texts {scope.to_dict()}", build)


def _table(texts: pl.DataFrame, least: int) -> pl.DataFrame:
    sizes = texts.group_by("step").agg(n=pl.len().cast(pl.Int64))
    low, high = stats.wilson_columns("count", "n")
    enough = pl.col("n") >= least
    counted = (
        texts.explode("topic")
        .group_by("step", "topic")
        .agg(count=pl.len().cast(pl.Int64), example=pl.col("text").mode().sort().first())
    )
    return (
        counted.join(sizes, on="step")
        .with_columns(low, high, share=pl.col("count") / pl.col("n"))
        .with_columns(pl.when(enough).then(name).alias(name) for name in ("share", "low", "high"))
        .select("step", "topic", "count", "n", "share", "low", "high", "example")
        .sort(
            pl.col("step").replace_strict(ORDER, range(len(ORDER)), default=9),
            pl.col("topic") == OTHER,
            -pl.col("count"),
            "topic",
        )
    )


def _weeks(texts: pl.DataFrame) -> pl.DataFrame:
    sizes = texts.group_by("step", "week").agg(n=pl.len().cast(pl.Int64))
    counted = (
        texts.explode("topic").group_by("step", "topic", "week").agg(count=pl.len().cast(pl.Int64))
    )
    return (
        counted.join(sizes, on=["step", "week"])
        .with_columns(share=pl.col("count") / pl.col("n"))
        .select("step", "topic", "week", "count", "n", "share")
        .sort("step", "topic", "week")
    )


def _scalars(texts: pl.DataFrame, table: pl.DataFrame) -> dict[str, Scalar]:
    known = int((texts["topic"].list.first() != OTHER).sum())
    named = table.filter(pl.col("topic") != OTHER, pl.col("share").is_not_null())
    back = named.filter(step="return")
    top = (back if back.height else named).sort("count", descending=True)
    row = top.row(0, named=True) if top.height else dict.fromkeys(table.columns)
    definition = Text(
        "该话题的条数 ÷ 该步骤的全部条数；优先看退货原因。",
        "Texts with the topic divided by all of the step; returns come first.",
    )
    low, high = stats.wilson(known, texts.height)
    return {
        "texts": Scalar(texts.height, "count", texts.height, label=Text("评论与退货原因", "Texts")),
        "top_topic": Scalar(
            row["topic"],
            "text",
            row["n"],
            label=Text("最多的话题", "Top topic"),
            definition=definition,
        ),
        "top_share": Scalar(
            row["share"],
            "rate",
            row["n"],
            row["low"],
            row["high"],
            Text("它的占比", "Its share"),
            definition,
        ),
        "known": Scalar(
            known / texts.height if texts.height else None,
            "rate",
            texts.height,
            low,
            high,
            Text("认出话题的", "With a known topic"),
            Text("至少有一个已知话题的条数 ÷ 全部。", "Texts with a known topic divided by all."),
        ),
    }
