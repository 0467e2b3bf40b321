"""A sheet as it stands in the file: text cells, where each row stood, and the rows that broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from footprint.text import Text

_TOTALS = ("合计", "合計", "总计", "總計", "总和", "汇总", "小计", "total", "totals", "subtotal",
           "grand total", "sum")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no row of the sheet: its number in the file, the reason code, its text."""

    row: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class RawSheet:
    """``cells`` holds text columns "0", "1", ... one per heading; ``rows`` their line numbers.

    Line numbers count from 1 as a text editor and a spreadsheet show them. ``name`` is the file,
    with the sheet where a workbook has several. ``preamble``: lines over the headings.
    """

    name: str
    headings: tuple[str, ...]
    cells: pl.DataFrame
    rows: pl.Series
    encoding: str
    heading_row: int = 1
    broken: tuple[Broken, ...] = field(default=())
    notes: tuple[Text, ...] = field(default=())
    preamble: tuple[str, ...] = field(default=())

    @property
    def height(self) -> int:
        """Rows in: those that parsed and those that broke."""
        return self.cells.height + len(self.broken)


def joined(parts: Sequence[RawSheet]) -> RawSheet:
    """Sheets of the same headings as one."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        cells=pl.concat([part.cells for part in parts]),
        rows=pl.concat([part.rows for part in parts]),
        broken=tuple(broken for part in parts for broken in part.broken),
    )


def without_blank_rows(cells: pl.DataFrame, rows: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Rows whose every cell is blank are no rows; cells lose surrounding white space."""
    text = cells.with_columns(pl.all().str.strip_chars())
    if not text.width or (text[:, 0] != "").all():
        return text, rows
    full = text.select(pl.any_horizontal(pl.all() != "")).to_series()
    return (text, rows) if full.all() else (text.filter(full), rows.filter(full))


def without_totals(
    cells: pl.DataFrame, rows: pl.Series, *, grand: bool = True
) -> tuple[pl.DataFrame, pl.Series, tuple[Broken, ...]]:
    """Rows of sums (合计, Total) are set aside: they would count everything twice.

    ``grand``: whether a "Grand total" may stand in any cell.
    """
    if cells.is_empty():
        return cells, rows, ()
    column = cells[:, 0]
    maybe = (column == "") | _is_total(column)
    if not grand and not maybe.any():
        return cells, rows, ()
    some = cells if grand else cells.filter(maybe)
    first = some.select(pl.coalesce(pl.when(pl.all() != "").then(pl.all()))).to_series()
    hit = _is_total(first).fill_null(False)
    if grand:
        hit |= some.select(pl.any_horizontal(pl.all().str.to_lowercase() == "grand total"))[:, 0]
    hit &= some.select(pl.any_horizontal(pl.all().str.contains(r"\d"))).to_series()
    return set_aside(cells, rows, hit if grand else _spread(maybe, hit), "total_row")


def _is_total(texts: pl.Series) -> pl.Series:
    return texts.str.to_lowercase().str.strip_chars(":： ").is_in(_TOTALS)


def _spread(maybe: pl.Series, hit: pl.Series) -> pl.Series:
    """``hit`` of the rows that may be, as marks of all rows."""
    return pl.repeat(False, len(maybe), eager=True).scatter(maybe.arg_true().filter(hit), True)


def set_aside(
    cells: pl.DataFrame, rows: pl.Series, hit: pl.Series, code: str
) -> tuple[pl.DataFrame, pl.Series, tuple[Broken, ...]]:
    """The rows that stay, their lines, and those ``hit`` as broken lines."""
    if not hit.any():
        return cells, rows, ()
    texts = cells.filter(hit).select(pl.concat_str(pl.all(), separator=",", ignore_nulls=True))
    found = zip(rows.filter(hit).to_list(), texts.to_series().to_list(), strict=True)
    broken = tuple(Broken(row, code, text) for row, text in found)
    return cells.filter(~hit), rows.filter(~hit), broken
