"""Data held in memory: what analyses are tested with, and what one-off scripts use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from footprint.schema import TABLES, Table
from footprint.scope import DEFAULT_TZ
from footprint.settings import Settings
from footprint.store.log import build_log

if TYPE_CHECKING:
    from footprint.engine import EventLog


class MemoryData:
    """A Data over given frames; missing schema columns are null, present ones cast to the schema.

    Naive timestamps are read in ``tz``. Nothing was uploaded, so ``uploads`` and ``rejected`` are
    empty unless given.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.DataFrame],
        settings: Settings | None = None,
        tz: str = DEFAULT_TZ,
        *,
        uploads: pl.DataFrame | None = None,
        rejected: pl.DataFrame | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.tz = tz
        self._tables = {name: conform(frame, TABLES[name], tz) for name, frame in tables.items()}
        self._uploads = uploads if uploads is not None else pl.DataFrame(schema=UPLOADS)
        self._rejected = rejected if rejected is not None else pl.DataFrame(schema=REJECTED)
        self._log: EventLog | None = None
        self._lock = Lock()
        self.version = self._fingerprint()

    def has(self, table: str) -> bool:
        return table in self._tables

    def frame(self, table: str) -> pl.DataFrame:
        if table not in self._tables:
            from footprint.questions import require

            require(self, (table,))
        return self._tables[table]

    def scan(self, table: str) -> pl.LazyFrame:
        return self.frame(table).lazy()

    def event_log(self) -> EventLog:
        with self._lock:
            if self._log is None:
                self._log = build_log(self)
            return self._log

    def uploads(self) -> pl.DataFrame:
        return self._uploads

    def rejected(self) -> pl.DataFrame:
        return self._rejected

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(self.settings.fingerprint.encode())
        for name in sorted(self._tables):
            digest.update(name.encode())
            digest.update(self._tables[name].hash_rows().to_numpy().tobytes())
        return digest.hexdigest()[:16]


# ``as_of`` is the latest time inside the file; ``current`` is false once the import was undone.
# One row per file taken in, and one row per (file, table, reason) of rows set aside.
UPLOADS: dict[str, pl.DataType] = {
    "upload_id": pl.Int64(),
    "file": pl.String(),
    "table": pl.String(),
    "rows": pl.Int64(),
    "accepted": pl.Int64(),
    "set_aside": pl.Int64(),
    "added": pl.Int64(),
    "changed": pl.Int64(),
    "unchanged": pl.Int64(),
    "encoding": pl.String(),
    "hash": pl.String(),
    "imported_at": pl.Datetime("us", "UTC"),
    "as_of": pl.Datetime("us", "UTC"),
    "current": pl.Boolean(),
}
REJECTED: dict[str, pl.DataType] = {
    "upload_id": pl.Int64(),
    "file": pl.String(),
    "table": pl.String(),
    "reason": pl.String(),
    "column": pl.String(),
    "count": pl.Int64(),
    "first_row": pl.Int64(),
}


Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def conform(frame: Frame, table: Table, tz: str = DEFAULT_TZ) -> Frame:
    """``frame`` with exactly the columns of the schema, in its order and types.

    Raises polars' InvalidOperationError when a value cannot be cast.
    """
    schema = frame.collect_schema()
    columns = [_cast(schema, c.name, c.dtype, tz).alias(c.name) for c in table.columns]
    return frame.with_columns(columns).select(list(table.polars_schema))


def _cast(schema: pl.Schema, name: str, dtype: pl.DataType, tz: str) -> pl.Expr:
    if name not in schema:
        return pl.lit(None, dtype=dtype)
    have = schema[name]
    if dtype == have:
        return pl.col(name)
    if isinstance(have, pl.Datetime) and dtype == pl.Datetime("us", "UTC"):
        moment = pl.col(name).dt.cast_time_unit("us")
        local = moment.dt.replace_time_zone(tz, ambiguous="earliest", non_existent="null")
        return (moment if have.time_zone else local).dt.convert_time_zone("UTC")
    return pl.col(name).cast(dtype)
