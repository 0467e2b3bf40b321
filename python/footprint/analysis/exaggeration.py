"""Do the streams that promise most also get most goods back?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.metrics import View, by_group
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.risk.claims import claims_by_stream
from footprint.risk.wording import listed, streams_named
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import holm
from footprint.text import Text

_BASE_DAYS = 90
_ALPHA = 0.01
_DEFINITION = Text(
    "脚本中绝对化、功效、保证等用语达到设定条数，且退货率显著高于同品类其他场次（近 90 天、"
    "夸大用语少的场次；"
    "多场同时检验已校正，误报不超过 1%），两项同时成立才标出。两者同时出现，"
    "不代表一定是话术引起退货。",
    "Flagged only if the script holds the set number of absolute, medical or guarantee claims and "
    "the return rate is significantly above the other streams of the category (last 90 days, few "
    "claims; corrected for testing several streams, 1 % false alarms). Seen together is not proof "
    "that the words caused the returns.",
)
_PROBLEM = Text(
    "脚本 {script} 有 {claims} 处夸大用语（{terms}），用它的 {streams} 退货率 {rate}（{k} / {n} "
    "件），"
    "同品类其他场次为 {base}。",
    "Script {script} makes {claims} exaggerated claims ({terms}); {streams} with it had {rate} "
    "returns ({k} of {n} lines) where other streams of the category had {base}.",
)
_SUGGESTION = Text(
    "按规则表改写或删去这些用语后再开播；对已售订单主动说明实际功效，减少退货和投诉。",
    "Rewrite or drop these claims before the next stream; tell the buyers plainly what the goods "
    "do, to cut returns and complaints.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per script whose streams are flagged."""
    flagged = result.frames["streams"].filter("flagged")
    parts = flagged.partition_by("script_id", maintain_order=True)
    return [_finding(part, data, scope) for part in parts]


def _finding(part: pl.DataFrame, data: Data, scope: Scope) -> Finding:
    k, n = int(part["returns"].sum()), int(part["orders"].sum())
    script = str(part["script_id"][0])
    lost, low, high = _extra_refunds(part, data, scope)
    return Finding(
        id=f"exaggeration_returns:{script}",
        kind="exaggeration_returns",
        severity=2,
        colour="yellow",
        problem=sentence(
            _PROBLEM, script=script, claims=(max(part["claim_hits"].to_list()), "count"),
            terms=listed(sorted({term for terms in part["terms"].to_list() for term in terms})),
            streams=listed(part["stream_id"].to_list()), rate=(k / n, "rate"), k=(k, "count"),
            n=(n, "count"), base=(part["baseline"][0], "rate"),
        ),
        suggestion=_SUGGESTION,
        confidence=1 - max(part["p"].to_list()),
        n=n,
        page="C1",
        question="exaggeration",
        impact_cny=lost,
        impact_low=low,
        impact_high=high,
        scope=scope,
        evidence=part.select("stream_id", "script_id", "claim_hits", "terms", "orders", "returns",
                             "return_rate", "low", "high", "baseline"),
    )  # fmt: skip


def _extra_refunds(part: pl.DataFrame, data: Data, scope: Scope) -> tuple[float, float, float]:
    """Refunds above the category's rate, CNY: extra returned lines times their mean refund."""
    orders = scoped(data, "orders", scope)
    back = orders.filter(
        pl.col("stream_id").is_in(part["stream_id"].implode()), pl.col("refund_amount") > 0
    )
    each = float(back["refund_amount"].mean() or 0.0)  # type: ignore[arg-type]

    def extra(column: str) -> float:
        lines = (pl.col(column) - pl.col("baseline")).clip(0) * pl.col("orders")
        return float(part.select(lines.sum()).item()) * each

    return extra("return_rate"), extra("low"), extra("high")


@question(
    "exaggeration",
    title=Text("夸大的话术带来退货了吗？", "Do big promises come back as returns?"),
    page="C1",
    rows=("S5.1-c",),
    needs=("scripts", "orders", "streams"),
    in_brief=True,
    findings=_findings,
)
def exaggeration(data: Data, scope: Scope) -> Result:
    """Claims of each stream's script beside its return rate.

    Frame ``streams``: stream_id, script_id, category, claim_hits, terms, orders (order lines),
    returns, return_rate, low, high, baseline (rates), p (one-sided, Holm over the streams with many
    claims), flagged, state (flagged, script_only, ok, low_n). Scalars: ``flagged``,
    ``script_hits_only`` = many claims without high returns. Source: requirement row S5.1-c, PT06.
    """
    streams = _judged(_rates(data, scope), _base(data, scope), data)
    count = {
        state: streams.filter(pl.col("state") == state).height
        for state in ("flagged", "script_only")
    }
    return Result(
        scalars={
            "flagged": Scalar(
                count["flagged"], "count", streams.height,
                label=Text("夸大且退货高的场次", "Streams with many claims and high returns"),
                definition=_DEFINITION,
            ),
            "script_hits_only": Scalar(
                count["script_only"], "count", streams.height,
                label=Text("只有话术问题的场次", "Streams with many claims only"),
                definition=_DEFINITION,
            ),
        },
        frames={"streams": streams},
    )  # fmt: skip


