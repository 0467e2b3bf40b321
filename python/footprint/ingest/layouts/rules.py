"""The rules by which a layout makes a column of ours from cells of an export, as text.

Each takes the cells it reads (text, blanks null, in the declared order) and the derivation, and
gives text, null where the cells say nothing, and what a reader must know about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from footprint.ingest.layouts import Derived
from footprint.ingest.numbers import parse_numbers
from footprint.ingest.times import parse_timestamps
from footprint.text import Text

_START = re.compile(r"#\s*Start date:\s*(\d{4})(\d{2})(\d{2})", re.IGNORECASE)
_WRITTEN = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Cells:
    """What a rule reads: its columns, the order's id per row, and the lines over the headings."""

    columns: Sequence[pl.Series]
    by: pl.Series | None
    otherwise: pl.Series | None
    preamble: Sequence[str]


Made = tuple[pl.Series | None, Text | None]


def first(cells: Cells, _: Derived) -> Made:
    """The first of the columns that says something."""
    return pl.select(pl.coalesce(*cells.columns)).to_series(), None


def join(cells: Cells, _: Derived) -> Made:
    """All columns joined: together they tell one row from another."""
    return pl.select(pl.concat_str(*cells.columns, separator="·")).to_series(), None


def buyer(cells: Cells, derived: Derived) -> Made:
    """The buyer; where an export hides buyers each order counts as a buyer of its own."""
    known = first(cells, derived)[0] if cells.columns else None
    if cells.otherwise is None:
        return known, None
    own = "order-" + cells.otherwise
    if known is None:
        known = own.set(own.is_not_null(), None)
    masked = _MASKED if known.str.contains(r"\*\*").any() else None
    return known.fill_null(own), _HIDDEN if known.null_count() else masked


def plus_minutes(cells: Cells, _: Derived) -> Made:
    """The time given; where it is blank, some minutes after the start."""
    start, minutes = cells.columns
    micros = (parse_numbers(minutes) * 60_000_000).round(0).cast(pl.Int64)
    end = parse_timestamps(start, "UTC") + micros.cast(pl.Duration("us"))
    made = end.dt.strftime(_WRITTEN)
    return (made if cells.otherwise is None else cells.otherwise.fill_null(made)), None


def number_in(cells: Cells, _: Derived) -> Made:
    """1, 2, ... within the rows of the same order, as they stand in the file."""
    frame = cells.columns[0].to_frame("order")
    counted = frame.select(pl.int_range(1, pl.len() + 1).over("order").cast(pl.String))
    return counted.to_series(), None


def id_number(cells: Cells, _: Derived) -> Made:
    """The digits of an id, as a line number that is the same in every export (at most 18)."""
    return cells.columns[0].str.extract(r"(\d{1,18})\D*$"), None


def amount_if(cells: Cells, derived: Derived) -> Made:
    """The amount where the state is one of the words, else nothing."""
    state, amount = cells.columns
    return amount.set(~state.is_in(derived.words).fill_null(False), None), None


def share(cells: Cells, _: Derived) -> Made:
    """An amount of the whole order shared over its lines to the cent, by the product of weights.

    It is the order's when only its first line holds it, or all lines hold the same; amounts that
    differ between the lines of an order are the lines' own. Weights that are all 0 share equally.
    """
    amount, *weights = cells.columns
    weight = pl.lit(1.0)
    for one in weights:
        weight = weight * parse_numbers(one).fill_null(0.0)
    cents = (parse_numbers(amount) * 100).round(0)
    frame = pl.DataFrame({"order": cells.by, "text": amount, "cents": cents})
    frame = frame.with_columns(pl.select(weight=weight).to_series().alias("weight"))
    even = pl.when(pl.col("weight").sum() > 0).then("weight").otherwise(1.0)
    frame = frame.with_columns(
        upto=(pl.col("cents").drop_nulls().first() * even.cum_sum() / even.sum())
        .round(0).over("order"),
        lines=pl.len().over("order"),
        held=pl.col("cents").count().over("order"),
        values=pl.col("cents").drop_nulls().n_unique().over("order"),
    )  # fmt: skip
    part = pl.col("upto") - pl.col("upto").shift(1).over("order").fill_null(0)
    whole = (pl.col("values") == 1) & ((pl.col("held") == 1) | (pl.col("held") == pl.col("lines")))
    shared = (part / 100).cast(pl.String)
    written = pl.when(whole & (pl.col("lines") > 1)).then(shared).otherwise("text")
    return frame.select(written.alias("written")).to_series(), None


def nth_day(cells: Cells, _: Derived) -> Made:
    """Days counted from the start date that stands over the headings."""
    found = next(filter(None, map(_START.search, cells.preamble)), None)
    if not found:
        return None, None
    start = date(*map(int, found.groups()))
    days = cells.columns[0].cast(pl.Int64, strict=False).to_list()
    texts = [None if n is None else (start + timedelta(n)).isoformat() for n in days]
    return pl.Series(texts, dtype=pl.String), None


RULES: dict[str, Callable[[Cells, Derived], Made]] = {
    rule.__name__: rule
    for rule in (first, join, buyer, plus_minutes, number_in, id_number, amount_if, share, nth_day)
}
# Rules for which one of the declared columns is enough; the others need all of them.
ANY = frozenset({"first", "buyer"})
_MASKED = Text(
    "买家按打码的联系方式区分，不同的人可能算成一位：复购与留存仅供参考",
    "buyers are told apart by masked contact data, so several may count as one: "
    "take repurchase and retention as rough",
)
_HIDDEN = Text(
    "部分或全部行没有买家：这些订单各按一位买家计，复购与留存不可信",
    "some or all rows name no buyer: each of those orders counts as a buyer of its own, "
    "so repurchase and retention cannot be trusted",
)
