"""Questions about users: how far they get, whether they come back, what state they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import polars as pl

from footprint.engine import funnel as _funnel
from footprint.engine import lifecycle as _lifecycle
from footprint.engine import retention as _retention
from footprint.engine.base import Dimension, LogBase, Period
from footprint.engine.select import Selector
from footprint.engine.task import Task


class PeopleQuestions(LogBase):
    """The questions of an event log that count users."""

    def funnel(
        self,
        steps: Sequence[Selector],
        window: timedelta | None = None,
        *,
        mode: _funnel.Mode = "best",
        mask: pl.Series | None = None,
        starts: Period = (None, None),
        hold: Dimension | None = None,
        exclude: _funnel.Exclude | Sequence[_funnel.Exclude] | None = None,
        later: bool = False,
        grace: timedelta = timedelta(0),
        each: bool = False,
        task: Task | None = None,
    ) -> _funnel.Funnel:
        """How far users get through ``steps`` in order, at most ``window`` after the first step.

        The level of a user is the longest chain of distinct rows, times never falling, whose last
        row is at most ``window`` (inclusive) after its first. Rows of one instant count in either
        order. ``mode``:

        * ``best``: the best start of each user; ``first_entry``: only the earliest start;
        * ``strict``: between two steps only repeats of the step just done; a later run may count;
        * ``any_order``: most distinct steps inside one window;
        * ``totals``: every attempt counts, so that one user may convert several times.

        ``starts`` bounds the first step only ([from, before)), so that chains begun in a period may
        finish after it. ``hold`` names a column that must not change along the chain
        (``stream_id``, ``sku_id``). ``exclude=(what, 2, 4)``: such a row strictly between steps 2
        and 4 ends the chain; another start may live; a list holds up to four such ranges.
        With ``each`` the window runs from every step to the next instead of from first to last.
        ``later`` asks for rising instants; ``grace`` lets a step lie that much before the one it
        follows. See :class:`Funnel` for the answer.
        Source: requirement row S1.2-a; semantics of ClickHouse windowFunnel without its one-event-
        twice fault.
        """
        options = _funnel.Options(window, mode, mask, starts, hold, exclude, later, grace, each)
        return _funnel.ask(self, steps, options, task)

    def funnel_steps(
        self,
        steps: Sequence[Selector],
        window: timedelta | None = None,
        *,
        mode: _funnel.Mode = "best",
        mask: pl.Series | None = None,
        starts: Period = (None, None),
        hold: Dimension | None = None,
        exclude: _funnel.Exclude | Sequence[_funnel.Exclude] | None = None,
        later: bool = False,
        grace: timedelta = timedelta(0),
        each: bool = False,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """``funnel(...).steps`` without a frame of people: ``step``, ``name``, ``users``, ``lost``.

        The parameters are those of ``funnel``.
        """
        options = _funnel.Options(window, mode, mask, starts, hold, exclude, later, grace, each)
        return _funnel.steps_of(self, steps, options, task)

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

    def retention_users(
        self,
        tz: str,
        cohort: date,
        k: int,
        *,
        start: Selector | None = None,
        returns: Selector | None = None,
        kind: _retention.Kind = "exact",
        unit: _retention.Unit = "day",
        clock: Literal["calendar", "24h"] = "calendar",
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.Series:
        """Codes of the users behind one cell of :meth:`retention` with the same parameters."""
        options = _retention.Options(start, returns, k, kind, unit, clock, mask)
        return _retention.members(self, tz, cohort, options, task)

    def lifecycle(
        self,
        tz: str,
        *,
        unit: _retention.Unit = "day",
        which: Selector | None = None,
        mask: pl.Series | None = None,
        span: tuple[date, date] | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Users by state and period: ``period`` (Date), ``new``, ``returning``, ``resurrecting``,
        ``dormant``.

        New: active for the first time ever; returning: active in the period before too;
        resurrecting: active earlier but not then; dormant: the first period without activity after
        an active one (counted once). ``span``: first and last day to look at when they lie outside
        the log. Source: requirement row S7.1-b.
        """
        return _lifecycle.states(self, tz, unit, which, mask, task, span)

    def stickiness(
        self,
        tz: str,
        *,
        unit: _retention.Unit = "day",
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Users by number of distinct active periods: ``periods`` (1..), ``users``."""
        return _lifecycle.stickiness(self, tz, unit, which, mask, task)

    def timeline(self, user_id: str, *columns: str) -> pl.DataFrame:
        """Everything one user did in time order: the columns of ``frame`` plus ``columns``.

        Empty for a user the log does not know.
        """
        code = self.user_code(user_id)
        return self.rows_of_user(code, *columns) if code is not None else self.frame().clear()

    def rows_of_user(self, user: int, *columns: str) -> pl.DataFrame:
        """As :meth:`timeline`, for a user code."""
        rows = pl.DataFrame(self.layout.user_rows(user))["row"]
        fixed = ("event_ts", "user_id", "event_type", "value_cents")
        return self.take(rows, *dict.fromkeys((*fixed, *columns)))

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
        ``value_cents`` (of conversions), ``first_row``, ``last_row`` (source row numbers)."""
        return _retention.first_last(self, which, mask, task)
