"""Do short-term winners stay winners? Value per new customer soon after coming, and over a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from footprint import stats
from footprint.analysis.earnings import earned
from footprint.data import Data
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.scoping import looked_up
from footprint.text import Text

YEAR = 365
HORIZONS = (YEAR, 270, 180, 120, 90, 60)
BUCKETS, REPLICATES = 128, 1000
SURE = 0.95
MOST = 20
COLUMNS = ("host_id", "channel", "category", "platform", "region")
_GROUPS: dict[str, Any] = {
    "group": pl.String, "customers": pl.Int64, "short_value": pl.Float64, "short_low": pl.Float64,
    "short_high": pl.Float64, "long_value": pl.Float64, "long_low": pl.Float64,
    "long_high": pl.Float64, "rank_short": pl.Int64, "rank_long": pl.Int64, "nps": pl.Float64,
    "answers": pl.Int64,
}  # fmt: skip
_FLIPS: dict[str, Any] = {
    "ahead_short": pl.String, "ahead_long": pl.String, "short_gap": pl.Float64,
    "long_gap": pl.Float64, "sure_short": pl.Float64, "sure_long": pl.Float64, "sure": pl.Boolean,
}  # fmt: skip


def flip_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding for the surest change of places between short and long view."""
    flips = result.frames["flips"].filter("sure")
    if flips.is_empty():
        return []
    row, by = flips.row(0, named=True), result.params["by"]
    sizes = dict(result.frames["groups"].select("group", "customers").iter_rows())
    n = sizes[row["ahead_short"]] + sizes[row["ahead_long"]]
    short, long = result.scalars["short_days"].value, result.scalars["long_days"].value
    return [
        Finding(
            id=f"rank_flip:{by}:{row['ahead_short']}:{row['ahead_long']}",
            kind="rank_flip",
            severity=1,
            colour="grey",
            problem=Text(
                f"{row['ahead_short']} 的新客头 {short} 天花得多，但 {long} 天里 "
                f"{row['ahead_long']} 的新客每人多值 {row['long_gap']:,.0f} 元。",
                f"New customers of {row['ahead_short']} are worth more in the first {short} days, "
                f"those of {row['ahead_long']} {row['long_gap']:,.0f} CNY more over {long} days.",
            ),
            suggestion=Text(
                "评价时看长期，不只看当月；先小步把资源挪过去再看。",
                "Judge by the long view, not the month; move a small part of the effort and watch.",
            ),
            confidence=min(row["sure_short"], row["sure_long"]),
            n=n,
            page="U4",
            question="long_value",
            params=result.params,
            scope=scope,
            evidence=flips.head(10),
        )
    ]


@question(
    "long_value",
    title=Text("短期的赢家，长期还赢吗？", "Do short-term winners stay winners?"),
    page="U4",
    rows=("S7.3-d",),
    needs=("orders",),
    uses=("products", "streams", "events", "surveys"),
    params=(
        Param("by", str, "host_id", Text("按什么比", "Compare by"), COLUMNS),
        Param("short_days", int, 30, Text("短期天数", "Short view, days")),
        Param("long_days", int, 0, Text("长期天数（0=尽量长，最多一年）",
                                        "Long view, days (0 = as long as known, up to a year)")),
    ),
    findings=flip_findings,
)  # fmt: skip
def long_value(
    data: Data, scope: Scope, by: str = "host_id", short_days: int = 30, long_days: int = 0
) -> Result:
    """Value per new customer in the first days and over the long view, by where they first bought.

    Value = profit of the customer's orders where costs are known, else money kept (paid -
    refunded), from the first order on, wherever placed later. Only customers whose long view is
    over. Intervals and the certainty of an order of two groups: bootstrap over 128 groups of
    customers. Frames: ``groups`` (group, customers, short_value, long_value with intervals, ranks,
    nps and answers of their customers where surveys name them) and ``flips`` (pairs that change
    places: ahead_short, ahead_long, gaps in CNY, share of draws that agree, sure = both above 95
    %). Scalars: groups, flips (sure ones), short_days, long_days, rank_agreement (Kendall). Groups
    below the setting min_group are left out. Source: requirement row S7.3-d.
    """
    view = View(data, scope)
    firsts, lines = _customers(view, by), _lines(view)
    last = lines["day"].max()
    minimum = int(data.settings.value("min_group"))
    horizon = long_days or _longest(firsts, last, minimum, short_days)
    if not isinstance(last, date) or horizon <= short_days:
        return _answer(pl.DataFrame(schema=_GROUPS), pl.DataFrame(schema=_FLIPS), short_days,
                       horizon, (_TOO_SHORT,))  # fmt: skip
    known = firsts.filter(pl.col("first_day") <= last - timedelta(days=horizon))
    worth = _worth(known, lines, short_days, horizon)
    sized = worth.group_by("group").len().filter(pl.col("len") >= minimum)
    names = sized.sort("len", "group", descending=[True, False])["group"].head(MOST).to_list()
    weights = stats.bucket_weights(BUCKETS, REPLICATES)
    draws = [
        _draws(worth.filter(pl.col("group") == name), np.roll(weights, 17 * place, axis=1))
        for place, name in enumerate(names)
    ]
    groups = _groups(worth, names, draws).join(
        _opinions(data, known, minimum), on="group", how="left", maintain_order="left"
    )
    groups = groups.with_columns(pl.col("answers").fill_null(0))
    frames = groups.select(pl.col(name).cast(kind) for name, kind in _GROUPS.items())
    notes = (_SALES,) if not data.has("products") else ()
    return _answer(frames, _flips(names, worth, draws), short_days, horizon, notes)


