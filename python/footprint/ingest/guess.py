"""Headings nobody knows, told by their values: times, amounts, counts and words of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from footprint.ingest.choices import Asked, Option
from footprint.ingest.mapping import Mapped
from footprint.ingest.numbers import parse_numbers
from footprint.ingest.raw import RawSheet
from footprint.ingest.times import parse_timestamps
from footprint.ingest.words import blank_to_null, parse_choices
from footprint.schema import EVENT_TYPES, Column
from footprint.text import Text

# So many of the cells must be of a kind, and so many rows are looked at.
_NEARLY_ALL, _ROWS = 0.98, 5_000
# Kinds of which one look at the values is enough; ids and amounts are only suggested.
_SURE = ("timestamp", "date", "choice")


@dataclass(frozen=True, slots=True)
class Guesses:
    """``sure``: column -> position; ``fitting``: positions that may be a missing column."""

    sure: Mapping[str, int]
    fitting: Mapping[str, Sequence[int]]

    def words(self, headings: Sequence[str]) -> dict[str, str]:
        """``sure`` as a mapping of headings."""
        return {headings[at]: column for column, at in self.sure.items()}


def guessed(sheet: RawSheet, mapped: Mapped, tz: str) -> Guesses:
    """Which headings without a meaning may hold the required columns that are missing.

    Sure is a column of times, days or listed words when exactly one heading has such values and no
    other missing column wants it.
    """
    absent = [mapped.table.column(name) for name in mapped.absent]
    free = [at for at in range(len(sheet.headings)) if at not in mapped.positions.values()]
    kinds = {at: _kinds(blank_to_null(sheet.cells[str(at)].head(_ROWS)), tz) for at in free}
    wanted = {column.name: _wanted(column) for column in absent}
    fitting = {name: [at for at in free if kind in kinds[at]] for name, kind in wanted.items()}
    sure = {
        name: found[0]
        for name, found in fitting.items()
        if wanted[name] in _SURE
        and len(found) == 1
        and sheet.headings[found[0]]
        and list(wanted.values()).count(wanted[name]) == 1
    }
    return Guesses(sure, {name: found for name, found in fitting.items() if name not in sure})


def required_questions(
    sheet: RawSheet, mapped: Mapped, guesses: Guesses, said: Mapping[str, str]
) -> tuple[Asked, ...]:
    """One question per required column that no heading means."""
    found = []
    for name in mapped.absent:
        title = mapped.table.column(name).title
        at = guesses.sure.get(name)
        likely = [at] if at is not None else list(guesses.fitting[name])
        free = [i for i, h in enumerate(sheet.headings)
                if h and i not in mapped.positions.values() and i not in likely]  # fmt: skip
        options = tuple(
            Option(sheet.headings[i], Text(*[sheet.headings[i]] * 2)) for i in (*likely, *free)
            if sheet.headings[i]
        )  # fmt: skip
        words = Text(f"哪一列是“{title.zh}”（{name}）？", f"Which column is “{title.en}” ({name})?")
        default = sheet.headings[at] if at is not None else None
        why = _BY_VALUE if at is not None else _NONE
        found.append(Asked(f"required:{name}", "required", default, name, words, why, options,
                           default, at is not None, said.get(f"required:{name}")))  # fmt: skip
    return tuple(found)


def _wanted(column: Column) -> str:
    if column.choices or column.name == "event_type":
        return "choice"
    return {"timestamp": "timestamp", "date": "timestamp", "float": "number",
            "int": "whole"}.get(column.kind, "text")  # fmt: skip


def _kinds(text: pl.Series, tz: str) -> set[str]:
    """What nearly all values of a column are."""
    seen = text.drop_nulls()
    if seen.is_empty():
        return set()

    def most(values: pl.Series) -> bool:
        return values.null_count() <= (1 - _NEARLY_ALL) * len(values)

    if most(parse_timestamps(seen, tz, "dmy")) and not most(seen.cast(pl.Int64, strict=False)):
        return {"timestamp"}
    numbers = parse_numbers(seen)
    if most(numbers):
        whole = bool((numbers.drop_nulls() % 1 == 0).all())
        return {"number", "whole", "text"} if whole else {"number"}
    if most(parse_choices(seen, EVENT_TYPES)):
        return {"choice", "text"}
    return {"text"}


_BY_VALUE = Text("只有这一列的内容符合", "it is the only column with such values")
_NONE = Text("没有认出这个必填列", "no heading was recognised as this required column")
