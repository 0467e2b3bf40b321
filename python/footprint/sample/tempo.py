"""Tempo of the music: in fresh it goes with how long people stay (PT20), in beauty it does not; the
number of assistants goes with it nowhere."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.world import World

_SLOW, _FAST = 84, 128


def tempo(world: World, streams: pl.DataFrame, minutes: pl.DataFrame) -> pl.Series:
    """Beats per minute of every stream: by chance, but for fresh and beauty."""
    found = world.chance.whole("streams/tempo", streams.height, _SLOW, _FAST).astype(float)
    dwell = _dwell(streams, minutes)
    for category, rho in (("fresh", world.param("PT20.rho")), ("beauty", 0.0)):
        rows = _known(streams, dwell, category)
        place = _tied(world, f"PT20/{category}", dwell[rows], rho)
        found[rows] = np.round(_SLOW + (_FAST - _SLOW) * place)
    return pl.Series(found)


def crew(world: World, streams: pl.DataFrame, minutes: pl.DataFrame) -> pl.Series:
    """Two or three assistants a stream, whatever the dwell."""
    found = world.chance.whole("streams/crew", streams.height, 2, 3)
    dwell = _dwell(streams, minutes)
    for category in streams["category"].unique().sort():
        rows = _known(streams, dwell, category)
        found[rows] = 2 + (_tied(world, f"crew/{category}", dwell[rows], 0.0) >= 0.5)
    return pl.Series(found)


def _dwell(streams: pl.DataFrame, minutes: pl.DataFrame) -> np.ndarray:
    """Minutes watched per viewer, NaN where no minutes were exported."""
    watched = minutes.group_by("stream_id").agg(watched=pl.col("online").sum())
    joined = streams.join(watched, on="stream_id", how="left", maintain_order="left")
    return joined.select(pl.col("watched") / pl.col("viewers")).to_series().to_numpy()


def _known(streams: pl.DataFrame, dwell: np.ndarray, category: str) -> np.ndarray:
    rows = np.flatnonzero((streams["category"] == category).to_numpy() & ~np.isnan(dwell))
    return rows if len(rows) > 2 else rows[:0]


def _tied(world: World, name: str, dwell: np.ndarray, rho: float) -> np.ndarray:
    """Places 0..1 whose ranks correlate with those of ``dwell`` by ``rho``: the ranks of dwell
    mixed with a random order from which they were taken out."""
    if not len(dwell):
        return dwell
    ranks = np.argsort(np.argsort(dwell, kind="stable"), kind="stable").astype(float)
    ranks -= ranks.mean()
    luck = world.chance.order(name, len(dwell)).astype(float)
    luck -= luck.mean()
    luck -= ranks * (luck @ ranks) / (ranks @ ranks)
    mixed = rho * ranks / np.sqrt(ranks @ ranks)
    mixed += np.sqrt(1 - rho**2) * luck / np.sqrt(luck @ luck)
    place = np.argsort(np.argsort(mixed, kind="stable"), kind="stable")
    return place / (len(dwell) - 1)
