"""Mapped text cells to typed rows; every row that is wrong is set aside with its reason.

Rows in = rows accepted + rows set aside, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from footprint.errors import InputRejected, Where
from footprint.ingest.ids import is_id, ruined, without_marks
from footprint.ingest.mapping import Mapped
from footprint.ingest.numbers import parse_numbers
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading, masked, pseudonyms
from footprint.ingest.rates import parse_rates
from footprint.ingest.raw import RawSheet
from footprint.ingest.reasons import Reason
from footprint.ingest.times import Order, parse_dates, parse_timestamps, settled_order
from footprint.ingest.words import blank_to_null, parse_bools, parse_choices, parse_lists
from footprint.schema import Column, Table
from footprint.store.memory import conform
from footprint.text import Text

# An optional column that fails in most of its cells was misunderstood: it is left out instead.
_HOPELESS_SHARE, _HOPELESS_CELLS = 0.5, 10
# Columns of the frame of rows set aside; the original cells follow under their headings.
ROW, REASON, COLUMN, VALUE = "__row", "__reason", "__column", "__value"


@dataclass(frozen=True, slots=True)
class Checked:
    """``good`` has the schema's columns and types; ``aside`` the others as they were written.

    ``given`` names the columns the file had: a later upsert keeps known values of the others.
    """

    table: Table
    good: pl.DataFrame
    aside: pl.DataFrame
    reasons: tuple[Reason, ...]
    given: tuple[str, ...]
    notes: tuple[Text, ...]


def check(sheet: RawSheet, mapped: Mapped, tz: str, key: bytes) -> Checked:
    """Type and judge every mapped cell. ``tz`` reads naive times, ``key`` pseudonymises people."""
    table = mapped.table
    text = _mapped_text(sheet, mapped, key)
    typed: dict[str, pl.Series] = {}
    faults = pl.DataFrame({"code": [None] * text.height, "column": [None] * text.height},
                          schema={"code": pl.String, "column": pl.String})  # fmt: skip
    notes: list[Text] = list(sheet.notes)
    for name in mapped.positions:
        column, heading = table.column(name), sheet.headings[mapped.positions[name]]
        how = _How(sheet.name, heading, tz, mapped.ways.get(name), notes)
        values, fault = _typed(text[name], column, how)
        if _hopeless(text[name], fault, column):
            notes.append(_left_out(column, heading))
            continue
        typed[name] = values
        faults = _noted(faults, fault, name)
    good = conform(pl.DataFrame(typed), table, tz) if typed else pl.DataFrame()
    faults = _noted(faults, _repeats(good, table, faults["code"].is_null()), None)
    fine = faults["code"].is_null()
    aside = _aside(sheet, mapped, text, faults, fine)
    return Checked(table, good.filter(fine), aside, _counted(aside), tuple(typed), tuple(notes))


def _mapped_text(sheet: RawSheet, mapped: Mapped, key: bytes) -> pl.DataFrame:
    """The mapped cells as text, blanks null, personal data already replaced or masked."""
    columns: dict[str, pl.Series] = {}
    for name, at in mapped.positions.items():
        values = blank_to_null(sheet.cells[str(at)])
        if is_id(name):
            values = without_marks(values)
        if name in PERSON_COLUMNS:
            values = pseudonyms(values, sheet.headings[at], key)
        elif mapped.table.column(name).kind in ("string", "list") and not name.endswith("_id"):
            values = masked(values)
        columns[name] = values.alias(name)
    return pl.DataFrame(columns)


@dataclass(frozen=True, slots=True)
class _How:
    """How a column is written, and where to say what was settled about it."""

    file: str
    heading: str
    tz: str
    way: str | None
    notes: list[Text]

    def order(self, text: pl.Series, column: Column) -> Order | None:
        """Day or month first. Raises InputRejected with the question when nothing settles it."""
        if self.way in ("dmy", "mdy"):
            return "dmy" if self.way == "dmy" else "mdy"
        settled = settled_order(text)
        if settled is None:
            raise _ask_order(self, text, column)
        return settled


def _typed(text: pl.Series, column: Column, how: _How) -> tuple[pl.Series, pl.Series]:
    """The typed values and, per row, the code of what is wrong with the cell (null = fine)."""
    values, unread = _parsed(text, column, how)
    fault = _coded(values.is_null() & text.is_not_null(), unread)
    if is_id(column.name):
        fault = fault.fill_null(_coded(ruined(text), "ruined_id"))
    if column.required:
        fault = fault.fill_null(_coded(text.is_null(), "required"))
    if column.minimum is not None:
        fault = fault.fill_null(_coded((values < column.minimum).fill_null(False), "negative"))
    if column.unit == "rate":
        fault = fault.fill_null(_coded((values > 1).fill_null(False), "rate_above_1"))
    return values, fault


def _parsed(text: pl.Series, column: Column, how: _How) -> tuple[pl.Series, str]:
    if column.choices:
        return parse_choices(text, column.choices), "not_a_choice"
    if column.unit == "rate":
        values, reason = parse_rates(text, how.heading, how.way)
        how.notes.extend([reason] if reason else [])
        return values, "not_a_number"
    if column.kind == "float":
        return parse_numbers(text, percent=column.unit == ""), "not_a_number"
    if column.kind == "int":
        return _whole(text), "not_whole"
    if column.kind == "timestamp":
        return parse_timestamps(text, how.tz, how.order(text, column)), "not_a_time"
    if column.kind == "date":
        return parse_dates(text, how.tz, how.order(text, column)), "not_a_date"
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


def _coded(wrong: pl.Series, code: str) -> pl.Series:
    frame = wrong.to_frame("w").select(pl.when(pl.col("w")).then(pl.lit(code)).alias("code"))
    return frame["code"].cast(pl.String)


def _noted(faults: pl.DataFrame, fault: pl.Series, column: str | None) -> pl.DataFrame:
    """The first fault of a row counts."""
    new = fault.alias("new").to_frame().with_columns(pl.lit(column, pl.String).alias("in"))
    first = pl.col("code").is_null() & pl.col("new").is_not_null()
    return faults.hstack(new).select(
        pl.when(first).then("new").otherwise("code").alias("code"),
        pl.when(first).then("in").otherwise("column").alias("column"),
    )


def _hopeless(text: pl.Series, fault: pl.Series, column: Column) -> bool:
    if column.required:
        return False
    wrong = fault.len() - fault.null_count()
    return wrong >= _HOPELESS_CELLS and wrong > _HOPELESS_SHARE * (text.len() - text.null_count())


def _repeats(good: pl.DataFrame, table: Table, fine: pl.Series) -> pl.Series:
    """Rows whose key an earlier good row has: "duplicate" when all else is equal, or "conflict"."""
    codes = pl.Series("code", [None] * good.height, dtype=pl.String)
    rows = good.with_row_index("__at").filter(fine)
    keys = rows.select(table.key)
    # Equal keys have equal hashes, so the few rows with a shared hash hold every repeat.
    maybe = rows.filter(keys.hash_rows().is_duplicated())
    if maybe.is_empty():
        return codes
    flat = maybe.with_columns(
        pl.col(c.name).list.join("|") for c in table.columns if c.kind == "list"
    )
    later = flat.filter(~pl.struct(table.key).is_first_distinct())
    same = ~pl.struct(list(table.polars_schema)).is_first_distinct()
    exact = flat.filter(same)["__at"]
    codes = codes.scatter(later["__at"], "conflict")
    return codes.scatter(exact, "duplicate")


def _aside(
    sheet: RawSheet, mapped: Mapped, text: pl.DataFrame, faults: pl.DataFrame, fine: pl.Series
) -> pl.DataFrame:
    """Rows set aside as they were written (people replaced), the lines that broke included."""
    headings = {name: sheet.headings[at] for name, at in mapped.positions.items()}
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


def _counted(aside: pl.DataFrame) -> tuple[Reason, ...]:
    groups = aside.group_by(REASON, COLUMN, maintain_order=True).agg(
        pl.len().alias("n"), pl.col(ROW).first(), pl.col(VALUE).first()
    )
    return tuple(
        Reason(code, column, count, row, value or "")
        for code, column, count, row, value in groups.iter_rows()
    )


def _left_out(column: Column, heading: str) -> Text:
    return Text(
        f"列“{heading}”（{column.title.zh}）的多数内容读不懂，已整列略过",
        f"most of “{heading}” ({column.title.en}) could not be read; the column was left out",
    )


def _ask_order(how: _How, text: pl.Series, column: Column) -> InputRejected:
    example = text.filter(text.str.contains(r"^\d{1,2}\D\d{1,2}\D\d{4}").fill_null(False))[0]
    return InputRejected(
        Text(
            f"“{example}”的日和月分不清：整列都没有说明先日还是先月",
            f"day and month of “{example}” cannot be told apart: nothing in the column settles it",
        ),
        Text(
            f"请说明：--map {how.heading}={column.name}@dmy 为先日后月，@mdy 为先月后日。",
            f"Say which: --map {how.heading}={column.name}@dmy (day first) or @mdy (month first).",
        ),
        Where(how.file, None, how.heading),
    )
