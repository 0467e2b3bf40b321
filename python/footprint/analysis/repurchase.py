"""Do first-time buyers come back? Second orders within N days, by month of the first order."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.loyalty import first_buys
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text


@question(
    "repurchase",
    title=Text("新客会再来买吗？", "Do first-time buyers come back?"),
    page="U3",
    rows=("S1.2.2-a", "S7.3-b"),
    needs=("orders",),
    uses=("products", "streams"),
    params=(Param("days", int, 30, Text("多少天内", "Within days")),),
)
def repurchase(data: Data, scope: Scope, days: int = 30) -> Result:
    """Share of first-time buyers with a further order on a later day within ``days``.

    Only buyers whose ``days`` are over in the data count. With slices, first and further orders are
    those within the slice. Frame ``cohorts``: month (first day), buyers (counted), repeat, rate,
    low, high, waiting (buyers whose days are not over), complete (none waiting), enough (buyers
    reach the setting min_group). Scalars: rate over all counted buyers, rate_first and rate_last of
    the first and last month with enough buyers. Source: requirement row S1.2.2-a, truth PT13.
    """
    buyers = first_buys(View(data, scope), days)
    day = pl.col("first_day")
    keep = [day >= scope.start] if scope.start else []
    keep += [day <= scope.end] if scope.end else []
    cohorts = _cohorts(buyers.filter(*keep), int(data.settings.value("min_group")))
    enough = cohorts.filter(pl.col("enough"))
    definition = Text(
        f"首购后 {days} 天内、在之后的某一天再次下单的新客 ÷ 已满 {days} 天的新客。",
        f"First-time buyers with a further order on a later day within {days} days, divided by "
        f"first-time buyers whose {days} days are over.",
    )
    labels = {
        "rate": Text("复购率", "Repurchase rate"),
        "rate_first": Text("最早一批新客", "Earliest buyers"),
        "rate_last": Text("最近一批新客", "Latest buyers"),
    }
    parts = {"rate": cohorts, "rate_first": enough.head(1), "rate_last": enough.tail(1)}
    scalars = {name: _rate(part, labels[name], definition) for name, part in parts.items()}
    return Result(scalars, {"cohorts": cohorts}, notes=_notes(cohorts))


def _cohorts(buyers: pl.DataFrame, minimum: int) -> pl.DataFrame:
    over = pl.col("complete").fill_null(False)
    counted = buyers.group_by(month=pl.col("first_day").dt.truncate("1mo")).agg(
        buyers=over.sum().cast(pl.Int64),
        repeat=(over & pl.col("repeat")).sum().cast(pl.Int64),
        waiting=(~over).sum().cast(pl.Int64),
    )
    low, high = stats.wilson_columns("repeat", "buyers")
    some = pl.col("buyers") > 0
    return (
        counted.sort("month")
        .with_columns(low=low, high=high, rate=pl.col("repeat") / pl.col("buyers"))
        .select(
            "month", "buyers", "repeat",
            *(pl.when(some).then(pl.col(name)).alias(name) for name in ("rate", "low", "high")),
            "waiting", complete=pl.col("waiting") == 0, enough=pl.col("buyers") >= minimum,
        )
    )  # fmt: skip


def _rate(cohorts: pl.DataFrame, label: Text, definition: Text) -> Scalar:
    n, k = int(cohorts["buyers"].sum()), int(cohorts["repeat"].sum())
    if not n:
        return Scalar(None, "rate", 0, label=label, definition=definition)
    low, high = stats.wilson(k, n)
    return Scalar(k / n, "rate", n, low, high, label, definition)


def _notes(cohorts: pl.DataFrame) -> tuple[Text, ...]:
    waiting = int(cohorts["waiting"].sum())
    if not waiting:
        return ()
    return (
        Text(f"{waiting} 位新客的观察期还没结束，没有计入。",
             f"{waiting} first-time buyers are still being watched and are not counted."),
    )  # fmt: skip
