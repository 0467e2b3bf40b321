"""What basic, user-made and high-end content costs and yields; does used UGC do better?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.measures import over, word
from footprint.analysis.rates import adjusted, compare, interval
from footprint.data import Data
from footprint.questions import question, require
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_ALPHA = 0.05
_STATES = ("submitted", "approved", "used")
_DEFINITION = Text(
    "按内容层级汇总：短视频的完播率 = 完播数 ÷ 播放量；直播的转化率 = 成交人数 ÷ 观看人数，退货率按"
    "订单行，花费只计写明场次的成本。用户创作的倍数 = 已采用的用户视频完播率 ÷ 其他视频，在同平台、"
    "同类型、同星期内比较。这是相关，不是因果。",
    "By content layer: completion of videos = completed / started plays; conversion of streams = "
    "buyers / viewers, returns by order line, cost only where a cost names its stream. UGC ratio = "
    "completion of used user-made videos / other videos, within platform, type and weekday. "
    "Association, not cause.",
)


@question(
    "content_layers",
    title=Text("哪一层内容值得多做？", "Which layer of content pays?"),
    page="U5",
    rows=("S2.2.1-a", "S2.2.1-c"),
    needs=(),
    uses=("contents", "streams", "orders", "costs"),
)
def content_layers(data: Data, scope: Scope) -> Result:
    """Output mix, completion, conversion, returns and cost by layer; counts and lift of UGC.

    Scalars: videos, layers, ugc_submitted, ugc_approved, ugc_used, ugc_ratio (interval), ugc_p,
    verdict. Frames ``videos`` (layer, videos, share, views, completes, rate, low, high, clicks,
    click_rate), ``streams`` (layer, streams, viewers, conversion, low, high, return_rate, lines,
    cost, cost_per_buyer), ``ugc`` (state, videos, views, rate). Raises DataMissing without contents
    and streams. Source: requirement rows S2.2.1-a and S2.2.1-c.
    """
    if not data.has("contents") and not data.has("streams"):
        require(data, ("contents",))
    videos = scoped(data, "contents", scope) if data.has("contents") else None
    frames, scalars = {}, {}
    if videos is not None:
        frames = {"videos": _videos(videos), "ugc": _ugc(videos)}
        scalars = _scalars(data, videos)
    if data.has("streams"):
        frames["streams"] = _streams(data, scope)
    return Result(scalars=scalars, frames=frames, notes=_notes(frames))


def _videos(videos: pl.DataFrame) -> pl.DataFrame:
    found = videos.group_by("layer").agg(
        videos=pl.len().cast(pl.Int64),
        views=pl.col("views").sum(),
        completes=pl.min_horizontal("completes", "views").sum(),
        clicks=pl.col("clicks").sum(),
    )
    units = videos.select(
        "layer", hits=pl.min_horizontal("completes", "views"), trials=pl.col("views")
    )
    return (
        found.join(_intervals(units), on="layer", how="left", nulls_equal=True)
        .with_columns(
            share=pl.col("videos") / pl.col("videos").sum(),
            rate=over(pl.col("completes"), pl.col("views")),
            click_rate=over(pl.col("clicks"), pl.col("views")),
        )
        .sort("videos", "layer", descending=[True, False])
    )


def _intervals(units: pl.DataFrame) -> pl.DataFrame:
    """Interval of hits / trials of every layer, whole videos or streams being the sample."""
    rows = [
        (layer, *interval(part.drop_nulls(["hits", "trials"])))
        for (layer,), part in units.group_by(["layer"])
    ]
    schema = {"layer": pl.String, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _ugc(videos: pl.DataFrame) -> pl.DataFrame:
    """User-made videos by the state they reached; a later state counts in the earlier ones."""
    made = videos.filter(pl.col("is_ugc").fill_null(value=False))
    reached = {"submitted": _STATES, "approved": _STATES[1:], "used": _STATES[2:]}
    rows = []
    for state, states in reached.items():
        kept = made if state == "submitted" else made.filter(pl.col("ugc_state").is_in(states))
        views, done = int(kept["views"].sum()), int(kept["completes"].sum())
        rows.append((state, kept.height, views, done / views if views else None))
    schema = {"state": pl.String, "videos": pl.Int64, "views": pl.Int64, "rate": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _streams(data: Data, scope: Scope) -> pl.DataFrame:
    streams = scoped(data, "streams", scope)
    found = streams.group_by("layer").agg(
        streams=pl.len().cast(pl.Int64),
        viewers=pl.col("viewers").sum(),
        buyers=pl.min_horizontal("buyers", "viewers").sum(),
    )
    units = streams.select(
        "layer", hits=pl.min_horizontal("buyers", "viewers"), trials=pl.col("viewers")
    )
    found = found.join(_intervals(units), on="layer", how="left", nulls_equal=True).with_columns(
        conversion=over(pl.col("buyers"), pl.col("viewers"))
    )
    for more in (_returns(data, streams), _cost(data, streams)):
        if more is not None:
            found = found.join(more, on="layer", how="left", nulls_equal=True)
    if "cost" in found.columns:
        found = found.with_columns(cost_per_buyer=over(pl.col("cost"), pl.col("buyers")))
    return found.sort("streams", "layer", descending=[True, False])


def _returns(data: Data, streams: pl.DataFrame) -> pl.DataFrame | None:
    if not data.has("orders"):
        return None
    refunded = (pl.col("refund_amount") > 0).fill_null(value=False)
    lines = data.frame("orders").select("stream_id", refunded=refunded)
    return (
        lines.join(streams.select("stream_id", "layer"), on="stream_id")
        .group_by("layer")
        .agg(lines=pl.len().cast(pl.Int64), return_rate=pl.col("refunded").mean())
    )


def _cost(data: Data, streams: pl.DataFrame) -> pl.DataFrame | None:
    if not data.has("costs") or data.frame("costs")["stream_id"].is_null().all():
        return None
    named = data.frame("costs").select("stream_id", "amount").drop_nulls()
    return (
        named.join(streams.select("stream_id", "layer"), on="stream_id")
        .group_by("layer")
        .agg(cost=pl.col("amount").sum())
    )


def _scalars(data: Data, videos: pl.DataFrame) -> dict[str, Scalar]:
    n = videos.height
    counts = {row["state"]: row["videos"] for row in _ugc(videos).to_dicts()}
    words = {
        "submitted": Text("用户投稿", "UGC submitted"),
        "approved": Text("通过审核", "UGC approved"),
        "used": Text("已采用", "UGC used"),
    }
    scalars = {
        "videos": Scalar(n, "count", n, label=Text("短视频数", "Videos")),
        "layers": Scalar(
            videos["layer"].drop_nulls().n_unique(), "count", n, label=Text("层级数", "Layers")
        ),
        **{
            f"ugc_{state}": Scalar(counts[state], "count", n, label=label)
            for state, label in words.items()
        },
    }
    return {**scalars, **_lift(data, videos)}


def _lift(data: Data, videos: pl.DataFrame) -> dict[str, Scalar]:
    """Completion of used user-made videos against other videos, like for like."""
    used = pl.col("is_ugc").fill_null(value=False) & (pl.col("ugc_state") == "used")
    weekday = pl.col("publish_ts").dt.convert_time_zone(data.tz).dt.weekday()
    units = videos.filter(pl.col("views") > 0).with_columns(
        tagged=used.fill_null(value=False), weekday=weekday, trials=pl.col("views"),
        hits=pl.min_horizontal("completes", "views"),
    )  # fmt: skip
    n = int(units["tagged"].sum())
    label = Text("结论", "Verdict")
    if min(n, units.height - n) < int(data.settings.value("tag_min_streams")):
        return {"verdict": word("too_small", n, label, _DEFINITION)}
    mix, _ = adjusted(units, ["platform", "type", "weekday"])
    plain = compare(units)
    p = max(plain.p, mix.p if mix.p is not None else plain.p)
    ratio = mix.ratio if mix.ratio is not None else plain.ratio
    low, high = (
        (mix.low, mix.high) if mix.ratio is not None else (plain.ratio_low, plain.ratio_high)
    )
    verdict = "no_effect" if p >= _ALPHA or ratio is None else (
        "effect_up" if ratio > 1 else "effect_down"
    )  # fmt: skip
    ratio_label = Text("采用的用户视频：完播率倍数", "Used UGC: completion ratio")
    return {
        "ugc_ratio": Scalar(ratio, "x", n, low, high, ratio_label, _DEFINITION),
        "ugc_p": Scalar(p, "p", n, label=Text("偶然出现的概率", "p value")),
        "verdict": word(verdict, n, label, _DEFINITION),
    }


def _notes(frames: dict[str, pl.DataFrame]) -> tuple[Text, ...]:
    streams = frames.get("streams")
    if streams is None or streams["layer"].is_not_null().any():
        return ()
    return (
        Text(
            "直播场次没有填内容层级（layer 列），只能看短视频。",
            "No stream names its layer (column layer); only the videos are split.",
        ),
    )
