"""Which host converts best when everyone sells the same mix of goods?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import over, word
from footprint.analysis.rates import adjusted
from footprint.data import Data
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import benjamini_hochberg, holm, wilson_columns
from footprint.text import Text

_ALPHA = 0.05
_SHARED = 0.5  # share of viewers in streams alike, below it two hosts are not compared
_STRATA = {
    "category": ["category"],
    "category_weekday": ["category", "weekday"],
    "category_platform": ["category", "platform"],
}
_DEFINITION = Text(
    "原始转化率 = 成交人数 ÷ 观看人数。同类倍数：在同一品类内与其他主播比较后合并（Mantel-Haensz"
    "el），"
    "大于 1 为更好。同比例转化率：按全部场次的品类构成折算，只给每个品类都播过的主播。"
    "p 值按主播数校正。这是相关，不是因果。",
    "Raw = buyers / viewers. Like-for-like ratio: each host against the others within the "
    "category, "
    "pooled (Mantel-Haenszel), above 1 is better. Same-mix conversion: weighted by the category "
    "mix "
    "of all streams, for hosts who worked every category. p corrected for the number of hosts. "
    "Association, not cause.",
)
_PROBLEM = Text(
    "直接比转化率 {raw} 领先，同品类比较后 {fair} 更好：前者只是多播了好卖的品类。",
    "By raw conversion {raw} leads; within like categories {fair} does better: {raw} merely sells "
    "more of what sells easily.",
)
_SUGGESTION = Text(
    "排班和奖金按同类比较的名次，不按直接转化率。",
    "Use the like-for-like rank for slots and bonuses, not the raw conversion.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when the raw and the like-for-like leader are different people."""
    value = {name: scalar.value for name, scalar in result.scalars.items()}
    hosts = result.frames["hosts"]
    if not value.get("reversed"):
        return []
    return [
        Finding(
            id="host_ranking:reversed",
            kind="host_ranking",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, raw=str(value["leader_raw"]), fair=str(value["leader_fair"])
            ),
            suggestion=_SUGGESTION,
            confidence=0.7,
            n=int(hosts["streams"].sum()),
            page="U5",
            question="host_ranking",
            scope=scope,
            evidence=hosts.select("host_id", "rate", "rate_same_mix", "ratio", "n").head(10),
        )
    ]  # fmt: skip


@question(
    "host_ranking",
    title=Text("同样的货，哪位主播更会卖？", "Same goods: which host converts better?"),
    page="U5",
    rows=("S4.1-c",),
    needs=("streams",),
    params=(Param("within", str, "category", Text("同类", "Like streams"), tuple(_STRATA)),),
    findings=_findings,
)
def host_ranking(data: Data, scope: Scope, within: str) -> Result:
    """Raw and like-for-like conversion of every host.

    Scalars: leader_raw, leader_fair (host ids: who does best against the raw leader like for
    like), p_value of that comparison, reversed (1 when they differ beyond chance), hosts. Frame
    ``hosts``: host_id, streams, n (viewers), rate, low, high, rate_same_mix (directly standardised,
    null where the host lacks a category), ratio, ratio_low, ratio_high, p_value, p_adjusted,
    coverage. Hosts below the least number of viewers or streams are left out. Source: truth PT23.
    """
    units = _units(data, scope)
    least = int(data.settings.value("host_min_viewers"))
    keep = units.group_by("host_id").agg(n=pl.col("trials").sum()).filter(pl.col("n") >= least)
    hosts = sorted(keep["host_id"].drop_nulls().to_list())
    table = _table(units, hosts, _STRATA[within])
    notes = () if len(hosts) > 1 else (
        Text("可比较的主播不足两位。", "Fewer than two hosts can be compared."),
    )  # fmt: skip
    return Result(
        scalars=_scalars(units, table, _STRATA[within]), frames={"hosts": table}, notes=notes
    )


def _units(data: Data, scope: Scope) -> pl.DataFrame:
    local = pl.col("start_ts").dt.convert_time_zone(data.tz)
    return (
        scoped(data, "streams", scope)
        .filter(pl.col("viewers") > 0, pl.col("buyers").is_not_null())
        .select(
            "stream_id", "host_id", "category", "platform",
            weekday=local.dt.weekday(),
            trials=pl.col("viewers"), hits=pl.min_horizontal("buyers", "viewers"),
        )
    )  # fmt: skip


