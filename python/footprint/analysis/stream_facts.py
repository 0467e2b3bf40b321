"""What is known of each stream: what it achieved and what could explain it."""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import kept, over
from footprint.analysis.shingles import alike_pairs, normal
from footprint.data import Data
from footprint.scope import Scope
from footprint.scoping import scoped

# What a stream can be judged by.
OUTCOMES = ("dwell", "conversion", "return_rate")
_OWN = ("bgm_tempo", "assistants", "interruption_s", "slot_fee")
_MINUTE = ("latency_s", "stutter_rate")
_LEAST_UNITS = 5


def stream_facts(data: Data, scope: Scope) -> pl.DataFrame:
    """One row per stream: id, category, host_id, weekday, the outcomes and numeric facts.

    ``dwell`` is viewer minutes (people online at each minute, summed) per viewer; ``return_rate``
    is refunded order lines / order lines; ``length_min``, ``start_hour`` (shop time),
    ``words_per_min`` (letters and digits of the script per minute on air), ``skus_per_hour``
    (shown on air) and
    ``script_overlap`` (closest own script, 0..1) are facts. Null where a table is absent.
    """
    return kept(data, scope, "stream facts", lambda: _facts(data, scope))


def _facts(data: Data, scope: Scope) -> pl.DataFrame:
    local = pl.col("start_ts").dt.convert_time_zone(data.tz)
    minutes = (pl.col("end_ts") - pl.col("start_ts")).dt.total_seconds() / 60
    streams = scoped(data, "streams", scope).select(
        pl.col("stream_id", "category", "host_id", "start_ts", "viewers", "buyers", "script_id"),
        pl.col("tags", "layer", "series", *_OWN),
        weekday=local.dt.weekday(),
        start_hour=local.dt.hour() + local.dt.minute() / 60,
        length_min=minutes,
        conversion=over(pl.min_horizontal("buyers", "viewers"), pl.col("viewers")),
    )
    for more in (_from_minutes(data), _from_orders(data), _from_scripts(data, streams)):
        if more is not None:
            streams = streams.join(more, on="stream_id", how="left", maintain_order="left")
    return _complete(streams)


def numeric_facts(facts: pl.DataFrame) -> list[str]:
    """Numeric facts that vary over enough streams to be compared."""
    names = [*_OWN, *_MINUTE, "length_min", "start_hour", "words_per_min", "skus_per_hour",
             "script_overlap"]  # fmt: skip
    return [name for name in names if facts[name].drop_nulls().n_unique() > 1]


def flag_facts(facts: pl.DataFrame, least: int) -> dict[str, pl.Series]:
    """0/1 facts by name: every tag (``tag:x``) and layer (``layer:x``) with ``least`` streams on
    both sides."""
    tags = facts.select(pl.col("tags").explode().drop_nulls()).to_series().unique().sort()
    found = {f"tag:{tag}": facts["tags"].list.contains(tag).fill_null(value=False) for tag in tags}
    for layer in facts["layer"].drop_nulls().unique().sort():
        found[f"layer:{layer}"] = (facts["layer"] == layer).fill_null(value=False)
    return {
        name: flag.cast(pl.Float64)
        for name, flag in found.items()
        if min(int(flag.sum()), len(flag) - int(flag.sum())) >= max(least, _LEAST_UNITS)
    }


def _complete(streams: pl.DataFrame) -> pl.DataFrame:
    wanted = ("viewer_minutes", "enters", "return_rate", "lines", "words_per_min",
              "skus_on_air", "script_overlap", *_MINUTE)  # fmt: skip
    absent = [name for name in wanted if name not in streams.columns]
    streams = streams.with_columns(pl.lit(None, pl.Float64).alias(name) for name in absent)
    people = pl.coalesce("viewers", "enters")
    return streams.with_columns(
        dwell=over(pl.col("viewer_minutes"), people),
        skus_per_hour=over(pl.col("skus_on_air"), pl.col("length_min") / 60),
    )


def _from_minutes(data: Data) -> pl.DataFrame | None:
    if not data.has("stream_minutes"):
        return None
    shown = pl.col("sku_on_air").n_unique() - pl.col("sku_on_air").has_nulls().cast(pl.UInt32)
    return data.frame("stream_minutes").group_by("stream_id").agg(
        viewer_minutes=pl.col("online").sum(),
        enters=pl.col("enters").sum(),
        latency_s=pl.col("latency_s").mean(),
        stutter_rate=pl.col("stutter_rate").mean(),
        skus_on_air=pl.when(shown > 0).then(shown),
    )  # fmt: skip


def _from_orders(data: Data) -> pl.DataFrame | None:
    if not data.has("orders"):
        return None
    refunded = (pl.col("refund_amount") > 0).fill_null(value=False)
    return (
        data.frame("orders")
        .filter(pl.col("stream_id").is_not_null())
        .group_by("stream_id")
        .agg(
            lines=pl.len().cast(pl.Int64),
            returned=refunded.sum().cast(pl.Int64),
            return_rate=refunded.mean(),
        )
    )


def _from_scripts(data: Data, streams: pl.DataFrame) -> pl.DataFrame | None:
    if not data.has("scripts"):
        return None
    texts = script_texts(data)
    limit = float(data.settings.value("near_duplicate"))
    pairs = alike_pairs(texts["script_id"].to_list(), texts["text"].to_list(), limit)
    sides = [pairs.select(script_id=pl.col(side), nearest="jaccard") for side in ("a", "b")]
    nearest = pl.concat(sides).group_by("script_id").agg(pl.col("nearest").max())
    facts = texts.select(
        "script_id",
        letters=pl.col("text").map_elements(lambda text: len(normal(text)), return_dtype=pl.Int64),
    ).join(nearest, on="script_id", how="left")
    return (
        streams.select("stream_id", "script_id", "length_min")
        .join(facts, on="script_id")
        .select(
            "stream_id",
            words_per_min=over(pl.col("letters"), pl.col("length_min")),
            script_overlap=pl.col("nearest").fill_null(0.0),
        )
    )


def script_texts(data: Data) -> pl.DataFrame:
    """script_id and its whole text, segments joined in their order."""
    return (
        data.frame("scripts")
        .filter(pl.col("text").is_not_null())
        .group_by("script_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
