"""Do people come back on day 1, 7 and 30? Cohorts by first day, curve and weighted index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import polars as pl

from footprint import stats
from footprint.analysis.log_rows import log_mask
from footprint.analysis.retention_parts import NOT_CAUSE, before_after, change_scalars, split
from footprint.analysis.returners import GROUPS, where_key
from footprint.data import Data
from footprint.errors import UsageError
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

INDEX_DAYS = (1, 7, 30)
LONGEST = 366
_TRUNCATE = {"day": "1d", "week": "1w", "month": "1mo"}
KINDS: dict[str, Text] = {
    "exact": Text("正好在第 {day} 天又有行为", "active again exactly on day {day}"),
    "within": Text("第 1 至 {day} 天内又有行为", "active again on any of days 1 to {day}"),
    "unbounded": Text("第 {day} 天或之后又有行为", "active again on day {day} or later"),
}
CHOICES = ("", *GROUPS)
_PARAMS = (
    Param("by", str, "day", Text("按日、周或月分组", "Cohorts by"), tuple(_TRUNCATE)),
    Param("kind", str, "exact", Text("怎样算回来", "What counts as coming back"), tuple(KINDS)),
    Param("days", str, "1,7,30", Text("看哪几天（周、月）", "Days (weeks, months) shown")),
    Param("unit", str, "day", Text("间隔按什么数", "Count gaps in"), tuple(_TRUNCATE)),
    Param("group", str, "", Text("按首次来源等分开看", "Split by first"), CHOICES),
    Param("change", date, None, Text("前后对比的日期", "Compare before and after")),
)


@question(
    "retention",
    title=Text("新用户会回来吗？", "Do newcomers come back?"),
    page="U3",
    rows=("S7.1-c",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def retention(
    data: Data,
    scope: Scope,
    by: str = "day",
    kind: str = "exact",
    days: str = "1,7,30",
    unit: str = "day",
    group: str = "",
    change: date | None = None,
) -> Result:
    """Share of users active again k calendar days (shop time) after their first day ever.

    The period chooses cohorts by first day; returns may lie after it. A cell is complete when that
    day is over in the data; unfinished cells count nowhere. Frames: ``cohorts`` (cohort = first day
    of the day, week or month; size = users whose day k is over, day, users, rate, low, high,
    complete = day k is over for the whole cohort, enough = size reaches the setting min_group) and
    ``curve`` (day 0..30 or more, rate, n, low, high pooled over complete cohorts). With ``unit``
    week or month cohorts are weeks or months and k counts those (``groups`` and ``change`` need
    days). ``groups`` (with ``group``: first
    channel, host, bought product ... of a user): group, day, size, users, rate, low, high,
    p_adjusted against all others, sure. ``change`` (with a date): users who came before and from
    that day on. Scalars: d1, d7, d30, index = weighted mean of the three (setting
    retention_weights); with ``change`` also d7_before, d7_after, d7_pp, d7_p. Raises UsageError for
    days that are not whole numbers from 0 to 366. Source: requirement row S7.1-c, truth PT12.
    """
    wanted = parse_days(days)
    cells = _cells(data, scope, kind, max(*wanted, *INDEX_DAYS), "day")
    curve = _rates(cells.filter("complete"), ["day"])
    scalars = {f"d{day}": _scalar(curve, day, kind) for day in INDEX_DAYS}
    scalars["index"] = _index(scalars, data.settings.value("retention_weights"))
    minimum = int(data.settings.value("min_group"))
    if unit != "day":
        cells, by = _cells(data, scope, kind, wanted[-1], unit), unit
        curve = _rates(cells.filter("complete"), ["day"])
    frames = {
        "cohorts": _cohorts(cells, by, wanted, minimum),
        "curve": curve.select("day", "rate", n="size", low="low", high="high"),
        "groups": split(data, scope, group if unit == "day" else "", kind, wanted, minimum),
        "change": before_after(data, scope, change if unit == "day" else None, kind, wanted),
    }
    scalars |= change_scalars(frames["change"])
    return Result(scalars, frames, notes=_notes(frames["cohorts"], frames))


def parse_days(days: str) -> list[int]:
    """``"1,7,30"`` as sorted whole numbers."""
    try:
        found = sorted({int(part) for part in str(days).replace("，", ",").split(",")})
    except ValueError:
        found = [-1]
    if found[0] < 0 or found[-1] > LONGEST:
        raise UsageError(
            Text(f"看不懂的天数“{days}”", f"“{days}” are not days"),
            Text("请写成 1,7,30（0 到 366）。", "Write them as 1,7,30 (0 to 366)."),
        )
    return found


def _cells(data: Data, scope: Scope, kind: str, longest: int, unit: str) -> pl.DataFrame:
    """Per cohort day and k: cohort, day, users, size, complete; cohorts of the period only."""
    log = data.event_log()
    name = f"retention {unit} {kind} {longest} {scope.tz} {where_key(scope)}"
    cells = once(
        data, name,
        lambda: log.retention(
            scope.tz, days=longest, kind=kind, unit=unit,  # type: ignore[arg-type]
            mask=log_mask(data, scope),
        ),
    )  # fmt: skip
    cohort = pl.col("cohort")
    keep = [cohort >= scope.start] if scope.start else []
    keep += [cohort <= scope.end] if scope.end else []
    return cells.filter(pl.col("size") > 0, *keep).rename({"k": "day"})


def _rates(cells: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Users and size added over cells per key, with rate and Wilson interval."""
    low, high = stats.wilson_columns("users", "size")
    added = cells.group_by(keys).agg(
        pl.col("users").sum().cast(pl.Int64), pl.col("size").sum().cast(pl.Int64)
    )
    rate = pl.when(pl.col("size") > 0).then(pl.col("users") / pl.col("size"))
    return added.with_columns(low, high, rate=rate).sort(keys)


