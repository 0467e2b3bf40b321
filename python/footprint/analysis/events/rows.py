"""Which rows of the event log a question looks at: slices, period, row filters, user segments."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from footprint.analysis.events.clauses import Clause, parse_clauses
from footprint.analysis.log_rows import log_mask, row_values
from footprint.data import Data
from footprint.engine import Coded, EventLog
from footprint.errors import unknown
from footprint.metrics.derived import once
from footprint.questions import Param
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.text import Text

_NUMBERS = ("value", "value_cents", "qty", "paid_amount")
# Columns a row may get from its stream or SKU.
_DERIVED = ("category", "host_id")
# What a user can be chosen by besides the columns of the user's rows.
_USER_FACTS = ("tier", "first_channel")

ROWS = Param(
    "rows",
    str,
    "",
    Text("只看哪些行（如 region=广东; value>=100）", "Rows (region=广东; value>=100)"),
)
WHO = Param(
    "who", str, "", Text("只看哪些用户（如 tier=high; first_channel=ads）",
                         "Users (tier=high; first_channel=ads)")
)  # fmt: skip


def columns() -> tuple[str, ...]:
    """Every column a row of the log can be filtered or broken down by."""
    own = [c.name for name in ("events", "orders") for c in TABLES[name].columns]
    return tuple(dict.fromkeys((*own, *_DERIVED)))


def kept(
    data: Data, scope: Scope, rows: str = "", who: str = "", *, period: bool = False
) -> pl.Series | None:
    """True on the source rows inside the scope's slices, ``rows`` and ``who``; None = every row.

    ``period``: rows outside the scope's days are left out too; without it the question itself
    bounds what the period is about. Raises UsageError for unknown columns and unreadable filters.
    """
    parts = [log_mask(data, scope)]
    parts += [_shared(data, "rows", clause, _row_hits) for clause in parse_clauses(rows)]
    parts += [_shared(data, "who", clause, _user_rows) for clause in parse_clauses(who)]
    if period:
        parts.append(in_period(data, scope))
    found: pl.Series | None = None
    for part in parts:
        if part is not None:
            found = part if found is None else found & part
    return found


def in_period(data: Data, scope: Scope) -> pl.Series | None:
    """True on the source rows of the scope's days; None when the period is open."""
    first, before = scope.bounds()
    if first is None and before is None:
        return None
    clock = pl.col("event_ts")
    inside = [clock >= first] if first else []
    inside += [clock < before] if before else []
    key = f"period {first} {before}"
    return once(data, key, lambda: data.event_log().mask(pl.all_horizontal(inside)))


def coded(data: Data, column: str) -> str | Coded:
    """A dimension as the engine takes it: a column of the log, or found by SKU or stream."""
    if column not in columns():
        raise unknown("column", "列", column, dict.fromkeys(columns()))
    log = data.event_log()
    if column == "event_type" or (column == "channel" and log.names.packed_channels):
        return column
    return row_values(data, column)


def row_words(data: Data, column: str, at: pl.Series) -> pl.Series:
    """``column`` of the source rows numbered ``at`` (a row may come more than once)."""
    log = data.event_log()
    if column in _DERIVED:
        found = coded(data, column)
        assert isinstance(found, Coded)
        return found.words_at(at).alias(column)
    return log.take(at, column)[column].cast(pl.String)


def users_with(data: Data, clause: Clause) -> pl.Series:
    """Codes of the users a clause of ``who`` is about: those with such a row at any time, with
    such a first channel, or in such a value tier on the last day of the data."""
    log = data.event_log()
    if clause.column == "tier":
        from footprint.analysis.value import users_in_tiers

        chosen = log.user_codes(users_in_tiers(data, clause.values)).drop_nulls()
        return _others(log, chosen) if clause.sign == "!=" else chosen
    if clause.column == "first_channel":
        first = log.first_last(mask=log.mask(pl.col("channel").is_not_null()))
        channel = row_words(data, "channel", first["first_row"])
        return first["user"].filter(_over(clause, channel))
    return log.first_last(mask=_row_hits(data, clause))["user"]


def _others(log: EventLog, users: pl.Series) -> pl.Series:
    every = pl.Series("user", range(log.users), dtype=pl.UInt32)
    return every.filter(~every.is_in(users.implode()))


def _shared(
    data: Data, what: str, clause: Clause, build: Callable[[Data, Clause], pl.Series]
) -> pl.Series:
    return once(data, f"{what} {clause}", lambda: build(data, clause))


def _row_hits(data: Data, clause: Clause) -> pl.Series:
    log = data.event_log()
    if clause.column in _NUMBERS or clause.numeric:
        if clause.column not in (*columns(), "value_cents"):
            raise unknown("column", "列", clause.column, dict.fromkeys(columns()))
        column = log.column(clause.column)
        number = column.dtype.is_numeric()
        return pl.DataFrame([column]).select(
            hit=clause.holds(pl.col(clause.column), number).fill_null(False)
        )["hit"]
    dimension = coded(data, clause.column)
    if isinstance(dimension, str):
        dimension = row_values(data, dimension)
    return dimension.where(_over(clause, pl.Series(dimension.words, dtype=pl.String)),
                           missing=clause.sign == "!=")  # fmt: skip


def _over(clause: Clause, words: pl.Series) -> pl.Series:
    return words.to_frame("word").select(hit=clause.holds(pl.col("word"), False))["hit"]


def _user_rows(data: Data, clause: Clause) -> pl.Series:
    if clause.column not in (*columns(), *_USER_FACTS):
        raise unknown("column", "列", clause.column, dict.fromkeys((*_USER_FACTS, *columns())))
    return data.event_log().rows_of(users_with(data, clause))
