"""A sheet on its way into a table: read, checked and written piece by piece, beside the store.

Two pieces are read at a time, so memory depends on the size of a piece and not on that of a file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from footprint.ingest.check import ROW, counted
from footprint.ingest.plan import Plan
from footprint.ingest.reasons import Reason
from footprint.ingest.sheets import Piece
from footprint.schema import Table
from footprint.store.parts import Part, keys, parquet, read_part, write_part, write_synced
from footprint.text import Text

WORKERS = 2
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StagedPart:
    """Accepted rows of one piece: the part, and beside it the lines and the hashes of the keys."""

    part: Part
    lines: Path
    keys: Path


@dataclass(slots=True)
class Staged:
    """What became of a sheet so far. ``rows`` = accepted + set aside at any time."""

    plan: Plan
    room: Path
    parts: list[StagedPart] = field(default_factory=list)
    asides: list[Path] = field(default_factory=list)
    reasons: dict[tuple[str, str | None], Reason] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    rows: int = 0

    @property
    def table(self) -> Table:
        return self.plan.judge.mapped.table

    @property
    def accepted(self) -> int:
        return sum(staged.part.rows for staged in self.parts)

    @property
    def set_aside(self) -> int:
        return sum(reason.count for reason in self.reasons.values())

    def count(self, reasons: Iterable[Reason]) -> None:
        """Add reasons of some rows; of equal ones the first row and its example are kept."""
        for new in reasons:
            known = self.reasons.get((new.code, new.column))
            first = new if known is None or new.first_row < known.first_row else known
            total = new.count + (known.count if known else 0)
            self.reasons[new.code, new.column] = replace(first, count=total)

    def keep_aside(self, frame: pl.DataFrame, name: str) -> None:
        """Write rows that are set aside and count their reasons."""
        if frame.height:
            path = self.room / f"aside-{name}.parquet"
            write_synced(path, parquet(frame))
            self.asides.append(path)
            self.count(counted(frame))


@dataclass(frozen=True, slots=True)
class _Done:
    """One piece, read: its accepted rows, those set aside, what to say, its bytes."""

    staged: StagedPart | None
    aside: pl.DataFrame
    height: int
    notes: tuple[Text, ...]
    size: int


def stage(plan: Plan, room: Path, tick: Tick) -> Staged:
    """Read a whole sheet into parts under ``room``; ``tick`` is told bytes and rows done.

    Raises what reading raises (InputRejected), and OSError when the disk is full.
    """
    staged = Staged(plan, room)
    for number, done in enumerate(_in_order(plan.sheet.pieces(), plan, room)):
        if done.staged:
            staged.parts.append(done.staged)
        staged.keep_aside(done.aside, f"{number:05}")
        staged.rows += done.height
        staged.notes += [note for note in done.notes if note not in staged.notes]
        tick(done.size, done.height)
    return staged


def _in_order(pieces: Iterable[Piece], plan: Plan, room: Path) -> Iterator[_Done]:
    """The pieces read by two workers, given in the order of the file."""
    waiting: deque[Future[_Done]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for number, piece in enumerate(pieces):
                waiting.append(pool.submit(_taken, piece, plan, room / f"{number:05}"))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _taken(piece: Piece, plan: Plan, path: Path) -> _Done:
    raw = plan.laid(piece.read())
    checked = plan.judge.check(raw)
    good = checked.good
    staged = write_staged(path, good, plan.judge.mapped.table) if good.height else None
    return _Done(staged, checked.aside, raw.height, raw.notes, piece.size)


def write_staged(path: Path, rows: pl.DataFrame, table: Table) -> StagedPart:
    """Write accepted rows (with ROW) as a part, with its lines and keys beside it."""
    if table.clock and not rows[table.clock].is_sorted():
        rows = rows.sort(table.clock, maintain_order=True)
    part = write_part(path.with_suffix(".parquet"), rows.drop(ROW), table)
    staged = StagedPart(part, path.with_suffix(".lines.npy"), path.with_suffix(".keys.npy"))
    np.save(staged.lines, rows[ROW].to_numpy())
    np.save(staged.keys, keys(rows, table))
    return staged


def without(staged: StagedPart, rows: np.ndarray, table: Table) -> StagedPart | None:
    """A staged part without some of its rows; None when none is left."""
    frame = with_lines(staged)
    kept = np.ones(frame.height, bool)
    kept[rows] = False
    left = frame.filter(pl.Series(kept))
    path = staged.part.path
    again = path.with_name(path.name.split(".")[0] + "x")
    return write_staged(again, left, table) if left.height else None


def with_lines(staged: StagedPart, rows: Sequence[int] | np.ndarray | None = None) -> pl.DataFrame:
    """Rows of a staged part, all by default, with ROW."""
    frame = read_part(staged.part.path).with_columns(pl.Series(ROW, np.load(staged.lines)))
    return frame if rows is None else frame[np.asarray(rows)]
