"""Mapped text cells to typed rows; every row that is wrong is set aside with its reason.

Rows in = rows accepted + rows set aside, always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import polars as pl

from footprint.ingest.ids import is_id, ruined, without_marks
from footprint.ingest.mapping import Mapped
from footprint.ingest.numbers import parse_numbers, with_points
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading, masked, pseudonyms
from footprint.ingest.rates import parse_rates
from footprint.ingest.raw import RawSheet
from footprint.ingest.reasons import Reason
from footprint.ingest.settle import Ways
from footprint.ingest.times import Order, parse_dates, parse_timestamps
from footprint.ingest.words import blank_to_null, parse_bools, parse_choices, parse_lists
from footprint.schema import Column, Table
from footprint.text import Text

# An optional column that fails in most of its cells was misunderstood: it is left out instead.
_HOPELESS_SHARE, _HOPELESS_CELLS = 0.5, 10
# Columns of the frame of rows set aside; the original cells follow under their headings.
ROW, REASON, COLUMN, VALUE = "__row", "__reason", "__column", "__value"


@dataclass(frozen=True, slots=True)
class Judge:
    """How the cells of a sheet become values. ``key`` pseudonymises people, ``tz`` reads times.

    ``personal``: what was said of columns of personal data (hash; drop is no column at all).
    ``left_out``: columns that are not understood.
    """

    mapped: Mapped
    headings: tuple[str, ...]
    ways: Ways
    tz: str
    key: bytes
    personal: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that the file has: a later upsert keeps known values of the others."""
        return tuple(name for name in self.mapped.positions if name not in self.left_out)

    def heading(self, column: str) -> str:
        return self.headings[self.mapped.positions[column]]

    def check(self, sheet: RawSheet) -> Checked:
        """Type and judge every mapped cell of some rows."""
        table = self.mapped.table
        text = self._text(sheet)
        typed: dict[str, pl.Series] = {}
        faults = pl.DataFrame(
            {"code": [None] * text.height, "column": [None] * text.height},
            schema={"code": pl.String, "column": pl.String},
        )
        for name in self.given:
            values, fault = _typed(text[name], table.column(name), self)
            typed[name] = values
            if fault.null_count() < len(fault):
                faults = _noted(faults, fault, name)
        fine = faults["code"].is_null()
        good = pl.DataFrame({ROW: sheet.rows, **typed})
        aside = _aside(sheet, self, text, faults, fine)
        return Checked(good if fine.all() else good.filter(fine), aside)

    def faults(self, sheet: RawSheet) -> dict[str, int]:
        """Cells of each column that cannot be read."""
        text = self._text(sheet)
        table = self.mapped.table
        found = {n: _typed(text[n], table.column(n), self)[1] for n in self.mapped.positions}
        return {name: len(fault) - fault.null_count() for name, fault in found.items()}

    def repeats(self, sheet: RawSheet, codes: pl.DataFrame) -> pl.DataFrame:
        """Rows of a sheet that repeat others, set aside; ``codes``: ROW and REASON of them."""
        text = self._text(sheet)
        marks = (
            sheet.rows.alias(ROW).to_frame().join(codes, on=ROW, how="left", maintain_order="left")
        )
        faults = marks.select(pl.col(REASON).alias("code"), pl.lit(None, pl.String).alias("column"))
        bare = replace(sheet, broken=())
        return _aside(bare, self, text, faults, faults["code"].is_null())

    def _text(self, sheet: RawSheet) -> pl.DataFrame:
        """The mapped cells as text, blanks null, personal data already replaced or masked."""
        columns: dict[str, pl.Series] = {}
        for name, at in self.mapped.positions.items():
            values = blank_to_null(sheet.cells[str(at)])
            if is_id(name):
                values = without_marks(values)
            if self.personal.get(name) == "hash":
                values = pseudonyms(values, self.headings[at], self.key, every=True)
            elif name in PERSON_COLUMNS:
                values = pseudonyms(values, self.headings[at], self.key)
            elif self._free_text(name):
                values = masked(values)
            columns[name] = values.alias(name)
        return pl.DataFrame(columns)

    def _free_text(self, name: str) -> bool:
        kind = self.mapped.table.column(name).kind
        return kind in ("string", "list") and not is_id(name)


@dataclass(frozen=True, slots=True)
class Checked:
    """``good``: ROW and the columns of the file, typed; ``aside``: the others as written."""

    good: pl.DataFrame
    aside: pl.DataFrame


def _typed(text: pl.Series, column: Column, judge: Judge) -> tuple[pl.Series, pl.Series]:
    """The typed values and, per row, the code of what is wrong with the cell (null = fine)."""
    values, unread = _parsed(text, column, judge)
    fault = pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(text))
    if values is not text:
        fault = _coded(fault, values.is_null() & text.is_not_null(), unread)
    if is_id(column.name):
        fault = _coded(fault, ruined(text, column.name in judge.ways.cut), "ruined_id")
    if column.required:
        fault = _coded(fault, text.is_null(), "required")
    if column.minimum is not None:
        fault = _coded(fault, (values < column.minimum).fill_null(False), "negative")
    if column.unit == "rate":
        fault = _coded(fault, (values > 1).fill_null(False), "rate_above_1")
    return values, fault


