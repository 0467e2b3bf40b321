"""Does a tag (origin tracing, a guest scene ...) go with a better rate, like for like?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.rates import Adjusted, RateEffect, adjusted, compare, screen
from footprint.data import Data
from footprint.errors import unknown
from footprint.format import sentence
from footprint.questions import Param, question, require
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_ALPHA = 0.05
_COVERED = 0.5  # share of the tagged side that must have something alike to compare with
# Metric -> table, id, clock and what makes two units alike besides the tag.
_UNITS = {
    "conversion": ("streams", "stream_id", "start_ts", ("category", "weekday", "host_id")),
    "completion": ("contents", "content_id", "publish_ts", ("platform", "type", "weekday")),
}
VERDICTS = {
    "higher": Text("更高", "higher"),
    "lower": Text("更低", "lower"),
    "no_difference": Text("看不出差别", "no difference seen"),
    "mixed": Text(
        "直接比较与同类比较说法不一", "the plain and the like-for-like comparison disagree"
    ),
    "too_small": Text("样本太少，不作判断", "too few to tell"),
}
_DEFINITION = Text(
    "转化率 = 成交人数 ÷ 观看人数；完播率 = 完播数 ÷ 播放量。先比较带标签与不带标签的场次，"
    "再在相同品类、星期、主播内比较（调整后）。区间按场次之间的波动放宽。这是相关，不是因果。",
    "Conversion = buyers / viewers; completion = completed / started plays. Tagged and other "
    "streams are compared as they are, then within the same category, weekday and host (adjusted). "
    "Intervals allow for streams differing by chance. This is association, not cause.",
)
_PROBLEM = Text(
    "带“{tag}”标签的{unit}是 {rate}，不带的是 {plain}，相当于 {ratio}；同类比较后是 {adjusted}。",
    "“{tag}” goes with a {unit} of {rate} against {plain} without it, {ratio} as much; {adjusted} "
    "like for like.",
)
_UNIT_NAMES = {
    "conversion": Text("转化率", "conversion"),
    "completion": Text("完播率", "completion rate"),
}
_SUGGESTION = Text(
    "先做对照实验再推广：同主播、同时段，随机安排用与不用这个做法。",
    "Run a controlled test before rolling it out: same host and slot, with and without at random.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One opportunity (or warning) when the tag goes with a clearly different rate."""
    verdict = result.scalars["verdict"].value
    if (
        verdict not in ("higher", "lower")
        or float(result.scalars["coverage"].value or 0) < _COVERED
    ):
        return []
    tag, metric = str(result.scalars["tag"].value), str(result.params["metric"])
    value = {name: scalar.value for name, scalar in result.scalars.items()}
    return [
        Finding(
            id=f"tag_effect:{metric}:{tag}",
            kind="tag_effect",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, tag=tag, unit=_UNIT_NAMES[metric], rate=(value["rate_tag"], "rate"),
                plain=(value["rate_plain"], "rate"), ratio=(value["ratio"], "x"),
                adjusted=(value["adjusted_ratio"], "x"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.7,
            n=int(str(value["n_tag"])) + int(str(value["n_plain"])),
            page="U5",
            question="tag_effect",
            params={"tag": tag, "metric": metric},
            scope=scope,
            evidence=result.frames["strata"].filter("used").drop("used").head(20),
        )
    ]  # fmt: skip


@question(
    "tag_effect",
    title=Text("哪个标签的场次更好？", "Does a tag go with better streams?"),
    page="U5",
    rows=(
        "S2.1.3-a",
        "S2.2.3-a",
        "S2.2.3-c",
        "S3.1-b",
        "S3.1-d",
        "S7.4-b",
        "S9.3-e",
        "S10.1-a",
    ),
    needs=(),
    uses=("streams", "orders", "contents"),
    params=(
        Param("tag", str, None, Text("标签，缺省为最常用的", "Tag; the most used one when empty")),
        Param("metric", str, "conversion", Text("指标", "Metric"), tuple(_UNITS)),
    ),
    findings=_findings,
)
def tag_effect(data: Data, scope: Scope, tag: str | None, metric: str) -> Result:
    """Rate with and without a tag, raw and Mantel-Haenszel adjusted.

    Scalars: rate_tag, rate_plain, diff_pp (percentage points), ratio, adjusted_ratio, p_value,
    n_tag and n_plain (streams or videos), coverage, verdict (higher, lower, no_difference, mixed,
    too_small). Frames ``streams`` (id, tagged, hits, trials, rate), ``strata`` and
    ``tags`` (every tag with enough streams: n, rates, ratio, adjusted_ratio with low and high,
    coverage, p_value, p_adjusted for the number of tags tried). Raises UsageError for a
    tag nobody used. Source: requirement row S2.1.3-a, truths
    PT01 and PT11.
    """
    require(data, (_UNITS[metric][0],))
    units = _units(data, scope, metric)
    chosen = _choose(units, tag)
    if chosen is None:
        note = Text("这段时间没有带标签的场次。", "Nothing carries a tag in this period.")
        return Result(scalars={"verdict": _verdict("too_small", 0)}, notes=(note,))
    units = units.with_columns(tagged=pl.col("tags").list.contains(chosen).fill_null(value=False))
    mix, strata = adjusted(units, list(_UNITS[metric][3]))
    least = int(data.settings.value("tag_min_streams"))
    frames = {
        "streams": units.drop("tags").sort("id"),
        "strata": strata,
        "tags": screen(units, least, list(_UNITS[metric][3])),
    }
    n = {side: units.filter(pl.col("tagged") == side).height for side in (True, False)}
    if min(n.values()) < least:
        scalars = {**_counts(chosen, n), "verdict": _verdict("too_small", units.height)}
        return Result(scalars=scalars, frames=frames, notes=(VERDICTS["too_small"],))
    effect = compare(units)
    trials = {side: _trials(units, side) for side in (True, False)}
    scalars = {**_counts(chosen, n), **_measured(effect, mix, trials)}
    scalars["verdict"] = _verdict(_word(effect, mix), units.height)
    return Result(scalars=scalars, frames=frames, notes=_notes(mix))


def _notes(mix: Adjusted) -> tuple[Text, ...]:
    if mix.covered >= _COVERED:
        return ()
    words = Text(
        "带标签的观看只有 {share} 能找到不带标签的同类，同类比较仅供参考。",
        "Only {share} of the tagged viewers have like streams without the tag, so the "
        "like-for-like ratio says little.",
    )
    return (sentence(words, share=(mix.covered, "rate")),)


def _units(data: Data, scope: Scope, metric: str) -> pl.DataFrame:
    """One row per stream (or video) with id, tags, hits, trials, rate and its strata columns."""
    table, key, clock, _ = _UNITS[metric]
    frame = scoped(data, table, scope)
    weekday = pl.col(clock).dt.convert_time_zone(data.tz).dt.weekday().alias("weekday")
    if metric == "completion":
        counts = frame.with_columns(hits=pl.col("completes"), trials=pl.col("views"))
    else:
        counts = frame.with_columns(hits=_buyers(data, frame), trials=pl.col("viewers"))
    alike = [name for name in _UNITS[metric][3] if name != "weekday"]
    return (
        counts.filter(pl.col("trials") > 0, pl.col("hits").is_not_null())
        .with_columns(weekday, pl.min_horizontal("hits", "trials").alias("hits"))
        .select(pl.col(key).alias("id"), "tags", "hits", "trials", *alike, "weekday")
        .with_columns(rate=pl.col("hits") / pl.col("trials"))
    )


def _buyers(data: Data, streams: pl.DataFrame) -> pl.Series:
    """Buyers as exported, else the distinct users with an order in the stream."""
    if not streams["buyers"].null_count() or not data.has("orders"):
        return streams["buyers"]
    counted = data.frame("orders").group_by("stream_id").agg(n=pl.col("user_id").n_unique())
    found = streams.select("stream_id", "buyers").join(
        counted, on="stream_id", how="left", maintain_order="left"
    )
    return found.select(pl.coalesce("buyers", pl.col("n").fill_null(0)).cast(pl.Int64)).to_series()


def _choose(units: pl.DataFrame, tag: str | None) -> str | None:
    used = units.select(pl.col("tags").explode().drop_nulls()).to_series()
    counts = used.value_counts().sort(["count", "tags"], descending=[True, False])
    if tag is None:
        return counts["tags"][0] if counts.height else None
    if tag not in set(counts["tags"]):
        raise unknown("tag", "标签", tag, dict.fromkeys(counts["tags"]))
    return tag


def _trials(units: pl.DataFrame, side: bool) -> int:
    return int(units.filter(pl.col("tagged") == side)["trials"].sum())


def _counts(tag: str, n: dict[bool, int]) -> dict[str, Scalar]:
    return {
        "tag": Scalar(tag, "text", n[True], label=Text("标签", "Tag")),
        "n_tag": Scalar(n[True], "count", n[True], label=Text("带标签的场次", "With the tag")),
        "n_plain": Scalar(n[False], "count", n[False], label=Text("不带的场次", "Without")),
    }


def _measured(effect: RateEffect, mix: Adjusted, trials: dict[bool, int]) -> dict[str, Scalar]:
    total = sum(trials.values())

    def scalar(
        value: float | None, unit: str, n: int, label: Text, *bounds: float | None
    ) -> Scalar:
        low, high = bounds or (None, None)
        return Scalar(value, unit, n, low, high, label=label, definition=_DEFINITION)

    return {
        "rate_tag": scalar(effect.rate_with, "rate", trials[True], Text("带标签", "With the tag")),
        "rate_plain": scalar(effect.rate_without, "rate", trials[False], Text("不带", "Without")),
        "diff_pp": scalar(
            effect.diff * 100, "pp", total, Text("相差", "Difference"),
            effect.low * 100, effect.high * 100,
        ),
        "ratio": scalar(
            effect.ratio, "x", total, Text("倍数", "Ratio"), effect.ratio_low, effect.ratio_high
        ),
        "adjusted_ratio": scalar(
            mix.ratio, "x", total, Text("同类比较的倍数", "Like-for-like ratio"), mix.low, mix.high
        ),
        "p_value": scalar(effect.p, "p", total, Text("偶然出现的概率", "p value")),
        "coverage": scalar(
            mix.covered, "rate", total, Text("可同类比较的比例", "Comparable share")
        ),
    }  # fmt: skip


def _word(effect: RateEffect, mix: Adjusted) -> str:
    """Higher or lower only when the plain and the like-for-like reading agree."""
    plain = _direction(effect.p, effect.diff)
    alike = plain if mix.ratio is None or mix.p is None else _direction(mix.p, mix.ratio - 1)
    return plain if plain == alike else "mixed"


def _direction(p: float, change: float) -> str:
    if p >= _ALPHA:
        return "no_difference"
    return "higher" if change > 0 else "lower"


def _verdict(word: str, n: int) -> Scalar:
    return Scalar(word, "text", n, label=Text("结论", "Verdict"), definition=_DEFINITION)
