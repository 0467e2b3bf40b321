"""What every question needs of an event log: its layout, its words, its source rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from footprint import _core
from footprint.engine.coded import MISSING, Coded
from footprint.engine.layout import Names, encoded, open_or_build
from footprint.engine.source import ORDER, Source
from footprint.engine.task import Task
from footprint.errors import UsageError
from footprint.text import Text

Period = tuple[datetime | None, datetime | None]
Dimension = str | pl.Series | Coded


class LogBase:
    """An immutable log of one data version; safe to share between threads and viewers."""

    def __init__(self, layout: _core.Layout, names: Names, source: Source) -> None:
        self._layout = layout
        self._names = names
        self._source = source
        self._dimensions: dict[str, tuple[pl.Series, tuple[str, ...]]] = {}

    @classmethod
    def build(
        cls,
        events: pl.DataFrame | pl.LazyFrame,
        orders: pl.DataFrame | None = None,
        cache_dir: Path | None = None,
        key: str = "",
        task: Task | None = None,
    ) -> Self:
        """Lay out ``events`` and ``orders`` (frames as in ``footprint.schema``).

        A lazy frame of events is read column by column and not kept: questions about columns that
        are not in the layout read them again. User ids may be strings, categories or whole numbers.

        With ``cache_dir`` the layout is opened from ``cache_dir/<key>`` when a whole, matching file
        is there, else built and written atomically; a damaged file is rebuilt. ``key`` must change
        with the content (the data version). Rows without user or time are left out of the layout.
        """
        source = Source(events, orders)
        layout, names = open_or_build(source, cache_dir, key, task)
        return cls(layout, names, source)

    # -- for the other modules of the engine -----------------------------------------------------

    @property
    def layout(self) -> _core.Layout:
        """The layout the kernels read."""
        return self._layout

    @property
    def names(self) -> Names:
        """The words behind the codes of the layout."""
        return self._names

    @property
    def cents(self) -> pl.Series:
        """Value of each source row in cents."""
        return self._source.cents

    def column(self, name: str) -> pl.Series:
        """One column over all source rows, null where a table lacks it."""
        return self._source.column(name)

    # -- what is in it -------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """Source rows: events plus orders."""
        return self._source.rows

    @property
    def users(self) -> int:
        """Distinct users with at least one row."""
        return self._layout.users

    @property
    def conversion(self) -> str:
        """The event type that counts as a conversion: ``@order``, or ``pay`` without orders."""
        return ORDER if self._source.orders is not None else "pay"

    @property
    def event_types(self) -> tuple[str, ...]:
        """Event types present, sorted; orders appear as ``@order``."""
        return self._names.events

    @cached_property
    def span(self) -> Period:
        """First and last instant of the log (UTC), (None, None) when it is empty."""
        if not self._layout.rows:
            return None, None
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        first, last = self._layout.first_ts, self._layout.last_ts
        return epoch + timedelta(microseconds=first), epoch + timedelta(microseconds=last)

    def frame(self, *columns: str) -> pl.DataFrame:
        """The source rows with ``event_ts, user_id, event_type, value_cents`` and ``columns``.

        Columns are taken from both tables by name; a column one table lacks is null there.
        """
        return self._source.frame(columns)

    def mask(self, predicate: pl.Expr) -> pl.Series:
        """``predicate`` over ``frame(<the columns it reads>)`` as a boolean Series."""
        return self._source.mask(predicate)

    def of_types(self, types: Sequence[str]) -> pl.Series:
        """True on the source rows of these event types."""
        return self._source.mask(pl.col("event_type").is_in(list(types)))

    def take(self, rows: pl.Series, *columns: str) -> pl.DataFrame:
        """``columns`` of the source rows numbered ``rows``, in that order."""
        return self._source.take(rows, columns)

    def rows_of(self, users: pl.Series) -> pl.Series:
        """True on the source rows of these users (codes)."""
        flags = np.zeros(self.users, dtype=bool)
        flags[users.to_numpy()] = True
        answer = _core.rows_of_users(self._layout, pl.Series(flags))
        return pl.DataFrame(answer)["inside"]

    def user_ids(self, codes: pl.Series) -> pl.Series:
        """The user ids behind user codes, in the order given."""
        wanted = codes.cast(pl.UInt32).rechunk()
        return pl.DataFrame(self._layout.user_ids(wanted))["user_id"]

    def user_code(self, id: str) -> int | None:
        """The code of one user id, None for a user the log does not know."""
        found = (self._user_table["user_id"] == id).arg_true()
        return int(found[0]) if len(found) else None

    def user_codes(self, ids: pl.Series) -> pl.Series:
        """The codes of user ids; null for users the log does not know."""
        return ids.replace_strict(
            self._user_table["user_id"],
            self._user_table["user"],
            default=None,
            return_dtype=pl.UInt32,
        )

    @cached_property
    def _user_table(self) -> pl.DataFrame:
        codes = pl.Series("user", range(self.users), dtype=pl.UInt32)
        return pl.DataFrame({"user": codes, "user_id": self.user_ids(codes)})

    def dimension(self, which: Dimension) -> tuple[str | pl.Series, tuple[str, ...]]:
        """A dimension as the kernels take it, and the words behind its codes.

        ``which`` is a column name (``event_type`` and ``channel`` are read from the layout, others
        are encoded once and kept), a string Series over the source rows, or ``Coded``.
        """
        if isinstance(which, Coded):
            return which.codes, which.words
        if isinstance(which, pl.Series):
            return self._encoded(which)
        if which == "event_type" and not self._names.overflow:
            return "event", self._names.events
        if which == "channel" and self._names.packed_channels:
            return "channel", self._names.channels
        if which not in self._dimensions:
            self._dimensions[which] = self._encoded(self.column(which))
        return self._dimensions[which]

    def codes(self, which: Dimension) -> pl.Series:
        """The codes of a dimension by source row, ``MISSING`` where it has no value."""
        if isinstance(which, Coded):
            return which.codes
        values = self.column(which) if isinstance(which, str) else which
        return self._encoded(values)[0]

    def _encoded(self, values: pl.Series) -> tuple[pl.Series, tuple[str, ...]]:
        if len(values) != self.rows:
            raise UsageError(
                Text(
                    f"该列有 {len(values)} 行，日志有 {self.rows} 行",
                    f"the column has {len(values)} rows, the log {self.rows}",
                ),
                Text("请用 log.frame(...) 的行。", "Use the rows of log.frame(...)."),
            )
        codes, words = encoded(values)
        return codes.fill_null(MISSING), tuple(words)


def named(frame: pl.DataFrame, column: str, words: tuple[str, ...], *more: str) -> pl.DataFrame:
    """``column`` of codes as words; ``more`` are the words of the codes after them."""
    all_words = [*words, *more]
    if not all_words:
        return frame.cast({column: pl.String})
    return frame.with_columns(pl.Series(column, all_words, dtype=pl.String).gather(frame[column]))


def spelled(frame: pl.DataFrame, column: str, words: tuple[str, ...]) -> pl.DataFrame:
    """``column`` of lists of codes as lists of words."""
    if not frame[column].list.len().sum():
        empty = pl.Series(column, [[]] * frame.height, dtype=pl.List(pl.String))
        return frame.with_columns(empty)
    codes = pl.element().cast(pl.UInt32)
    word = codes.replace_strict(list(range(len(words))), list(words), return_dtype=pl.String)
    return frame.with_columns(pl.col(column).list.eval(word))
