"""Merge freshly imported rows into a table: a row with a known key replaces the known row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from footprint.schema import Table

_OLD, _KNOWN, _SAME = "\x00old", "\x00known", "\x00same"


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged table, and of the new rows how many were new, changed a row, or changed none."""

    frame: pl.DataFrame
    added: int
    changed: int
    unchanged: int


def upsert(
    old: pl.DataFrame | None, new: pl.DataFrame, table: Table, given: Sequence[str]
) -> Merged:
    """``new`` has each key once; of columns not ``given`` in the file known values are kept.

    The result is in order of the table's clock, rows of equal time in order of their arrival.
    """
    if old is None or old.is_empty():
        return Merged(_ordered(new, table), new.height, 0, 0)
    key = list(table.key)
    values = [name for name in table.polars_schema if name not in key]
    known = old.with_columns(pl.lit(True).alias(_KNOWN)).rename({n: n + _OLD for n in values})
    pairs = new.join(known, on=key, how="left", nulls_equal=True, maintain_order="left")
    kept = [name for name in values if name not in given]
    pairs = pairs.with_columns(pl.col(name + _OLD).alias(name) for name in kept)
    equal = [pl.col(name).eq_missing(pl.col(name + _OLD)) for name in values if name in given]
    is_known = pl.col(_KNOWN).fill_null(False)
    same = pl.all_horizontal(is_known, *equal).alias(_SAME)
    pairs = pairs.with_columns(same, is_known)
    unchanged = int(pairs[_SAME].sum())
    added = new.height - int(pairs[_KNOWN].sum())
    changed = new.height - added - unchanged
    if unchanged == new.height:
        return Merged(old, 0, 0, unchanged)
    fresh = pairs.filter(~pl.col(_SAME)).select(list(table.polars_schema))
    rest = old.join(fresh.select(key), on=key, how="anti", nulls_equal=True, maintain_order="left")
    return Merged(_ordered(pl.concat([rest, fresh]), table), added, changed, unchanged)


def _ordered(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return frame.sort(table.clock, maintain_order=True, nulls_last=True) if table.clock else frame
