"""Which detail of a stream goes with longer stays, more buyers or fewer returns?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import count, word
from footprint.analysis.rank_correlation import Correlation, within
from footprint.analysis.stream_facts import OUTCOMES, flag_facts, numeric_facts, stream_facts
from footprint.data import Data
from footprint.errors import unknown
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.stats import benjamini_hochberg
from footprint.text import Text

_ALPHA = 0.05
_STRATA = {"category": ["category"], "category_host": ["category", "host_id"], "none": []}
_DEFINITION = Text(
    "停留 = 每分钟在线人数之和 ÷ 观看人数（分钟）。每个因素与结果在同一品类（或品类与主播）"
    "内排序后求"
    "秩相关（斯皮尔曼），−1 到 1。同时试了很多因素，p 值按 Benjamini-Hochberg 校正。这是相关，"
    "不是因果。",
    "Dwell = people online at each minute, summed / viewers (minutes). Every factor is ranked "
    "against the outcome within a category (or category and host): Spearman's correlation, -1 to "
    "1. Many factors are tried, so p values are corrected (Benjamini-Hochberg). Association, not "
    "cause.",
)
_PROBLEM = Text(
    "{factor}越高，{outcome}越{way}：同类场次内的秩相关是 {rho}（{n} 场），试过 {tried} "
    "个因素后仍成立。",
    "Higher {factor} goes with {way} {outcome}: rank correlation {rho} within like streams "
    "({n} streams), and it holds after trying {tried} factors.",
)
_SUGGESTION = Text(
    "挑一个主播、固定其他条件，按场次随机换高低两档，用实验页验证。",
    "Test it: one host, everything else fixed, high and low at random by stream.",
)
_NAMES = {
    "bgm_tempo": Text("音乐节奏", "music tempo"),
    "assistants": Text("助播人数", "number of assistants"),
    "interruption_s": Text("中断秒数", "seconds interrupted"),
    "slot_fee": Text("坑位费", "slot fee"),
    "latency_s": Text("延迟", "latency"),
    "stutter_rate": Text("卡顿率", "stutter rate"),
    "length_min": Text("时长", "length"),
    "start_hour": Text("开播钟点", "start hour"),
    "words_per_min": Text("每分钟字数", "words per minute"),
    "skus_per_hour": Text("每小时商品数", "products per hour"),
    "script_overlap": Text("脚本重复程度", "script overlap"),
}
OUTCOME_NAMES = {
    "dwell": Text("停留", "dwell"),
    "conversion": Text("转化率", "conversion"),
    "return_rate": Text("退货率", "return rate"),
}
_WAYS = {True: Text("高", "higher"), False: Text("低", "lower")}
_SCHEMA = {
    "factor": pl.String(), "rho": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
    "p_value": pl.Float64(), "n": pl.Int64(),
}  # fmt: skip


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """The strongest factor that survives the correction."""
    sure = result.frames["factors"].filter(pl.col("verdict") != "no_effect")
    if sure.is_empty():
        return []
    best, outcome = sure.row(0, named=True), str(result.params["outcome"])
    return [
        Finding(
            id=f"factor_screen:{outcome}:{best['factor']}",
            kind="factor_screen",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, factor=factor_name(best["factor"]), outcome=OUTCOME_NAMES[outcome],
                way=_WAYS[best["rho"] > 0], rho=f"{best['rho']:.2f}", n=(best["n"], "count"),
                tried=(result.frames["factors"].height, "count"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.6,
            n=best["n"],
            page="U5",
            question="factor_screen",
            params={"outcome": outcome},
            scope=scope,
            evidence=sure.drop("verdict").head(10),
        )
    ]  # fmt: skip


def factor_name(code: str) -> Text:
    """A factor in words; tags and layers keep their own name."""
    if code in _NAMES:
        return _NAMES[code]
    kind, _, name = code.partition(":")
    words = Text("标签“{name}”", "tag “{name}”") if kind == "tag" else Text(
        "内容层级“{name}”", "layer “{name}”"
    )  # fmt: skip
    return sentence(words, name=name)


@question(
    "factor_screen",
    title=Text("哪些细节和停留、转化有关？", "Which details go with dwell or conversion?"),
    page="U5",
    rows=("S9.1-d", "S2.2.3-a"),
    needs=("streams",),
    uses=("stream_minutes", "orders", "scripts"),
    params=(
        Param("outcome", str, "dwell", Text("结果", "Outcome"), OUTCOMES),
        Param("within", str, "category", Text("同类", "Like streams"), tuple(_STRATA)),
        Param("factor", str, None, Text("因素，缺省为最强的", "Factor; the strongest when empty")),
    ),
    findings=_findings,
)
def factor_screen(
    data: Data, scope: Scope, outcome: str, within: str, factor: str | None
) -> Result:
    """Rank correlation of every stream attribute and tag with one outcome, corrected for number.

    Scalars: factor, rho (with interval), p_value, p_adjusted of the factor asked for (the
    strongest when none), tried, found. Frames ``factors`` (factor, rho, low, high, p_value,
    p_adjusted, n, verdict effect_up / effect_down / no_effect) and ``streams`` (stream_id,
    category, factor_value, outcome). Raises UsageError for an unknown factor. Source: requirement
    row S9.1-d, truth PT20.
    """
    facts = stream_facts(data, scope)
    least = int(data.settings.value("tag_min_streams"))
    flags = flag_facts(facts, least)
    frame = facts.with_columns(flag.alias(name) for name, flag in flags.items())
    names = [*numeric_facts(facts), *flags]
    table = _screen(frame, names, outcome, _STRATA[within])
    if factor is not None and factor not in names:
        raise unknown("factor", "因素", factor, dict.fromkeys(names))
    chosen = factor or (table["factor"][0] if table.height else None)
    return Result(
        scalars=_scalars(table, chosen, facts.height),
        frames={"factors": table, "streams": _dots(frame, chosen, outcome)},
        notes=_notes(frame, outcome, table),
    )


def _screen(frame: pl.DataFrame, names: list[str], outcome: str, by: list[str]) -> pl.DataFrame:
    found: list[tuple[str, Correlation]] = []
    for name in names:
        one = within(frame, name, outcome, by)
        if one is not None:
            found.append((name, one))
    rows = [(name, c.rho, c.low, c.high, c.p, c.n) for name, c in found]
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    fair = pl.Series(benjamini_hochberg(table["p_value"].to_numpy()), dtype=pl.Float64)
    sure = pl.col("p_adjusted") < _ALPHA
    return table.with_columns(p_adjusted=fair).with_columns(
        verdict=pl.when(sure & (pl.col("rho") > 0)).then(pl.lit("effect_up"))
        .when(sure).then(pl.lit("effect_down")).otherwise(pl.lit("no_effect"))
    ).sort("p_value", "factor")  # fmt: skip


def _scalars(table: pl.DataFrame, chosen: str | None, streams: int) -> dict[str, Scalar]:
    found = int((table["verdict"] != "no_effect").sum())
    scalars = {
        "tried": count(table.height, streams, Text("试过的因素", "Factors tried"), _DEFINITION),
        "found": count(found, table.height, Text("站得住的因素", "Factors that hold"), _DEFINITION),
    }
    row = table.filter(pl.col("factor") == chosen) if chosen else table.clear()
    if row.is_empty():
        return scalars
    one = row.row(0, named=True)
    n = one["n"]
    return {
        "factor": word(one["factor"], n, Text("因素", "Factor")),
        "rho": Scalar(
            one["rho"], "index", n, one["low"], one["high"], Text("秩相关", "Rank correlation"),
            _DEFINITION,
        ),
        "p_value": Scalar(one["p_value"], "p", n, label=Text("单独的 p 值", "p alone")),
        "p_adjusted": Scalar(
            one["p_adjusted"], "p", n, label=Text("校正后的 p 值", "p after correction"),
            definition=_DEFINITION,
        ),
        **scalars,
    }  # fmt: skip


def _dots(frame: pl.DataFrame, chosen: str | None, outcome: str) -> pl.DataFrame:
    if chosen is None:
        return pl.DataFrame(schema={"stream_id": pl.String, "factor_value": pl.Float64})
    return frame.select(
        "stream_id", "category", "host_id", factor_value=pl.col(chosen).cast(pl.Float64),
        **{outcome: pl.col(outcome)},
    ).drop_nulls()  # fmt: skip


def _notes(frame: pl.DataFrame, outcome: str, table: pl.DataFrame) -> tuple[Text, ...]:
    if not table.is_empty():
        return ()
    if outcome == "dwell" and frame["dwell"].is_null().all():
        return (
            Text(
                "停留需要直播分钟数据（stream_minutes.csv）。",
                "Dwell needs the minutes of the streams (stream_minutes.csv).",
            ),
        )
    return (Text("场次太少，不作判断。", "Too few streams to tell."),)
