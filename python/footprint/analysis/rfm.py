"""RFM: recency, frequency and money of each customer, scored without splitting equal values."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.tiers import Rules
from footprint.text import Text

SCORES = 5
# Recent, frequent, big spender -> segment. The cuts are the tier thresholds, so they are frozen.
SEGMENTS: dict[tuple[bool, bool, bool], str] = {
    (True, True, True): "champion",
    (True, False, True): "develop",
    (False, True, True): "keep",
    (False, False, True): "win_back",
    (True, True, False): "regular",
    (True, False, False): "newcomer",
    (False, True, False): "cooling",
    (False, False, False): "lapsed",
}
LABELS: dict[str, Text] = {
    "champion": Text("重要价值", "Champions"),
    "develop": Text("重要发展", "Big spenders to develop"),
    "keep": Text("重要保持", "Big spenders to keep"),
    "win_back": Text("重要挽留", "Big spenders to win back"),
    "regular": Text("一般价值", "Regulars"),
    "newcomer": Text("一般发展", "Newcomers"),
    "cooling": Text("一般保持", "Cooling off"),
    "lapsed": Text("一般挽留", "Lapsed"),
}


def rfm(bought: pl.DataFrame, day: date) -> pl.DataFrame:
    """Per customer up to ``day``: user, recency (days), frequency (order days), money, r, f, m.

    Scores 1..5 by mid-rank, so equal values get equal scores; 5 is best (most recent, most often,
    most money).
    """
    facts = (
        bought.lazy()
        .filter(pl.col("day") <= day)
        .group_by("user")
        .agg(
            recency=(pl.lit(day) - pl.col("day").max()).dt.total_days(),
            frequency=pl.col("day").n_unique(),
            money=pl.col("money").sum(),
        )
    )
    return facts.with_columns(
        r=_score(-pl.col("recency")), f=_score(pl.col("frequency")), m=_score(pl.col("money"))
    ).collect()


def _score(value: pl.Expr) -> pl.Expr:
    rank = value.rank("average")
    scaled = (SCORES * (rank - 0.5) / pl.len()).floor().cast(pl.Int64)
    return scaled.clip(0, SCORES - 1) + 1


def segment_of(rules: Rules) -> pl.Expr:
    """The segment of each customer of ``rfm``."""
    recent = pl.col("recency") <= rules.high_recency
    often = pl.col("frequency") >= rules.high_orders
    big = pl.col("money").round(2) >= rules.high_spend
    code = recent.cast(pl.Int64) * 4 + often.cast(pl.Int64) * 2 + big.cast(pl.Int64)
    names = {r * 4 + f * 2 + m: name for (r, f, m), name in SEGMENTS.items()}
    return code.replace_strict(names, return_dtype=pl.String)


def segments(scored: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The eight segments: segment, users, share, gmv, gmv_share, recency, frequency (medians)."""
    counted = (
        scored.group_by(segment=segment_of(rules))
        .agg(
            users=pl.len(),
            gmv=pl.col("money").sum(),
            recency=pl.col("recency").median(),
            frequency=pl.col("frequency").median(),
        )
        .with_columns(
            share=pl.col("users") / pl.col("users").sum(),
            gmv_share=pl.col("gmv") / pl.col("gmv").sum(),
        )
    )
    order = pl.DataFrame({"segment": list(LABELS)})
    joined = order.join(counted, on="segment", how="left", maintain_order="left")
    return joined.select(
        "segment",
        *(pl.col(name).fill_null(0) for name in ("users", "share", "gmv", "gmv_share")),
        "recency",
        "frequency",
    )
