"""The seeding loop: how many buyers saw a video first, what they spend, and how long it takes."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

WINDOWS = (7, 15, 30)
_VIDEO = ("video_view", "video_complete")
_WINDOWS: dict[str, Any] = {
    "days": pl.Int64, "buyers": pl.Int64, "seeded": pl.Int64, "penetration": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "orders_seeded": pl.Int64, "orders_plain": pl.Int64,
    "aov_seeded": pl.Float64, "aov_plain": pl.Float64, "relative": pl.Float64,
    "rel_low": pl.Float64, "rel_high": pl.Float64,
}  # fmt: skip
TOUCHES = ("video", "kol", "both")


@question(
    "seeding",
    title=Text(
        "种草带来了多少买家，他们花得更多吗？",
        "Who was seeded before buying, and do they spend more?",
    ),
    page="U1",
    rows=("S1.1.2-a",),
    needs=("events", "orders"),
    uses=("contents",),
    params=(
        Param(
            "days", int, 15, Text("下单前多少天内看过算种草", "Days before the order that count")
        ),
        Param("touch", str, "video", Text("什么算种草", "What counts as seeding"), TOUCHES),
    ),
)
def seeding(data: Data, scope: Scope, days: int = 15, touch: str = "video") -> Result:
    """Buyers with a seeding touch before their order, their order value against the others, and the
    time between.

    A seeding touch is a video seen (``video``), any event of a creator channel (``kol``) or either.
    An order is seeded when its buyer had one in the ``days`` before it (touches may lie before the
    period). Frames: ``windows`` (days 7, 15, 30 and the one asked: buyers, seeded, penetration with
    interval low, high, orders_seeded, orders_plain, aov_seeded, aov_plain, relative = seeded /
    plain - 1 with rel_low, rel_high), ``lag`` (day, orders, share, cumulative: days from the last
    touch to the order, up to 30). Scalars: penetration, aov_seeded, aov_plain, aov_relative (delta
    interval on the log scale), lag_median. Seeded buyers may differ anyway: association, not cause.
    Source: requirement row S1.1.2-a, truth PT39.
    """
    view = View(data, scope)
    least = int(data.settings.value("min_group"))
    orders = _orders(view, touch)
    spans = sorted({*WINDOWS, max(1, days)})
    windows = pl.DataFrame([_window(orders, span, least) for span in spans], schema=_WINDOWS)
    chosen = windows.filter(days=max(1, days)).row(0, named=True)
    return Result(
        _scalars(chosen, orders, max(1, days)),
        {"windows": windows, "lag": _lag(orders)},
        notes=_NOTES,
    )


_NOTES = (
    Text(
        "看过视频的买家本来就可能不同；差别是同时出现，不是原因。",
        "Buyers who saw a video may differ anyway; the gap is association, not cause.",
    ),
)


def _orders(view: View, touch: str) -> pl.DataFrame:
    """One row per order in scope: user_id, value, days since the last touch before it (or null)."""
    lagged = once(view.data, f"seeding lag {touch}", lambda: _lagged(view.data, touch))
    lines = (
        view.rows("orders")
        .group_by("order_id")
        .agg(pl.col("user_id").first(), value=pl.col("paid_amount").sum())
    )
    return lines.join(lagged, on="order_id", how="left")


def _lagged(data: Data, touch: str) -> pl.DataFrame:
    """order_id, lag (days since the buyer's last touch at or before the order)."""
    kinds = {"video": pl.col("event_type").is_in(_VIDEO), "kol": pl.col("channel_class") == "kol"}
    hit = kinds["video"] | kinds["kol"] if touch == "both" else kinds[touch]
    touches = (
        data.scan("events")
        .filter(hit)
        .select("user_id", "event_ts")
        .drop_nulls()
        .sort("event_ts")
        .collect()
    )
    orders = (
        data.frame("orders")
        .group_by("order_id")
        .agg(pl.col("user_id").first(), pl.col("order_ts").min())
        .sort("order_ts")
    )
    joined = orders.join_asof(
        touches,
        left_on="order_ts",
        right_on="event_ts",
        by="user_id",
        strategy="backward",
        coalesce=False,
        check_sortedness=False,
    )
    seconds = (pl.col("order_ts") - pl.col("event_ts")).dt.total_seconds()
    return joined.select("order_id", lag=seconds / timedelta(days=1).total_seconds())


def _window(orders: pl.DataFrame, days: int, least: int) -> dict[str, float | int | None]:
    seeded = orders.filter(pl.col("lag") <= days)
    plain = orders.filter((pl.col("lag") > days) | pl.col("lag").is_null())
    buyers, hits = orders["user_id"].n_unique(), seeded["user_id"].n_unique()
    enough = buyers >= least
    low, high = stats.wilson(hits, buyers)
    ratio = (
        _ratio(seeded["value"], plain["value"]) if min(len(seeded), len(plain)) >= least else None
    )
    return {
        "days": days,
        "buyers": buyers,
        "seeded": hits,
        "penetration": hits / buyers if enough else None,
        "low": low if enough else None,
        "high": high if enough else None,
        "orders_seeded": seeded.height,
        "orders_plain": plain.height,
        "aov_seeded": _mean(seeded["value"]),
        "aov_plain": _mean(plain["value"]),
        "relative": ratio[0] if ratio else None,
        "rel_low": ratio[1] if ratio else None,
        "rel_high": ratio[2] if ratio else None,
    }


def _mean(values: pl.Series) -> float | None:
    return float(values.mean()) if len(values) else None  # type: ignore[arg-type]


def _ratio(first: pl.Series, second: pl.Series) -> tuple[float, float, float] | None:
    """Ratio of means less 1 with its delta-method interval on the log scale."""
    a, b = stats.Moments.of(first), stats.Moments.of(second)
    if a.n < 2 or b.n < 2 or a.mean <= 0 or b.mean <= 0:
        return None
    error = math.hypot(a.sd / a.mean / math.sqrt(a.n), b.sd / b.mean / math.sqrt(b.n))
    half = stats.normal_quantile() * error
    ratio = a.mean / b.mean
    return ratio - 1, ratio * math.exp(-half) - 1, ratio * math.exp(half) - 1


def _lag(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders by whole days since the last touch, up to the longest window."""
    known = orders.filter(pl.col("lag") < max(WINDOWS)).with_columns(
        day=pl.col("lag").floor().cast(pl.Int64)
    )
    counts = known.group_by("day").agg(orders=pl.len().cast(pl.Int64))
    every = pl.DataFrame({"day": range(max(WINDOWS))}, schema={"day": pl.Int64})
    filled = every.join(counts, on="day", how="left", maintain_order="left").with_columns(
        pl.col("orders").fill_null(0)
    )
    total = pl.col("orders").sum()
    share = pl.when(total > 0).then(pl.col("orders") / total)
    return filled.with_columns(share=share, cumulative=share.cum_sum())


def _scalars(
    row: dict[str, float | int | None], orders: pl.DataFrame, days: int
) -> dict[str, Scalar]:
    n, seeded, plain = (int(row[name] or 0) for name in ("buyers", "orders_seeded", "orders_plain"))
    lags = orders.filter(pl.col("lag") <= days)["lag"]
    median = float(lags.median()) if len(lags) else None  # type: ignore[arg-type]
    aov = Text("成交额 ÷ 订单数。", "GMV divided by orders.")
    return {
        "penetration": Scalar(
            row["penetration"],
            "rate",
            n,
            row["low"],
            row["high"],
            Text("种草渗透率", "Seeded buyers"),
            Text(
                f"下单前 {days} 天内看过种草内容的买家 ÷ 全部买家。",
                f"Buyers with a seeding touch in the {days} days before an order, of all buyers.",
            ),
        ),
        "aov_seeded": Scalar(
            row["aov_seeded"],
            "CNY",
            seeded,
            label=Text("种草订单客单价", "AOV seeded"),
            definition=aov,
        ),
        "aov_plain": Scalar(
            row["aov_plain"],
            "CNY",
            plain,
            label=Text("其他订单客单价", "AOV others"),
            definition=aov,
        ),
        "aov_relative": Scalar(
            row["relative"],
            "change",
            seeded + plain,
            row["rel_low"],
            row["rel_high"],
            Text("种草订单贵多少", "Seeded orders against others"),
            Text(
                "种草订单客单价 ÷ 其他订单客单价 − 1。",
                "AOV of seeded orders divided by others, less 1.",
            ),
        ),
        "lag_median": Scalar(
            median, "d", len(lags), label=Text("种草到下单（中位）", "Touch to order (median)")
        ),
    }