def _table(units: pl.DataFrame, hosts: list[str], by: list[str]) -> pl.DataFrame:
    raw = (
        units.filter(pl.col("host_id").is_in(hosts))
        .group_by("host_id")
        .agg(
            streams=pl.len().cast(pl.Int64), n=pl.col("trials").sum(), hits=pl.col("hits").sum()
        )
        .with_columns(rate=over(pl.col("hits"), pl.col("n")))
        .with_columns(*wilson_columns("hits", "n"))
    )  # fmt: skip
    fair = pl.DataFrame(
        [(host, *_against_others(units, host, by)) for host in hosts],
        schema={"host_id": pl.String, "ratio": pl.Float64, "ratio_low": pl.Float64,
                "ratio_high": pl.Float64, "p_value": pl.Float64, "coverage": pl.Float64},
        orient="row",
    )  # fmt: skip
    table = raw.join(fair, on="host_id").join(_same_mix(units, by), on="host_id", how="left")
    known = table.filter(pl.col("p_value").is_not_null())
    corrected = pl.Series(benjamini_hochberg(known["p_value"].to_numpy()), dtype=pl.Float64)
    known = known.select("host_id").with_columns(p_adjusted=corrected)
    return table.join(known, on="host_id", how="left").sort(
        ["ratio", "host_id"], descending=[True, False], nulls_last=True
    )


def _against_others(units: pl.DataFrame, host: str, by: list[str]) -> tuple[float | None, ...]:
    mix, _ = adjusted(units.with_columns(tagged=pl.col("host_id") == host), by)
    return mix.ratio, mix.low, mix.high, mix.p, mix.covered


def _same_mix(units: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Conversion of each host if all had the shop's mix of strata (direct standardisation)."""
    shared = units.filter(pl.col("host_id").n_unique().over(by) > 1)
    weights = shared.group_by(by).agg(weight=pl.col("trials").sum())
    cells = shared.group_by("host_id", *by).agg(rate=pl.col("hits").sum() / pl.col("trials").sum())
    total, strata = float(weights["weight"].sum() or 0), weights.height
    return (
        cells.join(weights, on=by, nulls_equal=True)
        .group_by("host_id")
        .agg(
            found=(pl.col("rate") * pl.col("weight")).sum() / total if total else pl.lit(None),
            strata=pl.len(),
        )
        .select("host_id", rate_same_mix=pl.when(pl.col("strata") == strata).then("found"))
    )


def _rival(units: pl.DataFrame, hosts: list[str], leader: str, by: list[str]) -> tuple[str, float]:
    """Who does best against the raw leader in the streams both can be compared in, and the p of
    that comparison (Holm over the hosts); the leader when nobody does better."""
    found = []
    for host in hosts:
        if host != leader:
            pair = units.filter(pl.col("host_id").is_in([host, leader]))
            mix, _ = adjusted(pair.with_columns(tagged=pl.col("host_id") == host), by)
            if mix.ratio is not None and mix.p is not None and mix.covered >= _SHARED:
                found.append((host, mix.ratio, mix.p))
    if not found:
        return leader, 1.0
    fair = holm([p for _, _, p in found])
    better = [
        (float(p), host) for (host, ratio, _), p in zip(found, fair, strict=True) if ratio > 1
    ]
    p, host = min(better, default=(1.0, leader))
    return host, p


def _scalars(units: pl.DataFrame, table: pl.DataFrame, by: list[str]) -> dict[str, Scalar]:
    n = table.height
    if n < 2:
        return {}
    raw = table.sort("rate", "host_id", descending=[True, False])["host_id"][0]
    fair, p = _rival(units, table["host_id"].to_list(), raw, by)
    return {
        "leader_raw": word(raw, n, Text("直接转化率最高", "Highest raw conversion"), _DEFINITION),
        "leader_fair": word(fair, n, Text("与其同类比较更好", "Best against it"), _DEFINITION),
        "p_value": Scalar(p, "p", n, label=Text("偶然出现的概率", "p value")),
        "reversed": Scalar(
            int(fair != raw and p < _ALPHA), "count", n,
            label=Text("名次颠倒（站得住）", "Leader changes, and it holds"),
            definition=_DEFINITION,
        ),
        "hosts": Scalar(n, "count", n, label=Text("主播数", "Hosts")),
    }  # fmt: skip