_TOO_SHORT = Text(
    "历史还不够长，看不出长期价值。", "The history is too short to see long-term value."
)
_SALES = Text(
    "没有商品成本，这里的价值是成交额（扣退款），不是利润。",
    "No product costs are known: value is money kept, not profit.",
)


def _customers(view: View, by: str) -> pl.DataFrame:
    """user_id, first_day, group of every customer whose first order lies in the scope."""
    orders = view.data.frame("orders").sort("order_ts", maintain_order=True)
    first = orders.unique("user_id", keep="first", maintain_order=True)
    group = looked_up(view.data, first, by, "orders")
    if group is None:
        group = pl.Series("group", [None] * first.height, dtype=pl.String)
    inside = view.rows("orders").select("order_id").unique()
    firsts = first.select("order_id", "user_id", first_day=view.days("order_ts"), group=group)
    return firsts.join(inside, on="order_id", how="semi").filter(pl.col("group").is_not_null())


def _lines(view: View) -> pl.DataFrame:
    """user_id, day, value of every order line of all data."""
    orders = view.data.frame("orders")
    if view.data.has("products"):
        costs = view.data.frame("products").select("sku_id", "unit_cost").unique("sku_id")
        valued = orders.join(costs, on="sku_id", how="left").with_columns(value=earned())
    else:
        kept = pl.col("paid_amount") - pl.col("refund_amount").fill_null(0)
        valued = orders.with_columns(value=kept)
    return valued.select("user_id", day=view.days("order_ts"), value="value")


def _longest(firsts: pl.DataFrame, last: object, minimum: int, short: int) -> int:
    """The longest horizon that two groups with enough customers have lived through; else 0."""
    if not isinstance(last, date):
        return 0
    for days in HORIZONS:
        over = firsts.filter(pl.col("first_day") <= last - timedelta(days=days))
        sizes = over.group_by("group").len()["len"]
        if days > short and (sizes >= minimum).sum() >= 2:
            return days
    return 0


def _worth(known: pl.DataFrame, lines: pl.DataFrame, short: int, horizon: int) -> pl.DataFrame:
    """user_id, group, short, long: value of each customer within both views."""
    age = (pl.col("day") - pl.col("first_day")).dt.total_days()
    seen = lines.lazy().join(known.lazy(), on="user_id").filter(age.is_between(0, horizon))
    return (
        seen.group_by("user_id", "group")
        .agg(short=pl.col("value").filter(age <= short).sum(), long=pl.col("value").sum())
        .sort("user_id")
        .collect()
    )


