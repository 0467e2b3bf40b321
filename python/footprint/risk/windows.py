"""Bursts: stretches in which a sliding window holds too many hits, each counted once.

A window ends at every hit and reaches ``window`` back; windows over the threshold that touch each
other belong to one burst. A fixed grid would split a burst at its edges and could miss it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class Burst:
    """``start`` and ``end`` are the first and last hit; counts are between them, both included."""

    start: datetime
    end: datetime
    hits: int
    comments: int


def bursts(
    hit_times: pl.Series, all_times: pl.Series, window: timedelta, min_hits: int, min_share: float
) -> list[Burst]:
    """Bursts in one series of comments.

    ``hit_times``: one time per matching comment; ``all_times``: one per comment, matching ones
    included. A window fires with at least ``min_hits`` hits that are at least ``min_share`` (0..1)
    of its comments. Times are ``Datetime("us")``.
    """
    hits, everything = _sorted_us(hit_times), _sorted_us(all_times)
    width = int(window.total_seconds() * 1e6)
    starts = np.searchsorted(hits, hits - width, side="right")
    ends = np.searchsorted(hits, hits, side="right")
    counts = ends - starts
    totals = np.searchsorted(everything, hits, side="right") - np.searchsorted(
        everything, hits - width, side="right"
    )
    fired = np.flatnonzero((counts >= min_hits) & (counts >= min_share * totals))
    spans = _merged([(hits[starts[i]], hits[i]) for i in fired])
    zone = hit_times.dtype.time_zone if isinstance(hit_times.dtype, pl.Datetime) else None
    return [_burst(span, hits, everything, zone) for span in spans]


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for first, last in spans:
        if current and first <= current[1]:
            current = (current[0], last)
            continue
        if current:
            yield current
        current = (first, last)
    if current:
        yield current


def _burst(
    span: tuple[int, int], hits: np.ndarray, everything: np.ndarray, zone: str | None
) -> Burst:
    first, last = (pl.Series([t]).cast(pl.Datetime("us", zone)).item() for t in span)
    return Burst(first, last, _within(hits, span), _within(everything, span))


def _within(times: np.ndarray, span: tuple[int, int]) -> int:
    first, last = span
    return int(np.searchsorted(times, last, "right") - np.searchsorted(times, first, "left"))


def _sorted_us(times: pl.Series) -> np.ndarray:
    unit = times.dtype.time_unit if isinstance(times.dtype, pl.Datetime) else "us"
    return times.cast(pl.Datetime(unit)).cast(pl.Datetime("us")).cast(pl.Int64).sort().to_numpy()
