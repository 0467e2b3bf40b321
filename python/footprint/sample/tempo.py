"""Tempo of the music: in fresh it goes with how long people stay (PT20), in beauty it does not."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.world import World

_SLOW, _FAST = 84, 128


def tempo(world: World, streams: pl.DataFrame, minutes: pl.DataFrame) -> pl.Series:
    """Beats per minute of every stream: by chance, but for fresh and beauty."""
    found = world.chance.whole("streams/tempo", streams.height, _SLOW, _FAST).astype(float)
    watched = minutes.group_by("stream_id").agg(watched=pl.col("online").sum())
    dwell = streams.join(watched, on="stream_id", how="left", maintain_order="left").select(
        pl.col("watched") / pl.col("viewers")
    )["watched"]
    known = dwell.is_not_null().to_numpy()
    for category, rho in (("fresh", world.param("PT20.rho")), ("beauty", 0.0)):
        rows = np.flatnonzero((streams["category"] == category).to_numpy() & known)
        found[rows] = _tied(world, category, dwell.to_numpy()[rows], rho)
    return pl.Series(found)


def _tied(world: World, category: str, dwell: np.ndarray, rho: float) -> np.ndarray:
    """Tempos whose ranks correlate with those of ``dwell`` by ``rho``: the ranks of dwell mixed
    with a random order from which they were taken out."""
    ranks = np.argsort(np.argsort(dwell, kind="stable"), kind="stable").astype(float)
    ranks -= ranks.mean()
    luck = world.chance.order(f"PT20/{category}", len(dwell)).astype(float)
    luck -= luck.mean()
    luck -= ranks * (luck @ ranks) / (ranks @ ranks)
    mixed = rho * ranks / np.sqrt(ranks @ ranks)
    mixed += np.sqrt(1 - rho**2) * luck / np.sqrt(luck @ luck)
    place = np.argsort(np.argsort(mixed, kind="stable"), kind="stable")
    return np.round(_SLOW + (_FAST - _SLOW) * place / max(1, len(dwell) - 1))
