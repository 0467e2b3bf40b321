"""Trend, weekly rhythm and the weekend effect of a metric; days that stand out."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.analysis.daily import Parts, daily_series, decompose
from footprint.analysis.one_step import one_step, unusual
from footprint.analysis.weekend import weekdays, weekend_scalars
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.registry import Metric, find, metrics
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

# A host list has no days, so its counts cannot be followed over time.
DAILY = tuple(metric.id for metric in metrics().values() if "hosts" not in metric.needs)


def weekend_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when weekends differ for sure: move effort to the better days."""
    verdict = result.scalars["verdict"].value
    if verdict not in ("effect_up", "effect_down"):
        return []
    id = str(result.params["metric"])
    gap, relative = result.scalars["weekend_gap"], result.scalars["weekend_relative"]
    name, share = find(id).title, abs(float(relative.value or 0))
    up = verdict == "effect_up"
    p = float(result.scalars["weekend_p"].value or 0)
    return [
        Finding(
            id=f"weekend_effect:{id}",
            kind="weekend_effect",
            severity=1,
            colour="grey",
            problem=Text(
                f"周末的{name.zh}比工作日{'高' if up else '低'} {share:.0%}，在数据里稳定出现。",
                f"{name.en} is {share:.0%} {'higher' if up else 'lower'} on weekends than on "
                "weekdays, and steadily so.",
            ),
            suggestion=Text(
                f"把重点场次排到{'周末' if up else '工作日'}，四周后再比较；这是相关，不等于原因。",
                f"Plan key streams for {'weekends' if up else 'weekdays'} and compare again after "
                "four weeks; this is an association, not a cause.",
            ),
            confidence=1 - p,
            n=gap.n or 0,
            page="M1",
            question="trend",
            params={"metric": id},
            scope=scope,
            evidence=result.frames["weekdays"],
        )
    ]


@question(
    "trend",
    title=Text("是趋势、周期还是偶然？", "Is it trend, rhythm or a one-off?"),
    page="M1",
    rows=("S7.2-b",),
    needs=(),
    uses=("streams", "orders", "events", "costs", "comments"),
    params=(Param("metric", str, "conversion", Text("指标", "Metric"), DAILY),),
    findings=weekend_findings,
)
def trend(data: Data, scope: Scope, metric: str = "conversion") -> Result:
    """A metric by day with its trend, weekly rhythm and rest, and whether weekends differ.

    The weekend effect is decided by Welch's test on day values (8 weeks or more), with weeks
    compared in pairs beside it, never by the strength of the decomposition. Frames: ``series``
    (date, value, trend, season, rest, anomaly, n, expected) and ``weekdays`` (weekday 1 = Monday,
    mean, low, high, days). Rates are compared in points (pp), other units as they are. Raises
    UsageError for an unknown metric, DataMissing when its table is absent. Source: requirement row
    S7.2-b, truths PT02; Cleveland et al. 1990 (STL), Hyndman and Athanasopoulos (strength).
    """
    declared = find(metric)
    series = daily_series(View(data, scope), metric)
    values = series["filled"].to_numpy().astype(float)
    parts = decompose(values)
    scalars = weekend_scalars(series, declared) | _strengths(parts, len(values))
    return Result(
        scalars,
        {"series": _series_frame(series, values, parts, declared), "weekdays": weekdays(series)},
        notes=_notes(series, parts),
    )


def _strengths(parts: Parts | None, days: int) -> dict[str, Scalar]:
    values = (parts.seasonal_strength, parts.trend_strength) if parts else (None, None)
    return {
        "seasonal_strength": Scalar(
            values[0], "rate", days, label=Text("周规律强度", "Strength of the weekly rhythm"),
            definition=Text("0 没有规律，1 全是规律。", "0 no rhythm, 1 nothing but rhythm."),
        ),
        "trend_strength": Scalar(
            values[1], "rate", days, label=Text("趋势强度", "Strength of the trend"),
            definition=Text("0 没有趋势，1 全是趋势。", "0 no trend, 1 nothing but trend."),
        ),
    }  # fmt: skip


def _series_frame(
    series: pl.DataFrame, values: np.ndarray, parts: Parts | None, metric: Metric
) -> pl.DataFrame:
    observed = series["value"].to_numpy().astype(float)
    expected, z = one_step(observed)
    flags = unusual(z, -1 if metric.direction == "up" else 1)

    def column(part: np.ndarray | None) -> pl.Series:
        kept = part if part is not None else np.full(values.size, np.nan)
        return pl.Series(kept, dtype=pl.Float64).fill_nan(None)

    return series.select("date", "value").with_columns(
        trend=column(parts.trend if parts else None),
        season=column(parts.season if parts else None),
        rest=column(parts.rest if parts else None),
        anomaly=pl.Series(flags, dtype=pl.Boolean),
        n=series["n"],
        expected=column(expected),
    )


def _notes(series: pl.DataFrame, parts: Parts | None) -> tuple[Text, ...]:
    notes = []
    gaps = int(series["value"].null_count())
    if gaps:
        notes.append(Text(f"{gaps} 天没有数据，画趋势时用前后两天补上，不参与检验。",
                          f"{gaps} days hold no data; the trend line bridges them, the test leaves "
                          "them out."))  # fmt: skip
    if parts is None:
        notes.append(Text("不足四周，不拆分趋势和周规律。",
                          "Fewer than four weeks: trend and rhythm are not split."))  # fmt: skip
    return tuple(notes)
