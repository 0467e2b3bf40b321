"""Source rows: the events, then one row per order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from footprint.engine.scan import Scan, table

ORDER = "@order"
_FIXED = ("event_ts", "user_id", "event_type", "value_cents")


def _cents(column: str) -> pl.Expr:
    return (pl.col(column).fill_null(0.0) * 100).round().cast(pl.Int64)


class Source:
    """The two input tables as one list of rows; columns are put together only when asked for."""

    def __init__(self, events: pl.DataFrame | pl.LazyFrame, orders: pl.DataFrame | None) -> None:
        self.events = table(events)
        self.orders = None if orders is None else _by_order(orders)

    @property
    def _tables(self) -> list[pl.DataFrame | Scan]:
        return [self.events] if self.orders is None else [self.events, self.orders]

    @property
    def rows(self) -> int:
        return self.events.height + (0 if self.orders is None else self.orders.height)

    def column(self, name: str) -> pl.Series:
        """One column over all source rows, null where a table lacks it."""
        parts = [_take(self.events, name)]
        if self.orders is None:
            return parts[0]
        parts.append(_take(self.orders, name))
        return pl.concat([_as(part, self.kind(name)) for part in parts])

    def mask(self, predicate: pl.Expr) -> pl.Series:
        """A predicate over the columns it reads, table by table, so that no column is copied."""
        names = dict.fromkeys(predicate.meta.root_names())
        parts = []
        for one in self._tables:
            seen = pl.DataFrame([_as(_take(one, name), self.kind(name)) for name in names])
            parts.append(seen.select(predicate.alias("mask"))["mask"])
        return pl.concat(parts, rechunk=True)

    def take(self, rows: pl.Series, columns: Iterable[str]) -> pl.DataFrame:
        """``columns`` of the source rows numbered ``rows``, in that order."""
        border, at = self.events.height, rows.cast(pl.Int64)
        ours = at.set(at >= border, None)
        events: pl.DataFrame | Scan = self.events
        if isinstance(events, Scan):
            events, ours = events.some(ours)
        taken = []
        for name in columns:
            found = _as(_at(events, name, ours), self.kind(name))
            if self.orders is not None:
                theirs = (at - border).set(at < border, None)
                orders = _as(_at(self.orders, name, theirs), self.kind(name))
                found = found.zip_with(at < border, orders)
            taken.append(found)
        return pl.DataFrame(taken)

    def kind(self, name: str) -> pl.DataType:
        """The type of a column over all source rows."""
        kinds = {_take(one.clear(), name).dtype for one in self._tables} - {pl.Null()}
        return kinds.pop() if len(kinds) == 1 else pl.String() if kinds else pl.Null()

    def frame(self, columns: Iterable[str]) -> pl.DataFrame:
        wanted = [*_FIXED, *(name for name in columns if name not in _FIXED)]
        return pl.DataFrame([self.column(name) for name in wanted])

    @cached_property
    def cents(self) -> pl.Series:
        """Value of each source row in cents: orders, or ``pay`` events when there are no orders."""
        return self.column("value_cents").cast(pl.Int64).fill_null(0).rechunk()


def _as(column: pl.Series, kind: pl.DataType) -> pl.Series:
    return column if column.dtype == kind else column.cast(kind)


def _take(table: pl.DataFrame | Scan, name: str) -> pl.Series:
    if name in table.columns:
        return table[name]
    if name == "value_cents" and "value" in table.columns:
        return table.select(_cents("value").alias(name))[name]
    return pl.Series(name, [None], dtype=pl.Null).new_from_index(0, table.height)


def _at(table: pl.DataFrame | Scan, name: str, rows: pl.Series) -> pl.Series:
    """``_take`` of some rows only."""
    held = name if name in table.columns else "value"
    if held not in table.columns:
        return pl.Series(name, [None], dtype=pl.Null).new_from_index(0, len(rows))
    return _take(pl.DataFrame([table[held].gather(rows)]), name)


def _by_order(orders: pl.DataFrame) -> pl.DataFrame:
    """One row per order: first line's facts, earliest time, all lines' money in cents."""
    lines = orders.with_columns(_cents("paid_amount").alias("value_cents"))
    rest = [c for c in lines.columns if c not in {"order_id", "order_ts", "value_cents"}]
    return (
        lines.group_by("order_id", maintain_order=True)
        .agg(
            pl.col("order_ts").min().alias("event_ts"),
            pl.col("value_cents").sum(),
            pl.col(rest).first(),
        )
        .with_columns(pl.lit(ORDER).alias("event_type"))
    )
