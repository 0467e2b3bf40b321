"""Do the seven trial days of a new product foretell its returns, and did returns come down?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import over, rate, word
from footprint.analysis.topic_words import OTHER, main_topic
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import two_proportions, wilson_columns
from footprint.text import Text

_ALPHA = 0.05
_DEFINITION = Text(
    "试播 = 商品试播开始日起的 {days} 天，之后为正式。退货率 = 有退款的订单行 ÷ 订单行。变化 = "
    "正式 ÷ "
    "试播 − 1，区间跨过 0 就是看不出变化。刚卖的还会再退，正式期的最后几天偏低。",
    "Trial = the {days} days from a product's trial start, formal = after. Return rate = order "
    "lines with a refund / order lines. Change = formal / trial - 1; an interval across 0 means "
    "nothing is seen. Late sales may still come back, so the last days read low.",
)
_NONE = Text(
    "没有商品填写试播开始日（trial_start 列），或试播期没有订单。",
    "No product names a trial start (column trial_start), or nothing sold in the trial.",
)


@question(
    "trial_returns",
    title=Text("新品试播之后，退货降了吗？", "Did returns fall after the trial of new goods?"),
    page="U5",
    rows=("S3.1-e",),
    needs=("orders", "products"),
    uses=("comments", "streams"),
)
def trial_returns(data: Data, scope: Scope) -> Result:
    """Return rate of trial days against formal sale, per SKU and together.

    Scalars: rate_trial, rate_formal, relative (signed, interval), p_value, skus, verdict. Frames
    ``skus`` (sku_id, name, trial_start, trial_lines, trial_rate, formal_lines, formal_rate,
    relative, low, high of the formal rate, angles = tags of the trial's streams), ``reasons``
    (phase, reason, returns, share), ``feedback`` (sku_id, comments, rating, topics, example).
    Source: requirement row S3.1-e, truth PT43.
    """
    days = int(data.settings.value("trial_window"))
    definition = Text(_DEFINITION.zh.format(days=days), _DEFINITION.en.format(days=days))
    lines = _lines(data, scope, days)
    trial, formal = (lines.filter(pl.col("phase") == name) for name in ("trial", "formal"))
    frames = {"skus": _skus(lines), "reasons": _reasons(lines)}
    if data.has("streams"):
        frames["skus"] = frames["skus"].join(_angles(data, lines), on="sku_id", how="left")
    if data.has("comments"):
        frames["feedback"] = _feedback(data, scope, lines)
    return Result(
        scalars=_scalars(data, trial, formal, definition), frames=frames,
        notes=(_NONE,) if trial.is_empty() else (),
    )  # fmt: skip


def _lines(data: Data, scope: Scope, days: int) -> pl.DataFrame:
    products = data.frame("products").unique("sku_id", keep="first")
    started = products.select("sku_id", "name", "trial_start").drop_nulls("trial_start")
    day = pl.col("order_ts").dt.convert_time_zone(data.tz).dt.date()
    age = (day - pl.col("trial_start")).dt.total_days()
    return (
        scoped(data, "orders", scope)
        .join(started, on="sku_id")
        .with_columns(
            phase=pl.when(age < 0).then(None)
            .when(age < days).then(pl.lit("trial")).otherwise(pl.lit("formal")),
            returned=(pl.col("refund_amount") > 0).fill_null(value=False),
        )
        .drop_nulls("phase")
    )  # fmt: skip


def _skus(lines: pl.DataFrame) -> pl.DataFrame:
    def part(name: str) -> list[pl.Expr]:
        inside = pl.col("phase") == name
        return [
            inside.sum().cast(pl.Int64).alias(f"{name}_lines"),
            (inside & pl.col("returned")).sum().cast(pl.Int64).alias(f"{name}_returns"),
        ]

    found = lines.group_by("sku_id").agg(
        pl.col("name", "trial_start").first(), *part("trial"), *part("formal")
    )
    rates = [
        over(pl.col(f"{name}_returns"), pl.col(f"{name}_lines")).alias(f"{name}_rate")
        for name in ("trial", "formal")
    ]
    bounds = wilson_columns("formal_returns", "formal_lines")
    return found.with_columns(*rates, *bounds).with_columns(
        relative=over(pl.col("formal_rate"), pl.col("trial_rate")) - 1
    ).select(
        "sku_id", "name", "trial_start", "trial_lines", "trial_rate", "formal_lines",
        "formal_rate", "low", "high", "relative",
    ).sort("sku_id")  # fmt: skip


def _reasons(lines: pl.DataFrame) -> pl.DataFrame:
    return (
        lines.filter("returned")
        .group_by("phase", reason=pl.col("refund_reason"))
        .agg(returns=pl.len().cast(pl.Int64))
        .with_columns(share=pl.col("returns") / pl.col("returns").sum().over("phase"))
        .sort(["phase", "returns", "reason"], descending=[True, True, False])
    )


def _feedback(data: Data, scope: Scope, lines: pl.DataFrame) -> pl.DataFrame:
    """What people said about the trial goods: counts, mean rating, the topics named most and the
    words of the lowest rating."""
    ids = lines["sku_id"].unique()
    said = scoped(data, "comments", scope).filter(pl.col("sku_id").is_in(ids.implode()))
    topic = main_topic(said["text"])
    named = pl.col("topic").filter(pl.col("topic") != OTHER)
    return (
        said.with_columns(topic=topic)
        .sort("rating", "ts", nulls_last=True)
        .group_by("sku_id")
        .agg(
            comments=pl.len().cast(pl.Int64), rating=pl.col("rating").mean(),
            topics=named.unique(maintain_order=True), example=pl.col("text").first(),
        )
        .sort("sku_id")
    )  # fmt: skip


def _angles(data: Data, lines: pl.DataFrame) -> pl.DataFrame:
    """Tags of the streams each product was tried in, the angles its trial covered."""
    tried = lines.filter(pl.col("phase") == "trial").select("sku_id", "stream_id").unique()
    tags = data.frame("streams").select("stream_id", angles=pl.col("tags"))
    found = tried.join(tags, on="stream_id").explode("angles").drop_nulls("angles")
    return found.group_by("sku_id").agg(pl.col("angles").unique().sort())


def _scalars(
    data: Data, trial: pl.DataFrame, formal: pl.DataFrame, definition: Text
) -> dict[str, Scalar]:
    least = int(data.settings.value("rate_min_lines"))
    k1, n1 = int(formal["returned"].sum()), formal.height
    k2, n2 = int(trial["returned"].sum()), trial.height
    labels = Text("试播退货率", "Return rate, trial"), Text("正式退货率", "Return rate, formal")
    skus = trial["sku_id"].n_unique()
    scalars = {
        "rate_trial": rate(k2, n2, labels[0], definition, least),
        "rate_formal": rate(k1, n1, labels[1], definition, least),
        "skus": Scalar(skus, "count", skus, label=Text("试播商品", "Goods on trial")),
    }
    label = Text("结论", "Verdict")
    if min(n1, n2) < least or not k2:
        return {**scalars, "verdict": word("too_small", min(n1, n2), label, definition)}
    found = two_proportions(k1, n1, k2, n2)
    verdict = "no_effect" if found.p >= _ALPHA else "effect_up" if found.diff > 0 else "effect_down"
    low, high = (None if b is None else b - 1 for b in (found.ratio_low, found.ratio_high))
    return {
        **scalars,
        "relative": Scalar(
            found.ratio - 1 if found.ratio is not None else None, "change", n1 + n2, low, high,
            Text("正式比试播", "Formal against trial"), definition,
        ),
        "p_value": Scalar(found.p, "p", n1 + n2, label=Text("偶然出现的概率", "p value")),
        "verdict": word(verdict, n1 + n2, label, definition),
    }  # fmt: skip