def _draws(worth: pl.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Bootstrap means of one group: (replicates, 2) for the short and the long view; ``weights``
    say how often each bucket of customers is drawn."""
    place = worth["user_id"].hash(seed=7).to_numpy() % BUCKETS
    sums = np.stack([
        np.bincount(place, weights=weights, minlength=BUCKETS)
        for weights in (worth["short"].to_numpy(), worth["long"].to_numpy(), np.ones(worth.height))
    ], axis=1)  # fmt: skip
    drawn = weights @ sums
    return drawn[:, :2] / np.maximum(drawn[:, 2:], 1e-9)


def _groups(worth: pl.DataFrame, names: list[str], draws: list[np.ndarray]) -> pl.DataFrame:
    rows = []
    for name, drawn in zip(names, draws, strict=True):
        mine = worth.filter(pl.col("group") == name)
        low, high = stats.percentile_interval(drawn)
        rows.append({
            "group": name, "customers": mine.height,
            "short_value": float(mine["short"].sum()) / mine.height,
            "short_low": low[0], "short_high": high[0],
            "long_value": float(mine["long"].sum()) / mine.height,
            "long_low": low[1], "long_high": high[1],
        })  # fmt: skip
    schema = {name: kind for name, kind in _GROUPS.items() if "rank" not in name}
    for name in ("nps", "answers"):
        schema.pop(name)
    ranked = pl.DataFrame(rows, schema=schema).with_columns(
        rank_short=pl.col("short_value").rank("min", descending=True).cast(pl.Int64),
        rank_long=pl.col("long_value").rank("min", descending=True).cast(pl.Int64),
    )
    return ranked.sort("rank_long", "group")


def _opinions(data: Data, known: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """group, nps (promoters - detractors; null below ``minimum`` answers) and answers."""
    schema = {"group": pl.String, "nps": pl.Float64, "answers": pl.Int64}
    if not data.has("surveys"):
        return pl.DataFrame(schema=schema)
    answers = data.frame("surveys").filter(pl.col("kind") == "nps", pl.col("score").is_not_null())
    score = pl.col("score")
    nps = (score >= 9).mean() - (score <= 6).mean()
    joined = answers.select("user_id", "score").join(known, on="user_id")
    return joined.group_by("group").agg(
        nps=pl.when(pl.len() >= minimum).then(100 * nps), answers=pl.len().cast(pl.Int64)
    )


def _flips(names: list[str], worth: pl.DataFrame, draws: list[np.ndarray]) -> pl.DataFrame:
    """Pairs of groups that change places, the surest first."""
    means = worth.group_by("group").agg(pl.col("short", "long").mean())
    value = {row["group"]: (row["short"], row["long"]) for row in means.to_dicts()}
    rows = []
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            short, long = (value[a][k] - value[b][k] for k in (0, 1))
            if short > 0 > long:
                agree = [float((draws[i][:, 0] > draws[j][:, 0]).mean()),
                         float((draws[i][:, 1] < draws[j][:, 1]).mean())]  # fmt: skip
                rows.append((a, b, short, -long, *agree, min(agree) > SURE))
    table = pl.DataFrame(rows, schema=_FLIPS, orient="row")
    surest = pl.min_horizontal("sure_short", "sure_long")
    return table.sort(surest, "ahead_short", "ahead_long", descending=[True, False, False])


def _answer(
    groups: pl.DataFrame, flips: pl.DataFrame, short: int, horizon: int, notes: tuple[Text, ...]
) -> Result:
    n = int(groups["customers"].sum())
    scalars = {
        "groups": Scalar(groups.height, "count", n, label=Text("比较的组", "Groups compared")),
        "flips": Scalar(
            int(flips["sure"].sum()), "count", groups.height,
            label=Text("名次对调（有把握）", "Changes of place (sure)"),
            definition=Text("两组的先后在短期和长期相反，且各有 95% 以上的把握。",
                            "Pairs whose order is opposite in the short and the long view, each "
                            "with more than 95 % certainty."),
        ),
        "short_days": Scalar(short, "d", n, label=Text("短期", "Short view")),
        "long_days": Scalar(horizon or None, "d", n, label=Text("长期", "Long view")),
        "rank_agreement": Scalar(_kendall(groups), "count", groups.height,
                                 label=Text("名次一致程度（−1 到 1）",
                                            "Agreement of ranks (-1 to 1)")),
    }  # fmt: skip
    return Result(scalars, {"groups": groups, "flips": flips}, notes=notes)


def _kendall(groups: pl.DataFrame) -> float | None:
    if groups.height < 3:
        return None
    from scipy.stats import kendalltau

    found = float(kendalltau(groups["rank_short"], groups["rank_long"]).statistic)
    return found if np.isfinite(found) else None
