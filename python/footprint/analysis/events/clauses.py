"""Filters as people write them: ``channel=kol_seed,ads; value>=100; region!=广东``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from footprint.errors import UsageError
from footprint.text import Text

_CLAUSE = re.compile(r"^\s*([A-Za-z_]\w*)\s*(!=|>=|<=|=|>|<)\s*(.+?)\s*$", re.DOTALL)
_SIGNS: dict[str, Callable[[pl.Expr, float], pl.Expr]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """``column sign values``; several values mean any of them (``!=``: none of them)."""

    column: str
    sign: str
    values: tuple[str, ...]

    @property
    def numeric(self) -> bool:
        """Whether the clause compares by size."""
        return self.sign in _SIGNS

    def holds(self, column: pl.Expr, is_number: bool) -> pl.Expr:
        """The clause over a column; a missing value only satisfies ``!=``."""
        if self.numeric:
            return _SIGNS[self.sign](column.cast(pl.Float64, strict=False), self.number())
        values = [self.number(v) for v in self.values] if is_number else list(self.values)
        inside = column.is_in(values).fill_null(False)
        return ~inside if self.sign == "!=" else inside

    def number(self, value: str | None = None) -> float:
        """A value as a number. Raises UsageError."""
        raw = self.values[0] if value is None else value
        try:
            return float(raw)
        except ValueError as error:
            raise UsageError(
                Text(f"“{raw}”不是数字", f"“{raw}” is not a number"),
                Text(f"{self.column} 请与数字比较。", f"Compare {self.column} with a number."),
            ) from error


def parse_clauses(text: str | None) -> tuple[Clause, ...]:
    """All clauses of a filter, separated by ``;``; every one must hold. Raises UsageError."""
    parts = re.split(r"[;；\n]", text or "")
    return tuple(_clause(part) for part in parts if part.strip())


def _clause(text: str) -> Clause:
    found = _CLAUSE.match(text)
    if not found:
        raise UsageError(
            Text(f"看不懂筛选“{text.strip()}”", f"“{text.strip()}” is not a filter"),
            Text(
                "请写成 列=值，如 channel=kol_seed,ads; value>=100。",
                "Write column=value, such as channel=kol_seed,ads; value>=100.",
            ),
        )
    column, sign, raw = found.groups()
    values = tuple(value.strip() for value in re.split("[,，]", raw) if value.strip())
    return Clause(column, sign, values or ("",))
