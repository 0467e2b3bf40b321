"""Narrow a table to a scope: the period by the table's own clock, slices by join where needed."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.schema import TABLES
from footprint.scope import SLICES, Scope
from footprint.text import Text

# A slice a table lacks is looked up through this key, in the order given.
_THROUGH: dict[str, tuple[tuple[str, str], ...]] = {
    "category": (("sku_id", "products"), ("stream_id", "streams")),
    "platform": (("stream_id", "streams"),),
    "host_id": (("stream_id", "streams"),),
}


# Columns that bear a slice's name but mean another thing (a cost's category is "ads").
_NOT_THE_SLICE = {("costs", "category")}


def scoped(data: Data, table: str, scope: Scope, *, period: bool = True) -> pl.DataFrame:
    """Rows of ``table`` inside the scope.

    A slice the table does not hold itself is found through its stream or SKU; a slice that cannot
    be found either way leaves the table whole (a cost sheet has no host). ``period=False`` keeps
    all dates. Times are compared in the scope's time zone. Raises UsageError for unknown slices.
    """
    frame = data.frame(table)
    for column, values in scope.where.items():
        if column not in SLICES:
            raise UsageError(
                Text(f"不能按“{column}”筛选", f"cannot slice by “{column}”"),
                Text(f"可用：{'、'.join(SLICES)}。", f"Use: {', '.join(SLICES)}."),
            )
        frame = _sliced(data, table, frame, column, values)
    return _in_period(table, frame, scope) if period else frame


def _sliced(
    data: Data, table: str, frame: pl.DataFrame, column: str, values: tuple[str, ...]
) -> pl.DataFrame:
    wanted = list(values)
    if column == "tier":
        # Tiers belong to users and are computed, not stored.
        from footprint.analysis.value import users_in_tiers

        return frame.filter(pl.col("user_id").is_in(users_in_tiers(data, values).implode())) if (
            "user_id" in frame.columns
        ) else frame  # fmt: skip
    lookup = looked_up(data, frame, column, table)
    return frame if lookup is None else frame.filter(lookup.is_in(wanted))


def looked_up(data: Data, frame: pl.DataFrame, column: str, table: str = "") -> pl.Series | None:
    """``column`` of each row of ``frame`` (of ``table``): its own, else through its SKU or stream.

    None when neither can say (an own column without any value says nothing).
    """
    own = column in frame.columns and (table, column) not in _NOT_THE_SLICE
    found = frame[column] if own else None
    if found is not None and found.null_count() == len(found) > 0:
        found = None
    for key, through in _THROUGH.get(column, ()):
        if found is not None and not found.null_count():
            break
        if key not in frame.columns or not data.has(through):
            continue
        source = data.frame(through).select(key, column).unique(key, keep="first")
        values = frame.select(key).join(source, on=key, how="left", maintain_order="left")[column]
        found = values if found is None else found.fill_null(values)
    return found


def _in_period(table: str, frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    clock = TABLES[table].clock
    if clock is None:
        return frame
    time = pl.col(clock)
    if frame.schema[clock] == pl.Date:
        keep = [time >= scope.start] if scope.start else []
        keep += [time <= scope.end] if scope.end else []
    else:
        first, last = scope.bounds()
        keep = [time >= first] if first else []
        keep += [time < last] if last else []
    return frame.filter(*keep) if keep else frame


def local_date(column: str, tz: str) -> pl.Expr:
    """The shop's calendar day of a UTC timestamp column."""
    return pl.col(column).dt.convert_time_zone(tz).dt.date()
