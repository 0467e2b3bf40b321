"""How often a place on the platform is clicked, by day, and whether a change moved it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.change_point import LEAST, Change, changes
from footprint.data import Data
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_KEYS = ("platform", "channel", "slot")
_SLOTS = {
    "platform": pl.String,
    "channel": pl.String,
    "slot": pl.String,
    "days": pl.Int64,
    "impressions": pl.Int64,
    "clicks": pl.Int64,
    "ctr": pl.Float64,
    "change_on": pl.Date,
    "earliest": pl.Date,
    "latest": pl.Date,
    "before": pl.Float64,
    "after": pl.Float64,
    "pp": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p_value": pl.Float64,
    "verdict": pl.String,
}


@question(
    "slot_ctr",
    title=Text("推荐位的点击率变了吗？", "Did the click rate of a slot change?"),
    page="U2",
    rows=("S3.2-a",),
    needs=("channel_daily",),
    params=(
        Param("slot", str, None, Text("资源位（空白=变化最大的）", "Slot (blank: largest change)")),
        Param("change", date, None, Text("改动日期（空白=自动找）", "Day of the change")),
    ),
)
def slot_ctr(
    data: Data, scope: Scope, slot: str | None = None, change: date | None = None
) -> Result:
    """Clicks per impression of every slot, by day, before and after a change.

    ``change`` is a marked day; without it the surest change of level is looked for and only named
    when chance is below 1 %. Rates are clicks / impressions of all days of a side; the interval of
    their difference (``pp``, percentage points, ``low``/``high``) is Welch's over the days, because
    days differ more than clicks within a day. Frames: ``slots`` (one row per platform, channel and
    slot: days, impressions, clicks, ctr, change_on, earliest, latest, before, after, pp, low, high,
    p_value, verdict), ``days`` (platform, channel, slot, date, ctr, level, n). Scalars of the
    chosen slot: ctr, before, after, pp, change_on, verdict. Source: requirement row S3.2-a, PT27.
    """
    days = _days(View(data, scope))
    rows, levels = [], []
    for key, part in days.group_by(_KEYS, maintain_order=True):
        row, level = _slot(dict(zip(_KEYS, key, strict=True)), part, change)
        rows.append(row)
        levels.append(part.with_columns(level=pl.Series(level, dtype=pl.Float64)))
    slots = pl.DataFrame(rows, schema=_SLOTS, orient="row").sort(
        pl.col("pp").abs().fill_null(-1.0), "impressions", descending=True
    )
    shown = pl.concat(levels) if levels else days.with_columns(level=pl.lit(None, pl.Float64))
    chosen = slots if slot is None else slots.filter(pl.col("slot") == slot)
    frame = shown.select(*_KEYS, "date", "ctr", "level", n="impressions")
    return Result(_scalars(chosen), {"slots": slots, "days": frame}, notes=_notes(slots, change))


def _days(view: View) -> pl.DataFrame:
    return (
        view.rows("channel_daily")
        .filter(pl.col("slot").is_not_null(), pl.col("impressions") > 0)
        .group_by(*_KEYS, "date")
        .agg(pl.col("impressions", "clicks").sum())
        .with_columns(ctr=pl.col("clicks") / pl.col("impressions"))
        .sort(*_KEYS, "date")
    )


def _slot(
    key: dict[str, Any], part: pl.DataFrame, marked: date | None
) -> tuple[dict[str, Any], list[float | None]]:
    seen, clicks = int(part["impressions"].sum()), int(part["clicks"].sum())
    row = (
        dict.fromkeys(_SLOTS)
        | key
        | {
            "days": part.height,
            "impressions": seen,
            "clicks": clicks,
            "ctr": clicks / seen,
        }
    )
    found = None if marked else _surest(part)
    day = marked or (part["date"][found.at] if found else None)
    if day is None:
        short = part.height < 2 * LEAST
        return row | {"verdict": "too_short" if short else "no_change"}, [None] * part.height
    before, after = part.filter(pl.col("date") < day), part.filter(pl.col("date") >= day)
    if min(before.height, after.height) < 2:
        return row | {"verdict": "too_short"}, [None] * part.height
    moved = stats.welch(after["ctr"], before["ctr"])
    rate_before, rate_after = _rate(before), _rate(after)
    row |= {
        "change_on": day,
        "earliest": part["date"][found.first] if found else day,
        "latest": part["date"][min(found.last, part.height - 1)] if found else day,
        "before": rate_before,
        "after": rate_after,
        "low": 100 * moved.low,
        "high": 100 * moved.high,
        "p_value": found.p if found else moved.p,
    }
    row["pp"] = 100 * (rate_after - rate_before)
    row["verdict"] = _verdict(row, found)
    level = [*([rate_before] * before.height), *([rate_after] * after.height)]
    return row, list[float | None](level)


def _rate(days: pl.DataFrame) -> float:
    return int(days["clicks"].sum()) / int(days["impressions"].sum())


def _surest(part: pl.DataFrame) -> Change | None:
    """The change of the whole series that is largest for its chance; None when all is chance."""
    found = changes(part["ctr"].to_numpy())
    return max(found, key=lambda one: abs(one.after - one.before)) if found else None


def _verdict(row: dict[str, Any], found: Change | None) -> str:
    if found and found.gradual:
        return "gradual"
    if row["low"] <= 0 <= row["high"]:
        return "no_change"
    return "rose" if row["pp"] > 0 else "fell"


def _scalars(slots: pl.DataFrame) -> dict[str, Scalar]:
    row = slots.row(0, named=True) if slots.height else dict.fromkeys(_SLOTS)
    n, clicks = row["impressions"], row["clicks"]
    low, high = stats.wilson(int(clicks or 0), n) if n else (None, None)
    day = row["change_on"]
    rate = Text("点击 ÷ 曝光。", "Clicks divided by impressions.")
    return {
        "slot": Scalar(row["slot"], "text", row["days"], label=Text("资源位", "Slot")),
        "ctr": Scalar(row["ctr"], "rate", n, low, high, Text("点击率", "Click rate"), rate),
        "before": Scalar(row["before"], "rate", n, label=Text("改动前", "Before"), definition=rate),
        "after": Scalar(row["after"], "rate", n, label=Text("改动后", "After"), definition=rate),
        "pp": Scalar(
            row["pp"],
            "pp",
            row["days"],
            row["low"],
            row["high"],
            Text("变化", "Change"),
            Text(
                "改动后减改动前；区间按每天的点击率计算。",
                "After less before; the interval comes from the daily rates.",
            ),
        ),
        "change_on": Scalar(
            day.isoformat() if day else None,
            "text",
            row["days"],
            label=Text("改动日", "Changed on"),
        ),
        "verdict": Scalar(row["verdict"], "text", row["days"], label=Text("判断", "Verdict")),
    }


def _notes(slots: pl.DataFrame, marked: date | None) -> tuple[Text, ...]:
    if not slots.height:
        return (
            Text(
                "渠道日报里没有资源位的曝光。", "The channel report holds no impressions of a slot."
            ),
        )
    if marked:
        return ()
    return (
        Text(
            "没有标日期时，自动找点击率水平变化的一天；偶然概率不到 1% 才报出。",
            "Without a marked day the day of a change in level is looked for; it is only named "
            "when chance is below 1 %.",
        ),
    )
