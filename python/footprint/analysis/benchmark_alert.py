"""Streams two standard deviations below the industry mean: the industry's, never the shop's own."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.metrics import View, by_group, measure
from footprint.metrics.registry import find
from footprint.names import category_name
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.risk.benchmark import against, benchmark_rows
from footprint.risk.wording import listed, streams_named
from footprint.scope import Scope
from footprint.text import Text

_METRICS = ("conversion", "gmv", "aov", "return_rate", "complaint_rate")
_DEFINITION = Text(
    "每场的指标与行业基准同品类一行比较：差于“均值 − 设定倍数 × 标准差”，"
    "且不能用人数少的偶然波动解释（多场已校正），即预警。"
    "本店自己的均值和标准差"
    "不参与判断，只作对照。",
    "Each stream against the benchmark row of its category: an alert is a value worse than mean "
    "minus the set number of standard deviations that so few viewers do not explain (corrected for "
    "several streams). The shop's own mean and spread are shown for "
    "contrast only and judge nothing.",
)
_PROBLEM = Text(
    "{category}品类有 {count} 场直播的{metric}低于行业警戒线 {bound}（行业均值 {mean}，标准差 "
    "{sd}）："
    "{streams}；主播：{hosts}。",
    "In {category}, {metric} fell beyond the industry bound of {bound} (industry "
    "mean {mean}, standard deviation {sd}) in {count} of the streams: {streams}; hosts: {hosts}.",
)
_SUGGESTION = Text(
    "对照同品类达标的场次，逐场核对选品、开播时段和讲解节奏；改好一项再播一场，"
    "看是否回到警戒线以上。",
    "Compare these streams with sound ones of the category: goods, slot, pace of the pitch. Change "
    "one thing, go on air again, and see whether the value returns above the bound.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per category with alerts."""
    alerts = result.frames["streams"].filter(state="alert")
    parts = alerts.partition_by("category", maintain_order=True)
    return [_finding(part, result, data, scope) for part in parts]


def _finding(alerts: pl.DataFrame, result: Result, data: Data, scope: Scope) -> Finding:
    metric = find(str(result.params["metric"]))
    first = alerts.row(0, named=True)
    lost, low, high = _shortfall(alerts, metric.id, data, scope)
    values = [
        sentence(Text("{s}（{v}）", "{s} ({v})"), s=row["stream_id"], v=(row["value"], metric.unit))
        for row in alerts.sort("value").to_dicts()
    ]
    return Finding(
        id=f"benchmark_alert:{metric.id}:{first['category']}",
        kind="benchmark_alert",
        severity=2,
        colour="yellow",
        problem=sentence(
            _PROBLEM,
            category=category_name(str(first["category"])), count=(alerts.height, "count"),
            metric=Text(metric.title.zh, metric.title.en.lower()),
            bound=(first["bound"], metric.unit), mean=(first["mean"], metric.unit),
            sd=(first["sd"], metric.unit), streams=listed(values),
            hosts=listed(sorted({h for h in alerts["host"].to_list() if h})),
        ),
        suggestion=_SUGGESTION,
        confidence=1 - max(alerts["p"].to_list()),
        n=int(alerts["n"].sum()),
        page="C1",
        question="benchmark_alert",
        params={"metric": metric.id},
        impact_cny=lost,
        impact_low=low,
        impact_high=high,
        scope=scope,
        evidence=alerts.select("stream_id", "host", "value", "low", "high", "n", "z", "bound"),
    )  # fmt: skip


def _shortfall(
    alerts: pl.DataFrame, metric: str, data: Data, scope: Scope
) -> tuple[float | None, float | None, float | None]:
    """Sales short of the industry mean, CNY: missing buyers times the average order."""
    if metric != "conversion" or not data.has("orders"):
        return None, None, None
    own = scope.only(category=str(alerts["category"][0]))
    paid = measure("aov", View(data, own)).value or 0.0

    def short(value: str) -> float:
        gap = (pl.col("mean") - pl.col(value)).clip(0) * pl.col("n")
        return float(alerts.select(gap.sum()).item()) * paid

    return short("value"), short("high"), short("low")


@question(
    "benchmark_alert",
    title=Text("哪几场明显差于行业？", "Which streams fall clearly behind the industry?"),
    page="C1",
    rows=("S7.1-g",),
    needs=("streams", "benchmarks"),
    uses=("orders", "hosts"),
    params=(Param("metric", str, "conversion", Text("指标", "Metric"), _METRICS),),
    in_brief=True,
    findings=_findings,
)
def benchmark_alert(data: Data, scope: Scope, metric: str = "conversion") -> Result:
    """Streams of the scope against the benchmark row of their category.

    Frame ``streams``: stream_id, category, host, value, n, low, high, mean, sd, bound (in the
    metric's unit), z = (value - mean) / sd, p, state (alert; ok; chance: beyond the bound, but so
    few viewers explain it; low_n: too small to judge; no_benchmark). Scalars: ``alerts``,
    ``own_sigma_would_flag`` = streams the same rule on each category's own mean and spread would
    flag. Source: requirement row S7.1-g, truth PT21.
    """
    streams = _against(data, scope, metric)
    judged = streams.filter(pl.col("state").is_in(["alert", "chance", "ok"]))
    return Result(
        scalars={
            "alerts": Scalar(
                judged.filter(state="alert").height, "count", judged.height,
                label=Text("低于行业警戒线的场次", "Streams beyond the industry bound"),
                definition=_DEFINITION,
            ),
            "own_sigma_would_flag": Scalar(
                _own_flags(judged, find(metric).direction, data), "count", judged.height,
                label=Text("若用本店均值会标出的场次", "Streams the shop's own mean would flag"),
                definition=_DEFINITION,
            ),
        },
        frames={"streams": streams},
        notes=_notes(streams),
    )  # fmt: skip


def _against(data: Data, scope: Scope, metric: str) -> pl.DataFrame:
    declared = find(metric)
    values = by_group(metric, View(data, scope), "stream_id").rename({"key": "stream_id"})
    named = streams_named(data, values["stream_id"].to_list())
    least = data.settings.value("min_viewers_for_alert")
    return against(
        values.with_columns(named["category"], named["host"]),
        benchmark_rows(data, metric),
        sigma=data.settings.value("alert_sigma"),
        higher_is_better=declared.direction == "up",
        least=int(least) if metric == "conversion" else declared.min_n,
        is_rate=declared.unit == "rate",
    )


def _own_flags(streams: pl.DataFrame, direction: str, data: Data) -> int:
    sigma = data.settings.value("alert_sigma")
    value = pl.col("value")
    mean, sd = value.mean().over("category"), value.std().over("category")
    beyond = value < mean - sigma * sd if direction == "up" else value > mean + sigma * sd
    return int(streams.select(beyond.fill_null(False).sum()).item() or 0)


def _notes(streams: pl.DataFrame) -> tuple[Text, ...]:
    bare = streams.filter(state="no_benchmark")["category"].unique().sort().to_list()
    bare = [category_name(name) for name in bare if name]
    if not bare:
        return ()
    return (
        Text(
            f"没有行业基准、不作判断：{'、'.join(name.zh for name in bare)}。",
            f"No benchmark, so not judged: {', '.join(name.en for name in bare)}.",
        ),
    )
