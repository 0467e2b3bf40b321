"""How many people are in the room at once: the peak and the curve."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import polars as pl

from footprint.analysis.events.durations import require_duration
from footprint.analysis.events.rows import ROWS, WHO
from footprint.analysis.events.stays import PARAMS, RULE, closed_scalar, grid, stays
from footprint.data import Data
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_ALL = "(all)"
_SHOWN, _POINTS = 100, 5000
_WIDER = Text(
    "时间太长，曲线用了更宽的时段。", "The period is long: the curve is drawn in wider stretches."
)


@question(
    "presence",
    title=Text("同时在线最多多少人？", "How many are there at once?"),
    page="ASK",
    rows=("S1.1.2-b",),
    needs=("events",),
    uses=("streams",),
    params=(*PARAMS, Param("width", str, "5m", Text("曲线每段多长", "Width of a stretch")), ROWS,
            WHO),
)  # fmt: skip
def presence(
    data: Data,
    scope: Scope,
    place: str = "stream_id",
    enter: str = "stream_enter",
    leave: str = "stream_exit",
    cap: str = "5m",
    width: str = "5m",
    rows: str = "",
    who: str = "",
) -> Result:
    """Concurrent users of stays begun in the period, per place and all together.

    A stay counts in [enter, leave); changes of one instant are netted. Without a leave it ends
    ``cap`` after the user's last row there, not after the stream's end. Frames: ``peaks`` (place,
    count, at = when it first held; the 100 highest) and ``curve`` (place "(all)", start, count =
    the highest within each stretch of ``width``; stretches without a change carry the last count).
    Scalars: peak (all places together), peak_place (highest single one), visits, closed (share with
    a recorded leave). Source: requirement row S1.1.2-b.
    """
    found = stays(data, scope, place, enter, leave, cap, rows, who)
    log, asked = data.event_log(), require_duration(width)
    wide = _width(found, asked)
    peaks = log.presence_of(found, "peak").sort(
        "count", "at", descending=[True, False]
    )  # fmt: skip
    together = peaks.filter(pl.col("place").is_null())
    single = peaks.filter(pl.col("place").is_not_null())
    frames = {
        "peaks": single.select("place", "count", "at").head(_SHOWN),
        "curve": _curve(log.presence_of(found.with_columns(place=pl.lit(_ALL)), "curve"), wide),
    }  # fmt: skip
    best = single.row(0, named=True) if single.height else None
    top = int(together["count"][0]) if together.height else 0
    return Result(
        {
            "peak": Scalar(top, "count", found.height, label=Text("同时在线峰值", "Peak at once"),
                           definition=RULE),
            "peak_place": Scalar(best["place"] if best else None, "text",
                                 best["count"] if best else 0,
                                 label=Text("峰值最高的地点", "Place with the highest peak"),
                                 definition=RULE),
            "visits": Scalar(found.height, "count", found.height, label=Text("停留", "Stays"),
                             definition=RULE),
            "closed": closed_scalar(found),
        },
        frames,
        notes=() if wide == asked else (_WIDER,),
    )  # fmt: skip


def _curve(curve: pl.DataFrame, width: timedelta) -> pl.DataFrame:
    """The highest count within each stretch; one without a change carries the last count on."""
    steps = curve.filter(pl.col("place").is_not_null()).sort("at")
    started = steps.with_columns(
        start=pl.col("at").dt.truncate(grid(width)),
        before=pl.col("count").shift(1, fill_value=0),
    )
    # The count a stretch begins with holds until its first change.
    held = pl.when(pl.col("at").first() > pl.col("start").first()).then(pl.col("before").first())
    highest = started.group_by("start", maintain_order=True).agg(
        count=pl.max_horizontal(pl.col("count").max(), held.otherwise(0)),
        end=pl.col("count").last(),
    )
    filled = highest.upsample("start", every=grid(width)) if highest.height > 1 else highest
    carried = pl.col("end").forward_fill().shift(1)
    return filled.select(
        place=pl.lit(_ALL), start="start", count=pl.col("count").fill_null(carried)
    )


def _width(found: pl.DataFrame, asked: timedelta) -> timedelta:
    """The width asked for, or the least multiple of it that keeps the curve readable."""
    if found.is_empty():
        return asked
    first, last = found["start_ts"].min(), found["end_ts"].max()
    assert isinstance(first, datetime) and isinstance(last, datetime)
    return asked * max(1, math.ceil((last - first) / asked / _POINTS))
