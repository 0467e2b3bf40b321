"""Do regions with more stutter buy less?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.rates import adjusted, compare
from footprint.data import Data
from footprint.format import sentence
from footprint.metrics import View, measure
from footprint.metrics.sales import with_buyers
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.stats import holm
from footprint.text import Text

_ALPHA = 0.05
_CALM = 1.5
_DEFINITION = Text(
    "按场次的目标地区汇总：卡顿率按在线人数加权；转化率 = 成交人数 ÷ 观看人数。"
    "卡顿率不超过最低地区 1.5 倍的"
    "地区合为对照，其他地区与它比较（以场次为单位的区间，多地区已校正）；另给出同品类内的比较。"
    "是关联，不是因果。",
    "By target region of the stream: stutter weighted by viewers online, conversion is buyers over "
    "viewers. Regions with stutter up to 1.5 times the lowest form the reference; the others are "
    "compared with it (streams are the unit of chance, corrected for several regions), also within "
    "categories. An association, not a cause.",
)
_PROBLEM = Text(
    "{region}地区卡顿率 {stutter}（对照地区 {calm}），转化率 {rate}，比对照地区 {base} 低 {less}"
    "（95% 区间 {low}–{high}）。",
    "{region} had {stutter} stutter (reference regions {calm}) and a conversion of {rate}, {less} "
    "below the {base} of the reference (95% interval {low} to {high}).",
)
_SUGGESTION = Text(
    "先为{region}启用就近节点或低码率线路，保留一半场次作对照，两周后比较转化率。",
    "Give {region} a nearer edge node or a low-bit-rate line first, keep half of the streams as "
    "control, and compare conversion after two weeks.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per region with clearly more stutter and clearly less conversion."""
    found = result.frames["regions"]
    base = found.filter(state="reference")
    return [
        _finding(row, base, found, data, scope)
        for row in found.filter(state="worse").to_dicts()
    ]  # fmt: skip


def _finding(
    row: dict, base: pl.DataFrame, found: pl.DataFrame, data: Data, scope: Scope
) -> Finding:
    viewers = float(base["viewers"].sum())
    calm = float((base["stutter_rate"] * base["viewers"]).sum()) / viewers
    rate = float(base["buyers"].sum()) / viewers
    paid = measure("aov", View(data, scope)).value if data.has("orders") else None
    lost = None if paid is None else (rate - row["conversion"]) * row["viewers"] * paid
    return Finding(
        id=f"stutter_region:{row['region']}",
        kind="stutter_region",
        severity=2,
        colour="yellow",
        problem=sentence(
            _PROBLEM, region=row["region"], stutter=(row["stutter_rate"], "rate"),
            calm=(calm, "rate"), rate=(row["conversion"], "rate"), base=(rate, "rate"),
            less=(-row["relative"], "rate"), low=(-row["relative_high"], "rate"),
            high=(-row["relative_low"], "rate"),
        ),
        suggestion=sentence(_SUGGESTION, region=row["region"]),
        confidence=1 - row["p"],
        n=row["viewers"],
        page="ASK",
        question="stutter_region",
        impact_cny=lost,
        scope=scope,
        evidence=found.drop("state"),
    )  # fmt: skip


@question(
    "stutter_region",
    title=Text("卡顿多的地区买得少吗？", "Do regions with more stutter buy less?"),
    page="ASK",
    rows=("S5.1-d",),
    needs=("streams", "stream_minutes"),
    uses=("orders",),
    findings=_findings,
)
def stutter_region(data: Data, scope: Scope) -> Result:
    """Stutter and conversion by the target region of streams.

    Frame ``regions``: region, streams, stutter_rate, viewers, buyers, conversion, relative
    (conversion over the reference - 1) with relative_low/high, adjusted (the same within
    categories), p (Holm), state (reference, worse, similar), most stutter first. Scalars:
    ``worst_region``, ``relative``. Source: requirement row S5.1-d, truth PT03b.
    """
    units = _units(data, scope)
    found = _regions(units) if units["region"].n_unique() > 1 else _no_regions()
    worse = found.filter(pl.col("state") != "reference").sort("relative")
    row = worse.row(0, named=True) if worse.height else None
    n = int(found["viewers"].sum())
    return Result(
        scalars={
            "worst_region": Scalar(
                row["region"] if row else None, "text", n,
                label=Text("差距最大的地区", "Region furthest behind"), definition=_DEFINITION,
            ),
            "relative": Scalar(
                row["relative"] if row else None, "rate", n,
                row["relative_low"] if row else None, row["relative_high"] if row else None,
                Text("与对照地区的转化差", "Conversion against the reference"), _DEFINITION,
            ),
        },
        frames={"regions": found},
        notes=() if row else (_NOTHING,),
    )  # fmt: skip


