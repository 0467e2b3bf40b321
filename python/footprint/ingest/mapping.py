"""Which table a sheet is and which column each of its headings means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from footprint.errors import InputRejected, Where, unknown
from footprint.ingest.headings import known_headings, normal
from footprint.ingest.layouts import layout_headings
from footprint.schema import TABLES, Table
from footprint.text import Text

# What may follow a column in a mapping, as in --map Date=order_ts@dmy.
WAYS = ("dmy", "mdy", "percent", "fraction", "comma", "point")


@dataclass(frozen=True, slots=True)
class Mapped:
    """The table of a sheet and, per column name, the position of its heading.

    ``ways`` holds, per column, how the user says its values are written (``WAYS``); ``used`` names
    headings from which other cells were made.
    """

    table: Table
    positions: Mapping[str, int]
    ways: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[str] = frozenset()

    @property
    def absent(self) -> tuple[str, ...]:
        """Required columns that no heading means."""
        return tuple(c for c in self.table.required if c not in self.positions)

    def ignored(self, headings: Sequence[str]) -> tuple[str, ...]:
        """Headings that mean no column: their cells are not kept."""
        used = set(self.positions.values())
        return tuple(
            h for at, h in enumerate(headings) if at not in used and h and h not in self.used
        )


def scorer(named: Iterable[str]) -> Callable[[Iterable[str]], int]:
    """How many headings of a row are known to the schema or named by the user."""
    known = known_headings() | layout_headings() | {normal(heading) for heading in named}
    return lambda row: sum(1 for heading in row if heading and normal(heading) in known)


def check_request(table: str | None, mapping: Mapping[str, str] | None) -> None:
    """Raise UsageError for a table or column that the schema does not have."""
    if table is not None and table not in TABLES:
        raise unknown("table", "表", table, TABLES)
    tables = [TABLES[table]] if table else list(TABLES.values())
    columns = {name: None for one in tables for name in one.polars_schema}
    for word in filter(None, (mapping or {}).values()):
        column, way = split_word(word)
        if column not in columns:
            raise unknown("column", "列", column, columns)
        if way and way not in WAYS:
            raise unknown("way of writing", "写法", way, dict.fromkeys(WAYS))


def split_word(word: str) -> tuple[str, str]:
    """Column and way of writing of ``column@way``."""
    column, _, way = word.partition("@")
    return column, way


def map_headings(
    name: str,
    headings: Sequence[str],
    table: str | None,
    mapping: Mapping[str, str] | None,
    *,
    only: bool = False,
) -> Mapped:
    """Recognise table and columns. ``mapping`` (heading -> column) wins over every guess.

    ``only``: the mapping says all, other headings mean nothing; a heading mapped to "" never means
    anything.

    Raises UsageError for an unknown table or column, InputRejected when nothing matches.
    """
    check_request(table, mapping)
    split = {normal(heading): split_word(word) for heading, word in (mapping or {}).items()}
    wanted = {heading: column for heading, (column, _) in split.items()}
    ways = {column: way for column, way in split.values() if way}
    tables = [TABLES[table]] if table else _candidates(name, headings, wanted)
    found = Mapped(tables[0], _positions(tables[0], headings, wanted, only), ways)
    _check_mapping(found.table, wanted, headings, name)
    if not found.positions and not table:
        raise _nothing(name, headings, found.table)
    return found


def missing(name: str, mapped: Mapped, headings: Sequence[str]) -> InputRejected | None:
    """The refusal of a sheet without its required columns; None when they are all there."""
    absent = mapped.absent
    return _missing(name, mapped.table, absent, headings) if absent else None


def _candidates(name: str, headings: Sequence[str], wanted: Mapping[str, str]) -> list[Table]:
    """All tables, the likeliest first: complete ones, the one the file is named after, best fit."""
    named = _named(name)

    def fit(table: Table) -> tuple[bool, bool, float, float]:
        hits = _positions(table, headings, wanted)
        need = sum(1 for column in table.required if column in hits) / len(table.required)
        own = sum(1 for column in hits if column not in _shared()) / len(table.columns)
        return need == 1, table.name == named and need > 0, need, len(hits) + own

    return sorted(TABLES.values(), key=fit, reverse=True)


def _named(file: str) -> str | None:
    """The table whose name, title or alias is the longest inside the file's name."""
    stem = normal(re.sub(r"\s*\[.*\]$", "", file).removesuffix(Path(file).suffix))
    if "[" in file:
        stem += normal(file)
    names = (
        (len(word), table.name)
        for table in TABLES.values()
        for word in map(normal, (table.name, table.title.zh, table.title.en, *table.aliases))
        if word in stem
    )
    return max(names, default=(0, None))[1]


