"""Questions about what happens between rows: sessions, visits, presence, steps, routes, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import polars as pl

from footprint import _core
from footprint.engine.base import Dimension, LogBase, named, spelled
from footprint.engine.funnel import FOREVER
from footprint.engine.select import Selector, tags
from footprint.engine.task import Task
from footprint.engine.zone import micros

_MICRO = timedelta(microseconds=1)
_UTC = pl.Datetime("us", "UTC")
LEFT, OTHER, SEPARATOR = "(left)", "(other)", " > "


class SessionTotals(NamedTuple):
    """All sessions together."""

    sessions: int
    duration_us: int
    """Sum of last less first instant."""
    with_hit: int
    """Sessions with at least one hit."""
    value_cents: int
    """Value of all hits."""
    by_rows: list[int]
    """Sessions of rows up to each limit and above the one before; last, above all limits."""


class FlowQuestions(LogBase):
    """The questions of an event log that follow rows from one to the next."""

    def sessions(
        self,
        gap: timedelta = timedelta(minutes=30),
        *,
        hits: Selector | None = None,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Rows of a user without a gap longer than ``gap`` (one of exactly ``gap`` stays inside).

        Columns: ``user`` (code), ``start_ts``, ``end_ts``, ``rows``, ``hits`` (rows of that role,
        default conversions), ``value_cents`` of the hits, ``first_row``, ``last_row``.
        """
        roles = tags(self, [which, self.conversion if hits is None else hits], mask).parts
        answer = _core.sessions(self.layout, roles, gap // _MICRO, self.cents, task)
        return pl.DataFrame(answer).cast({"start_ts": _UTC, "end_ts": _UTC})

    def session_totals(
        self,
        gap: timedelta = timedelta(minutes=30),
        *,
        sizes: Sequence[int] = (1, 5, 20),
        hits: Selector | None = None,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> SessionTotals:
        """What ``sessions`` adds up to, without a frame of them; ``sizes`` are limits of rows."""
        roles = tags(self, [which, self.conversion if hits is None else hits], mask).parts
        return SessionTotals(
            *_core.session_totals(self.layout, roles, gap // _MICRO, self.cents, list(sizes), task)
        )

    def visits(
        self,
        place: Dimension = "stream_id",
        *,
        enter: Selector = "stream_enter",
        leave: Selector = "stream_exit",
        there: Selector | None = None,
        ends: Mapping[str, datetime] | None = None,
        cap: timedelta = timedelta(minutes=5),
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Stays of users at a place: ``user``, ``place``, ``start_ts``, ``end_ts``, ``closed``.

        A visit without a leave ends ``cap`` after the user's last row there (any row, or ``there``)
        but not after the place's end in ``ends``; ``closed`` is False for it. Dwell time is
        ``end_ts - start_ts``.
        """
        codes, words = self.dimension(place)
        known = ends or {}
        last = [micros(known[word]) if word in known else FOREVER for word in words]
        roles = tags(self, [enter, leave, there], mask).parts
        limits = pl.Series(last, dtype=pl.Int64)
        answer = _core.visits(self.layout, roles, codes, limits, cap // _MICRO, task)
        frame = pl.DataFrame(answer).cast({"start_ts": _UTC, "end_ts": _UTC})
        return named(frame, "place", words)

    def presence(
        self,
        place: Dimension = "stream_id",
        which: Literal["peak", "curve"] = "peak",
        *,
        enter: Selector = "stream_enter",
        leave: Selector = "stream_exit",
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """How many are there at once: enters less leaves, changes of one instant netted.

        Columns: ``place`` (null = all together), ``count``, ``at``: the highest count and when it
        first held, or the whole curve (count from ``at`` on). See ``presence_of`` for visits.
        """
        codes, words = self.dimension(place)
        roles = tags(self, [enter, leave], mask).parts
        answer = _core.presence_of_rows(self.layout, roles, codes, len(words), which, task)
        return named(pl.DataFrame(answer).cast({"at": _UTC}), "place", words)

    @staticmethod
    def presence_of(visits: pl.DataFrame, which: Literal["peak", "curve"] = "peak") -> pl.DataFrame:
        """``presence`` of a frame of visits; each is there in [start, end)."""
        words = tuple(visits["place"].unique().cast(pl.String).sort())
        places = visits["place"].cast(pl.Enum(words)).to_physical().cast(pl.UInt32)
        start, end = (visits[c].to_physical().rechunk() for c in ("start_ts", "end_ts"))
        answer = _core.presence_of_stays(places.rechunk(), start, end, which)
        return named(pl.DataFrame(answer).cast({"at": _UTC}), "place", words)

    def transitions(
        self,
        dimension: Dimension = "event_type",
        *,
        collapse: bool = False,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """How often one value directly follows another of a user: ``from``, ``to``, ``n``, ``p``.

        ``p`` is the share of the steps out of ``from``. ``collapse`` drops equal neighbours first.
        """
        codes, words = self.dimension(dimension)
        roles = tags(self, [which], mask).parts
        answer = _core.transitions(self.layout, roles, codes, len(words), collapse, task)
        share = (pl.col("n") / pl.col("n").sum().over("from")).alias("p")
        frame = pl.DataFrame(answer).with_columns(share)
        return named(named(frame, "from", words), "to", words)

    def sankey(
        self,
        dimension: Dimension = "event_type",
        *,
        depth: int = 6,
        collapse: bool = True,
        least: int = 1,
        gap: timedelta = timedelta(minutes=30),
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Steps by position over the first ``depth`` values of each session.

        Columns: ``step`` (1..), ``from``, ``to``, ``n`` sessions. A session ends at a gap longer
        than ``gap``. Sessions that stop go to "(left)"; steps of fewer than ``least`` sessions are
        added up as "(other)", so that what leaves a node equals what came in.
        """
        codes, words = self.dimension(dimension)
        roles = tags(self, [which], mask).parts
        answer = _core.edges(
            self.layout, roles, codes, len(words), depth, collapse, gap // _MICRO, task
        )
        frame = named(named(pl.DataFrame(answer), "from", words), "to", words)
        rare = (pl.col("n") < least) & pl.col("to").is_not_null()
        to = pl.when(rare).then(pl.lit(OTHER)).otherwise(pl.col("to").fill_null(LEFT))
        return (
            frame.with_columns(to.alias("to"))
            .group_by("step", "from", "to")
            .agg(pl.col("n").sum())
            .sort("step", "from", "to")
        )

    def routes(
        self,
        goal: Selector | None = None,
        dimension: Dimension = "channel",
        *,
        side: Literal["before", "after"] = "before",
        collapse: bool = True,
        longest: int = 50,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """The values users passed up to (or after) their first goal row: ``path``, ``nodes``,
        ``users``, most users first.

        ``goal`` defaults to the conversion; its own row is the last node of ``side="before"`` when
        it has a value. ``longest`` keeps the nodes nearest to the goal.
        """
        table = self.route_table(
            goal, dimension, side=side, collapse=collapse, longest=longest, which=which, mask=mask,
            task=task,
        )  # fmt: skip
        return (
            table.select(pl.col("path").list.join(SEPARATOR), pl.col("path").list.len()
                         .alias("nodes"), "users")
            .sort("users", "path", descending=[True, False])
        )  # fmt: skip

    def route_table(
        self,
        goal: Selector | None = None,
        dimension: Dimension = "channel",
        *,
        side: Literal["before", "after"] = "before",
        collapse: bool = True,
        longest: int = 50,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """As :meth:`routes`, the path as a list of values: ``path``, ``users``, most users first;
        users without a node on that side have an empty list."""
        codes, words = self.dimension(dimension)
        roles = tags(self, [which, self.conversion if goal is None else goal], mask).parts
        answer = _core.routes(
            self.layout, roles, codes, len(words), side == "after", collapse, longest, task
        )
        return spelled(pl.DataFrame(answer), "path", words).sort(
            "users", pl.col("path").list.join(SEPARATOR), descending=[True, False]
        )

    def route_users(
        self,
        path: Sequence[str],
        goal: Selector | None = None,
        dimension: Dimension = "channel",
        *,
        side: Literal["before", "after"] = "before",
        collapse: bool = True,
        longest: int = 50,
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.Series:
        """Codes of the users behind one row of :meth:`route_table` with the same parameters."""
        codes, words = self.dimension(dimension)
        known = {word: code for code, word in enumerate(words)}
        if any(word not in known for word in path):
            return pl.Series("user", [], dtype=pl.UInt32)
        roles = tags(self, [which, self.conversion if goal is None else goal], mask).parts
        answer = _core.route_users(
            self.layout, roles, codes, len(words), side == "after", collapse, longest,
            [known[word] for word in path], task,
        )  # fmt: skip
        return pl.DataFrame(answer)["user"]

    def buckets(
        self,
        width: timedelta = timedelta(minutes=5),
        by: Dimension = "channel",
        *,
        counted: Mapping[str, Selector] | None = None,
        value_of: Selector | None = None,
        offset: timedelta = timedelta(0),
        which: Selector | None = None,
        mask: pl.Series | None = None,
        task: Task | None = None,
    ) -> pl.DataFrame:
        """Figures by stretch of time and value: ``start`` (UTC), ``by``, ``rows``, ``users``
        (distinct), one column per entry of ``counted``, ``value_cents`` of ``value_of`` rows
        (default: conversions).

        Stretches start at multiples of ``width`` since 1970 in a clock ``offset`` from UTC.
        """
        named_roles = dict(counted or {})
        codes, words = self.dimension(by)
        value = self.conversion if value_of is None else value_of
        roles = tags(self, [which, value, *named_roles.values()], mask).parts
        answer = _core.buckets(
            self.layout, roles, codes, len(words), width // _MICRO, offset // _MICRO,
            len(named_roles) + 1, self.cents, task,
        )  # fmt: skip
        start = pl.col("stretch") * (width // _MICRO) - offset // _MICRO
        columns = [pl.col(f"role_{i}").alias(name) for i, name in enumerate(named_roles, 1)]
        frame = named(pl.DataFrame(answer), "code", words)
        return frame.select(
            start.cast(_UTC).alias("start"), pl.col("code").alias("by"),
            "rows", "users", *columns, "value_cents",
        )  # fmt: skip
