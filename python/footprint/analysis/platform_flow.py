"""Do people won on one platform buy on another? Both ways, for users seen on both."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from footprint import stats
from footprint.analysis.events.rows import kept
from footprint.analysis.log_rows import row_values
from footprint.data import Data
from footprint.engine import ORDER
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

ANY = "any"
_UTC = pl.Datetime("us", "UTC")
_FLOW = (
    "source",
    "destination",
    "fans",
    "linked",
    "link_rate",
    "payers",
    "rate",
    "low",
    "high",
    "lag_days",
)


@question(
    "platform_flow",
    title=Text("一个平台的人会到另一个平台买吗？", "Do people of one platform buy on another?"),
    page="U2",
    rows=("S3.2-c",),
    needs=("events", "orders"),
    uses=("streams",),
    params=(
        Param(
            "event", str, ANY, Text("算作来源平台的人的行为", "Event that makes a person theirs")
        ),
    ),
)
def platform_flow(data: Data, scope: Scope, event: str = ANY) -> Result:
    """Source by destination: of the people of one platform who are also seen on another, how many
    order there afterwards.

    People of a platform have an event of the kind ``event`` (``any``, ``follow`` = fans ...) there
    within the scope; linked ones have any event or order on the other platform too, under the same
    user id (what the data cannot link is not counted). Payers order there at or after that first
    event. Frame ``flow``: source, destination, fans (people of the source), linked, link_rate =
    linked / fans, payers, rate = payers / linked with its 95 % interval low, high (null below the
    least group), lag_days = median days to the first such order. Scalars: link_rate = people seen
    on two or more platforms / all, and of the direction with most payers: source, destination,
    conversion, lag_days. Source: requirement row S3.2-c, truth PT28.
    """
    view = View(data, scope)
    seen = _seen(data, scope)
    fans = _people(data, scope, event)
    orders = _orders(view)
    pairs = (
        fans.join(seen.several, on="user")
        .rename({"platform": "source", "platform_right": "destination"})
        .filter(pl.col("source") != pl.col("destination"))
    )
    bought = (
        pairs.join(orders, left_on=["user", "destination"], right_on=["user", "platform"])
        .filter(pl.col("order_ts") >= pl.col("first"))
        .group_by("user", "source", "destination")
        .agg(lag=(pl.col("order_ts").min() - pl.col("first").first()).dt.total_seconds() / 86_400)
    )
    flow = _flow(fans, pairs, bought, int(data.settings.value("min_group")))
    scalars = _scalars(flow, seen.several["user"].n_unique(), seen.users)
    return Result(scalars, {"flow": flow}, notes=_NOTES)


_NOTES = (
    Text(
        "只有两个平台用同一个用户编号时才能连上；连不上的人不在表里，占比不能推到所有人。",
        "People are linked by the same user id on both platforms; those who cannot be linked are "
        "not in the table, and the rates do not speak for them.",
    ),
)


def _people(data: Data, scope: Scope, event: str) -> pl.DataFrame:
    """user (code), platform, first: first row of the kind on each platform inside the scope."""
    rows = "" if event == ANY else f"event_type={event}"
    inside = kept(data, scope, rows, period=True)
    return _first_by_platform(data, inside, touches=True)


@dataclass(frozen=True, slots=True)
class _Seen:
    """``users``: people seen on any platform; ``several``: user, platform of those on two or
    more."""

    users: int
    several: pl.DataFrame


def _seen(data: Data, scope: Scope) -> _Seen:
    """Who was seen on which platform, all time, inside the slices."""

    def build() -> _Seen:
        every = _first_by_platform(data, kept(data, scope)).select("user", "platform")
        counts = every.group_by("user").len()
        linked = counts.filter(pl.col("len") > 1).select("user")
        return _Seen(counts.height, every.join(linked, on="user"))

    return once(data, f"platforms seen {sorted(scope.where.items())}", build)


def _first_by_platform(
    data: Data, inside: pl.Series | None, *, touches: bool = False
) -> pl.DataFrame:
    """user, platform, first over the rows ``inside``; ``touches``: events only, no orders."""
    log, where = data.event_log(), row_values(data, "platform")
    which = [kind for kind in log.event_types if kind != ORDER] if touches else None
    parts = [pl.DataFrame(schema={"user": pl.UInt32, "platform": pl.String, "first": _UTC})]
    for number, platform in enumerate(where.words):
        hit = where.codes == number
        found = log.first_last(which, mask=hit if inside is None else hit & inside)
        parts.append(found.select("user", platform=pl.lit(platform), first="first_ts"))
    return pl.concat(parts)


def _orders(view: View) -> pl.DataFrame:
    """user, platform, order_ts of every order inside the slices, all time."""

    def build() -> pl.DataFrame:
        rows = view.rows("orders", "platform", period=False)
        found = rows.select("user_id", "order_ts", platform="key").drop_nulls()
        return found.with_columns(user=view.data.event_log().user_codes(found["user_id"]))

    return once(view.data, f"platform orders {sorted(view.scope.where.items())}", build)


def _flow(
    fans: pl.DataFrame, pairs: pl.DataFrame, bought: pl.DataFrame, least: int
) -> pl.DataFrame:
    both = ["source", "destination"]
    linked = pairs.group_by(both).agg(linked=pl.len().cast(pl.Int64))
    paid = bought.group_by(both).agg(
        payers=pl.len().cast(pl.Int64), lag_days=pl.col("lag").median()
    )
    sizes = fans.group_by(source="platform").agg(fans=pl.len().cast(pl.Int64))
    low, high = stats.wilson_columns("payers", "linked")
    enough = pl.col("linked") >= least
    return (
        linked.join(sizes, on="source")
        .join(paid, on=both, how="left")
        .with_columns(pl.col("payers").fill_null(0))
        .with_columns(
            low,
            high,
            link_rate=pl.col("linked") / pl.col("fans"),
            rate=pl.when(enough).then(pl.col("payers") / pl.col("linked")),
        )
        .with_columns(pl.when(enough).then(name).alias(name) for name in ("low", "high"))
        .select(_FLOW)
        .sort("payers", "linked", *both, descending=[True, True, False, False])
    )


def _scalars(flow: pl.DataFrame, several: int, users: int) -> dict[str, Scalar]:
    known = flow.filter(pl.col("rate").is_not_null())
    top = known.row(0, named=True) if known.height else dict.fromkeys(_FLOW)
    low, high = stats.wilson(several, users) if users else (None, None)
    n = top["linked"]
    return {
        "link_rate": Scalar(
            several / users if users else None,
            "rate",
            users,
            low,
            high,
            Text("出现在两个以上平台的人", "People seen on two or more platforms"),
            Text(
                "同一用户编号在两个以上平台有行为或订单 ÷ 全部用户。",
                "Users with events or orders on two or more platforms divided by all users.",
            ),
        ),
        "source": Scalar(top["source"], "text", n, label=Text("来源平台", "From")),
        "destination": Scalar(top["destination"], "text", n, label=Text("购买平台", "Bought on")),
        "conversion": Scalar(
            top["rate"],
            "rate",
            n,
            top["low"],
            top["high"],
            Text("能连上的人里买了的", "Linked people who bought"),
            Text(
                "在来源平台出现之后，到购买平台下单的人 ÷ 两个平台都出现过的人。",
                "People who order on the second platform after showing up on the first, divided "
                "by those seen on both.",
            ),
        ),
        "lag_days": Scalar(
            top["lag_days"], "d", top["payers"], label=Text("间隔中位数", "Median lag")
        ),
    }
