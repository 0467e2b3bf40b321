"""What a whole column says about how it is written: day or month first, per cent, comma, cut ids.

Evidence of the pieces of a file adds up to that of the file, so a column of any length is settled
by all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl

from footprint.ingest.ids import cut_ids, is_id
from footprint.ingest.numbers import comma_written, parse_numbers, point_written
from footprint.ingest.times import numeric_days
from footprint.schema import Column

# Few values of the other writing are mistakes; more make the column a question.
_FEW, _FEW_CELLS = 0.05, 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts over the non-blank cells of one column.

    ``first_above``/``second_above``: days such as 13/4/2026 whose first (second) number exceeds 12;
    ``days``: those whose two numbers differ. ``bare``: rates without a sign that are not 0,
    ``above``: those over 1; ``signed``: rates with a sign; ``largest`` bare rate. ``comma`` and
    ``point``: numbers with that decimal sign. ``long`` ids of 17 digits and more, ``cut`` of them.
    """

    first_above: int = 0
    second_above: int = 0
    days: int = 0
    bare: int = 0
    above: int = 0
    signed: int = 0
    largest: float = 0.0
    comma: int = 0
    point: int = 0
    long: int = 0
    cut: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Evidence(**{**sums, "largest": max(self.largest, other.largest)})

    @property
    def telling(self) -> bool:
        """Whether more of the column may say more: then all of it must be looked at."""
        ids = self.long > 0 and self.long == self.cut
        return bool(self.days or self.first_above or self.bare or self.comma or ids)

    @property
    def day_order(self) -> str | None:
        """``dmy`` or ``mdy``; None when nothing, or contradiction, settles it."""
        first, second = bool(self.first_above), bool(self.second_above)
        if not self.days:
            return "mdy"
        return None if first == second else "dmy" if first else "mdy"

    @property
    def decimal(self) -> str | None:
        """``comma`` or ``point``; None when both are common."""
        few = max(_FEW * (self.comma + self.point), _FEW_CELLS)
        if min(self.comma, self.point) > few:
            return None
        return "comma" if self.comma > self.point else "point"


def evidence_of(text: pl.Series, column: Column) -> Evidence:
    """What some cells of a column say; blanks are null."""
    if column.kind in ("timestamp", "date"):
        days = numeric_days(text)
        first, second = days["a"], days["b"]
        return Evidence(
            first_above=int((first > 12).sum()), second_above=int((second > 12).sum()),
            days=int((first != second).sum()),
        )  # fmt: skip
    if is_id(column.name):
        long, cut = cut_ids(text)
        return Evidence(long=long, cut=cut)
    if column.kind != "float":
        return Evidence()
    decimal = Evidence(comma=comma_written(text), point=point_written(text))
    return decimal + _rates(text) if column.unit == "rate" else decimal


def _rates(text: pl.Series) -> Evidence:
    signed = text.str.contains("[%％‰]").fill_null(False)
    values = parse_numbers(text.filter(~signed)).drop_nulls()
    plain = values.filter(values != 0)
    return Evidence(
        bare=len(plain), above=int((plain > 1).sum()), signed=int(signed.sum()),
        largest=float(plain.max() or 0),  # type: ignore[arg-type]
    )  # fmt: skip
