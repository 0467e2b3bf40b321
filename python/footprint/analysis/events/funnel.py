"""How far do people get, where do they stop, and how long does it take?"""

from __future__ import annotations

import re
from datetime import timedelta

import polars as pl

from footprint import stats
from footprint.analysis.events.funnel_ask import PARAMS, Asked
from footprint.analysis.events.funnel_tables import (
    COMPARED,
    compared,
    groups_table,
    optional_table,
    reached,
    steps_table,
    times_table,
    trend_table,
)
from footprint.analysis.events.rows import ROWS, WHO, kept, row_words
from footprint.data import Data
from footprint.engine import Funnel
from footprint.errors import UsageError
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

PREVIOUS = "previous"
_REST = "rest"
_GROUPS = {"group": pl.String, "step": pl.Int64, "name": pl.String, "users": pl.Int64,
           "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
           "enough": pl.Boolean}  # fmt: skip
_PARAMS = (
    *PARAMS,
    Param("by", str, "", Text("按哪一列分组（第一步上的值）", "Break down by (at the first step)")),
    Param("compare", str, "", Text("比较：previous，或 tier=high vs tier=mid",
                                   "Compare: previous, or tier=high vs tier=mid")),
    ROWS,
    WHO,
)  # fmt: skip


@question(
    "funnel",
    title=Text("用户在哪一步流失最多？", "Where do people drop out?"),
    page="U1",
    rows=("S1.1.2-a",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def funnel(
    data: Data,
    scope: Scope,
    steps: str = "",
    mode: str = "best",
    window: str = "7d",
    grace: str = "0",
    hold: str = "",
    exclude: str = "",
    by: str = "",
    compare: str = "",
    rows: str = "",
    who: str = "",
) -> Result:
    """How far users get through steps, the time it takes, by day, group, period or tier.

    The period bounds the first step only: what follows may lie after it. ``steps``: event types,
    comma between; ``a|b`` either, ``a[column=value]`` only such rows, ``a?`` may be skipped; empty
    = the usual way to an order. ``mode``: best (each user's best start), first_entry (only the
    earliest), totals (every attempt), strict (nothing between), any_order. ``window``: from first
    to last step, ``30m/step`` from every step to the next. ``hold``: a column that stays the same
    along the chain. ``exclude``: ``type@1-3`` ends a chain when it happens between steps 1 and 3
    (up to four, ``;`` between). ``compare``: ``previous`` (the period before), a user filter
    (against all others) or ``A vs B``.
    Frames: ``steps`` (of the required steps: step, name, users, lost, rate, low, high, step_rate,
    step_low, step_high, enough), ``optional`` (of the others: step it follows, name, users, base,
    rate, low, high, finished, finish_rate, skipped_finish_rate, enough), ``groups`` (group, step,
    ...), ``trend`` (date of the first step, started, finished, rate, low, high, complete, enough),
    ``times`` (quantile, seconds, low, high, n) and ``compared``. Scalars:
    started, finished, conversion, conversion_complete (days whose window is over), median_s,
    leak (the step with the lowest pass rate), leak_rate, lost_by_exclusion. Source: requirement
    row S1.1.2-a; ordered funnel as in ClickHouse windowFunnel, one event never used twice.
    """
    asked = Asked.of(data, scope, steps, mode, window, grace, hold, exclude, rows, who)
    minimum = int(data.settings.value("min_group"))
    found = asked.run()
    end = data.event_log().span[1]
    table = steps_table(found, minimum)
    trend = trend_table(found, scope.tz, asked.longest, end, minimum)
    finished = found.people.filter(pl.col("level") == len(found.names))["elapsed_us"]
    times = times_table(finished / 1_000_000)
    frames = {
        "steps": table,
        "groups": groups_table(found, row_words(data, by, found.people["start_row"]), minimum)
        if by else pl.DataFrame(schema=_GROUPS),
        "trend": trend,
        "times": times,
        "optional": optional_table(asked, found, minimum),
        "compared": _compared(asked, found, compare) if compare else pl.DataFrame(schema=COMPARED),
    }  # fmt: skip
    scalars = _scalars(asked, table, trend, times)
    if asked.exclude:
        scalars["lost_by_exclusion"] = _excluded(asked, found)
    return Result(scalars, frames, notes=_notes(asked, trend, table))


def _compared(asked: Asked, found: Funnel, compare: str) -> pl.DataFrame:
    if compare.strip() == PREVIOUS:
        before = asked.scope.previous()
        if before is None:
            raise UsageError(
                Text("没有可比的上一段时间", "there is no period before this one"),
                Text("请先选定开始和结束日期。", "Choose a first and a last day."),
            )
        other = asked.within(before).run()
        return compared((found, other), (_days(asked.scope), _days(before)))
    names = [part.strip() for part in re.split(r"\s+vs\s+|／", compare)]
    if len(names) > 2 or not all(names):
        raise UsageError(
            Text(f"看不懂比较“{compare}”", f"“{compare}” is not a comparison"),
            Text("请写成 tier=high vs tier=mid。", "Write tier=high vs tier=mid."),
        )
    one, two = _pair(asked, names)
    runs = (asked.among(one).run(), asked.among(two).run())
    return compared(runs, (names[0], names[1] if len(names) == 2 else _REST))


def _pair(asked: Asked, names: list[str]) -> tuple[pl.Series, pl.Series]:
    everyone = Scope(tz=asked.scope.tz)
    masks = [kept(asked.data, everyone, who=name) for name in names]
    one, two = masks[0], masks[-1]
    assert one is not None and two is not None
    return one, (two if len(names) == 2 else ~one)


def _days(scope: Scope) -> str:
    return f"{scope.start}..{scope.end}"


def _scalars(
    asked: Asked, table: pl.DataFrame, trend: pl.DataFrame, times: pl.DataFrame
) -> dict[str, Scalar]:
    started, finished = int(table["users"][0]), int(table["users"][-1])
    whole = trend.filter("complete")
    rule = asked.definition()
    median = times.filter(pl.col("quantile") == 0.5)
    middle = median.row(0, named=True) if median.height else None
    return {
        "started": Scalar(started, "count", started, label=Text("进入第一步", "Started"),
                          definition=rule),
        "finished": Scalar(finished, "count", started, label=Text("完成全部步骤", "Finished"),
                           definition=rule),
        "conversion": _rate(finished, started, Text("完成比例", "Conversion"), rule),
        "conversion_complete": _rate(
            int(whole["finished"].sum()), int(whole["started"].sum()),
            Text("完成比例（时间窗已满）", "Conversion, window over"),
            Text("只算时间窗已全部落在数据内的开始日。",
                 "Only days whose whole window has passed."),
        ),
        "median_s": Scalar(
            middle["seconds"] if middle else None, "s", middle["n"] if middle else 0,
            middle["low"] if middle else None, middle["high"] if middle else None,
            Text("完成用时中位数", "Median time to convert"),
            Text("从最后一次可行的第一步到最早完成；区间按次序统计量。",
                 "From the latest start that completes to the earliest completion; interval by "
                 "order statistics."),
        ),
        **_leak(table),
    }  # fmt: skip


def _rate(hits: int, size: int, label: Text, definition: Text) -> Scalar:
    if not size:
        return Scalar(None, "rate", 0, label=label, definition=definition)
    low, high = stats.wilson(hits, size)
    return Scalar(hits / size, "rate", size, low, high, label, definition)


def _leak(table: pl.DataFrame) -> dict[str, Scalar]:
    """The step that the smallest share passes, among steps that enough users came to."""
    pairs = table.with_columns(prior=pl.col("name").shift(1), came=pl.col("users").shift(1))
    worst = pairs.filter(pl.col("prior").is_not_null() & pl.col("enough")).sort("step_rate").head(1)
    label = Text("流失最多的一步", "Biggest leak")
    definition = Text(
        "上一步的用户中走到下一步的比例最低的一步。",
        "The step that the smallest share of the users before it takes.",
    )
    share = Text("这一步的通过率", "Share that takes it")
    if worst.is_empty():
        return {
            "leak": Scalar(None, "text", 0, label=label, definition=definition),
            "leak_rate": Scalar(None, "rate", 0, label=share, definition=definition),
        }
    row = worst.row(0, named=True)
    return {
        "leak": Scalar(f"{row['prior']} → {row['name']}", "text", row["came"], label=label,
                       definition=definition),
        "leak_rate": _rate(row["users"], row["came"], share, definition),
    }  # fmt: skip


def _excluded(asked: Asked, found: Funnel) -> Scalar:
    open_run, steps = asked.without_exclusion().run(), len(asked.steps)
    lost = reached(open_run)[steps - 1] - reached(found)[steps - 1]
    return Scalar(
        lost, "count", open_run.people.height,
        label=Text("因排除而失去的完成者", "Finishers lost by the exclusion"),
        definition=Text("不排除时完成、排除后不再完成的人数。",
                        "Users who finish without the exclusion but not with it."),
    )  # fmt: skip


def _notes(asked: Asked, trend: pl.DataFrame, table: pl.DataFrame) -> tuple[Text, ...]:
    notes = []
    if trend.height and not trend["complete"].all():
        notes.append(
            Text("最后几天的时间窗还没过完，已标出；总比例因此偏低。",
                 "The window of the last days is not over; they are marked, and the overall rate "
                 "is too low for them.")
        )  # fmt: skip
    if asked.longest is None or asked.longest > timedelta(days=90):
        notes.append(
            Text("时间窗很长或不限，越晚开始的人可用的时间越短。",
                 "With a long window or none, late starters had less time.")
        )  # fmt: skip
    if not table["enough"].all():
        notes.append(
            Text("有的步骤人数太少，已标出。", "Steps with too few users are marked as such.")
        )
    return tuple(notes)
