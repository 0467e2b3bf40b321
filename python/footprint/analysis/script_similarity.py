"""Are our scripts all alike, and how many live on haggling and gifts?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.shingles import alike_pairs
from footprint.data import Data
from footprint.format import sentence
from footprint.questions import question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import wilson
from footprint.text import Text

_DEFINITION = Text(
    "每份脚本的各环节连成一篇，只看文字和数字。重合度 = 两篇共有的四字片段 ÷ 合计的四字片段；"
    "套路 = 出现设置里的任一用词。",
    "The segments of a script are joined and reduced to letters and digits. Overlap = shared "
    "four-character runs / all runs of both. Pattern = any of the words in the settings occurs.",
)
_PROBLEM = Text(
    "{scripts} 份脚本里有 {pairs} 对几乎一样，{share} 的脚本用砍价、赠品套路。",
    "Near-duplicate pairs: {pairs} among {scripts} scripts; {share} of the scripts use haggling or "
    "gifts.",
)
_SUGGESTION = Text(
    "先改写重合度最高的几对，换开场和卖点顺序；再拿一场做不靠赠品的对照。",
    "Rewrite the closest pairs first, with new openings and order of points; then test one stream "
    "that does without gifts.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when scripts repeat each other."""
    pairs = result.frames["pairs"]
    if pairs.is_empty():
        return []
    value = {name: scalar.value for name, scalar in result.scalars.items()}
    scripts = int(str(value["scripts"]))
    return [
        Finding(
            id="script_similarity:scripts",
            kind="script_similarity",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, scripts=(scripts, "count"), pairs=(pairs.height, "count"),
                share=(value["bargain_share"], "rate"),
            ),
            suggestion=_SUGGESTION,
            confidence=0.9,
            n=scripts,
            page="U5",
            question="script_similarity",
            scope=scope,
            evidence=pairs.head(10),
        )
    ]  # fmt: skip


@question(
    "script_similarity",
    title=Text("我们的脚本是不是都一个样？", "Are our scripts all alike?"),
    page="U5",
    rows=("S1.2.1-a",),
    needs=("scripts",),
    uses=("streams",),
    findings=_findings,
)
def script_similarity(data: Data, scope: Scope) -> Result:
    """Near-duplicate scripts and the share with the bargain or gift pattern.

    Frames ``pairs`` (a, b, jaccard), ``scripts`` (script_id, bargain, terms, nearest = highest
    overlap with another script from the near-duplicate limit on, else null) and ``hosts`` and
    ``months`` when streams name their scripts. With a period, only scripts of its streams count.
    Source: requirement row S1.2.1-a, truth PT33.
    """
    texts = _texts(data, scope)
    terms = [str(term) for term in data.settings.value("bargain_terms") or []]
    limit = float(data.settings.value("near_duplicate"))
    pairs = alike_pairs(texts["script_id"].to_list(), texts["text"].to_list(), limit)
    scripts = texts.select(
        "script_id",
        terms=pl.col("text").str.extract_many(terms, leftmost=True).list.unique(maintain_order=True)
        if terms
        else pl.lit([], dtype=pl.List(pl.String)),
    ).with_columns(bargain=pl.col("terms").list.len() > 0)
    scripts = scripts.join(_nearest(pairs), on="script_id", how="left").sort("script_id")
    hits, n = int(scripts["bargain"].sum()), scripts.height
    low, high = wilson(hits, n)
    label = Text("砍价、赠品套路占比", "Share with haggling or gifts")
    return Result(
        scalars={
            "bargain_share": Scalar(
                hits / n if n else None, "rate", n, low, high, label, _DEFINITION
            ),
            "near_duplicate_pairs": Scalar(
                pairs.height, "count", n, label=Text("几乎一样的脚本对", "Near-duplicate pairs"),
                definition=_DEFINITION,
            ),
            "scripts": Scalar(n, "count", n, label=Text("脚本数", "Scripts")),
        },
        frames={"pairs": pairs, "scripts": scripts, **_spread(data, scope, scripts)},
    )  # fmt: skip


def _texts(data: Data, scope: Scope) -> pl.DataFrame:
    """One text per script; with a period or slice, only scripts that its streams used."""
    texts = (
        data.frame("scripts")
        .filter(pl.col("text").is_not_null())
        .group_by("script_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    if not (scope.start or scope.end or scope.where) or not data.has("streams"):
        return texts
    used = _used(data, scope)
    return texts.filter(pl.col("script_id").is_in(used["script_id"].implode()))


def _used(data: Data, scope: Scope) -> pl.DataFrame:
    """script_id, host_id, month of the streams in the scope, from either side of the link."""
    streams = scoped(data, "streams", scope).with_columns(
        month=pl.col("start_ts").dt.convert_time_zone(data.tz).dt.strftime("%Y-%m")
    )
    named = data.frame("scripts").select("stream_id", script=pl.col("script_id")).drop_nulls()
    links = pl.concat(
        [
            streams.select("stream_id", "script_id"),
            streams.select("stream_id").join(named, on="stream_id").rename({"script": "script_id"}),
        ]
    ).drop_nulls()
    return links.unique().join(streams.select("stream_id", "host_id", "month"), on="stream_id")


def _nearest(pairs: pl.DataFrame) -> pl.DataFrame:
    sides = [pairs.select(script_id=pl.col(side), nearest="jaccard") for side in ("a", "b")]
    return pl.concat(sides).group_by("script_id").agg(pl.col("nearest").max())


def _spread(data: Data, scope: Scope, scripts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Pattern and repetition by host and by month, over the scripts each used."""
    if not data.has("streams"):
        return {}
    used = _used(data, scope).join(scripts, on="script_id")
    return {
        name: used.unique([key, "script_id"])
        .group_by(key)
        .agg(
            scripts=pl.len().cast(pl.Int64),
            bargain_share=pl.col("bargain").mean(),
            repeated_share=pl.col("nearest").is_not_null().mean(),
        )
        .sort(key)
        for name, key in (("hosts", "host_id"), ("months", "month"))
    }
