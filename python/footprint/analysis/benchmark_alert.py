"""Streams two standard deviations below the industry mean: the industry's, never the shop's own."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.format import sentence
from footprint.metrics import View, by_group, measure
from footprint.metrics.registry import find
from footprint.names import category_name
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.risk.wording import listed, streams_named
from footprint.scope import Scope
from footprint.text import Text

_METRICS = ("conversion", "gmv", "aov", "return_rate", "complaint_rate")
# A benchmark scope may name its column: "category=beauty" or "品类：美妆".
_NAMED = r"^(category|品类|类目)\s*[=:：]"
# Ways a benchmark sheet says that a row holds for every category.
_EVERYWHERE = ("", "all", "total", "industry", "全部", "全行业", "行业", "整体")
_DEFINITION = Text(
    "每场的指标与行业基准同品类一行比较：差于“均值 − 设定倍数 × 标准差”即预警。"
    "本店自己的均值和标准差"
    "不参与判断，只作对照。",
    "Each stream against the benchmark row of its category: an alert is a value worse than mean "
    "minus the set number of standard deviations. The shop's own mean and spread are shown for "
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
        confidence=0.9,
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
    metric's unit), z = (value - mean) / sd, state (alert, ok, low_n: sample too small,
    no_benchmark). Scalars: ``alerts``, ``own_sigma_would_flag`` = streams the same rule on each
    category's own mean and spread would flag. Source: requirement row S7.1-g, truth PT21.
    """
    streams = _against(data, scope, metric)
    judged = streams.filter(pl.col("state").is_in(["alert", "ok"]))
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
    streams = values.with_columns(named["category"], named["host"]).join(
        _rows(data, metric), on="category", how="left"
    )
    sigma, worse = data.settings.value("alert_sigma"), _worse(declared.direction)
    step = pl.col("sd") * (-sigma if declared.direction == "up" else sigma)
    least = (
        data.settings.value("min_viewers_for_alert") if metric == "conversion" else declared.min_n
    )
    return (
        streams.with_columns(
            bound=pl.col("mean") + step, z=(pl.col("value") - pl.col("mean")) / pl.col("sd")
        )
        .with_columns(
            state=pl.when(pl.col("mean").is_null()).then(pl.lit("no_benchmark"))
            .when(pl.col("n") < least).then(pl.lit("low_n"))
            .when(worse(pl.col("value"), pl.col("bound"))).then(pl.lit("alert"))
            .otherwise(pl.lit("ok"))
        )
        .select("stream_id", "category", "host", "value", "n", "low", "high", "mean", "sd",
                "bound", "z", "state")
        .sort("z", "stream_id", nulls_last=True)
    )  # fmt: skip


def _worse(direction: str) -> Callable[[pl.Expr, pl.Expr], pl.Expr]:
    return (lambda a, b: a < b) if direction == "up" else (lambda a, b: a > b)


def _rows(data: Data, metric: str) -> pl.DataFrame:
    """Mean and sd per category: its own newest row, else the newest row that holds everywhere."""
    rows = data.frame("benchmarks").filter(pl.col("metric") == metric)
    if rows.is_empty():
        known = "、".join(data.frame("benchmarks")["metric"].unique().sort().to_list())
        raise UsageError(
            Text(f"行业基准里没有指标“{metric}”", f"the benchmarks hold no row for “{metric}”"),
            Text(f"已有：{known}。请在基准表中补一行。", f"They hold: {known}. Add a row."),
        )
    scope = pl.col("scope").fill_null("").str.strip_chars()
    newest = (
        rows.with_columns(scope=scope.str.replace(_NAMED, "").str.strip_chars())
        .sort("year", nulls_last=False)
        .unique("scope", keep="last")
        .select("scope", "mean", "sd")
    )
    categories = data.frame("streams").select("category").unique()
    own = categories.join(newest, left_on="category", right_on="scope", how="left")
    general = newest.filter(pl.col("scope").str.to_lowercase().is_in(_EVERYWHERE)).head(1)
    if general.is_empty():
        return own
    mean, sd = general.select("mean", "sd").row(0)
    return own.with_columns(pl.col("mean").fill_null(mean), pl.col("sd").fill_null(sd))


def _own_flags(streams: pl.DataFrame, direction: str, data: Data) -> int:
    sigma = data.settings.value("alert_sigma")
    value = pl.col("value")
    mean, sd = value.mean().over("category"), value.std().over("category")
    beyond = value < mean - sigma * sd if direction == "up" else value > mean + sigma * sd
    return int(streams.select(beyond.fill_null(False).sum()).item() or 0)


def _notes(streams: pl.DataFrame) -> tuple[Text, ...]:
    bare = streams.filter(state="no_benchmark")["category"].unique().sort().to_list()
    bare = [name for name in bare if name]
    if not bare:
        return ()
    return (
        Text(
            f"没有行业基准、不作判断：{'、'.join(bare)}。",
            f"No benchmark, so not judged: {', '.join(bare)}.",
        ),
    )
