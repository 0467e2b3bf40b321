"""Which content each age band prefers: the share of its views on a tag against everyone's."""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import kept, word
from footprint.data import Data
from footprint.errors import unknown
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import benjamini_hochberg, two_proportions
from footprint.text import Text

_ALPHA = 0.05
_SCHEMA = {
    "age_band": pl.String(), "tag": pl.String(), "views": pl.Int64(), "band_views": pl.Int64(),
    "share": pl.Float64(), "share_others": pl.Float64(), "index": pl.Float64(),
    "low": pl.Float64(), "high": pl.Float64(), "p_value": pl.Float64(),
}  # fmt: skip
_SEEN_SCHEMA: dict[str, pl.DataType] = {
    "user_id": pl.String(), "age_band": pl.String(), "tags": pl.List(pl.String()),
}  # fmt: skip
_SEEN = ("video_view", "stream_enter", "video_complete")
_DEFINITION = Text(
    "偏好指数 = 该年龄段看这个标签的人次占比 ÷ 其余年龄段的占比；1 为一样。人次 = "
    "观看短视频或进入直播间的"
    "人与内容（同一人看同一内容只算一次），年龄段取自行为表。p 值按格子数校正。这是相关，"
    "不是因果。",
    "Index = share of an age band's views of tagged content that go to a tag / share among the "
    "other bands; 1 is "
    "alike. A view is one person and one video or stream, counted once; bands come from the event "
    "table. p corrected for the number of cells. Association, not cause.",
)
_PROBLEM = Text(
    "{band} 岁的人看“{tag}”内容的比例是其他年龄段的 {index}。",
    "People of {band} watch “{tag}” content {index} as often as other ages.",
)
_SUGGESTION = Text(
    "给这个年龄段多排这类内容，小步加量，看完播与转化是否跟上。",
    "Plan more of it for this age band in small steps and watch completion and conversion.",
)


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """The strongest preference that holds after correction."""
    sure = result.frames["cells"].filter(pl.col("sure"), pl.col("index") >= 1.2)
    if sure.is_empty():
        return []
    best = sure.sort("p_adjusted", "age_band", "tag").row(0, named=True)
    return [
        Finding(
            id=f"age_index:{best['age_band']}:{best['tag']}",
            kind="age_index",
            severity=1,
            colour="grey",
            problem=sentence(
                _PROBLEM, band=best["age_band"], tag=best["tag"], index=(best["index"], "x")
            ),
            suggestion=_SUGGESTION,
            confidence=0.6,
            n=best["views"],
            page="U5",
            question="age_index",
            params={"band": best["age_band"], "tag": best["tag"]},
            scope=scope,
            evidence=sure.head(10),
        )
    ]  # fmt: skip


@question(
    "age_index",
    title=Text("年轻人更爱看什么？", "What does each age prefer to watch?"),
    page="U5",
    rows=("S9.3-b",),
    needs=("events",),
    uses=("contents", "streams"),
    params=(
        Param(
            "band", str, None, Text("年龄段，缺省为最年轻的", "Age band; the youngest when empty")
        ),
        Param("tag", str, None, Text("标签，缺省为差别最大的", "Tag; the strongest when empty")),
    ),
    findings=_findings,
)
def age_index(data: Data, scope: Scope, band: str | None, tag: str | None) -> Result:
    """Preference index of every age band and content or stream tag.

    Scalars: band, tag, index (interval), p_value, p_adjusted, views of the cell asked for. Frame
    ``cells`` (age_band, tag, views, band_views, share, share_others, index, low, high, p_value,
    p_adjusted, sure). Raises UsageError for an unknown band or tag. Source: requirement row S9.3-b,
    truth PT40.
    """
    views = kept(data, scope, "age views", lambda: _views(data, scope))
    cells = _cells(views, int(data.settings.value("pick_min_buyers")))
    if cells.is_empty():
        return Result(frames={"cells": cells}, notes=(_note(views),))
    for given, column, words in ((band, "age_band", "年龄段"), (tag, "tag", "标签")):
        known = cells[column].unique().sort()
        if given is not None and given not in set(known):
            raise unknown(column.replace("_", " "), words, given, dict.fromkeys(known))
    return Result(scalars=_scalars(cells, band, tag), frames={"cells": cells})


