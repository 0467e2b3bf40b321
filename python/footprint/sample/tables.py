"""From the generator's whole numbers (seconds, day numbers, cents) to typed tables and to CSV text.

CSV cells are built from whole numbers only, so the bytes do not depend on how a version prints
decimals.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl

from footprint.sample.calendar import EPOCH_DAY, UTC_OFFSET_S
from footprint.schema import TABLES, Column

_DECIMALS = 6
LIST_SEPARATOR = "|"


def typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table with every column and type of the schema."""
    table = TABLES[name]
    return frame.select(
        _typed(column).cast(column.dtype).alias(column.name)
        if column.name in frame.columns
        else pl.lit(None, dtype=column.dtype).alias(column.name)
        for column in table.columns
    )


def csv_text(columns: Sequence[Column], frame: pl.DataFrame, *, heading: bool = True) -> bytes:
    """The given columns as UTF-8 CSV, empty where the frame lacks one: times in shop time without
    a zone, lists joined by ``|``."""
    cells = frame.select(
        _cell(column) if column.name in frame.columns else _empty(column) for column in columns
    )
    target = io.BytesIO()
    cells.write_csv(target, include_header=heading, line_terminator="\n", quote_style="necessary")
    return target.getvalue()


def _empty(column: Column) -> pl.Expr:
    return pl.lit(None, dtype=pl.String).alias(column.name)


def _typed(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind == "timestamp":
        return _local(value, -UTC_OFFSET_S).dt.replace_time_zone("UTC")
    if column.kind == "date":
        return (value.cast(pl.Int32) + EPOCH_DAY).cast(pl.Date)
    if column.unit == "CNY":
        return (value.cast(pl.Float64) / 100).round(2)
    if column.kind == "list":
        return value.cast(pl.String).str.split(LIST_SEPARATOR)
    return value


def _local(seconds: pl.Expr, shift: int = 0) -> pl.Expr:
    return pl.from_epoch(seconds.cast(pl.Int64) + shift, "s").cast(pl.Datetime("us"))


def _cell(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind == "timestamp":
        return _local(value).dt.strftime("%Y-%m-%d %H:%M:%S").alias(column.name)
    if column.kind == "date":
        return _typed(column).dt.strftime("%Y-%m-%d").alias(column.name)
    if column.kind == "float":
        places = 2 if column.unit == "CNY" else _DECIMALS
        whole = value if column.unit == "CNY" else (value * 10**places).round()
        return _decimal(whole.cast(pl.Int64), places).alias(column.name)
    if column.kind == "bool":
        return value.cast(pl.Int8).cast(pl.String).replace({"1": "true", "0": "false"})
    return value.cast(pl.String)


def _decimal(whole: pl.Expr, places: int) -> pl.Expr:
    """Whole number of 10^-places as plain digits without trailing zeros."""
    size = whole.abs()
    digits = pl.format(
        "{}.{}",
        (size // 10**places).cast(pl.String),
        (size % 10**places).cast(pl.String).str.zfill(places),
    )
    short = digits.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(whole < 0).then(pl.format("-{}", short)).otherwise(short)
