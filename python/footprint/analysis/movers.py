"""Who is rising, who slipped and who is about to: named customers with the money at stake."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from footprint.analysis.tiers import TIERS, Rules, facts_of, judged, purchases
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

DIRECTIONS = ("slipping", "slipped", "risen")
LISTED = 500
_HEIGHT = {tier: len(TIERS) - 1 - place for place, tier in enumerate(TIERS)}
_MOVERS = {
    "user_id": pl.String(), "direction": pl.String(), "from": pl.String(), "to": pl.String(),
    "last_days": pl.Int64(), "orders": pl.Int64(), "gmv": pl.Float64(), "at_stake": pl.Float64(),
}  # fmt: skip
_LABELS = {
    "slipping": Text("快要掉层的客人", "Customers about to slip"),
    "slipped": Text("已掉层的客人", "Customers who slipped"),
    "risen": Text("升层的客人", "Customers who rose"),
}
_FEWEST = 5


def slipping_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding when several customers are about to leave the high tier."""
    high = result.frames["movers"].filter(
        pl.col("direction") == "slipping", pl.col("from") == "high"
    )
    if high.height < _FEWEST:
        return []
    money, soon = float(high["at_stake"].sum()), result.params["soon"]
    window = Rules.of(data).window
    return [
        Finding(
            id="slipping_customers",
            kind="slipping_customers",
            severity=2,
            colour="grey",
            problem=Text(
                f"{high.height} 位高价值客人 {soon} 天内不再下单就会掉层，"
                f"他们近 {window} 天花了 {money:,.0f} 元。",
                f"{high.height} high-value customers will slip within {soon} days unless they "
                f"order; they spent {money:,.0f} CNY in the last {window} days.",
            ),
            suggestion=Text(
                "按名单逐个联系：先问用得怎么样，再给专属场次，最后才谈优惠。",
                "Work the list: ask how they got on, invite them to a stream of their own, and "
                "only then offer a discount.",
            ),
            confidence=0.6,
            n=high.height,
            page="U3",
            question="movers",
            impact_cny=money,
            params=result.params,
            scope=scope,
            evidence=high.head(20),
        )
    ]


@question(
    "movers",
    title=Text("谁在往上走，谁要流失？", "Who is rising, who is slipping?"),
    page="U3",
    rows=("S6.3-b",),
    needs=("orders",),
    uses=("events", "products", "streams"),
    params=(
        Param("as_of", date, None, Text("截至哪天（空白=最后一天）", "As of (blank = last)")),
        Param("days", int, 30, Text("和多少天前比", "Compared with days ago")),
        Param("soon", int, 14, Text("多少天内会掉层", "Will slip within days")),
    ),
    findings=slipping_findings,
)
def movers(
    data: Data, scope: Scope, as_of: date | None = None, days: int = 30, soon: int = 14
) -> Result:
    """Customers whose value tier changed in the last ``days``, and those who will fall within
    ``soon`` days unless they order again.

    Frames: ``movers`` (masked user_id, direction, from, to, last_days since the last order, orders
    and gmv of the tier window, at_stake) and ``summary`` (direction, from, to, users, at_stake).
    at_stake: slipped = what the window lost against ``days`` ago, risen = what it gained, slipping
    = what they spent in the time their tier looks at (window for high, a year for mid). Scalars:
    users and at_stake of each direction. Counts by fixed rules, not estimates. Source: requirement
    row S6.3-b.
    """
    rules, bought = Rules.of(data), purchases(data, scope)
    last = bought["day"].max()
    if not isinstance(last, date) or days < 1 or soon < 1:
        return _answer(pl.DataFrame(schema=_MOVERS), rules)
    day = min(as_of or scope.end or last, last)
    moments = [day - timedelta(days=days), day, day + timedelta(days=soon)]
    known = purchases(data, scope).filter(pl.col("day") <= day)
    before, now = (judged(facts, rules) for facts in facts_of(data, scope, moments[:2], rules))
    idle = judged(_aged(facts_of(data, scope, [day], rules)[0], known, moments[2], rules), rules)
    found = pl.concat([_changed(before, now), _falling(now, idle)])
    return _answer(found, rules)


