"""The value chain: what each stage costs and moves, and where most people are lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.events.rows import kept
from footprint.analysis.traffic import channel_classes, class_rows
from footprint.data import Data
from footprint.metrics import View
from footprint.metrics.derived import once
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

# Every event type belongs to one sub-stage; a creator's reach and orders are told apart below.
_OF_TYPE: dict[str, tuple[str, ...]] = {
    "algorithm": ("impression", "click"),
    "fission": ("invite", "invite_accept", "share"),
    "warm_up": ("video_view", "video_complete"),
    "live_scene": ("stream_enter", "replay_view", "heartbeat", "comment", "like", "follow"),
    "interest": ("product_click", "add_cart", "coupon_use"),
}
STAGES: dict[str, tuple[str, ...]] = {
    "distribution": ("algorithm", "fission"),
    "content": ("warm_up", "live_scene"),
    "transaction": ("interest", "private_domain", "promotion", "direct_sale"),
}
_OF_COST = {
    "content": "warm_up",
    "host_commission": "live_scene",
    "slot_fee": "live_scene",
    "tech": "live_scene",
    "staff": "live_scene",
    "ads": "algorithm",
    "reward": "fission",
    "logistics": "direct_sale",
}
SHARED = "shared"
_STAGE_OF = {sub: stage for stage, subs in STAGES.items() for sub in subs} | {SHARED: SHARED}
_ORDERED = ("private_domain", "promotion", "direct_sale")


@question(
    "value_chain",
    title=Text("价值链卡在哪一段？", "Which stage of the value chain loses people?"),
    page="U1",
    rows=("S2.1.1-a",),
    needs=("events",),
    uses=("orders", "costs"),
)
def value_chain(data: Data, scope: Scope) -> Result:
    """Every event, order and cost mapped to a stage and sub-stage; how many people pass on.

    Distribution: algorithm (impressions, clicks) and fission (creators' reach, invitations,
    shares); content: warm-up videos and the live scene; transaction: interest (product clicks,
    carts, coupons), then orders of private channels, orders with a discount or coupon, and others.
    Costs follow their category (advertising of creators' channels goes to fission, logistics to
    sales); what serves all stages is ``shared``, so that costs add up. Frames: ``stages`` (stage,
    substage, rows, users, cost, cost_per_user), ``passes`` (from, to, users, passed, rate, low,
    high, bottleneck): of the people of a stage within the scope, those also seen in the next one.
    Scalars: bottleneck (the pass that is surely lower than every other), its pass_rate, cost.
    Source: requirement row S2.1.1-a.
    """
    log, hits = data.event_log(), _hits(data, scope)
    people = {sub: log.first_last(mask=hit)["user"] for sub, hit in hits.items()}
    rows = {sub: int(hit.sum()) for sub, hit in hits.items()}
    stages = _stages(View(data, scope), people, rows)
    passes = _passes(people, int(data.settings.value("min_group")))
    return Result(_scalars(stages, passes), {"stages": stages, "passes": passes}, notes=_NOTES)


_NOTES = (
    Text(
        "按人真正走过的先后排列：先触达，再看内容，再成交；同一人可同时在多个阶段。",
        "Stages stand in the order people pass them: reached, watching, buying; a person may be "
        "in several.",
    ),
)


def _hits(data: Data, scope: Scope) -> dict[str, pl.Series]:
    """Which source rows belong to each sub-stage inside the scope."""
    within = kept(data, scope, period=True)
    everywhere = Scope(tz=scope.tz)
    found = {}
    for sub, kinds in _OF_TYPE.items():
        hit = kept(data, everywhere, f"event_type={','.join(kinds)}")
        assert hit is not None
        found[sub] = hit
    creators = class_rows(data, "kol")
    found["fission"] = found["fission"] | (found["algorithm"] & creators)
    found["algorithm"] = found["algorithm"] & ~creators
    found |= _sold(data)
    return found if within is None else {sub: hit & within for sub, hit in found.items()}


def _sold(data: Data) -> dict[str, pl.Series]:
    """Rows of the log that are orders, by kind of sale."""
    log = data.event_log()
    if not data.has("orders"):
        paid = kept(data, Scope(), f"event_type={log.conversion}")
        none = pl.repeat(False, log.rows, dtype=pl.Boolean, eager=True)
        return {"private_domain": none, "promotion": none,
                "direct_sale": none if paid is None else paid}  # fmt: skip

    def build() -> dict[str, pl.Series]:
        classes = dict(channel_classes(data).iter_rows())
        cut = pl.sum_horizontal(pl.col("discount", "platform_coupon").sum())
        orders = data.frame("orders").group_by("order_id", maintain_order=True).agg(
            pl.col("channel").drop_nulls().first(), cut=cut
        )  # fmt: skip
        kind = pl.col("channel").replace_strict(classes, default=None, return_dtype=pl.String)
        sold = orders.select(
            pl.when(kind == "private").then(pl.lit("private_domain"))
            .when(pl.col("cut") > 0).then(pl.lit("promotion")).otherwise(pl.lit("direct_sale"))
        ).to_series()  # fmt: skip
        before = pl.repeat(False, log.rows - len(sold), dtype=pl.Boolean, eager=True)
        return {sub: pl.concat([before, sold == sub]).rechunk() for sub in _ORDERED}

    return once(data, "kinds of sale", build)


def _stages(view: View, people: dict[str, pl.Series], rows: dict[str, int]) -> pl.DataFrame:
    cost = _costs(view)
    table = []
    for sub, stage in _STAGE_OF.items():
        users, spent = len(people.get(sub, ())), cost.get(sub)
        table.append((stage, sub, rows.get(sub, 0), users, spent,
                      spent / users if spent and users else None))  # fmt: skip
    return pl.DataFrame(
        table, orient="row",
        schema={"stage": pl.String, "substage": pl.String, "rows": pl.Int64, "users": pl.Int64,
                "cost": pl.Float64, "cost_per_user": pl.Float64},
    ).filter((pl.col("substage") != SHARED) | pl.col("cost").is_not_null())  # fmt: skip


def _costs(view: View) -> dict[str, float]:
    if not view.data.has("costs"):
        return {}
    classes = dict(channel_classes(view.data).iter_rows())
    kol = pl.col("channel").replace_strict(classes, default=None, return_dtype=pl.String) == "kol"
    sub = pl.col("category").replace_strict(_OF_COST, default=SHARED, return_dtype=pl.String)
    spent = (
        view.rows("costs")
        .group_by(
            substage=pl.when((sub == "algorithm") & kol).then(pl.lit("fission")).otherwise(sub)
        )
        .agg(pl.col("amount").sum())
    )
    return {row[0]: float(row[1]) for row in spent.iter_rows()}


def _passes(parts: dict[str, pl.Series], least: int) -> pl.DataFrame:
    steps = {
        "reached": STAGES["distribution"], "watched": STAGES["content"],
        "interested": ("interest",), "ordered": _ORDERED,
    }  # fmt: skip
    people = {
        name: pl.concat([parts[sub] for sub in subs]).unique() for name, subs in steps.items()
    }
    names = list(people)
    rows: list[dict[str, Any]] = []
    for one, following in pairwise(names):
        users = len(people[one])
        passed = int(people[one].is_in(people[following].implode()).sum())
        low, high = stats.wilson(passed, users)
        enough = users >= least
        rows.append(
            {
                "from": one,
                "to": following,
                "users": users,
                "passed": passed,
                "rate": passed / users if enough else None,
                "low": low if enough else None,
                "high": high if enough else None,
            }
        )
    table = pl.DataFrame(rows, infer_schema_length=None).cast(
        {"rate": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )
    return table.with_columns(bottleneck=_lowest(table))


def _lowest(table: pl.DataFrame) -> pl.Series:
    """True on the pass whose whole interval lies below those of all others."""
    known = table.drop_nulls("rate").sort("rate")
    sure = known.height > 1 and known["high"][0] < known["low"][1:].min()
    name = known["from"][0] if sure else ""
    return (table["from"] == name).alias("bottleneck")


def _scalars(stages: pl.DataFrame, passes: pl.DataFrame) -> dict[str, Scalar]:
    worst = passes.filter("bottleneck")
    row = worst.row(0, named=True) if worst.height else dict.fromkeys(passes.columns)
    cost = stages["cost"].drop_nulls()
    definition = Text(
        "到了这一段、又到了下一段的人 ÷ 到了这一段的人；只在明显低于其他各段时指出。",
        "People also seen in the next stage divided by people of this one; named "
        "only when surely lower than the others.",
    )
    return {
        "bottleneck": Scalar(
            row["to"],
            "text",
            row["users"],
            label=Text("瓶颈：走不到", "Bottleneck: reaching"),
            definition=definition,
        ),
        "pass_rate": Scalar(
            row["rate"],
            "rate",
            row["users"],
            row["low"],
            row["high"],
            Text("通过率", "Pass rate"),
            definition,
        ),
        "cost": Scalar(
            float(cost.sum()) if len(cost) else None,
            "CNY",
            len(cost),
            label=Text("费用合计", "Total cost"),
        ),
    }
