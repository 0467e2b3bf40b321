"""Write a world as the files a shop would upload: one CSV per table, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from footprint.sample import build, dirty
from footprint.sample.browsers import Block
from footprint.sample.build import Core
from footprint.sample.tables import csv_text
from footprint.sample.world import World
from footprint.schema import TABLES


def write_tables(world: World, out: Path) -> None:
    """All tables of the world and the extra file. Memory is bounded by one block of users."""
    base = build.core(world)
    counts: list[Block] = []
    _write(out, "events", [base.events], _kept(world, base, counts, "events"))
    orders = dirty.orphaned(world, base.orders)
    _write(
        out, "orders", [orders], _kept(world, base, [], "orders"), dirty.bad_lines(world, orders)
    )
    for name, frame in build.other_tables(world, base, counts).items():
        _write(out, name, [frame], [])
    (out / dirty.EXTRA_FILE).write_bytes(dirty.extra_file(world))


def _kept(world: World, base: Core, counts: list[Block], table: str) -> Iterator[pl.DataFrame]:
    """One table of each block of browsing users; only the blocks' counts are kept."""
    for block in build.browsing(world, base):
        counts.append(replace(block, events=block.events.clear(), orders=block.orders.clear()))
        yield getattr(block, table)


def _write(
    out: Path, table: str, first: list[pl.DataFrame], blocks: Iterable[pl.DataFrame],
    last: pl.DataFrame | None = None,
) -> None:  # fmt: skip
    """One CSV file; every block is written with the same columns."""
    filled = set(first[0].columns) | set(_BLOCK_COLUMNS.get(table, ()))
    columns = [column for column in TABLES[table].columns if column.name in filled]
    with (out / f"{table}.csv").open("wb") as target:
        heading = True
        for frame in _chain(first, blocks, last):
            target.write(csv_text(columns, frame, heading=heading))
            heading = False


def _chain(
    first: list[pl.DataFrame], blocks: Iterable[pl.DataFrame], last: pl.DataFrame | None
) -> Iterator[pl.DataFrame]:
    yield from first
    yield from blocks
    if last is not None:
        yield last


# Columns that only the browsing users fill.
_BLOCK_COLUMNS = {"events": ("age_band",)}
