"""The files that a table is made of: immutable parts of some ten thousand rows each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl

from footprint.schema import Table
from footprint.store.faults import damaged
from footprint.store.memory import conform

SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table, named after its content; ``first``/``last``: the span of its clock."""

    path: Path
    rows: int
    digest: str
    first: date | None
    last: date | None

    def apart_from(self, first: date | None, last: date | None) -> bool:
        """Whether all of its times lie outside a span."""
        known = None not in (self.first, self.last, first, last)
        return known and (self.last < first or self.first > last)  # type: ignore[operator]


def write_part(path: Path, frame: pl.DataFrame, table: Table) -> Part:
    """Write the columns of a frame in order of the table's clock. Raises OSError."""
    if table.clock and not frame[table.clock].is_sorted():
        frame = frame.sort(table.clock, maintain_order=True)
    content = parquet(frame)
    write_synced(path, content)
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Part(path, frame.height, digest, *_span(frame, table.clock))


def parquet(frame: pl.DataFrame) -> memoryview:
    """A frame as the bytes of a Parquet file."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1)
    return buffer.getbuffer()


def write_synced(path: Path, content: bytes | memoryview) -> None:
    """Bytes to a file that is on the disk when this returns. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def known_part(path: Path, table: Table) -> Part:
    """A part of a stored version. Raises WorkspaceError when the file is damaged."""
    digest = path.stem.rpartition("-")[2] if "-" in path.stem else path.parent.name
    columns = [table.clock] if table.clock else None
    frame = read_part(path, columns)
    return Part(path, frame.height, digest, *_span(frame, table.clock))


def read_part(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Columns of a part. Raises WorkspaceError when the file is gone or damaged."""
    try:
        have = pl.read_parquet_schema(path)
        wanted = None if columns is None else [name for name in columns if name in have]
        return pl.read_parquet(path, columns=wanted, memory_map=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise damaged(path) from error


def read_table(paths: Iterable[Path], table: Table) -> pl.DataFrame:
    """All parts as one frame with the schema's columns, in order of the table's clock."""
    frames = [conform(read_part(path), table) for path in paths]
    frame = frames[0] if len(frames) == 1 else pl.concat(frames)
    if table.clock and not frame[table.clock].is_sorted():
        return frame.sort(table.clock, maintain_order=True, nulls_last=True)
    return frame


def scan_table(paths: Sequence[Path], table: Table) -> tuple[pl.LazyFrame, int]:
    """``read_table`` as a lazy frame over the files, and its rows.

    Only the clock is read here, for the order of the rows: that is where a damaged file shows.
    Raises WorkspaceError when one is gone or damaged.
    """
    clocks = [read_part(path, [table.clock] if table.clock else None) for path in paths]
    schema = table.polars_schema
    kinds = [_schema_of(path) for path in paths]
    if all(schema.get(name) == kind for kind_of in kinds for name, kind in kind_of.items()):
        rows = pl.scan_parquet(list(paths), schema=schema, missing_columns="insert")
    else:
        rows = pl.concat([conform(pl.scan_parquet(path), table) for path in paths])
    height = sum(clock.height for clock in clocks)
    if table.clock:
        times = pl.concat([conform(part, table).select(table.clock) for part in clocks])
        clock = times[table.clock]
        if not clock.is_sorted():
            places = times.with_row_index("place")
            order = places.sort(table.clock, maintain_order=True, nulls_last=True)["place"]
            rows = rows.select(pl.all().gather(pl.lit(order)))
    return rows, height


def _schema_of(path: Path) -> dict[str, pl.DataType]:
    try:
        return pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise damaged(path) from error


def keys(frame: pl.DataFrame, table: Table) -> np.ndarray:
    """64-bit hashes of the key of each row; the same for equal keys within this process."""
    schema = table.polars_schema
    columns = [
        frame[name] if name in frame.columns
        else pl.Series(name, [None], dtype=schema[name]).new_from_index(0, frame.height)
        for name in table.key
    ]  # fmt: skip
    return pl.DataFrame(columns).hash_rows().to_numpy()


def _span(frame: pl.DataFrame, clock: str | None) -> tuple[Any, Any]:
    if clock is None or frame.is_empty():
        return None, None
    return cast("date", frame[clock].min()), cast("date", frame[clock].max())
