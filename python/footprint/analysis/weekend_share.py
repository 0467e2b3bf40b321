"""Did a change of schedule move sales to the weekend? Share of weekend GMV before and after."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

MIN_WEEKS = 3


@question(
    "weekend_share",
    title=Text("改了排期，周末占比变了吗？", "Did a new schedule shift sales to weekends?"),
    page="M1",
    rows=("S7.2-b",),
    needs=("orders",),
    params=(
        Param("change", date, None, Text("从哪天起改变（空白=自动寻找）", "Day of the change")),
    ),
)
def weekend_share(data: Data, scope: Scope, change: date | None = None) -> Result:
    """Weekend share of GMV by week, before and after a date.

    Whole weeks only (Monday to Sunday); the week of the change counts as after when it starts on or
    after the date. Without ``change`` the largest lasting level shift of the weekly share is looked
    for (kernel change point, penalty 15 log n), and none may be found. Scalars: share_before and
    share_after (total weekend GMV over total GMV, interval from week to week), pp = after - before
    in points, p_value = Welch on weekly shares. Frame ``weeks`` (week, share, gmv). Source:
    requirement row S7.2-b, truth PT02b.
    """
    weeks = _weeks(View(data, scope))
    found = change or _shift(weeks)
    before = weeks.filter(pl.col("week") < found) if found else weeks
    after = weeks.filter(pl.col("week") >= found) if found else weeks.clear()
    enough = min(before.height, after.height) >= MIN_WEEKS
    test = stats.welch(after["share"], before["share"]) if enough else None
    gap = _pooled(after) - _pooled(before) if before.height and after.height else None
    scalars = {
        "share_before": _share(before, Text("之前的周末占比", "Weekend share before")),
        "share_after": _share(after, Text("之后的周末占比", "Weekend share after")),
        "pp": Scalar(
            gap * 100 if gap is not None else None,
            "pp",
            weeks.height,
            test.low * 100 if test else None,
            test.high * 100 if test else None,
            Text("变化", "Change"),
            _DEFINITION,
        ),
        "p_value": Scalar(
            test.p if test else None,
            "p",
            weeks.height,
            label=Text("偶然出现的可能性（p）", "Chance of seeing this by luck (p)"),
            definition=_DEFINITION,
        ),
        "change": Scalar(
            found.isoformat() if found else None,
            "text",
            weeks.height,
            label=Text("变化日期", "Day of the change"),
        ),
    }
    return Result(scalars, {"weeks": weeks}, notes=_notes(change, found, enough))


def _weeks(view: View) -> pl.DataFrame:
    """week (Monday), share, gmv of the weeks whose seven days all lie in the scope's data."""
    days = (
        view.rows("orders", "date").group_by("key").agg(gmv=pl.col("paid_amount").sum()).sort("key")
    )
    if days.is_empty():
        return pl.DataFrame(schema={"week": pl.Date, "share": pl.Float64, "gmv": pl.Float64})
    first = view.scope.start or days["key"][0]
    last = view.scope.end or days["key"][-1]
    weekend = pl.col("gmv").filter(pl.col("key").dt.weekday() >= 6).sum()
    return (
        days.group_by(week=pl.col("key").dt.truncate("1w"))
        .agg(share=weekend / pl.col("gmv").sum(), gmv=pl.col("gmv").sum())
        .filter(
            pl.col("week") >= first, pl.col("week") + timedelta(days=6) <= last, pl.col("gmv") > 0
        )
        .sort("week")
    )


def _shift(weeks: pl.DataFrame) -> date | None:
    """First week after the one largest lasting shift of the share; None when there is none."""
    if weeks.height < 4 * MIN_WEEKS or weeks["share"].std() in (None, 0.0):
        return None
    import ruptures

    share = weeks["share"].to_numpy()
    scaled = (share - share.mean()) / max(_noise(share), 1e-9)
    found = ruptures.KernelCPD(kernel="linear", min_size=MIN_WEEKS).fit(scaled.reshape(-1, 1))
    ends = found.predict(pen=15 * float(np.log(share.size))) or [share.size]
    jumps = [abs(scaled[:end].mean() - scaled[end:].mean()) for end in ends[:-1]]
    return weeks["week"][int(ends[int(np.argmax(jumps))])] if jumps else None


def _noise(share: np.ndarray) -> float:
    """Week-to-week noise from first differences, which a lasting shift hardly touches."""
    steps = np.diff(share)
    return float(stats.MAD_TO_SD * np.median(np.abs(steps - np.median(steps))) / np.sqrt(2))


def _pooled(weeks: pl.DataFrame) -> float:
    return float((weeks["share"] * weeks["gmv"]).sum()) / float(weeks["gmv"].sum())


def _share(weeks: pl.DataFrame, label: Text) -> Scalar:
    if weeks.is_empty():
        return Scalar(None, "rate", 0, label=label, definition=_DEFINITION)
    _, low, high = stats.mean_interval(weeks["share"])
    several = weeks.height > 1
    return Scalar(
        _pooled(weeks), "rate", weeks.height,
        max(0.0, low) if several else None, min(1.0, high) if several else None,
        label, _DEFINITION,
    )  # fmt: skip


def _notes(change: date | None, found: date | None, enough: bool) -> tuple[Text, ...]:
    if found is None:
        return (
            Text(
                "没有找到明显的变化点；可以指定日期再比较。",
                "No lasting shift was found; name a date to compare.",
            ),
        )
    notes = []
    if change is None:
        notes.append(
            Text(
                "日期是从数据里找出的，p 值偏小，只作参考。",
                "The date was found in the data itself: p is too small, a hint only.",
            )
        )
    if not enough:
        notes.append(
            Text(
                "变化前或变化后不足 3 整周，不检验。",
                "Fewer than 3 whole weeks on one side: not tested.",
            )
        )
    return tuple(notes)


_DEFINITION = Text(
    "周六、周日的成交金额 ÷ 整周成交金额，只算完整的周。",
    "GMV of Saturday and Sunday divided by the week's GMV; whole weeks only.",
)
