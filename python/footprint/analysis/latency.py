"""From which delay on do viewers leave?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.metrics import View, measure
from footprint.questions import Param, question
from footprint.result import Colour, Finding, Result, Scalar
from footprint.risk.step import Step, find_step
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import wilson_columns
from footprint.text import Text

_ALPHA = 0.01
_LOOK_BACK_DAYS = 28
_BIN_S = 0.5
_OUTCOMES = ("exits", "likes", "comments", "product_clicks", "add_cart")
_DEFINITION = Text(
    "每分钟离开人数 ÷ 当时在线人数，按延迟排列，逐点寻找离开率突然变高的位置；"
    "打乱同场各分钟检验是否偶然"
    "（误报不超过 1%），区间按场次重抽样。所选期间短于 28 天时，用截至期末的 28 天来找。"
    "损失 = 多离开的人次 × 每位观众的成交额，是关联估算，不代表全由延迟造成。",
    "Viewers leaving per minute over viewers online, ordered by latency; every place is tried "
    "for a "
    "jump. Chance is tested by shuffling minutes within a stream (1 % false alarms), intervals "
    "come "
    "from drawing streams anew. Periods under 28 days use the 28 days up to their end. The loss is "
    "extra exits times GMV per viewer: an association, latency need not have caused all of it.",
)
_PROBLEM = Text(
    "延迟超过 {at}后，每分钟离开率从 {low} 升到 {high}（{ratio}，95% 区间 {r_low}–{r_high}）；"
    "这段时间有 "
    "{minutes} 分钟超过，多离开约 {exits} 人次。",
    "Beyond a latency of {at}, {high} of viewers leave per minute instead of {low} ({ratio}, 95% "
    "interval {r_low} to {r_high}); {minutes} minutes of this period were beyond it, about {exits} "
    "extra exits.",
)
_SUGGESTION = Text(
    "把推流码率、节点或线路调到延迟低于 {at}，先从超标分钟最多的场次做起；改一场、对照一场，"
    "看离开率是否回落。",
    "Tune bit rate, edge node or line until latency stays under {at}, first where most minutes "
    "were "
    "beyond it; change one stream, keep one as control, and compare the exits.",
)


@dataclass(frozen=True, slots=True)
class _Loss:
    """Exits beyond the low rate in the scope and their worth, each with its interval."""

    exits: tuple[float, float, float]
    money: tuple[float | None, float | None, float | None]
    minutes: int
    viewers: int


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when exits jump and the scope itself holds minutes beyond the jump."""
    found, excess = result.scalars, result.scalars["excess_exits"]
    if result.params["metric"] != "exits" or not excess.value:
        return []
    at, ratio, lost = found["break_s"], found["ratio"], found["lost_gmv"]
    return [
        Finding(
            id="latency_exits",
            kind="latency_exits",
            severity=2,
            colour=_colour(lost.value, data, scope),
            problem=sentence(
                _PROBLEM, at=_seconds(at.value), low=(found["exit_low"].value, "rate"),
                high=(found["exit_high"].value, "rate"), ratio=(ratio.value, "x"),
                r_low=(ratio.low, "x"), r_high=(ratio.high, "x"),
                minutes=(excess.n, "count"), exits=(round(float(excess.value)), "count"),
            ),
            suggestion=sentence(_SUGGESTION, at=_seconds(at.value)),
            confidence=1 - float(found["p_value"].value or 0),
            n=at.n or 0,
            page="ASK",
            question="latency",
            impact_cny=lost.value,  # type: ignore[arg-type]
            impact_low=lost.low,
            impact_high=lost.high,
            scope=scope,
            evidence=result.frames["bins"],
        )
    ]  # fmt: skip


def _colour(lost: object, data: Data, scope: Scope) -> Colour:
    """Yellow from the set share of the period's sales on; a smaller loss is only a note."""
    sales = measure("gmv", View(data, scope)).value if data.has("orders") else None
    if not sales or not isinstance(lost, int | float):
        return "yellow"
    return "yellow" if lost >= data.settings.value("latency_loss_share") * sales else "grey"