def _aged(facts: pl.DataFrame, known: pl.DataFrame, later: date, rules: Rules) -> pl.DataFrame:
    """The facts as they will be on a later day if nothing happens: interest kept as it is."""
    from footprint.analysis.tiers import customer_facts

    aged = customer_facts(known, None, later, rules).drop("curious")
    return aged.join(facts.select("user", "curious"), on="user", how="left")


def _changed(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Customers of both days whose tier differs."""
    pair = now.join(
        before.select("user", pl.col("tier").alias("from"), was=pl.col("gmv")), on="user"
    ).filter(pl.col("tier") != pl.col("from"))
    up = _height("tier") > _height("from")
    return _listed(
        pair.with_columns(
            direction=pl.when(up).then(pl.lit("risen")).otherwise(pl.lit("slipped")),
            at_stake=(pl.col("gmv") - pl.col("was")).abs(),
            to="tier",
        )
    )


def _falling(now: pl.DataFrame, idle: pl.DataFrame) -> pl.DataFrame:
    """Customers of high or mid value who fall if they do not order."""
    pair = now.rename({"tier": "from"}).join(idle.select("user", to="tier"), on="user")
    falls = (_height("to") < _height("from")) & pl.col("from").is_in(TIERS[:2])
    return _listed(
        pair.filter(falls).with_columns(
            direction=pl.lit("slipping"),
            at_stake=pl.when(pl.col("from") == "high").then("gmv").otherwise("year_money"),
        )
    )


def _height(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(_HEIGHT, return_dtype=pl.Int64)


def _listed(people: pl.DataFrame) -> pl.DataFrame:
    return people.rename({"age": "last_days"}).select(
        pl.col(name).cast(kind) for name, kind in _MOVERS.items()
    )


def _answer(found: pl.DataFrame, rules: Rules) -> Result:
    ranked = found.sort("at_stake", "user_id", descending=[True, False])
    summary = (
        found.group_by("direction", "from", "to")
        .agg(users=pl.len().cast(pl.Int64), at_stake=pl.col("at_stake").sum())
        .sort("direction", "at_stake", descending=[False, True])
    )
    shown = ranked.group_by("direction", maintain_order=True).head(LISTED)
    frames = {
        "movers": shown.select(masked_ids(), pl.exclude("user_id")).sort(
            pl.col("direction").replace_strict(
                {name: place for place, name in enumerate(DIRECTIONS)}, return_dtype=pl.Int64
            ),
            maintain_order=True,
        ),
        "summary": summary,
    }
    scalars = {}
    for direction in DIRECTIONS:
        part = found.filter(pl.col("direction") == direction)
        label = _LABELS[direction]
        scalars[direction] = Scalar(
            part.height, "count", part.height, label=label, definition=rules.definition()
        )
        scalars[f"at_stake_{direction}"] = Scalar(
            float(part["at_stake"].sum()), "CNY", part.height,
            label=Text(f"{label.zh}：金额", f"{label.en}: money"), definition=_STAKE,
        )  # fmt: skip
    notes = (_CUT,) if shown.height < found.height else ()
    return Result(scalars, frames, notes=notes)


_STAKE = Text(
    "掉层：统计期内比之前少花的钱；升层：多花的钱；快要掉层：在其所在层的统计期内花过的钱"
    "（高价值看统计天数，中价值看一年）。",
    "Slipped: what they spent less in the window than before; risen: what they spent more; about "
    "to slip: what they spent in the time their tier looks at (window for high, a year for mid).",
)
_CUT = Text(
    f"名单每类只列金额最高的 {LISTED} 位，合计含全部。",
    f"The list holds the {LISTED} with most money of each kind; totals hold all.",
)
