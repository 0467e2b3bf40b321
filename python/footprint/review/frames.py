"""A frame as plain JSON values with its types beside it, and back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

import polars as pl

from footprint.result import frame_rows, steady

_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "time": pl.Datetime("us", "UTC"),
    "list": pl.List(pl.String()),
}


class Sheet(TypedDict):
    """Each column's name and the word for its type, and the rows in that order."""

    columns: list[list[str]]
    rows: list[list[Any]]


def sheet_of(frame: pl.DataFrame) -> Sheet:
    """A frame as plain values: times ISO 8601, numbers to twelve digits, no NaN."""
    columns = [[name, _word(dtype)] for name, dtype in frame.schema.items()]
    rows = [list(row.values()) for row in steady(frame_rows(frame))]
    return {"columns": columns, "rows": rows}


def frame_of(sheet: Sheet) -> pl.DataFrame:
    """The frame a sheet was made of; integers of every width come back as 64 bit."""
    kinds: dict[str, str] = {}
    for name, kind in sheet["columns"]:
        # Two headings may have become one when contacts in them were masked.
        kinds[name if name not in kinds else f"{name} {len(kinds)}"] = kind
    rows = [
        [_value(value, kind) for value, kind in zip(row, kinds.values(), strict=True)]
        for row in sheet["rows"]
    ]
    schema = {name: _TYPES[kind] for name, kind in kinds.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _word(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "int"
    if dtype.is_numeric():
        return "float"
    kinds: tuple[tuple[type, str], ...] = (
        (pl.Boolean, "bool"), (pl.Date, "date"), (pl.Datetime, "time"), (pl.List, "list"),
    )  # fmt: skip
    return next((word for kind, word in kinds if isinstance(dtype, kind)), "text")


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "list":
        return [str(item) for item in value]
    if kind == "float":
        return float(value)
    return str(value) if kind == "text" else value