_NOTHING = Text(
    "没有两个以上卡顿率不同的目标地区可比较。",
    "There are no two target regions with different stutter to compare.",
)


def _units(data: Data, scope: Scope) -> pl.DataFrame:
    """Streams with a target region, viewers and stutter."""
    view = View(data, scope)
    weight = pl.col("online")
    stutter = (
        data.frame("stream_minutes")
        .filter(pl.col("stutter_rate").is_not_null(), weight > 0)
        .group_by("stream_id")
        .agg(stutter=(pl.col("stutter_rate") * weight).sum() / weight.sum())
    )
    streams = with_buyers(view, view.rows("streams"))
    return (
        streams.join(stutter, on="stream_id")
        .select("stream_id", "category", "stutter", region="region_target",
                hits="buyers", trials="viewers")
        .drop_nulls()
        .filter(pl.col("trials") > 0)
    )  # fmt: skip


def _regions(units: pl.DataFrame) -> pl.DataFrame:
    found = units.group_by("region").agg(
        streams=pl.len().cast(pl.Int64),
        stutter_rate=(pl.col("stutter") * pl.col("trials")).sum() / pl.col("trials").sum(),
        viewers=pl.col("trials").sum(), buyers=pl.col("hits").sum(),
    ).with_columns(conversion=pl.col("buyers") / pl.col("viewers"))  # fmt: skip
    calm = found.filter(pl.col("stutter_rate") <= _CALM * pl.col("stutter_rate").min())
    reference = units.filter(pl.col("region").is_in(calm["region"].implode()))
    rows = [
        _against(region, units, reference)
        for region in found["region"].to_list()
        if region not in calm["region"]
    ]
    compared = pl.DataFrame(rows, schema=_COMPARED)
    compared = compared.with_columns(p=pl.Series(holm(compared["p"].to_numpy()), dtype=pl.Float64))
    worse = (pl.col("p") < _ALPHA) & (pl.col("relative") < 0)
    state = (
        pl.when(pl.col("relative").is_null()).then(pl.lit("reference"))
        .when(worse).then(pl.lit("worse")).otherwise(pl.lit("similar"))
    )  # fmt: skip
    joined = found.join(compared, on="region", how="left").with_columns(state=state)
    return joined.sort("stutter_rate", "region", descending=[True, False])


_COMPARED = {
    "region": pl.String, "relative": pl.Float64, "relative_low": pl.Float64,
    "relative_high": pl.Float64, "adjusted": pl.Float64, "p": pl.Float64,
}  # fmt: skip


def _against(region: str, units: pl.DataFrame, reference: pl.DataFrame) -> dict[str, object]:
    own = units.filter(pl.col("region") == region).with_columns(tagged=pl.lit(True))
    both = pl.concat([own, reference.with_columns(tagged=pl.lit(False))])
    effect, within = compare(both), adjusted(both, ["category"])[0]

    def relative(ratio: float | None) -> float | None:
        return None if ratio is None else ratio - 1

    return {
        "region": region, "relative": relative(effect.ratio),
        "relative_low": relative(effect.ratio_low), "relative_high": relative(effect.ratio_high),
        "adjusted": relative(within.ratio), "p": effect.p,
    }  # fmt: skip


def _no_regions() -> pl.DataFrame:
    counts = {"streams": pl.Int64, "stutter_rate": pl.Float64, "viewers": pl.Int64,
              "buyers": pl.Int64, "conversion": pl.Float64}  # fmt: skip
    rest = {name: kind for name, kind in _COMPARED.items() if name != "region"}
    return pl.DataFrame(schema={"region": pl.String, **counts, **rest, "state": pl.String})