def _positions(
    table: Table, headings: Sequence[str], wanted: Mapping[str, str], only: bool = False
) -> dict[str, int]:
    names = [normal(heading) for heading in headings]
    positions: dict[str, int] = {}
    for at, heading in enumerate(names):
        if heading in wanted and wanted[heading] in table.polars_schema:
            positions.setdefault(wanted[heading], at)
    taken = set(positions.values())
    for column in table.columns:
        if only or column.name in positions:
            continue
        # The schema lists the likeliest heading of a column first.
        for known in dict.fromkeys(map(normal, column.headings)):
            free = (i for i, h in enumerate(names) if h == known and i not in taken)
            if known not in wanted and (found := next(free, None)) is not None:
                positions[column.name] = found
                taken.add(found)
                break
    return positions


@cache
def _shared() -> frozenset[str]:
    """Columns that several tables have, which therefore do not tell them apart."""
    names = [column.name for table in TABLES.values() for column in table.columns]
    return frozenset(name for name in names if names.count(name) > 1)


def _check_mapping(
    table: Table, wanted: Mapping[str, str], headings: Sequence[str], name: str
) -> None:
    present = {normal(heading) for heading in headings}
    for heading, column in wanted.items():
        if column and column not in table.polars_schema:
            raise unknown("column", "列", column, table.polars_schema)
        if column and heading not in present:
            raise InputRejected(
                Text(f"文件里没有列“{heading}”", f"the file has no heading “{heading}”"),
                Text(f"文件的列：{_some(headings)}。", f"Its headings: {_some(headings)}."),
                Where(name),
            )


def _nothing(name: str, headings: Sequence[str], table: Table) -> InputRejected:
    return InputRejected(
        Text(
            f"没有认出任何列（{_some(headings)}）", f"no column was recognised ({_some(headings)})"
        ),
        Text(
            f"请指定对应的列，例如 --map 我的列名={table.required[0]}。",
            f"Say what they mean, e.g. --map MY_HEADING={table.required[0]}.",
        ),
        Where(name, 1),
        Text("请在下面选择这是哪张表，再逐列说明。", "Choose below which table this is."),
    )


def _missing(
    name: str, table: Table, absent: Sequence[str], headings: Sequence[str]
) -> InputRejected:
    zh = "、".join(f"{table.column(c).title.zh}（{c}）" for c in absent)
    en = ", ".join(f"{table.column(c).title.en} ({c})" for c in absent)
    return InputRejected(
        Text(
            f"看起来是{table.title.zh}表，但缺少必填列：{zh}；文件的列：{_some(headings)}",
            f"looks like {table.title.en}, but required columns are missing: {en}; "
            f"its headings: {_some(headings)}",
        ),
        Text(
            f"请补上该列，或指定对应的列：--map 列名={absent[0]}。",
            f"Add the column, or name it: --map HEADING={absent[0]}.",
        ),
        Where(name, 1, absent[0]),
        Text("请补上该列，或在核对时指定对应的列。", "Add the column, or name it when checking."),
    )


def _some(headings: Sequence[str]) -> str:
    shown = ", ".join(h for h in headings[:12] if h)
    return f"{shown}, …" if len(headings) > 12 else shown
