"""Do weekends differ? Welch's test on day values, and each week compared with itself.

Pooling viewers would call noise an effect in one of five shops, so days are the sample. Source:
requirement row S7.2-b.
"""

from __future__ import annotations

import math

import polars as pl

from footprint import stats
from footprint.metrics.registry import Metric
from footprint.result import Scalar
from footprint.text import Text

MIN_WEEKS = 8
ALPHA = 0.05
_WEEKEND = pl.col("date").dt.weekday() >= 6

VERDICTS: dict[str, Text] = {
    "effect_up": Text("周末更高", "Weekends are higher"),
    "effect_down": Text("周末更低", "Weekends are lower"),
    "no_effect": Text("看不出周末差异", "No weekend difference can be seen"),
    "too_short": Text("不足 8 周，不判断", "Fewer than 8 weeks, not judged"),
}


_GAP = Text("周末减工作日", "Weekend minus weekday")
_RELATIVE = Text("周末比工作日高多少", "Weekend above weekday")
_P = Text("偶然出现的可能性（p）", "Chance of seeing this by luck (p)")
_PAIRED = Text("同一周内周末减工作日", "Weekend minus weekday, week by week")
_GAP_DEFINITION = Text(
    "周六、周日各天数值的平均，减去周一至周五各天数值的平均。",
    "Mean of the Saturday and Sunday values minus mean of the Monday to Friday values.",
)
_P_DEFINITION = Text(
    "按天比较的 Welch 检验；不足 8 周不判断。",
    "Welch's test on day values; not judged below 8 weeks.",
)
_PAIRED_DEFINITION = Text(
    "每周各自相减后取平均，因此不受长期涨跌影响。",
    "The difference within each week, averaged, so a long rise or fall does not matter.",
)


def weekdays(series: pl.DataFrame) -> pl.DataFrame:
    """Mean of the day values per weekday (1 = Monday) with its 95 % interval."""
    rows = []
    for weekday in range(1, 8):
        days = series.filter(pl.col("date").dt.weekday() == weekday)["value"].drop_nulls()
        mean, low, high = stats.mean_interval(days)
        known = len(days) > 1
        rows.append(
            (weekday, mean if len(days) else None, *((low, high) if known else (None, None)),
             len(days))
        )  # fmt: skip
    schema = {"weekday": pl.Int64, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64,
              "days": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def weekend_scalars(series: pl.DataFrame, metric: Metric) -> dict[str, Scalar]:
    """The weekend effect as scalars: weekend_gap, weekend_pp, weekend_relative, weekend_p,
    weekend_paired and verdict (effect_up, effect_down, no_effect, too_short).

    Decided by Welch's test on day values, 8 weeks or more; days without data are left out.
    """
    seen = series.drop_nulls("value")
    weekend = seen.filter(_WEEKEND)["value"]
    workday = seen.filter(~_WEEKEND)["value"]
    weeks = _week_gaps(seen)
    points = metric.unit == "rate"
    unit, scale = ("pp", 100.0) if points else (metric.unit, 1.0)
    if len(weekend) < 2 or len(workday) < 2:
        return _no_weekend(unit, len(seen))
    test = stats.welch(weekend, workday)
    pair_mean, pair_low, pair_high = stats.mean_interval(weeks)
    verdict = _verdict(test.p, test.diff, len(weeks))
    gap = Scalar(test.diff * scale, unit, len(seen), test.low * scale, test.high * scale,
                 _GAP, _GAP_DEFINITION)  # fmt: skip
    base = abs(test.mean2)
    relative = test.diff / base if base else None
    return {
        "weekend_gap": gap,
        "weekend_pp": gap if points else Scalar(None, "pp", len(seen), label=_GAP),
        "weekend_relative": Scalar(
            relative, "rate", len(seen), test.low / base if base else None,
            test.high / base if base else None, _RELATIVE, _GAP_DEFINITION,
        ),
        "weekend_p": Scalar(test.p, "p", len(seen), label=_P, definition=_P_DEFINITION),
        "weekend_paired": Scalar(
            pair_mean * scale, unit, len(weeks), _finite(pair_low * scale),
            _finite(pair_high * scale), _PAIRED, _PAIRED_DEFINITION,
        ),
        "verdict": Scalar(verdict, "text", len(seen), label=VERDICTS[verdict],
                          definition=_P_DEFINITION),
    }  # fmt: skip


def _no_weekend(unit: str, n: int) -> dict[str, Scalar]:
    kinds = {"weekend_gap": unit, "weekend_pp": "pp", "weekend_relative": "rate",
             "weekend_p": "p", "weekend_paired": unit}  # fmt: skip
    empty = {name: Scalar(None, kind, n) for name, kind in kinds.items()}
    label = VERDICTS["too_short"]
    return empty | {"verdict": Scalar("too_short", "text", n, label=label)}


def _verdict(p: float, gap: float, weeks: int) -> str:
    if weeks < MIN_WEEKS:
        return "too_short"
    if p >= ALPHA:
        return "no_effect"
    return "effect_up" if gap > 0 else "effect_down"


def _week_gaps(seen: pl.DataFrame) -> pl.Series:
    """Weekend mean minus workday mean of each week that has both."""
    return (
        seen.group_by(week=pl.col("date").dt.truncate("1w"))
        .agg(gap=pl.col("value").filter(_WEEKEND).mean() - pl.col("value").filter(~_WEEKEND).mean())
        .drop_nulls("gap")
        .sort("week")["gap"]
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