def _seconds(value: object) -> Text:
    number = f"{float(value):.2f}".rstrip("0").rstrip(".")  # type: ignore[arg-type]
    return Text(f"{number} 秒", f"{number} s")


@question(
    "latency",
    title=Text("延迟到几秒观众就走了？", "From which delay on do viewers leave?"),
    page="ASK",
    rows=("S5.1-d",),
    needs=("stream_minutes",),
    uses=("streams", "orders"),
    params=(Param("metric", str, "exits", Text("看哪个动作", "Which action"), _OUTCOMES),),
    in_brief=True,
    findings=_findings,
)
def latency(data: Data, scope: Scope, metric: str = "exits") -> Result:
    """The latency at which the rate of an action per viewer and minute jumps, and what that costs.

    Frames: ``bins`` (latency_s = lower edge of half a second, minutes, exits = the action's count,
    viewers, rate, low, high) and ``regions`` (region, streams, minutes, slow_share, exits, viewers,
    rate, low, high) over the look-back. Scalars: ``break_s``, ``exit_low``, ``exit_high``,
    ``ratio``, ``p_value``, ``excess_exits`` and ``lost_gmv`` (CNY) of the scope itself; None where
    no jump is beyond chance. Source: requirement row S5.1-d, truth PT03.
    """
    long = _look_back(scope)
    minutes = _minutes(data, long, metric)
    step = _step(minutes)
    holds = step is not None and step.holds(_ALPHA)
    loss = _loss(data, scope, metric, step) if step and holds else None
    at = step.at if step and holds else data.settings.value("latency")
    return Result(
        scalars=_scalars(minutes, step if holds else None, step, loss),
        frames={"bins": _bins(minutes), "regions": _regions(data, minutes, at)},
        notes=_notes(minutes, step, holds, scope, long),
    )


def _look_back(scope: Scope) -> Scope:
    if not (scope.start and scope.end):
        return scope
    first = scope.end - timedelta(days=_LOOK_BACK_DAYS - 1)
    return replace(scope, start=min(scope.start, first))


def _minutes(data: Data, scope: Scope, metric: str) -> pl.DataFrame:
    """Stream minutes with a latency and viewers: stream_id, latency_s, hits, viewers."""
    return (
        scoped(data, "stream_minutes", scope)
        .select("stream_id", "latency_s", pl.col(metric).alias("hits"),
                pl.col("online").alias("viewers"))
        .drop_nulls()
        .filter(pl.col("viewers") > 0)
    )  # fmt: skip


def _step(minutes: pl.DataFrame) -> Step | None:
    if minutes.is_empty():
        return None
    group = minutes["stream_id"].rank("dense").cast(pl.Int64).to_numpy()
    latency, hits, viewers = (
        minutes[name].to_numpy().astype(float) for name in ("latency_s", "hits", "viewers")
    )
    return find_step(latency, hits, viewers, group)


def _loss(data: Data, scope: Scope, metric: str, step: Step) -> _Loss:
    slow = _minutes(data, scope, metric).filter(pl.col("latency_s") > step.at)
    viewers = int(slow["viewers"].sum())
    exits = float(slow["hits"].sum()) - step.rate_low * viewers
    low, high = (max(0.0, gap * viewers) for gap in step.gap_interval)
    counts = (max(0.0, exits), low, high)
    each = _gmv_per_viewer(data, scope)
    money = tuple(count * each if each is not None else None for count in counts)
    return _Loss(counts, money, slow.height, viewers)  # type: ignore[arg-type]


def _gmv_per_viewer(data: Data, scope: Scope) -> float | None:
    """GMV of streams over their viewers in the scope, CNY; None without viewers or orders."""
    if not (data.has("streams") and data.has("orders")):
        return None
    viewers = measure("viewers", View(data, scope)).value
    orders = scoped(data, "orders", scope).filter(pl.col("stream_id").is_not_null())
    return float(orders["paid_amount"].sum()) / viewers if viewers else None


