"""Whether people come back: day-1/7/30 return, second orders within 30 days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from footprint.metrics import shapes
from footprint.metrics.derived import once
from footprint.metrics.registry import metric
from footprint.metrics.view import By, View, not_sliceable
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.scoping import THROUGH, scoped
from footprint.text import Text

MAX_SLICES = 30
_ROWS = ("S7.1-c", "S7.1-a")


def _return_metric(day: int, reference: str | None) -> None:
    @metric(
        f"d{day}_retention",
        title=Text(f"{day} 日留存", f"Day-{day} return"),
        unit="rate",
        definition=Text(
            f"首次出现后第 {day} 天（店铺时区的自然日）又有行为的用户比例；"
            f"按第 {day} 天所在日期归属，只算当天已完整的数据。",
            f"Share of users active again exactly {day} calendar days (shop time) after their "
            "first day; dated by that later day, complete days only.",
        ),
        direction="up",
        needs=("events",),
        rows=_ROWS,
        reference_key=reference,
    )
    def compute(view: View, by: By) -> pl.DataFrame:
        return _returned(view, by, day)


for _day, _reference in ((1, None), (7, "d7_retention"), (30, None)):
    _return_metric(_day, _reference)


def _returned(view: View, by: By, day: int) -> pl.DataFrame:
    """Cohorts whose ``day``-th day lies in the scope, pooled (or per that day, or per slice)."""
    if by not in (None, "date"):
        return _returned_by(view, by, day)
    cells = return_cells(view, day).filter(*_dated(view.scope, pl.col("day")))
    key = pl.col("day") if by == "date" else pl.lit(None, dtype=pl.String)
    rows = cells.with_columns(key=key)
    return shapes.share(rows, pl.col("users").sum(), pl.col("size").sum())


def _returned_by(view: View, by: str, day: int) -> pl.DataFrame:
    """Each slice asked on its own: a user's first day is the first day within that slice."""
    said_by = (by, *(key for key, _ in THROUGH.get(by, ())))
    columns = [name for name in said_by if name in TABLES["events"].polars_schema]
    seen = scoped(view.data, "events", view.scope, columns=("event_ts", *columns))
    values = view.keyed(seen, "events", by)["key"].drop_nulls().unique().sort().to_list()
    if len(values) > MAX_SLICES:
        raise not_sliceable("events", by)
    parts = [
        _returned(View(view.data, view.scope.only(**{by: value})), None, day).with_columns(
            key=pl.lit(value)
        )
        for value in values
    ]
    return pl.concat(parts) if parts else _returned(view, None, day).clear()


def return_cells(view: View, day: int) -> pl.DataFrame:
    """Per cohort with a complete ``day``-th day: day (that date), users (back), size."""
    from footprint.analysis.log_rows import log_mask

    def build() -> pl.DataFrame:
        log = view.data.event_log()
        return log.retention(view.scope.tz, days=day, mask=log_mask(view.data, view.scope))

    cells = once(view.data, f"retention {day} {view.scope.tz} {_slices(view)}", build)
    complete = cells.filter(pl.col("k") == day, pl.col("complete"), pl.col("size") > 0)
    return complete.select("users", "size", day=pl.col("cohort").dt.offset_by(f"{day}d"))


@metric(
    "repurchase_30d",
    title=Text("30 天复购率", "Repurchase within 30 days"),
    unit="rate",
    definition=Text(
        "首次购买后 30 天内、在之后的某一天再次下单的新客比例；按满 30 天的日期归属。",
        "Share of first-time buyers with a further order on a later day within 30 days; dated by "
        "the day the 30 days are over.",
    ),
    direction="up",
    needs=("orders",),
    rows=(*_ROWS, "S1.2.2-a"),
    target_key="repurchase_goal",
)
def repurchase_30d(view: View, by: By) -> pl.DataFrame:
    buyers = first_buys(view, 30)
    known = pl.col("first_day").dt.offset_by("30d")
    rows = buyers.filter(pl.col("complete"), *_dated(view.scope, known))
    keyed = rows.with_columns(key=known) if by == "date" else view.keyed(rows, "orders", by)
    return shapes.share(keyed, pl.col("repeat").sum(), pl.len())


def first_buys(view: View, days: int) -> pl.DataFrame:
    """First order line of each buyer in the scope's slices, whatever the date.

    Columns of orders plus first_day, repeat (another order on a later day within ``days``) and
    complete (the ``days`` are over in the data).
    """
    name = f"first buys {days} {view.scope.tz} {_slices(view)}"
    return once(view.data, name, lambda: _first_buys(view, days))


def _first_buys(view: View, days: int) -> pl.DataFrame:
    orders = view.rows("orders", period=False).drop("key")
    dated = orders.with_columns(day=view.days("order_ts"))
    last: date | None = data_end(view)
    in_order = dated.sort("order_ts", maintain_order=True)
    first = in_order.unique("user_id", keep="first", maintain_order=True)
    first = first.rename({"day": "first_day"})
    gap = (pl.col("day") - pl.col("first_day")).dt.total_days()
    back = (
        dated.lazy()
        .select("user_id", "day")
        .join(first.lazy().select("user_id", "first_day"), on="user_id")
        .filter(gap.is_between(1, days))
        .select("user_id", repeat=pl.lit(True))
        .unique()
        .collect()
    )
    return first.join(back, on="user_id", how="left", maintain_order="left").with_columns(
        pl.col("repeat").fill_null(False),
        complete=pl.col("first_day") <= pl.lit(last and last - timedelta(days=days), pl.Date),
    )


def _slices(view: View) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((key, tuple(values)) for key, values in view.scope.where.items())


def data_end(view: View) -> date | None:
    """Last day with an order in all data: windows that end later are not over yet."""
    return view.data.frame("orders").select(view.days("order_ts").max()).item()


def _dated(scope: Scope, day: pl.Expr) -> list[pl.Expr]:
    bounds = [day >= scope.start] if scope.start else []
    return bounds + ([day <= scope.end] if scope.end else [])
