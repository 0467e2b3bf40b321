"""Do people who take part come back? Points for the first day's actions against later visits."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.log_rows import type_mask
from footprint.analysis.retention import KINDS, parse_days
from footprint.analysis.returners import back_on, in_period, returners, where_key
from footprint.data import Data
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

ACTIONS = ("like", "comment", "share", "follow", "product_click", "add_cart")
_SCHEMA: dict[str, Any] = {
    "band": pl.String, "day": pl.Int64, "size": pl.Int64, "users": pl.Int64, "rate": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "points": pl.Float64, "enough": pl.Boolean,
}  # fmt: skip
_NOTE = Text(
    "互动多的人本来就更感兴趣：这里是相关，不等于加积分就能让人回来；要证明请做对照实验。",
    "Those who take part were keener anyway: an association. Whether points bring people back "
    "takes a test with a control group.",
)


@question(
    "interaction_points",
    title=Text("互动多的人更会回来吗？", "Do people who take part come back more?"),
    page="U3",
    rows=("S7.1-d",),
    needs=("events",),
    uses=("streams", "products"),
    params=(
        Param("days", str, "1,7,30", Text("看哪几天", "Days shown")),
        Param("kind", str, "exact", Text("怎样算回来", "What counts as coming back"), tuple(KINDS)),
    ),
)
def interaction_points(
    data: Data, scope: Scope, days: str = "1,7,30", kind: str = "exact"
) -> Result:
    """Return rates by points earned on the first day.

    Points = likes, comments, shares, follows, product clicks and carts of the first day, each times
    its weight (setting points_weights); bands by the setting points_bands. Frames: ``bands`` (band,
    day, size, users, rate, low, high, points = mean, enough) and ``weights`` (action, points,
    users who did it). Scalars: d7_lowest and d7_highest band with enough users, trend_p
    (Cochran-Armitage over the bands, day 7) and took_part. Source: requirement row S7.1-d.
    """
    weights = _weights(data)
    edges = sorted(float(edge) for edge in data.settings.value("points_bands"))
    found = returners(data, scope)
    users = in_period(found.users, scope).join(
        first_points(data, scope), on="user", how="left", maintain_order="left"
    )
    users = users.with_columns(pl.col("points").fill_null(0.0)).with_columns(at=_rank(edges))
    minimum = int(data.settings.value("min_group"))
    wanted = sorted({*parse_days(days), 7} - {0})
    seen = {day: back_on(found, users, day, kind) for day in wanted}
    parts = [_rates(rows, _names(edges), day, minimum) for day, rows in seen.items()]
    bands = pl.concat(parts)
    key = bands.filter(pl.col("day") == 7, pl.col("enough"))
    frames = {"bands": bands, "weights": _actions(data, scope, weights)}
    scalars = _scalars(key, seen[7], users)
    return Result(scalars, frames, notes=(_NOTE,))


def _days_of(data: Data, scope: Scope, action: str) -> pl.DataFrame:
    """user, day, rows of one action."""
    name = f"days of {action} {scope.tz} {where_key(scope)}"
    return once(
        data, name,
        lambda: data.event_log().user_days(scope.tz, mask=type_mask(data, scope, action)),
    )  # fmt: skip


def _weights(data: Data) -> list[float]:
    return [float(weight) for weight in data.settings.value("points_weights")]


def first_points(data: Data, scope: Scope) -> pl.DataFrame:
    """user, points of the first day (users without any are left out)."""
    weights = _weights(data)
    name = f"points {weights} {scope.tz} {where_key(scope)}"
    return once(data, name, lambda: _points(data, scope, weights))


def _points(data: Data, scope: Scope, weights: list[float]) -> pl.DataFrame:
    first = returners(data, scope).users.lazy().select("user", day="first")
    parts = [
        _days_of(data, scope, action).lazy()
        .join(first, on=["user", "day"], how="semi")
        .select("user", points=pl.col("rows").cast(pl.Float64) * weight)
        for action, weight in zip(ACTIONS, weights, strict=False)
    ]  # fmt: skip
    return pl.concat(parts).group_by("user").agg(pl.col("points").sum()).collect()


def _actions(data: Data, scope: Scope, weights: list[float]) -> pl.DataFrame:
    rows = [
        (action, weight, _days_of(data, scope, action)["user"].n_unique())
        for action, weight in zip(ACTIONS, weights, strict=False)
    ]
    schema = {"action": pl.String, "points": pl.Float64, "users": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rank(edges: list[float]) -> pl.Expr:
    """0 for no points, then one more per edge reached."""
    reached = [(pl.col("points") >= edge).cast(pl.Int64) for edge in edges]
    return reduce(lambda a, b: a + b, reached, pl.lit(0, pl.Int64))


def _names(edges: list[float]) -> dict[int, str]:
    """Each band in words, lowest first."""
    bounds = [0.0, *edges]
    inner = [f"{low:g}–{high - 1:g}" if high - 1 > low else f"{low:g}"
             for low, high in zip(bounds, edges, strict=False)]  # fmt: skip
    return dict(enumerate([*inner, f"{bounds[-1]:g}+"]))


def _rates(users: pl.DataFrame, names: dict[int, str], day: int, minimum: int) -> pl.DataFrame:
    low, high = stats.wilson_columns("users", "size")
    counted = users.group_by("at").agg(
        size=pl.len().cast(pl.Int64), users=pl.col("back").sum().cast(pl.Int64),
        points=pl.col("points").mean(),
    ).sort("at")  # fmt: skip
    return counted.with_columns(
        low, high, day=pl.lit(day), band=pl.col("at").replace_strict(
            names, return_dtype=pl.String), rate=pl.col("users") / pl.col("size"),
        enough=pl.col("size") >= minimum,
    ).select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())  # fmt: skip


def _scalars(key: pl.DataFrame, seen: pl.DataFrame, users: pl.DataFrame) -> dict[str, Scalar]:
    edges = {}
    for name, row, label in (
        ("d7_lowest", key.head(1), Text("积分最低一档的 7 日留存", "Day-7 return, fewest points")),
        ("d7_highest", key.tail(1), Text("积分最高一档的 7 日留存", "Day-7 return, most points")),
    ):
        edges[name] = _edge(row, label) if key.height > 1 else Scalar(None, "rate", 0, label=label)
    return edges | {
        "trend_p": Scalar(
            _trend(seen) if key.height > 1 else None, "p", seen.height,
            label=Text("各档没有差别的可能性（p）", "Chance that bands do not differ (p)"),
        ),
        "took_part": _took_part(users),
    }  # fmt: skip


def _took_part(users: pl.DataFrame) -> Scalar:
    """Share of newcomers with any points."""
    n, k = users.height, int((users["points"] > 0).sum())
    label = Text("首日有互动的新客", "Newcomers who took part")
    if not n:
        return Scalar(None, "rate", 0, label=label)
    return Scalar(k / n, "rate", n, *stats.wilson(k, n), label)


def _edge(row: pl.DataFrame, label: Text) -> Scalar:
    cell = row.row(0, named=True)
    return Scalar(cell["rate"], "rate", cell["size"], cell["low"], cell["high"], label, _NOTE)


def _trend(seen: pl.DataFrame) -> float:
    """Two-sided p of the Cochran-Armitage trend of coming back over the bands."""
    n, back = seen.height, float(seen["back"].sum())
    score = seen["at"].cast(pl.Float64)
    centred = score - score.mean()
    top = float((centred * seen["back"].cast(pl.Float64)).sum())
    spread = float((centred**2).sum()) * (back / n) * (1 - back / n)
    return math.erfc(abs(top) / math.sqrt(2 * spread)) if spread > 0 else 1.0