def _scalars(
    minutes: pl.DataFrame, step: Step | None, tried: Step | None, loss: _Loss | None
) -> dict[str, Scalar]:
    n = minutes.height

    def estimate(zh: str, en: str, unit: str, name: str) -> Scalar:
        low, high = getattr(step, f"{name}_interval") if step else (None, None)
        value = getattr(step, name) if step else None
        return Scalar(value, unit, n, low, high, Text(zh, en), _DEFINITION)

    def total(zh: str, en: str, unit: str, values: tuple) -> Scalar:
        return Scalar(values[0], unit, loss.minutes if loss else 0, values[1], values[2],
                      Text(zh, en), _DEFINITION)  # fmt: skip

    none = (None, None, None)
    return {
        "break_s": estimate("离开率突变的延迟", "Latency at which it jumps", "s", "at"),
        "exit_low": estimate("低延迟时的比率", "Rate below it", "rate", "rate_low"),
        "exit_high": estimate("高延迟时的比率", "Rate above it", "rate", "rate_high"),
        "ratio": estimate("高延迟 ÷ 低延迟", "Above over below", "x", "ratio"),
        "p_value": Scalar(tried.p if tried else None, "p", n,
                          label=Text("偶然的可能", "Chance"), definition=_DEFINITION),
        "excess_exits": total("多离开的人次", "Extra exits", "count", loss.exits if loss else none),
        "lost_gmv": total("关联的成交损失", "GMV that went with them", "CNY",
                          loss.money if loss else none),
    }  # fmt: skip


def _bins(minutes: pl.DataFrame) -> pl.DataFrame:
    lower = (pl.col("latency_s") / _BIN_S).floor() * _BIN_S
    counted = minutes.group_by(lower.alias("latency_s")).agg(
        minutes=pl.len().cast(pl.Int64), exits=pl.col("hits").sum(), viewers=pl.col("viewers").sum()
    )
    return _with_rate(counted).sort("latency_s")


def _regions(data: Data, minutes: pl.DataFrame, at: float) -> pl.DataFrame:
    """Exits and share of slow minutes per target region of the stream."""
    region = pl.lit(None, dtype=pl.String)
    if data.has("streams"):
        known = data.frame("streams").select("stream_id", region="region_target")
        found = minutes.join(known.unique("stream_id"), on="stream_id", how="left")
    else:
        found = minutes.with_columns(region=region)
    counted = found.drop_nulls("region").group_by("region").agg(
        streams=pl.col("stream_id").n_unique().cast(pl.Int64), minutes=pl.len().cast(pl.Int64),
        slow_share=(pl.col("latency_s") > at).mean(), exits=pl.col("hits").sum(),
        viewers=pl.col("viewers").sum(),
    )  # fmt: skip
    return _with_rate(counted).sort("slow_share", descending=True)


def _with_rate(counted: pl.DataFrame) -> pl.DataFrame:
    low, high = wilson_columns("exits", "viewers")
    return counted.with_columns(rate=pl.col("exits") / pl.col("viewers"), low=low, high=high)


def _notes(
    minutes: pl.DataFrame, step: Step | None, holds: bool, scope: Scope, long: Scope
) -> tuple[Text, ...]:
    if minutes.is_empty():
        return (Text("分钟数据里没有延迟或在线人数。", "The minutes hold no latency or viewers."),)
    notes = []
    if long != scope:
        zh = f"突变点用 {long.start} 至 {long.end} 的数据寻找。"
        notes.append(Text(zh, f"The jump is sought in data from {long.start} to {long.end}."))
    if step is None or not holds:
        notes.append(Text("没有发现随延迟突变的证据。", "No sign of a jump with latency."))
    return tuple(notes)
