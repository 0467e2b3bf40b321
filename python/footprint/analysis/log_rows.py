"""A scope's slices as a filter over the rows of the event log."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from footprint.data import Data
from footprint.engine import Coded
from footprint.engine.coded import MISSING
from footprint.metrics.derived import once
from footprint.metrics.view import not_sliceable
from footprint.scope import Scope
from footprint.scoping import THROUGH


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
    hit = once(data, f"types {types}", lambda: data.event_log().of_types(types))
    inside = log_mask(data, scope)
    return hit if inside is None else hit & inside


def row_values(data: Data, column: str) -> Coded:
    """``column`` of every source row, from the row itself, its SKU or its stream.

    Raises SliceError when neither can say.
    """
    found = once(data, f"codes {column}", lambda: _coded(data, column))
    if found is None:
        raise not_sliceable("events", column)
    return found


def slice_rows(data: Data, column: str, values: Sequence[str]) -> pl.Series | None:
    """True on the source rows in a slice, None when no row can say."""
    found = once(data, f"codes {column}", lambda: _coded(data, column))
    if found is None:
        return None
    return found.where(pl.Series(found.words, dtype=pl.String).is_in(list(values)))


def _coded(data: Data, column: str) -> Coded | None:
    log = data.event_log()
    values = log.column(column)
    own = log.dimension(values.cast(pl.String) if values.dtype != pl.String else values)
    codes, words = own
    assert isinstance(codes, pl.Series)
    parts = [(codes.to_numpy(), words)]
    for key, through in THROUGH.get(column, ()):
        if data.has(through):
            parts.append(_through(data, key, through, column))
    if len(parts) == 1 and not words and log.rows:
        return None
    return _filled(parts) if len(parts) > 1 else Coded(codes, words)


def _through(data: Data, key: str, table: str, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Codes of ``column`` as the rows of ``table`` with the same key say it."""
    keys = once(data, f"codes {key}", lambda: _coded(data, key))
    if keys is None:
        return np.full(data.event_log().rows, MISSING, dtype=np.uint32), ()
    known = data.frame(table).select(key, column).unique(key, keep="first")
    said = dict(known.drop_nulls().iter_rows())
    words = tuple(sorted(set(said.values())))
    at = {word: code for code, word in enumerate(words)}
    table_of = [at[said[word]] if word in said else MISSING for word in keys.words]
    lookup = np.array([*table_of, MISSING], dtype=np.uint32)
    return lookup[np.minimum(keys.codes.to_numpy(), len(keys.words))], words


def _filled(parts: list[tuple[np.ndarray, tuple[str, ...]]]) -> Coded:
    """The first part that says something, row by row."""
    words = tuple(sorted({word for _, own in parts for word in own}))
    at = {word: code for code, word in enumerate(words)}
    whole = np.full(len(parts[0][0]), MISSING, dtype=np.uint32)
    for codes, own in parts:
        if own:
            lookup = np.array([*(at[word] for word in own), MISSING], dtype=np.uint32)
            said = lookup[np.minimum(codes, len(own))]
            np.copyto(whole, said, where=whole == MISSING)
    return Coded(pl.Series("codes", whole), words)


def _mask(data: Data, wanted: list[tuple[str, tuple[str, ...]]]) -> pl.Series:
    keep: pl.Series | None = None
    for column, values in wanted:
        hit = tier_rows(data, values) if column == "tier" else _hits(data, column, values)
        keep = hit if keep is None else keep & hit
    assert keep is not None
    return keep


def _hits(data: Data, column: str, values: tuple[str, ...]) -> pl.Series:
    found = slice_rows(data, column, values)
    if found is None:
        raise not_sliceable("events", column)
    return found


def tier_rows(data: Data, values: tuple[str, ...]) -> pl.Series:
    """True on the source rows of the people in these value tiers."""
    from footprint.analysis.value import users_in_tiers

    log = data.event_log()
    return log.rows_of(log.user_codes(users_in_tiers(data, values)).drop_nulls())
