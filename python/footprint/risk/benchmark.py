"""Streams against benchmark rows: beyond mean minus k standard deviations, and not by chance.

The rule alone would flag every small stream now and then: with 250 viewers the conversion of a
sound stream swings by a standard deviation or more. So a value beyond the bound must also differ
from the industry mean by more than its own sample explains (Benjamini-Hochberg over the streams of
a category, 5 % false finds).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.stats import benjamini_hochberg, normal_quantile
from footprint.text import Text

FALSE_FINDS = 0.05
# A benchmark scope may name its column: "category=beauty" or "品类：美妆".
_NAMED = r"^(category|品类|类目)\s*[=:：]"
# Ways a benchmark sheet says that a row holds for every category.
_EVERYWHERE = ("", "all", "total", "industry", "全部", "全行业", "行业", "整体")


def benchmark_rows(data: Data, metric: str) -> pl.DataFrame:
    """category, mean and sd: its own newest row, else the newest row that holds everywhere.

    Raises UsageError when no row is about the metric.
    """
    rows = data.frame("benchmarks").filter(pl.col("metric") == metric)
    if rows.is_empty():
        known = "、".join(data.frame("benchmarks")["metric"].unique().sort().to_list())
        raise UsageError(
            Text(f"行业基准里没有指标“{metric}”", f"the benchmarks hold no row for “{metric}”"),
            Text(f"已有：{known}。请在基准表中补一行。", f"They hold: {known}. Add a row."),
        )
    scope = pl.col("scope").fill_null("").str.strip_chars()
    newest = (
        rows.with_columns(scope=scope.str.replace(_NAMED, "").str.strip_chars())
        .sort("year", nulls_last=False)
        .unique("scope", keep="last")
        .select("scope", "mean", "sd")
    )
    categories = data.frame("streams").select("category").unique()
    own = categories.join(newest, left_on="category", right_on="scope", how="left")
    general = newest.filter(pl.col("scope").str.to_lowercase().is_in(_EVERYWHERE)).head(1)
    if general.is_empty():
        return own
    mean, sd = general.select("mean", "sd").row(0)
    return own.with_columns(pl.col("mean").fill_null(mean), pl.col("sd").fill_null(sd))


def against(
    streams: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    sigma: float,
    higher_is_better: bool,
    least: int,
    is_rate: bool,
) -> pl.DataFrame:
    """``streams`` (category, value, n, low, high, ...) with mean, sd, bound, z, p and state.

    ``sigma``: how many standard deviations; ``least``: smallest sample judged; ``is_rate``: value
    is hits over n, so chance is binomial, else it comes from the width of low..high. State: alert,
    chance, ok, low_n, no_benchmark. Worst z first. Source: requirement row S7.1-g.
    """
    joined = streams.join(rows, on="category", how="left", maintain_order="left")
    sign = 1 if higher_is_better else -1
    joined = joined.with_columns(
        bound=pl.col("mean") - sign * sigma * pl.col("sd"),
        z=(pl.col("value") - pl.col("mean")) / pl.col("sd"),
    )
    judged = (pl.col("mean").is_not_null() & (pl.col("n") >= least)).fill_null(value=False)
    joined = joined.with_columns(judged=judged, p=pl.lit(None, dtype=pl.Float64))
    parts = [
        part.with_columns(p=_chance(part, sign, is_rate)) if part["judged"][0] else part
        for part in joined.partition_by("category", "judged", maintain_order=True)
    ]
    beyond = sign * pl.col("value") < sign * pl.col("bound")
    return (
        (pl.concat(parts) if parts else joined)
        .with_columns(
            state=pl.when(pl.col("mean").is_null()).then(pl.lit("no_benchmark"))
            .when(~pl.col("judged")).then(pl.lit("low_n"))
            .when(beyond & (pl.col("p") < FALSE_FINDS)).then(pl.lit("alert"))
            .when(beyond).then(pl.lit("chance"))
            .otherwise(pl.lit("ok"))
        )
        .select("stream_id", "category", "host", "value", "n", "low", "high", "mean", "sd",
                "bound", "z", "p", "state")
        .sort("z" if higher_is_better else -pl.col("z"), "stream_id", nulls_last=True)
    )  # fmt: skip


def _chance(part: pl.DataFrame, sign: int, is_rate: bool) -> pl.Series:
    """Adjusted chance that a stream at the industry mean shows a value this bad."""
    from scipy.special import ndtr
    from scipy.stats import binom

    value, mean, n = (part[c].to_numpy().astype(float) for c in ("value", "mean", "n"))
    if is_rate:
        hits = np.rint(value * n)
        p = binom.cdf(hits, n, mean) if sign > 0 else binom.sf(hits - 1, n, mean)
    else:
        width = (part["high"] - part["low"]).fill_null(0.0).to_numpy()
        error = width / 2 / normal_quantile()
        far = np.where(error > 0, (value - mean) / np.where(error > 0, error, 1), value - mean)
        p = np.where(error > 0, ndtr(sign * far), (sign * far >= 0).astype(float))
    return pl.Series("p", benjamini_hochberg(p), dtype=pl.Float64)
