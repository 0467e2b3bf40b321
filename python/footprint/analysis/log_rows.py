"""A scope's slices as a filter over the rows of the event log."""

from __future__ import annotations

import polars as pl

from footprint.data import Data
from footprint.metrics.derived import once
from footprint.metrics.view import not_sliceable
from footprint.scope import Scope
from footprint.scoping import looked_up

# Keys through which a row's slice is found when the row does not carry it.
_KEYS = ("stream_id", "sku_id", "host_id")


def log_mask(data: Data, scope: Scope) -> pl.Series | None:
    """True on the source rows (events, then orders) inside the scope's slices; None: no slices.

    The period is left to the question: journeys and returns reach beyond it. Raises SliceError
    when neither a row nor its stream or SKU can say the slice.
    """
    wanted = sorted((column, tuple(values)) for column, values in scope.where.items())
    if not wanted:
        return None
    return once(data, f"mask {wanted}", lambda: _mask(data, wanted))


def type_mask(data: Data, scope: Scope, *types: str) -> pl.Series:
    """True on the source rows of these event types inside the scope's slices."""
    hit = once(
        data, f"types {types}", lambda: data.event_log().column("event_type").is_in(list(types))
    )
    inside = log_mask(data, scope)
    return hit if inside is None else hit & inside


def row_values(data: Data, column: str) -> pl.Series:
    """``column`` of every source row, from the row itself, its SKU or its stream."""
    log = data.event_log()
    names = dict.fromkeys((*_KEYS, column))
    found = looked_up(data, pl.DataFrame([log.column(name) for name in names]), column)
    if found is None:
        raise not_sliceable("events", column)
    return found


def _mask(data: Data, wanted: list[tuple[str, tuple[str, ...]]]) -> pl.Series:
    keep: pl.Series | None = None
    for column, values in wanted:
        hit = _tier_rows(data, values) if column == "tier" else _hits(data, column, values)
        keep = hit if keep is None else keep & hit
    assert keep is not None
    return keep


def _hits(data: Data, column: str, values: tuple[str, ...]) -> pl.Series:
    return row_values(data, column).is_in(list(values)).fill_null(False)


def _tier_rows(data: Data, values: tuple[str, ...]) -> pl.Series:
    from footprint.analysis.value import users_in_tiers

    return data.event_log().column("user_id").is_in(users_in_tiers(data, values).implode())
