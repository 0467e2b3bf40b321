"""The value chain: what each stage costs and moves, and where most people are lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.log_rows import log_mask
from footprint.analysis.traffic import channel_classes
from footprint.data import Data
from footprint.engine import EventLog
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
    log = data.event_log()
    within = _within(data, scope)
    kinds = once(data, "value chain kinds", lambda: _kinds(data, log))
    stages = _stages(View(data, scope), log, kinds, within)
    passes = _passes(log, kinds, within, int(data.settings.value("min_group")))
    return Result(_scalars(stages, passes), {"stages": stages, "passes": passes}, notes=_NOTES)


_NOTES = (
    Text(
        "按人真正走过的先后排列：先触达，再看内容，再成交；同一人可同时在多个阶段。",
        "Stages stand in the order people pass them: reached, watching, buying; a person may be "
        "in several.",
    ),
)


def _within(data: Data, scope: Scope) -> pl.Series | None:
    """Rows of the log inside period and slices; None: all."""
    inside, (first, before) = log_mask(data, scope), scope.bounds()
    if first is None and before is None:
        return inside

    def build() -> pl.Series:
        at = data.event_log().column("event_ts").alias("at")
        keep = [pl.col("at") >= first] if first else []
        keep += [pl.col("at") < before] if before else []
        return at.to_frame().select(pl.all_horizontal(keep).fill_null(False)).to_series()

    period = once(data, f"log rows {first} {before}", build)
    return period if inside is None else period & inside


def _kinds(data: Data, log: EventLog) -> pl.Series:
    """The sub-stage of every row of the log, null where it has none."""
    of_type = {kind: sub for sub, kinds in _OF_TYPE.items() for kind in kinds}
    names = ("event_type", "channel", "channel_class", "discount", "platform_coupon")
    rows = pl.DataFrame({name: log.column(name) for name in names})
    classes = dict(channel_classes(data).iter_rows())
    known = pl.col("channel").replace_strict(classes, default=None, return_dtype=pl.String)
    kind = pl.coalesce("channel_class", known)
    cut = pl.max_horizontal(pl.col("discount", "platform_coupon").cast(pl.Float64)) > 0
    sold = (
        pl.when(kind == "private")
        .then(pl.lit("private_domain"))
        .when(cut)
        .then(pl.lit("promotion"))
        .otherwise(pl.lit("direct_sale"))
    )
    usual = pl.col("event_type").replace_strict(of_type, default=None, return_dtype=pl.String)
    reach = (usual == "algorithm") & (kind == "kol")
    return rows.select(
        pl.when(pl.col("event_type") == log.conversion)
        .then(sold)
        .when(reach)
        .then(pl.lit("fission"))
        .otherwise(usual)
        .cast(pl.Categorical)
    ).to_series()


def _stages(view: View, log: EventLog, kinds: pl.Series, within: pl.Series | None) -> pl.DataFrame:
    seen = kinds if within is None else kinds.filter(within)
    rows = dict(seen.value_counts().with_columns(pl.first().cast(pl.String)).iter_rows())
    cost = _costs(view)
    table = []
    for sub, stage in _STAGE_OF.items():
        users = len(_people(log, (kinds == sub).fill_null(False), within)) if rows.get(sub) else 0
        spent = cost.get(sub)
        table.append(
            (
                stage,
                sub,
                int(rows.get(sub) or 0),
                users,
                spent,
                spent / users if spent and users else None,
            )
        )
    return pl.DataFrame(
        table,
        orient="row",
        schema={
            "stage": pl.String,
            "substage": pl.String,
            "rows": pl.Int64,
            "users": pl.Int64,
            "cost": pl.Float64,
            "cost_per_user": pl.Float64,
        },
    ).filter((pl.col("substage") != SHARED) | pl.col("cost").is_not_null())


def _people(log: EventLog, hit: pl.Series, within: pl.Series | None) -> pl.Series:
    """Codes of the users with such a row."""
    return log.funnel([hit if within is None else hit & within]).people["user"]


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


def _passes(log: EventLog, kinds: pl.Series, within: pl.Series | None, least: int) -> pl.DataFrame:
    steps = {
        "reached": STAGES["distribution"],
        "watched": STAGES["content"],
        "interested": ("interest",),
        "ordered": _ORDERED,
    }
    people = {
        name: _people(log, kinds.cast(pl.String).is_in(list(subs)).fill_null(False), within)
        for name, subs in steps.items()
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
