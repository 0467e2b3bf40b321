"""Merge staged rows into a table: a row with a known key replaces the known row where it stands.

Only parts that hold such rows are read and written anew; all others stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from footprint.schema import Table
from footprint.store.memory import conform
from footprint.store.parts import Part, keys, read_part, write_part
from footprint.store.repeats import places
from footprint.store.staging import Staged, StagedPart, without

_OLD = "\x00old"
_PAIR = np.dtype([("old", np.int32), ("old_row", np.int32), ("new", np.int32), ("row", np.int32)])
# Neighbouring parts smaller than this are joined, up to the larger size.
_SMALL, _JOINED = 15_000, 150_000


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts of the merged table, and of the new rows how many were new, changed, or known."""

    parts: tuple[Part, ...]
    added: int
    changed: int
    unchanged: int


def merge(old: Sequence[Part], staged: Staged, room: Path) -> Merged:
    """Merge ``staged`` into the parts of a table; of columns not given known values are kept.

    Each key is in ``staged`` once. New files are written under ``room``.
    """
    table, given = staged.table, staged.plan.judge.given
    parts, new = list(old), list(staged.parts)
    changed = unchanged = 0
    gone: dict[int, list[np.ndarray]] = {}
    for number, pairs in _by_part(old, new, table):
        made, hits, differ = _updated(parts[number], new, pairs, table, given)
        if made is not None:
            path = room / f"{staged.room.name}-changed-{number:05}.parquet"
            parts[number] = write_part(path, made, table)
        changed += int(differ.sum())
        unchanged += int((hits & ~differ).sum())
        for at in np.unique(pairs["new"]).tolist():
            mine = pairs["new"] == at
            gone.setdefault(at, []).append(pairs["row"][mine & hits])
    left = _left(new, gone, table)
    added = sum(one.part.rows for one in left)
    fresh = [one.part for one in left]
    if not fresh and not changed:
        return Merged(tuple(old), 0, 0, unchanged)
    joined = _joined([*parts, *fresh], table, room / f"{staged.room.name}-joined")
    return Merged(tuple(joined), added, changed, unchanged)


def _by_part(
    old: Sequence[Part], new: Sequence[StagedPart], table: Table
) -> Iterator[tuple[int, np.ndarray]]:
    """Per old part the pairs of rows with equal key hashes."""
    if not old or not new:
        return
    firsts = [s.part.first for s in new if s.part.first is not None]
    lasts = [s.part.last for s in new if s.part.last is not None]
    span = (min(firsts), max(lasts)) if firsts and lasts else (None, None)
    fixed = table.clock in table.key
    sorted_new = list(places(new)) if sum(s.part.rows for s in new) <= _MANY else None
    for number, part in enumerate(old):
        if fixed and part.apart_from(*span):
            continue
        hashes = keys(read_part(part.path, table.key), table)
        groups = places(new) if sorted_new is None else iter(sorted_new)
        found = [_paired(hashes, number, group) for group in groups]
        pairs = np.concatenate(found)
        if len(pairs):
            yield number, pairs


# Hashes of so many new rows are held while the old parts are looked through.
_MANY = 4_000_000


def _paired(hashes: np.ndarray, number: int, group: np.ndarray) -> np.ndarray:
    at = np.searchsorted(group["key"], hashes)
    at[at == len(group)] = 0
    rows = np.flatnonzero(group["key"][at] == hashes) if len(group) else np.empty(0, np.int64)
    made = np.empty(len(rows), _PAIR)
    made["old"], made["old_row"] = number, rows
    made["new"], made["row"] = group["part"][at[rows]], group["row"][at[rows]]
    return made


def _updated(
    part: Part, new: Sequence[StagedPart], pairs: np.ndarray, table: Table, given: Sequence[str]
) -> tuple[pl.DataFrame | None, np.ndarray, np.ndarray]:
    """The old part with changed rows replaced (None when none is), and per pair whether its keys
    are truly equal and whether its row differs."""
    schema = table.polars_schema
    known = conform(read_part(part.path), table)
    before = known[pairs["old_row"]]
    after = _rows(new, pairs, table)
    values = [name for name in schema if name not in table.key and name in given]
    both = after.hstack(before.rename({name: name + _OLD for name in schema}))
    same_key = [pl.col(name).eq_missing(pl.col(name + _OLD)) for name in table.key]
    same = [pl.col(name).eq_missing(pl.col(name + _OLD)) for name in values]
    told = both.select(
        hit=pl.all_horizontal(*same_key), same=pl.all_horizontal(pl.lit(True), *same)
    )
    hits = told["hit"].to_numpy()
    differ = hits & ~told["same"].to_numpy()
    if not differ.any():
        return None, hits, differ
    kept = [name for name in schema if name not in given]
    rows = after.with_columns(before[name] for name in kept).filter(pl.Series(differ))
    at = pl.Series("\x00at", pairs["old_row"][differ].astype(np.int64))
    rest = known.with_row_index("\x00at").with_columns(pl.col("\x00at").cast(pl.Int64))
    made = pl.concat([rest.join(at.to_frame(), on="\x00at", how="anti"), rows.with_columns(at)
                     .select(rest.columns)]).sort("\x00at").drop("\x00at")  # fmt: skip
    return _bare(made), hits, differ


def _rows(new: Sequence[StagedPart], pairs: np.ndarray, table: Table) -> pl.DataFrame:
    """The new rows of pairs, in their order."""
    frames, order = [], []
    for number in np.unique(pairs["new"]).tolist():
        mine = np.flatnonzero(pairs["new"] == number)
        frames.append(conform(_cached(new[number].part.path), table)[pairs["row"][mine]])
        order.append(mine)
    return pl.concat(frames)[np.argsort(np.concatenate(order), kind="stable")]


@lru_cache(maxsize=2)
def _cached(path: Path) -> pl.DataFrame:
    return read_part(path)


def _left(
    new: Sequence[StagedPart], gone: dict[int, list[np.ndarray]], table: Table
) -> list[StagedPart]:
    """The new parts without the rows that were known."""
    left: list[StagedPart] = []
    for number, staged in enumerate(new):
        rows = np.concatenate(gone[number]) if number in gone else np.empty(0, np.int32)
        rest = without(staged, rows, table) if len(rows) else staged
        left += [rest] if rest else []
    return left


def _joined(parts: Sequence[Part], table: Table, path: Path) -> list[Part]:
    """Parts with small neighbours joined, so that many small imports do not make many files."""
    groups: list[list[Part]] = []
    for part in parts:
        rows = sum(one.rows for one in groups[-1]) if groups else _JOINED
        small = groups and min(rows, part.rows) < _SMALL
        if small and rows + part.rows <= _JOINED:
            groups[-1].append(part)
        else:
            groups.append([part])
    return [
        group[0] if len(group) == 1
        else _whole(group, table, path.with_name(f"{path.name}-{number:05}.parquet"))
        for number, group in enumerate(groups)
    ]  # fmt: skip


def _whole(parts: Sequence[Part], table: Table, path: Path) -> Part:
    both = pl.concat([read_part(part.path) for part in parts], how="diagonal")
    return write_part(path, both.select(n for n in table.polars_schema if n in both.columns), table)


def _bare(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame without columns that hold nothing."""
    full = [name for name in frame.columns if frame[name].null_count() < frame.height]
    return frame.select(full)
