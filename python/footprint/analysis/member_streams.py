"""Do member-only streams bring people back? Their buyers beside the buyers of other streams."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.loyalty import data_end
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

MEMBER = "member"
_NOTE = Text(
    "会员场的客人本来就更忠诚，这里是相关，不等于会员场带来的效果；要证明请做对照。",
    "Guests of member streams were loyal before: this is an association, not the effect of the "
    "streams; a test with a control group would show that.",
)


@question(
    "member_streams",
    title=Text("会员专场有用吗？", "Do member streams work?"),
    page="U3",
    rows=("S7.3-b",),
    needs=("orders", "streams"),
    params=(Param("days", int, 30, Text("多少天内", "Within days")),),
)
def member_streams(data: Data, scope: Scope, days: int = 30) -> Result:
    """Share of buyers who order again on a later day within ``days``, member streams and others.

    A buyer counts once per group, from the first order in such a stream (stage "member" or any
    other) in the scope; any further order counts, wherever placed. Only buyers whose ``days`` are
    over count. Frame ``groups``: group (member, other), streams, buyers, repeat, rate, low, high,
    aov. Scalars: rate_member, rate_other, ratio (interval: Katz), p_value. Withheld below the
    setting min_group. Source: requirement row S7.3-b, truth PT32.
    """
    view = View(data, scope)
    groups = _groups(view, days)
    found = {row["group"]: row for row in groups.to_dicts()}
    minimum = int(data.settings.value("min_group"))
    sizes = [found[name]["buyers"] if name in found else 0 for name in (MEMBER, "other")]
    scalars = {
        f"rate_{name}": _rate(found.get(name), label)
        for name, label in ((MEMBER, Text("会员场", "Member streams")),
                            ("other", Text("其他场", "Other streams")))
    }  # fmt: skip
    if min(sizes) < minimum:
        few = Text(
            f"会员场或其他场的买家不足 {minimum} 人，不比较。",
            f"Fewer than {minimum} buyers in one group: not compared.",
        )
        return Result(scalars | _compared(None), {"groups": groups}, notes=(few,))
    test = stats.two_proportions(
        found[MEMBER]["repeat"], sizes[0], found["other"]["repeat"], sizes[1]
    )
    return Result(scalars | _compared(test), {"groups": groups}, notes=(_NOTE,))


def _groups(view: View, days: int) -> pl.DataFrame:
    stages = view.data.frame("streams").select(
        "stream_id", group=pl.when((pl.col("stage") == MEMBER).fill_null(False))
        .then(pl.lit(MEMBER)).otherwise(pl.lit("other")),
    )  # fmt: skip
    bought = (
        view.rows("orders").join(stages, on="stream_id").with_columns(day=view.days("order_ts"))
    )
    first = bought.group_by("group", "user_id").agg(first_day=pl.col("day").min())
    last: date | None = data_end(view)
    full = pl.lit(last and last - timedelta(days=days), pl.Date)
    over = first.filter(pl.col("first_day") <= full)
    every = view.data.frame("orders").select("user_id", day=view.days("order_ts"))
    gap = (pl.col("day") - pl.col("first_day")).dt.total_days()
    back = (
        over.join(every, on="user_id").filter(gap.is_between(1, days))
        .select("group", "user_id", repeat=pl.lit(True)).unique()
    )  # fmt: skip
    counted = (
        over.join(back, on=["group", "user_id"], how="left")
        .group_by("group")
        .agg(buyers=pl.len().cast(pl.Int64),
             repeat=pl.col("repeat").fill_null(False).sum().cast(pl.Int64))
    )  # fmt: skip
    money = bought.group_by("group").agg(
        streams=pl.col("stream_id").n_unique().cast(pl.Int64),
        aov=pl.col("paid_amount").sum() / pl.col("order_id").n_unique(),
    )
    low, high = stats.wilson_columns("repeat", "buyers")
    return (
        money.join(counted, on="group", how="left")
        .with_columns(pl.col("buyers", "repeat").fill_null(0))
        .with_columns(low, high, rate=pl.when(pl.col("buyers") > 0).then(
            pl.col("repeat") / pl.col("buyers")))
        .select("group", "streams", "buyers", "repeat", "rate", "low", "high", "aov")
        .sort("group")
    )  # fmt: skip


def _rate(row: dict[str, Any] | None, label: Text) -> Scalar:
    definition = Text(
        "首次在这类场次下单后、在之后的某一天再次下单的买家比例。",
        "Share of buyers who order again on a later day after their first order in such a stream.",
    )
    if row is None or row["rate"] is None:
        return Scalar(None, "rate", 0, label=label, definition=definition)
    return Scalar(row["rate"], "rate", row["buyers"], row["low"], row["high"], label, definition)


def _compared(test: stats.Comparison | None) -> dict[str, Scalar]:
    n = test.n1 + test.n2 if test else 0
    ratio = Text("会员场是其他场的几倍", "Member streams against others")
    return {
        "ratio": Scalar(
            test.ratio if test else None, "x", n, test.ratio_low if test else None,
            test.ratio_high if test else None, ratio, _NOTE,
        ),
        "p_value": Scalar(test.p if test else None, "p", n,
                          label=Text("偶然出现的可能性（p）", "Chance of seeing this by luck (p)")),
    }  # fmt: skip