def _cohorts(cells: pl.DataFrame, by: str, days: list[int], minimum: int) -> pl.DataFrame:
    shown = cells.filter(pl.col("day").is_in(days)).with_columns(
        pl.col("cohort").dt.truncate(_TRUNCATE[by])
    )
    over = shown.filter("complete")
    known = _rates(over, ["cohort", "day"]).select("cohort", "day", "size", "users", "rate", "low",
                                                   "high")  # fmt: skip
    every = shown.group_by("cohort", "day").agg(complete=pl.col("complete").all())
    joined = every.join(known, on=["cohort", "day"], how="left").sort("cohort", "day")
    return joined.select(
        "cohort",
        pl.col("size").fill_null(0),
        "day",
        pl.col("users").fill_null(0),
        "rate",
        "low",
        "high",
        "complete",
        enough=pl.col("size").fill_null(0) >= minimum,
    )


def _scalar(curve: pl.DataFrame, day: int, kind: str) -> Scalar:
    label = Text(f"{day} 日留存", f"Day-{day} return")
    words = Text("首次出现后，{what}的用户比例。", "Share of users {what}, after their first day.")
    what = KINDS[kind]
    definition = Text(words("zh", what=what("zh", day=day)), words("en", what=what("en", day=day)))
    row = curve.filter(pl.col("day") == day)
    if row.is_empty():
        return Scalar(None, "rate", 0, label=label, definition=definition)
    cell = row.row(0, named=True)
    return Scalar(cell["rate"], "rate", cell["size"], cell["low"], cell["high"], label, definition)


def _index(scalars: dict[str, Scalar], weights: list[float]) -> Scalar:
    label = Text("留存指数", "Retention index")
    shares = ", ".join(f"{weight:g}" for weight in weights)
    definition = Text(
        f"1、7、30 日留存按 {shares} 加权平均。",
        f"Day-1, 7 and 30 return weighted {shares}.",
    )
    parts = [scalars[f"d{day}"] for day in INDEX_DAYS]
    total = sum(weights)
    if any(part.value is None for part in parts) or total <= 0:
        return Scalar(None, "rate", 0, label=label, definition=definition)
    rates = [float(part.value or 0) for part in parts]
    sizes = [part.n or 1 for part in parts]
    parts_of = list(zip((w / total for w in weights), rates, sizes, strict=True))
    value = sum(weight * rate for weight, rate, _ in parts_of)
    spread = math.sqrt(sum(w * w * rate * (1 - rate) / n for w, rate, n in parts_of))
    half = stats.normal_quantile() * spread
    return Scalar(
        value, "rate", min(sizes), max(0.0, value - half), min(1.0, value + half), label, definition
    )


def _notes(cohorts: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> tuple[Text, ...]:
    notes = []
    if not cohorts["complete"].all():
        notes.append(
            Text(
                "未满天数的分组已标出，没有计入比例。",
                "Cohorts whose days are not over are marked and left out of the rates.",
            )
        )
    if not frames["groups"].is_empty() or not frames["change"].is_empty():
        notes.append(NOT_CAUSE)
    return tuple(notes)
