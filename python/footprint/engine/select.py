"""Selectors: which rows play which role in a question, as the bits the kernels read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from footprint.errors import UsageError
from footprint.text import Text

if TYPE_CHECKING:
    from footprint.engine.base import LogBase

Selector = str | Sequence[str] | pl.Series
MAX_ROLES = 30


@dataclass(frozen=True, slots=True)
class Tags:
    """Role bits: by event code, or by source row, and the rows that exist at all."""

    table: list[int]
    rows: pl.Series | None
    mask: pl.Series | None

    @property
    def parts(self) -> tuple[list[int], pl.Series | None, pl.Series | None]:
        """As the kernels take them."""
        return self.table, self.rows, self.mask


def tags(
    log: LogBase,
    roles: Sequence[Selector | None],
    mask: pl.Series | None = None,
    special: Mapping[int, Selector | None] | None = None,
) -> Tags:
    """Bit i is set on the rows that play ``roles[i]`` (None: every row), and so for ``special``.

    Event types the log lacks match nothing. Raises UsageError for a Series that is not boolean over
    the source rows and for too many roles.
    """
    if len(roles) > MAX_ROLES:
        raise UsageError(
            Text(f"步骤太多：{len(roles)} 个", f"{len(roles)} steps are too many"),
            Text(f"最多 {MAX_ROLES} 个。", f"Use at most {MAX_ROLES}."),
        )
    keep = None if mask is None else checked(log, mask).fill_null(False)
    bits = {**dict(enumerate(roles)), **(special or {})}
    by_row = any(isinstance(role, pl.Series) for role in bits.values()) or log.names.overflow
    if by_row:
        return Tags([0] * 256, _row_bits(log, bits), keep)
    table = [0] * 256
    for bit, role in bits.items():
        for code in range(256) if role is None else _codes(log, role):
            table[code] |= 1 << bit
    return Tags(table, None, keep)


def checked(log: LogBase, series: pl.Series) -> pl.Series:
    """``series`` when it is boolean over the source rows, else UsageError."""
    if series.dtype != pl.Boolean or len(series) != log.rows:
        raise UsageError(
            Text(
                f"筛选条件有 {len(series)} 行（{series.dtype}），事件和订单共 {log.rows} 行",
                f"the filter has {len(series)} rows ({series.dtype}), the log {log.rows}",
            ),
            Text("请用 log.mask(...) 生成。", "Build it with log.mask(...)."),
        )
    return series.rechunk()


def _codes(log: LogBase, role: Selector) -> list[int]:
    names = [role] if isinstance(role, str) else list(role)
    return [code for code, name in enumerate(log.names.events) if name in set(names)]


def _row_bits(log: LogBase, roles: Mapping[int, Selector | None]) -> pl.Series:
    kinds = log.column("event_type")
    bits = pl.Series("bits", [0], dtype=pl.UInt32).new_from_index(0, log.rows)
    for bit, role in roles.items():
        if role is None:
            hit = pl.Series([True]).new_from_index(0, log.rows)
        elif isinstance(role, pl.Series):
            hit = checked(log, role).fill_null(False)
        else:
            hit = kinds.is_in([role] if isinstance(role, str) else list(role)).fill_null(False)
        bits = bits | (hit.cast(pl.UInt32) * pl.Series([1 << bit], dtype=pl.UInt32))
    return bits.rechunk()
