"""Source rows: the events, then one row per order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

ORDER = "@order"
_FIXED = ("event_ts", "user_id", "event_type", "value_cents")


def _cents(column: str) -> pl.Expr:
    return (pl.col(column).fill_null(0.0) * 100).round().cast(pl.Int64)


class Source:
    """The two input tables as one list of rows; columns are put together only when asked for."""

    def __init__(self, events: pl.DataFrame, orders: pl.DataFrame | None) -> None:
        self.events = events
        self.orders = None if orders is None else _by_order(orders)

    @property
    def rows(self) -> int:
        return self.events.height + (0 if self.orders is None else self.orders.height)

    def column(self, name: str) -> pl.Series:
        """One column over all source rows, null where a table lacks it."""
        parts = [_take(self.events, name)]
        if self.orders is not None:
            parts.append(_take(self.orders, name))
        kinds = {part.dtype for part in parts if part.dtype != pl.Null}
        kind = kinds.pop() if len(kinds) == 1 else pl.String if kinds else pl.Null
        return pl.concat([part.cast(kind) for part in parts], rechunk=True)

    def frame(self, columns: Iterable[str]) -> pl.DataFrame:
        wanted = [*_FIXED, *(name for name in columns if name not in _FIXED)]
        return pl.DataFrame([self.column(name) for name in wanted])

    @cached_property
    def cents(self) -> pl.Series:
        """Value of each source row in cents: orders, or ``pay`` events when there are no orders."""
        return self.column("value_cents").cast(pl.Int64).fill_null(0)


def _take(table: pl.DataFrame, name: str) -> pl.Series:
    if name in table.columns:
        return table[name]
    if name == "value_cents" and "value" in table.columns:
        return table.select(_cents("value").alias(name))[name]
    return pl.Series(name, [None], dtype=pl.Null).new_from_index(0, table.height)


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
