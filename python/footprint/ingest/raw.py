"""A sheet as it stands in the file: text cells, where each row stood, and the rows that broke."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


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
    with the sheet where a workbook has several.
    """

    name: str
    headings: tuple[str, ...]
    cells: pl.DataFrame
    rows: pl.Series
    encoding: str
    heading_row: int = 1
    broken: tuple[Broken, ...] = field(default=())

    @property
    def height(self) -> int:
        """Rows in: those that parsed and those that broke."""
        return self.cells.height + len(self.broken)


def without_blank_rows(cells: pl.DataFrame, rows: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Rows whose every cell is blank are no rows; cells lose surrounding white space."""
    text = cells.with_columns(pl.all().str.strip_chars())
    full = text.select(pl.any_horizontal(pl.all().is_not_null() & (pl.all() != "")))
    keep = full.to_series() if full.width else pl.Series([], dtype=pl.Boolean)
    return (text, rows) if keep.all() else (text.filter(keep), rows.filter(keep))
