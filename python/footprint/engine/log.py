"""The event log: events and orders laid out by user and time, and the questions it answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from footprint import _core
from footprint.engine import attribution as _attribution
from footprint.engine import funnel as _funnel
from footprint.engine import retention as _retention
from footprint.engine.layout import Names, open_or_build
from footprint.engine.select import Selector
from footprint.engine.source import ORDER, Source
from footprint.engine.task import Task

__all__ = ["ORDER", "EventLog"]

Period = tuple[datetime | None, datetime | None]


class EventLog:
    """An immutable log of one data version; safe to share between threads and viewers."""

    def __init__(self, layout: _core.Layout, names: Names, source: Source) -> None:
        self._layout = layout
        self._names = names
        self._source = source

    @classmethod
    def build(
        cls,
        events: pl.DataFrame,
        orders: pl.DataFrame | None = None,
        cache_dir: Path | None = None,
        key: str = "",
        task: Task | None = None,
    ) -> EventLog:
        """Lay out ``events`` and ``orders`` (frames as in ``footprint.schema``).

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
        columns = predicate.meta.root_names()
        return self._source.frame(columns).select(predicate.alias("mask"))["mask"]

    def user_ids(self, codes: pl.Series) -> pl.Series:
        """The user ids behind user codes, in the order given."""
        wanted = codes.cast(pl.UInt32).rechunk()
        return pl.DataFrame(self._layout.user_ids(wanted))["user_id"]

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

    # -- questions -----------------------------------------------------------------------------

    def funnel(
        self,
        steps: Sequence[Selector],
        window: timedelta | None = None,
        *,
        mode: _funnel.Mode = "best",
        mask: pl.Series | None = None,
        starts: Period = (None, None),
        task: Task | None = None,
    ) -> _funnel.Funnel:
        """How far users get through ``steps`` in order, at most ``window`` after the first step.

        The level of a user is the longest chain of distinct rows, times never falling, whose last
        row is at most ``window`` (inclusive) after its first; ``mode="best"`` takes the best start
        of each user, ``mode="first_entry"`` only the earliest. Rows of one instant count in either
        order. ``starts`` bounds the first step only ([from, before)), so that chains begun in a
        period may finish after it. See :class:`Funnel` for the answer.
        Source: requirement row S1.2-a; semantics of ClickHouse windowFunnel without its one-event-
        twice fault.
        """
        return _funnel.ask(self, steps, window, mode, mask, starts, task)

    def retention(
        self,
        tz: str,
        *,
        start: Selector | None = None,
        returns: Selector | None = None,
        days: int = 30,
        kind: _retention.Kind = "exact",
        unit: _retention.Unit = "day",
        clock: Literal["calendar", "24h"] = "calendar",
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Who comes back ``k`` days after the first start row ever, by cohort day.

        Columns: ``cohort`` (Date in ``tz``), ``k`` (0..days), ``users`` (returned), ``size`` (users
        in the cohort), ``complete`` (cohort + k lies before the last day of the log). All cells are
        present, empty ones with 0. ``kind``: ``exact`` on day k, ``within`` on any of days 1..k
        (k = 0: the cohort), ``unbounded`` on day k or later. ``unit`` counts calendar days, ISO
        weeks or months of the shop's zone. ``clock="24h"`` counts whole 24 h from the first start
        instead of calendar days. ``start``/``returns``: None means any event.
        Group cohorts by week or month with polars: sums of ``users`` and ``size`` over complete
        cells are exact.
        """
        options = _retention.Options(start, returns, days, kind, unit, clock, mask)
        return _retention.ask(self, tz, options, task)

    def user_days(
        self, tz: str, *, mask: pl.Series | None = None, task: Task | None = None
    ) -> pl.DataFrame:
        """Distinct active days: ``user`` (code), ``day`` (Date in ``tz``), ``rows`` that day."""
        return _retention.user_days(self, tz, mask, task)

    def first_last(
        self,
        which: Selector | None = None,
        *,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Per user with such a row: ``user`` (code), ``first_ts``, ``last_ts``, ``rows``,
        ``value_cents`` (of orders), ``first_row``, ``last_row`` (source row numbers)."""
        return _retention.first_last(self, which, mask, task)

    def attribution(
        self,
        dimension: str | pl.Series = "channel",
        *,
        models: Sequence[str] = _attribution.DEFAULT_MODELS,
        order: int = 1,
        lookback_days: float | None = None,
        half_life_days: float = 7.0,
        direct: Sequence[str] = ("direct",),
        touches: Selector | None = None,
        conversions: Selector | None = None,
        milestones: Selector = "stream_enter",
        mask: pl.Series | None = None,
        period: Period = (None, None),
        replicates: int = 1000,
        level: float = 0.90,
        task: Task | None = None,
    ) -> _attribution.AttributionTables:
        """Credit conversions and revenue to the touches before them, by every model asked for.

        ``dimension`` is a column of the events (``channel``, ``stream_id``, ``content_id``,
        ``sku_id``, ``host_id`` ...) or a string Series over the source rows. A touch is a row with
        a value there: by default every event except pay, order, refund, heartbeat and stream_exit.
        A journey is a user's touches in time order up to a conversion; what is left after the last
        one is a journey without conversion. ``lookback_days`` drops touches older than that before
        the journey's end. ``period`` keeps journeys that end in [from, before); their touches may
        be older. ``milestones`` marks the middle of the W shape (first such touch). Conversions
        without a touch are reported as unattributed in every model. Intervals: bootstrap over 256
        groups of users, ``replicates`` draws, two-sided ``level``; null where a model has none.
        Source: requirement row S7.2-c; definitions in :mod:`footprint.engine.attribution`.
        """
        options = _attribution.Options(
            tuple(models), order, lookback_days, half_life_days, tuple(direct), touches,
            conversions, milestones, mask, period, replicates, level,
        )  # fmt: skip
        return _attribution.ask(self, dimension, options, task)
