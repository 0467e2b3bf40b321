"""How long do people stay in the room?"""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.analysis.events.rows import ROWS, WHO
from footprint.analysis.events.spread import binned, median_scalar
from footprint.analysis.events.stays import PARAMS, RULE, closed_scalar, seconds, stays
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_EDGES = (10, 60, 300, 900, 1800)
_LENGTHS = ("≤10 s", "10-60 s", "1-5 min", "5-15 min", "15-30 min", ">30 min")
_SHOWN = 500


@question(
    "dwell",
    title=Text("用户在直播间停留多久？", "How long do people stay?"),
    page="ASK",
    rows=("S1.1.2-b",),
    needs=("events",),
    uses=("streams",),
    params=(*PARAMS, ROWS, WHO),
)
def dwell(
    data: Data,
    scope: Scope,
    place: str = "stream_id",
    enter: str = "stream_enter",
    leave: str = "stream_exit",
    cap: str = "5m",
    rows: str = "",
    who: str = "",
) -> Result:
    """Length of the stays begun in the period, per place and over all.

    Frames: ``places`` (place, visits, users, median_s, mean_s, low, high = bounds of the mean,
    closed = share with a recorded leave, enough; most visits first) and ``lengths`` (length,
    visits, share). Scalars: median_s, mean_s, visits, closed. Stays without a leave are ended by
    rule, which ``closed`` makes visible. Source: requirement row S1.1.2-b.
    """
    found = stays(data, scope, place, enter, leave, cap, rows, who)
    length = seconds(found)
    mean = stats.mean_interval(length) if found.height > 1 else (None, None, None)
    minimum = int(data.settings.value("min_group"))
    return Result(
        {
            "median_s": median_scalar(length, Text("停留中位数", "Median stay"), RULE),
            "mean_s": Scalar(mean[0], "s", found.height, mean[1], mean[2],
                             Text("平均停留", "Mean stay"), RULE),
            "visits": Scalar(found.height, "count", found.height, label=Text("停留", "Stays"),
                             definition=RULE),
            "closed": closed_scalar(found),
        },
        {"places": _places(found, length, minimum), "lengths": _lengths(length)},
    )  # fmt: skip


def _places(found: pl.DataFrame, length: pl.Series, minimum: int) -> pl.DataFrame:
    seconds, n = pl.col("seconds"), pl.len()
    half = seconds.std() / n.sqrt() * stats.normal_quantile()
    return (
        found.with_columns(seconds=length)
        .group_by("place")
        .agg(
            visits=n.cast(pl.Int64), users=pl.col("user").n_unique().cast(pl.Int64),
            median_s=seconds.median(), mean_s=seconds.mean(), low=seconds.mean() - half,
            high=seconds.mean() + half, closed=pl.col("closed").mean(),
        )
        .with_columns(pl.col("place").cast(pl.String), enough=pl.col("visits") >= minimum)
        .sort("visits", "place", descending=[True, False])
        .head(_SHOWN)
    )  # fmt: skip


def _lengths(length: pl.Series) -> pl.DataFrame:
    return binned(length, _EDGES, _LENGTHS).rename({"label": "length", "n": "visits"})
