"""The customers behind a tier, a move between tiers or a customer group, with masked ids."""

from __future__ import annotations

from datetime import date

import polars as pl

from footprint.analysis.rfm import SEGMENTS, rfm, segment_of
from footprint.analysis.tiers import TIERS, Rules, facts_of, judged, month_ends, purchases
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.metrics import View
from footprint.metrics.loyalty import first_buys
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

LISTED = 1000
_ANY = ("",)
_COLUMNS = {
    "user_id": pl.String(), "from": pl.String(), "tier": pl.String(), "segment": pl.String(),
    "last_days": pl.Int64(), "orders": pl.Int64(), "gmv": pl.Float64(), "money": pl.Float64(),
}  # fmt: skip


@question(
    "customer_list",
    title=Text("这些人是谁？", "Who are these customers?"),
    page="U3",
    rows=("S6.3-b", "S7.3-b", "S1.2.2-a"),
    needs=("orders",),
    uses=("events", "products", "streams"),
    params=(
        Param("tier", str, "", Text("现在的价值层", "Tier now"), (*_ANY, *TIERS)),
        Param("came_from", str, "", Text("上个月末的层", "Tier a month before"),
              (*_ANY, "new", *TIERS)),
        Param("segment", str, "", Text("客群", "Customer group"), (*_ANY, *SEGMENTS.values())),
        Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),
        Param("first_month", date, None, Text("首购月份", "Month of the first order")),
        Param("again", str, "", Text("之后又买了", "Bought again"), ("", "yes", "no", "waiting")),
        Param("days", int, 30, Text("多少天内", "Within days")),
    ),
)  # fmt: skip
def customer_list(
    data: Data,
    scope: Scope,
    tier: str = "",
    came_from: str = "",
    segment: str = "",
    as_of: date | None = None,
    first_month: date | None = None,
    again: str = "",
    days: int = 30,
) -> Result:
    """Customers of a day that fit every choice given (none: all), those with most money first.

    ``first_month`` (any day of it) and ``again`` (a further order within ``days``: yes, no, or
    waiting while the days are not over) are those of the question ``repurchase``. ``came_from`` is
    the tier at the month end before the day ("new": not yet a customer then). Customers whose
    orders were all refunded are not listed. Frame ``people``: masked user_id, from, tier, segment,
    last_days, orders and gmv of the tier window, money of all time (the first 1,000). Scalars:
    users and money of all that fit. Source: requirement rows S6.3-b and S7.3-b.
    """
    rules, bought = Rules.of(data), purchases(data, scope)
    last = bought["day"].max()
    if not isinstance(last, date):
        return _answer(pl.DataFrame(schema=_COLUMNS))
    day = min(as_of or scope.end or last, last)
    first = bought["day"].min()
    assert isinstance(first, date)
    earlier = [end for end in month_ends(first, day) if end < day][-1:]
    now, *before = (judged(facts, rules) for facts in facts_of(data, scope, [day, *earlier], rules))
    groups = rfm(bought, day).select("user", "money", segment=segment_of(rules))
    people = now.join(groups, on="user")
    if before:
        people = people.join(
            before[0].select("user", pl.col("tier").alias("from")), on="user", how="left"
        )
    else:
        people = people.with_columns(pl.lit(None, dtype=pl.String).alias("from"))
    people = people.with_columns(pl.col("from").fill_null("new"))
    if first_month is not None or again:
        people = people.join(
            _first_buyers(data, scope, first_month, again, days), on="user_id", how="semi"
        )
    keep = [pl.col(name) == wanted
            for name, wanted in (("tier", tier), ("from", came_from), ("segment", segment))
            if wanted]  # fmt: skip
    return _answer(people.filter(*keep).rename({"age": "last_days"}))


def _first_buyers(
    data: Data, scope: Scope, month: date | None, again: str, days: int
) -> pl.DataFrame:
    """Buyers by the month of their first order and whether they bought again in time."""
    buyers = first_buys(View(data, scope), days)
    over, back = pl.col("complete").fill_null(value=False), pl.col("repeat")
    rules = {"yes": over & back, "no": over & ~back, "waiting": ~over}
    keep = [rules[again]] if again else []
    if month is not None:
        keep.append(pl.col("first_day").dt.truncate("1mo") == month.replace(day=1))
    return buyers.filter(*keep).select("user_id")


def _answer(people: pl.DataFrame) -> Result:
    chosen = people.select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items())
    # To the cent: the last digits of a sum depend on its order, and would then order equals.
    chosen = chosen.with_columns(pl.col("money").round(2))
    best = chosen.sort("money", "user_id", descending=[True, False]).head(LISTED)
    n = chosen.height
    what = Text("符合所有条件的客人。", "Customers that fit every choice.")
    return Result(
        {
            "users": Scalar(n, "count", n, label=Text("人数", "Customers"), definition=what),
            "money": Scalar(float(chosen["money"].sum()), "CNY", n,
                            label=Text("历史消费", "Money so far"), definition=what),
        },
        {"people": best.select(masked_ids(), pl.exclude("user_id"))},
    )  # fmt: skip
