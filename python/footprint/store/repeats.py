"""Rows of one file that repeat others of it: told by hashes of their keys, then looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from footprint.ingest.check import REASON, ROW, repeats
from footprint.store.staging import Staged, StagedPart, with_lines, without

# So many hashes are sorted at once, with and without their places, and so many rows looked at.
_HASHES, _PLACES, _ROWS = 2_500_000, 1_000_000, 100_000
_PLACE = np.dtype([("key", np.uint64), ("part", np.int32), ("row", np.int32)])


def places(parts: Sequence[StagedPart]) -> Iterator[np.ndarray]:
    """Keys of all rows with their places, sorted by key, in groups that share no key."""
    groups = _groups_of(parts, _PLACES)
    for group in range(groups):
        found = []
        for number, staged in enumerate(parts):
            hashes = np.load(staged.keys)
            rows = np.flatnonzero(hashes % groups == group)
            found.append(_placed(hashes, number, rows))
        together = np.concatenate(found) if found else np.empty(0, _PLACE)
        yield together[np.argsort(together["key"], kind="stable")]


def _repeated_keys(parts: Sequence[StagedPart]) -> Iterator[np.ndarray]:
    """Rows whose key another row has too, with their places, sorted by key, in groups."""
    groups = _groups_of(parts, _HASHES)
    for group in range(groups):
        mine = [(hashes := np.load(staged.keys))[hashes % groups == group] for staged in parts]
        together = np.concatenate(mine) if mine else np.empty(0, np.uint64)
        together.sort()
        shared = np.unique(together[1:][together[1:] == together[:-1]])
        if len(shared):
            yield _shared(parts, shared)


def _shared(parts: Sequence[StagedPart], keys: np.ndarray) -> np.ndarray:
    found = []
    for number, staged in enumerate(parts):
        hashes = np.load(staged.keys)
        at = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
        found.append(_placed(hashes, number, np.flatnonzero(keys[at] == hashes)))
    together = np.concatenate(found)
    return together[np.argsort(together["key"], kind="stable")]


def _groups_of(parts: Sequence[StagedPart], most: int) -> int:
    return max(1, -(-sum(staged.part.rows for staged in parts) // most))


def _placed(hashes: np.ndarray, part: int, rows: np.ndarray) -> np.ndarray:
    made = np.empty(len(rows), _PLACE)
    made["key"], made["part"], made["row"] = hashes[rows], part, rows
    return made


def set_repeats_aside(staged: Staged) -> None:
    """Take every row out whose key an earlier row of the file has, and set it aside."""
    codes: list[pl.DataFrame] = []
    gone: dict[int, list[np.ndarray]] = {}
    for shared in _repeated_keys(staged.parts):
        for some in _groups(shared):
            repeated, out = _repeated(staged, some)
            codes.append(repeated)
            for part in np.unique(out["part"]).tolist():
                gone.setdefault(part, []).append(out["row"][out["part"] == part])
    if not gone:
        return
    left: list[StagedPart | None] = list(staged.parts)
    for number, rows in gone.items():
        left[number] = without(staged.parts[number], np.concatenate(rows), staged.table)
    staged.parts = [part for part in left if part]
    _write_aside(staged, pl.concat(codes))


def _groups(shared: np.ndarray) -> Iterator[np.ndarray]:
    """Rows that share keys, some at a time, those of one key together."""
    begin = 0
    while begin < len(shared):
        end = min(begin + _ROWS, len(shared))
        while end < len(shared) and shared["key"][end] == shared["key"][end - 1]:
            end += 1
        yield shared[begin:end]
        begin = end


def _repeated(staged: Staged, some: np.ndarray) -> tuple[pl.DataFrame, np.ndarray]:
    """ROW and REASON of repeats among some rows, and the places of those."""
    frames, where = [], []
    for number in np.unique(some["part"]).tolist():
        of_part = some[some["part"] == number]
        frames.append(with_lines(staged.parts[number], of_part["row"]))
        where.append(of_part)
    rows, at = pl.concat(frames, how="diagonal"), np.concatenate(where)
    found = repeats(rows, staged.table)
    return found, at[rows[ROW].is_in(found[ROW].implode()).to_numpy()]


def _write_aside(staged: Staged, codes: pl.DataFrame) -> None:
    """Read the repeated rows again, so that they are kept as they were written."""
    lines = codes[ROW]
    plan = staged.plan
    for number, piece in enumerate(plan.sheet.pieces()):
        raw = piece.read()
        hit = raw.rows.is_in(lines.implode())
        if hit.any():
            aside = plan.judge.repeats(plan.laid(raw), codes.select(ROW, REASON))
            staged.keep_aside(aside, f"repeats-{number:05}")
