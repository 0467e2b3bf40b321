"""Unusual minutes of a stream, and which of them a slower rhythm of watching would miss."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.risk.wording import at
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import MAD_TO_SD
from footprint.text import Text

_WIDTHS = (5, 15, 30)
_LEAST_BINS = 4
_METRICS = ("enters", "exits", "comments", "likes", "product_clicks", "add_cart", "orders", "gmv")
_SHOWN = 200
_DEFINITION = Text(
    "把每场按 5、15、30 分钟分段，与同场各段的中位数比较，"
    "距离以绝对中位差（不低于计数本身的随机波动）为单位；"
    "超过设定倍数即标出。只用完整的段，至少 4 段才判断。",
    "Each stream is cut into 5, 15 and 30 minutes; every piece is compared with the median piece "
    "of "
    "the same stream, in median absolute deviations (never less than the chance of a count). "
    "Pieces "
    "beyond the set distance are flagged. Whole pieces only, at least four of them.",
)
_PROBLEM = Text(
    "{time}，{stream} 的{metric}在 5 分钟内达到 {value}（平时约 {expected}）。{slow}",
    "{time}: {metric} in {stream} reached {value} within 5 minutes (usually about {expected}). "
    "{slow}",
)
_SLOW = {
    True: Text("每 30 分钟看一次也能看出。", "Watching every 30 minutes shows it too."),
    False: Text("每 30 分钟看一次则看不出。", "Watching every 30 minutes does not show it."),
}
_SUGGESTION = Text(
    "回看这 5 分钟的画面和投放记录；把监控节奏改为 5 分钟，并指定当班的处理人。",
    "Replay these five minutes and the ad log; watch every 5 minutes and name who reacts on shift.",
)
_NAMES = {
    "enters": Text("进入人数", "entries"), "exits": Text("离开人数", "exits"),
    "comments": Text("评论", "comments"), "likes": Text("点赞", "likes"),
    "product_clicks": Text("商品点击", "product clicks"), "add_cart": Text("加购", "cart adds"),
    "orders": Text("订单", "orders"), "gmv": Text("成交金额", "GMV"),
}  # fmt: skip


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """The strongest five-minute flag of each stream."""
    metric = str(result.params["metric"])
    bins = result.frames["bins"].filter("flag")
    flags = bins.filter(pl.col("minutes") == _WIDTHS[0])
    seen_slowly = bins.filter(pl.col("minutes") == _WIDTHS[-1])["stream_id"].to_list()
    strongest = flags.sort("z", "stream_id", "start", descending=[True, False, False])
    newest = strongest.unique("stream_id", maintain_order=True).head(5)
    return [
        Finding(
            id=f"monitor:{metric}:{row['stream_id']}",
            kind="monitor",
            severity=1,
            colour="yellow",
            problem=sentence(
                _PROBLEM, time=at(row["start"], data.tz), stream=row["stream_id"],
                metric=_NAMES[metric], value=(row["value"], "count"),
                expected=(row["expected"], "count"), slow=_SLOW[row["stream_id"] in seen_slowly],
            ),
            suggestion=_SUGGESTION,
            confidence=0.8,
            n=row["bins"],
            page="ASK",
            question="monitor",
            params={"metric": metric, "stream": row["stream_id"]},
            scope=scope,
            evidence=flags.filter(pl.col("stream_id") == row["stream_id"]),
        )
        for row in newest.to_dicts()
    ]  # fmt: skip


@question(
    "monitor",
    title=Text("哪几分钟不对劲？", "Which minutes were unusual?"),
    page="ASK",
    rows=("S7.2-a",),
    needs=("stream_minutes",),
    params=(
        Param("metric", str, "enters", Text("指标", "Metric"), _METRICS),
        Param("stream", str, None, Text("只看一场", "One stream only")),
        Param("threshold", float, 4.0, Text("偏离倍数", "Distance that flags")),
    ),
    findings=_findings,
)
def monitor(
    data: Data,
    scope: Scope,
    metric: str = "enters",
    stream: str | None = None,
    threshold: float = 4.0,
) -> Result:
    """Pieces of 5, 15 and 30 minutes against the same stream's median piece.

    Frame ``bins``: stream_id, minutes (5, 15, 30), start, value, expected, z, flag, bins (pieces of
    that stream): all pieces of one stream, else the flagged ones and the 200 largest |z|. Scalars:
    ``flags_5min``, ``flags_15min``, ``flags_30min``. Raises UsageError for an unknown stream.
    Source: requirement row S7.2-a, truth PT24.
    """
    rows = _rows(data, scope, metric, stream)
    pieces = pl.concat([_pieces(rows, width, threshold, metric != "gmv") for width in _WIDTHS])
    shown = pieces if stream else _strongest(pieces)
    return Result(
        scalars={f"flags_{width}min": _flags(pieces, width) for width in _WIDTHS},
        frames={"bins": shown.sort("minutes", "stream_id", "start")},
    )


def _rows(data: Data, scope: Scope, metric: str, stream: str | None) -> pl.DataFrame:
    rows = scoped(data, "stream_minutes", scope)
    if stream is not None:
        rows = rows.filter(pl.col("stream_id") == stream)
        if rows.is_empty():
            raise UsageError(
                Text(f"没有场次“{stream}”的分钟数据", f"there are no minutes of stream “{stream}”"),
                Text("请换一场或放宽时间范围。", "Pick another stream or a wider period."),
            )
    return rows.select("stream_id", "minute_ts", pl.col(metric).cast(pl.Float64).alias("value"))


def _pieces(rows: pl.DataFrame, width: int, threshold: float, counts: bool) -> pl.DataFrame:
    first = pl.col("minute_ts").min().over("stream_id")
    place = ((pl.col("minute_ts") - first).dt.total_minutes() // width).alias("place")
    value = pl.col("value")
    pieces = (
        rows.drop_nulls()
        .with_columns(place)
        .group_by("stream_id", "place")
        .agg(start=pl.col("minute_ts").min(), value=value.sum(), held=pl.len())
        .filter(pl.col("held") == width)
        .sort("stream_id", "place")
    )
    centre = value.median().over("stream_id")
    spread = (value - centre).abs().median().over("stream_id") * MAD_TO_SD
    chance = centre.clip(0).sqrt() if counts else pl.lit(0.0)
    scale = pl.max_horizontal(spread, chance, pl.lit(1.0))
    judged = pieces.with_columns(bins=pl.len().over("stream_id").cast(pl.Int64), expected=centre)
    z = pl.when(pl.col("bins") >= _LEAST_BINS).then((value - centre) / scale)
    return judged.with_columns(z=z).select(
        "stream_id", pl.lit(width, dtype=pl.Int64).alias("minutes"), "start", "value", "expected",
        "z", (pl.col("z").abs() > threshold).fill_null(value=False).alias("flag"), "bins",
    )  # fmt: skip


def _strongest(pieces: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("z").abs().rank("ordinal", descending=True).over("minutes")
    return pieces.filter(pl.col("flag") | (rank <= _SHOWN))


def _flags(pieces: pl.DataFrame, width: int) -> Scalar:
    own = pieces.filter(pl.col("minutes") == width)
    label = Text(f"{width} 分钟看到的异常", f"Flags seen every {width} min")
    return Scalar(int(own["flag"].sum()), "count", own.height, label=label, definition=_DEFINITION)
