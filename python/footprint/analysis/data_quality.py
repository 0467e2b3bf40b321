"""Can I trust this data: what was set aside, what contradicts itself, what can be joined."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from footprint.analysis.tracking import coverage
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import wilson
from footprint.text import Text

_DEFINITION = Text(
    "未收下的行来自当前生效的上传；其余在已收下的数据里逐项核对。成交额不符：场次表与该场"
    "订单实付之和相差超过设置的比例。能对上 = 订单之前一天内有同一用户的会话、之前有带渠道的行为、"
    "或场次在场次表里。",
    "Rows set aside come from the uploads in force; the rest is checked in the data taken in. "
    "Sales mismatch: the stream list differs from the stream's paid orders by more than the set "
    "share. Joined = the buyer has a session within a day before the order, any event with a "
    "channel before it, or the order's stream is in the stream list.",
)
_CHECKS: dict[str, Text] = {
    "duplicate_lines": Text("重复的订单行", "Duplicate order lines"),
    "negative_amounts": Text("负数金额", "Negative amounts"),
    "orphan_streams": Text("订单里有、场次表里没有的场次", "Streams in orders but not listed"),
    "gmv_mismatch_streams": Text(
        "成交额与订单不符的场次", "Streams whose sales differ from orders"
    ),
    "unknown_skus": Text("订单里有、商品表里没有的商品", "Products in orders but not listed"),
    "streams_without_orders": Text("没有任何订单的场次", "Streams without any order"),
    "rejected_rows": Text("未收下的行", "Rows set aside"),
}
_TRACKING: dict[str, Text] = {
    "to_session": Text("能对上会话的订单", "Orders joined to a session"),
    "to_touch": Text("能对上来源的订单", "Orders joined to a touch"),
    "to_stream": Text("能对上场次的订单", "Orders joined to a stream"),
}
_FRAME = {
    "check": pl.String(), "table": pl.String(), "count": pl.Int64(), "example": pl.String()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """How often one fault was found in one table, with one example."""

    check: str
    table: str
    count: int
    example: str | None = None


@question(
    "data_quality",
    title=Text("我的数据可靠吗？", "Can I trust this data?"),
    page="W2",
    rows=("S1.2.1-c",),
    needs=(),
    uses=("orders", "streams", "events", "products"),
)
def data_quality(data: Data, scope: Scope) -> Result:
    """Counts of faults, rows set aside, and the share of orders that can be joined.

    Frames ``checks`` (check, table, count, example), ``uploads`` (files taken in), ``rejected``
    (rows set aside by reason) and ``freshness`` (table, rows, first, last). Scalars: one per check,
    and tracking_to_session, tracking_to_touch and tracking_to_stream (rates over orders) where
    orders and the other table are there. Source: requirement row S1.2.1-c, truths PT44 and PT45.
    """
    rejected = _in_force(data)
    checks = [*_set_aside(rejected), *_contradictions(data, scope)]
    table = pl.DataFrame([(c.check, c.table, c.count, c.example) for c in checks],
                         schema=_FRAME, orient="row")  # fmt: skip
    found = (
        table.group_by("check", "table", maintain_order=True)
        .agg(pl.col("count").sum(), pl.col("example").drop_nulls().first())
        .sort(["count", "check", "table"], descending=[True, False, False])
    )
    return Result(
        scalars={**_counts(found), **_tracking(data, scope)},
        frames={
            "checks": found,
            "uploads": data.uploads(),
            "rejected": rejected,
            "freshness": _freshness(data),
        },
    )


def _in_force(data: Data) -> pl.DataFrame:
    """Rows set aside, of the uploads still in force."""
    current = data.uploads().filter("current").select("upload_id")
    return data.rejected().join(current, on="upload_id", how="semi")


def _set_aside(rejected: pl.DataFrame) -> list[Check]:
    kinds = {"duplicate": "duplicate_lines", "negative": "negative_amounts"}
    checks = []
    for row in rejected.to_dicts():
        place = f"{row['file']}:{row['first_row']}"
        checks.append(Check("rejected_rows", row["table"], row["count"], place))
        kind = kinds.get(row["reason"])
        if kind and (kind != "duplicate_lines" or row["table"] == "orders"):
            checks.append(Check(kind, row["table"], row["count"], place))
    return checks


def _contradictions(data: Data, scope: Scope) -> list[Check]:
    """Faults inside the data taken in."""
    if not data.has("orders"):
        return []
    orders = scoped(data, "orders", scope)
    key = list(TABLES["orders"].key)
    repeats = orders.filter(~pl.struct(key).is_first_distinct())
    negative = orders.filter(
        pl.any_horizontal(pl.col("paid_amount", "refund_amount", "qty").fill_null(0) < 0)
    )
    checks = [
        _check("duplicate_lines", "orders", repeats["order_id"]),
        _check("negative_amounts", "orders", negative["order_id"]),
    ]
    if data.has("streams"):
        checks += _stream_checks(data, scope, orders)
    if data.has("products"):
        known = data.frame("products")["sku_id"].implode()
        absent = orders.filter(~pl.col("sku_id").is_in(known))["sku_id"].unique().sort()
        checks.append(_check("unknown_skus", "orders", absent))
    return checks


def _stream_checks(data: Data, scope: Scope, orders: pl.DataFrame) -> list[Check]:
    streams = scoped(data, "streams", scope)
    listed = data.frame("streams")["stream_id"].implode()
    orphans = orders.filter(~pl.col("stream_id").is_in(listed))["stream_id"].unique().sort()
    sold = data.frame("orders").group_by("stream_id").agg(paid=pl.col("paid_amount").sum())
    both = streams.join(sold, on="stream_id").sort("stream_id")
    apart = (pl.col("gmv") - pl.col("paid")).abs()
    tolerance = float(data.settings.value("gmv_tolerance"))
    wrong = both.filter(apart > tolerance * pl.max_horizontal("gmv", "paid"))
    silent = streams.join(sold, on="stream_id", how="anti").sort("stream_id")
    return [
        _check("orphan_streams", "orders", orphans),
        _check("gmv_mismatch_streams", "streams", wrong["stream_id"]),
        _check("streams_without_orders", "streams", silent["stream_id"]),
    ]


def _check(name: str, table: str, ids: pl.Series) -> Check:
    return Check(name, table, ids.len(), str(ids[0]) if ids.len() else None)


def _counts(checks: pl.DataFrame) -> dict[str, Scalar]:
    totals = dict(checks.group_by("check").agg(pl.col("count").sum()).iter_rows())
    return {
        name: Scalar(totals.get(name, 0), "count", label=label, definition=_DEFINITION)
        for name, label in _CHECKS.items()
    }


def _tracking(data: Data, scope: Scope) -> dict[str, Scalar]:
    if not data.has("orders"):
        return {}
    joined = coverage(data, scope)
    n = joined.height
    scalars = {}
    for name in joined.columns[1:]:
        hits = int(joined[name].sum())
        low, high = wilson(hits, n)
        scalars[f"tracking_{name}"] = Scalar(
            hits / n if n else None, "rate", n, low, high, _TRACKING[name], _DEFINITION
        )
    return scalars


def _freshness(data: Data) -> pl.DataFrame:
    """First and last instant (or day, at midnight UTC) of every table that has a clock."""
    rows = []
    for name, table in TABLES.items():
        if data.has(name):
            clock = pl.col(table.clock) if table.clock else pl.lit(None)
            ends = data.scan(name).select(rows=pl.len(), first=clock.min(), last=clock.max())
            height, *times = ends.collect().row(0)
            rows.append((name, height, *(str(time) if time else None for time in times)))
    kinds = {"table": pl.String, "rows": pl.Int64, "first": pl.String, "last": pl.String}
    return pl.DataFrame(rows, schema=kinds, orient="row")
