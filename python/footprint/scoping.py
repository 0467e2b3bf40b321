"""Narrow a table to a scope: the period by the table's own clock, slices by join where needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from footprint.data import Data
from footprint.errors import UsageError
from footprint.schema import TABLES
from footprint.scope import SLICES, Scope
from footprint.text import Text

# A slice a table lacks is looked up through this key, in the order given.
THROUGH: dict[str, tuple[tuple[str, str], ...]] = {
    "category": (("sku_id", "products"), ("stream_id", "streams")),
    "platform": (("stream_id", "streams"),),
    "host_id": (("stream_id", "streams"),),
}


# Columns that bear a slice's name but mean another thing (a cost's category is "ads").
_NOT_THE_SLICE = {("costs", "category")}


def scoped(
    data: Data,
    table: str,
    scope: Scope,
    *,
    period: bool = True,
    only: Sequence[pl.Expr] = (),
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Rows of ``table`` inside the scope.

    A slice the table does not hold itself is found through its stream or SKU; a slice that cannot
    be found either way leaves the table whole (a cost sheet has no host). ``period=False`` keeps
    all dates; ``only`` are further conditions on the rows, ``columns`` those that are wanted: a
    large table is then read once, and only where it is looked at. Times are compared in the scope's
    time zone. Raises UsageError for unknown slices.
    """
    from footprint.metrics.derived import once

    rows = data.scan(table)
    wanted = rows.collect_schema().names() if columns is None else list(columns)
    keep = [*(_period(table, scope) if period else []), *only]
    sliced = None
    for column, values in scope.where.items():
        name = f"slice {table} {column} {sorted(values)}"
        hits = once(data, name, partial(_table_hits, data, table, column, values))
        if hits is not None:
            sliced = hits if sliced is None else sliced & hits
    if sliced is None:
        return (rows.filter(*keep) if keep else rows).select(wanted).collect()
    # Flags of rows can only be laid beside all rows; what they and the conditions read comes along.
    roots = (root for condition in keep for root in condition.meta.root_names())
    beside = rows.select(list(dict.fromkeys([*wanted, *roots]))).collect()
    return beside.filter(sliced, *keep).select(wanted)


def _table_hits(data: Data, table: str, column: str, values: tuple[str, ...]) -> pl.Series | None:
    """Which rows of a whole table are in a slice; of events as the event log says it."""
    if table != "events" or column not in SLICES:
        return _hits(data, table, data.frame(table), column, values)
    from footprint.analysis.log_rows import slice_rows, tier_rows

    rows = int(data.scan(table).select(pl.len()).collect().item())
    hits = tier_rows(data, values) if column == "tier" else slice_rows(data, column, values)
    return None if hits is None else hits.head(rows)


def narrowed(
    data: Data, table: str, frame: pl.DataFrame, scope: Scope, *, period: bool = True
) -> pl.DataFrame:
    """As :func:`scoped`, of rows of ``table`` that were picked before (few of many)."""
    keep: list[pl.Expr | pl.Series] = [*_period(table, scope)] if period else []
    for column, values in scope.where.items():
        hits = _hits(data, table, frame, column, values)
        keep += [] if hits is None else [hits]
    return frame.filter(*keep) if keep else frame


def _hits(
    data: Data, table: str, frame: pl.DataFrame, column: str, values: tuple[str, ...]
) -> pl.Series | None:
    """Which rows of ``frame`` are in a slice; None: the table cannot say."""
    if column not in SLICES:
        raise UsageError(
            Text(f"不能按“{column}”筛选", f"cannot slice by “{column}”"),
            Text(f"可用：{'、'.join(SLICES)}。", f"Use: {', '.join(SLICES)}."),
        )
    if column == "tier":
        # Tiers belong to users and are computed, not stored.
        from footprint.analysis.value import users_in_tiers

        if "user_id" not in frame.columns:
            return None
        return frame["user_id"].is_in(users_in_tiers(data, values).implode())
    lookup = looked_up(data, frame, column, table)
    return None if lookup is None else lookup.is_in(list(values)).fill_null(False)


def looked_up(data: Data, frame: pl.DataFrame, column: str, table: str = "") -> pl.Series | None:
    """``column`` of each row of ``frame`` (of ``table``): its own, else through its SKU or stream.

    None when neither can say (an own column without any value says nothing).
    """
    own = column in frame.columns and (table, column) not in _NOT_THE_SLICE
    found = frame[column] if own else None
    if found is not None and found.null_count() == len(found) > 0:
        found = None
    for key, through in THROUGH.get(column, ()):
        if found is not None and not found.null_count():
            break
        if key not in frame.columns or not data.has(through):
            continue
        source = data.frame(through).select(key, column).unique(key, keep="first")
        values = frame.select(key).join(source, on=key, how="left", maintain_order="left")[column]
        found = values if found is None else found.fill_null(values)
    return found


def _period(table: str, scope: Scope) -> list[pl.Expr]:
    clock = TABLES[table].clock
    if clock is None:
        return []
    time = pl.col(clock)
    if TABLES[table].polars_schema[clock] == pl.Date:
        keep = [time >= scope.start] if scope.start else []
        keep += [time <= scope.end] if scope.end else []
    else:
        first, last = scope.bounds()
        keep = [time >= first] if first else []
        keep += [time < last] if last else []
    return keep


def local_date(column: str, tz: str) -> pl.Expr:
    """The shop's calendar day of a UTC timestamp column."""
    return pl.col(column).dt.convert_time_zone(tz).dt.date()