def _views(data: Data, scope: Scope) -> pl.DataFrame:
    """One row per person, age band and video or stream with a tag: user_id, age_band, tags."""
    parts = []
    for table, key in (("contents", "content_id"), ("streams", "stream_id")):
        if not data.has(table):
            continue
        tags = data.frame(table).select(key, "tags").filter(pl.col("tags").list.len() > 0)
        known = tags.with_columns(pl.col("tags").list.unique()).unique(key, keep="first")
        seen = scoped(
            data, "events", scope, columns=("user_id", "age_band", key),
            only=(
                pl.col("age_band").is_not_null(), pl.col(key).is_in(known[key].implode()),
                pl.col("event_type").is_in(_SEEN),
            ),
        )  # fmt: skip
        parts.append(seen.unique().join(known, on=key).select("user_id", "age_band", "tags"))
    return pl.concat(parts) if parts else pl.DataFrame(schema=_SEEN_SCHEMA)


def _cells(seen: pl.DataFrame, least: int) -> pl.DataFrame:
    """Every band and tag with at least ``least`` views of the tag, judged against other bands."""
    sizes = dict(seen.group_by("age_band").agg(pl.len()).iter_rows())
    total = sum(sizes.values())
    counts = (
        seen.select("age_band", tag="tags")
        .explode("tag")
        .group_by("age_band", "tag")
        .agg(views=pl.len().cast(pl.Int64))
    )
    full = (
        counts.select("tag").unique()
        .join(pl.DataFrame({"age_band": list(sizes)}, schema={"age_band": pl.String}), how="cross")
        .join(counts, on=["age_band", "tag"], how="left")
        .with_columns(pl.col("views").fill_null(0))
        .with_columns(all=pl.col("views").sum().over("tag"))
        .filter(pl.col("all") >= least)
    )  # fmt: skip
    rows = []
    for row in full.sort("age_band", "tag").to_dicts():
        own, others = sizes[row["age_band"]], total - sizes[row["age_band"]]
        if min(own, others) < least:
            continue
        found = two_proportions(row["views"], own, row["all"] - row["views"], others)
        rows.append((
            row["age_band"], row["tag"], row["views"], own, found.rate1, found.rate2, found.ratio,
            found.ratio_low, found.ratio_high, found.p,
        ))  # fmt: skip
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    fair = pl.Series(benjamini_hochberg(table["p_value"].to_numpy()), dtype=pl.Float64)
    return table.with_columns(p_adjusted=fair, sure=fair < _ALPHA)


def _scalars(cells: pl.DataFrame, band: str | None, tag: str | None) -> dict[str, Scalar]:
    chosen = band or cells["age_band"].min()
    own = cells.filter(pl.col("age_band") == chosen)
    own = own.filter(pl.col("tag") == tag) if tag else own.sort("p_value", "tag")
    row = own.row(0, named=True)
    n = row["band_views"]
    return {
        "band": word(row["age_band"], n, Text("年龄段", "Age band")),
        "tag": word(row["tag"], n, Text("标签", "Tag")),
        "index": Scalar(
            row["index"], "x", n, row["low"], row["high"], Text("偏好指数", "Preference index"),
            _DEFINITION,
        ),
        "p_value": Scalar(row["p_value"], "p", n, label=Text("单独的 p 值", "p alone")),
        "p_adjusted": Scalar(
            row["p_adjusted"], "p", n, label=Text("校正后的 p 值", "p after correction"),
            definition=_DEFINITION,
        ),
    }  # fmt: skip


def _note(views: pl.DataFrame) -> Text:
    if views.is_empty():
        return Text(
            "行为表里没有带年龄段（age_band 列）、观看带标签内容的记录，无法比较。",
            "No event holds an age band (column age_band) and a view of tagged content.",
        )
    return Text("带标签的内容太少，无法比较。", "Too little tagged content to compare.")