def _parsed(text: pl.Series, column: Column, judge: Judge) -> tuple[pl.Series, str]:
    ways = judge.ways
    if column.choices:
        return parse_choices(text, column.choices), "not_a_choice"
    if column.name in ways.comma:
        text = with_points(text)
    if column.unit == "rate":
        return parse_rates(text, column.name in ways.percent), "not_a_number"
    if column.kind == "float":
        return parse_numbers(text, percent=column.unit == ""), "not_a_number"
    if column.kind == "int":
        return _whole(text), "not_whole"
    if column.kind in ("timestamp", "date"):
        order = cast("Order | None", ways.order.get(column.name))
        if column.kind == "timestamp":
            return parse_timestamps(text, judge.tz, order), "not_a_time"
        return parse_dates(text, judge.tz, order), "not_a_date"
    if column.kind == "bool":
        return parse_bools(text), "not_yes_no"
    return (parse_lists(text), "") if column.kind == "list" else (text, "")


def _whole(text: pl.Series) -> pl.Series:
    whole = text.cast(pl.Int64, strict=False)
    rest = text.set(whole.is_not_null(), None)
    if rest.null_count() == len(rest):
        return whole
    number = parse_numbers(rest, percent=False)
    # Beyond 2^53 a float no longer tells whole numbers apart.
    exact = number.set((number != number.floor()) | (number.abs() > 2**53), None)
    return whole.fill_null(exact.cast(pl.Int64, strict=False))


def _coded(fault: pl.Series, wrong: pl.Series, code: str) -> pl.Series:
    """``fault`` with the code where something is wrong and no code stands yet."""
    if not wrong.any():
        return fault
    frame = pl.DataFrame({"f": fault, "w": wrong})
    made = pl.when(pl.col("f").is_null() & pl.col("w")).then(pl.lit(code)).otherwise("f")
    return frame.select(made.alias("code"))["code"]


def _noted(faults: pl.DataFrame, fault: pl.Series, column: str | None) -> pl.DataFrame:
    """The first fault of a row counts."""
    new = fault.alias("new").to_frame().with_columns(pl.lit(column, pl.String).alias("in"))
    first = pl.col("code").is_null() & pl.col("new").is_not_null()
    return faults.hstack(new).select(
        pl.when(first).then("new").otherwise("code").alias("code"),
        pl.when(first).then("in").otherwise("column").alias("column"),
    )


def hopeless(column: Column, wrong: int, filled: int) -> bool:
    """Whether an optional column fails in most of its cells: then it was misunderstood."""
    return not column.required and wrong >= _HOPELESS_CELLS and wrong > _HOPELESS_SHARE * filled


def repeats(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """ROW and REASON of rows whose key an earlier row has, in the order of ROW.

    "duplicate" when some earlier row is equal in all else, or "conflict".
    """
    flat = rows.sort(ROW).with_columns(
        pl.col(c.name).list.join("|") for c in table.columns
        if c.kind == "list" and c.name in rows.columns
    )  # fmt: skip
    key = [name for name in table.key if name in rows.columns]
    values = [name for name in rows.columns if name != ROW]
    later = ~pl.struct(key).is_first_distinct()
    equal = ~pl.struct(values).is_first_distinct()
    code = pl.when(equal).then(pl.lit("duplicate")).otherwise(pl.lit("conflict"))
    return flat.with_columns(code.alias(REASON)).filter(later).select(ROW, REASON)


def _aside(
    sheet: RawSheet, judge: Judge, text: pl.DataFrame, faults: pl.DataFrame, fine: pl.Series
) -> pl.DataFrame:
    """Rows set aside as they were written (people replaced), the lines that broke included."""
    headings = {name: judge.heading(name) for name in judge.mapped.positions}
    marks = pl.DataFrame({ROW: sheet.rows, REASON: faults["code"], COLUMN: faults["column"]})
    wrong = marks.hstack(text).filter(~fine).with_columns(_value(text.columns))
    cells = wrong.select(ROW, REASON, _heading_of(headings), VALUE, *text.columns).rename(headings)
    if not sheet.broken:
        return cells
    broken = pl.DataFrame(
        {
            ROW: [b.row for b in sheet.broken],
            REASON: [b.code for b in sheet.broken],
            VALUE: _broken_text(sheet),
        },
        schema_overrides={ROW: cells.schema[ROW]},
    )
    return pl.concat([cells, broken], how="diagonal").sort(ROW)


def _broken_text(sheet: RawSheet) -> pl.Series:
    """The lines that broke, contacts masked; of a file with personal columns only their numbers.

    In a broken line nobody can tell which cell is a name or an address.
    """
    if any(map(is_personal_heading, sheet.headings)):
        return pl.Series([None] * len(sheet.broken), dtype=pl.String)
    return masked(pl.Series([line.text for line in sheet.broken], dtype=pl.String))


def _value(columns: Sequence[str]) -> pl.Expr:
    """The cell that the fault is about."""
    value = pl.lit(None, pl.String)
    for name in columns:
        value = pl.when(pl.col(COLUMN) == name).then(pl.col(name)).otherwise(value)
    return value.alias(VALUE)


def _heading_of(headings: dict[str, str]) -> pl.Expr:
    return pl.col(COLUMN).replace(list(headings), list(headings.values())).alias(COLUMN)


def counted(aside: pl.DataFrame) -> tuple[Reason, ...]:
    """How many rows were set aside for what, where the first stands and an example."""
    groups = aside.group_by(REASON, COLUMN, maintain_order=True).agg(
        pl.len().alias("n"), pl.col(ROW).first(), pl.col(VALUE).first()
    )
    return tuple(
        Reason(code, column, count, row, value or "")
        for code, column, count, row, value in groups.iter_rows()
    )


def left_out(column: Column, heading: str) -> Text:
    """The note on a column that is not taken in."""
    return Text(
        f"列“{heading}”（{column.title.zh}）的多数内容读不懂，已整列略过",
        f"most of “{heading}” ({column.title.en}) could not be read; the column was left out",
    )