def _rates(data: Data, scope: Scope) -> pl.DataFrame:
    """Returns of every stream with a script: counts, rate and interval."""
    returned = by_group("return_rate", View(data, scope), "stream_id").select(
        pl.col("key").alias("stream_id"), pl.col("n").alias("orders"),
        (pl.col("value") * pl.col("n")).round().cast(pl.Int64).alias("returns"),
        pl.col("value").alias("return_rate"), "low", "high",
    )  # fmt: skip
    found = returned.join(claims_by_stream(data), on="stream_id", how="left", maintain_order="left")
    named = streams_named(data, found["stream_id"].to_list())
    return found.with_columns(named["category"], pl.col("claim_hits").fill_null(0))


def _base(data: Data, scope: Scope) -> pl.DataFrame:
    """Streams of the last 90 days with few claims: what the category's returns usually are."""
    start = scope.end - timedelta(days=_BASE_DAYS - 1) if scope.end and scope.start else None
    long = replace(scope, start=min(start, scope.start) if start and scope.start else None)
    least = data.settings.value("claim_hits")
    return _rates(data, long).filter(pl.col("claim_hits") < least)


def _judged(streams: pl.DataFrame, base: pl.DataFrame, data: Data) -> pl.DataFrame:
    least, minimum = data.settings.value("claim_hits"), data.settings.value("min_group")
    usual = _usual(base)
    joined = streams.join(usual, on="category", how="left", maintain_order="left")
    tested = (pl.col("claim_hits") >= least) & (pl.col("orders") >= minimum)
    tested = tested & pl.col("baseline").is_not_null()
    joined = joined.with_columns(tested=tested, p=pl.lit(None, dtype=pl.Float64))
    p = _adjusted(joined.filter("tested"))
    high = joined.with_columns(p=_scattered(joined["tested"], p))
    flagged = (pl.col("p") < _ALPHA).fill_null(False)
    return (
        high.with_columns(flagged=flagged)
        .with_columns(
            state=pl.when("flagged").then(pl.lit("flagged"))
            .when(pl.col("claim_hits") < least).then(pl.lit("ok"))
            .when(pl.col("orders") < minimum).then(pl.lit("low_n"))
            .otherwise(pl.lit("script_only"))
        )
        .select("stream_id", "script_id", "category", "claim_hits", "terms", "orders", "returns",
                "return_rate", "low", "high", "baseline", "p", "flagged", "state")
        .sort("flagged", "claim_hits", "return_rate", descending=True)
    )  # fmt: skip


def _usual(base: pl.DataFrame) -> pl.DataFrame:
    """Per category: usual return rate and how much streams differ beyond chance (a variance)."""
    rate = pl.col("returns").sum() / pl.col("orders").sum()
    chance = (rate * (1 - rate) / pl.col("orders")).mean()
    spread = (pl.col("return_rate").var() - chance).fill_null(0).clip(0)
    return base.group_by("category").agg(baseline=rate, spread=spread)


def _adjusted(tested: pl.DataFrame) -> np.ndarray:
    from scipy.special import ndtr
    from scipy.stats import binom

    if tested.is_empty():
        return np.empty(0)
    k, n, rate, base, spread = (
        tested[name].to_numpy().astype(float)
        for name in ("returns", "orders", "return_rate", "baseline", "spread")
    )
    exact = binom.sf(k - 1, n, base)
    wide = np.sqrt(base * (1 - base) / n + spread)
    between = ndtr(-(rate - base) / np.where(wide > 0, wide, np.inf))
    return holm(np.maximum(exact, between))


def _scattered(where: pl.Series, values: np.ndarray) -> pl.Series:
    """``values`` put in order where ``where`` is true, null elsewhere."""
    filled = np.full(where.len(), np.nan)
    filled[where.to_numpy()] = values
    return pl.Series("p", filled).fill_nan(None)
