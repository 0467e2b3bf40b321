"""Rule hits in scripts, and the scripts of each stream."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.risk.rules import claim_categories, shipped
from footprint.risk.scan import scan


def script_hits(texts: pl.DataFrame) -> pl.DataFrame:
    """Rule hits in scripts (columns ``script_id``, ``text``), the words of each rule beside them.

    Columns: script_id, term, position (of the first character), found, category, severity, state
    (hit, negated, allowed), clause, allowed_when, replacement.
    """
    rules = shipped().active("script")
    words = pl.DataFrame(
        {
            "rule": range(len(rules)),
            "clause": [rule.clause for rule in rules],
            "allowed_when": [rule.allowed_when for rule in rules],
            "replacement": [rule.replacement for rule in rules],
        },
        schema_overrides={"rule": pl.Int64},
    )
    ids = texts.select(pl.int_range(pl.len()).cast(pl.Int64).alias("row"), "script_id")
    return (
        scan(texts["text"], rules)
        .join(ids, on="row", how="left", maintain_order="left")
        .join(words, on="rule", how="left", maintain_order="left")
        .select("script_id", "term", pl.col("start").alias("position"), "found", "category",
                "severity", "state", "clause", "allowed_when", "replacement")
    )  # fmt: skip


def all_script_hits(data: Data) -> pl.DataFrame:
    """``script_hits`` of the scripts table, worked out once per data version."""
    return once(data, "script_hits", lambda: script_hits(data.frame("scripts")))


def claims_by_stream(data: Data) -> pl.DataFrame:
    """Exaggerated claims per stream: stream_id, script_id, claim_hits, terms.

    A stream has the scripts that name it, or the script it names. Every stream with a script is
    listed, with 0 claims where its script makes none.
    """
    made = (
        all_script_hits(data)
        .filter(pl.col("state") == "hit", pl.col("category").is_in(claim_categories()))
        .group_by("script_id")
        .agg(claim_hits=pl.len().cast(pl.Int64), terms=pl.col("found").unique().sort())
    )
    return (
        _links(data)
        .join(made, on="script_id", how="left")
        .group_by("stream_id")
        .agg(
            script_id=pl.col("script_id").sort().first(),
            claim_hits=pl.col("claim_hits").sum(),
            terms=pl.col("terms").explode(empty_as_null=True).drop_nulls().unique().sort(),
        )
        .sort("stream_id")
    )


def _links(data: Data) -> pl.DataFrame:
    scripts = data.frame("scripts").select("stream_id", "script_id").drop_nulls()
    parts = [scripts]
    if data.has("streams"):
        parts.append(data.frame("streams").select("stream_id", "script_id").drop_nulls())
    return pl.concat(parts).unique()
