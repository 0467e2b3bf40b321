"""Partial answers: ask parts of a log apart, merge what they say, finish once.

The shape of an aggregate of a distributed engine: *update*, *merge*, *finish*, *to and from Arrow*.
A part is an :class:`EventLog` that holds all rows of its users, so that no user is split; then
every question below gives the same answer as over the whole log (tests/core/test_partial.py)::

    states = [partial("transitions").update(log) for log in parts]   # on any machine
    whole = states[0].merge(*states[1:]).finish()

A state is one Arrow table (``to_arrow``; ``Partial.from_arrow`` takes it back) of words, days and
counts, never of codes, so that parts may have different dictionaries. Questions and their
parameters (those of the ``EventLog`` method of the same name):

==============  =======================================  ==================================
question        state                                     ``finish``
==============  =======================================  ==================================
funnel          users by level (and group)                as ``Funnel.steps``: step, users
retention       users and size by cohort and k            as ``EventLog.retention``
lifecycle       users by period and state                 as ``EventLog.lifecycle``
stickiness      users by active periods                   as ``EventLog.stickiness``
sessions        sessions, rows, hits, value by start day  one row per day
transitions     steps by pair                             as ``EventLog.transitions``
sankey          steps by position and pair                as ``EventLog.sankey``
routes          users by path                             as ``EventLog.routes``
buckets         figures by stretch and value              as ``EventLog.buckets``
presence        change of the count by place and instant  as ``EventLog.presence`` (curve)
dwell           stays and seconds by place                one row per place
journeys        paths by group of users, credits          an object the models are asked of
==============  =======================================  ==================================

``lifecycle`` takes ``span``, the first and last day of all parts together: whoever falls silent
after the last row of a part is only counted when later days are known to exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from footprint.engine import states
from footprint.engine.journey_state import JourneyPartial
from footprint.engine.log import EventLog
from footprint.errors import UsageError
from footprint.text import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """How a question is asked of a part, merged and finished.

    ``ask``: the state of a part; ``keys``: columns that name a row, all others are added up
    (``highest``: the largest is kept); ``finish``: the answer from the merged state.
    """

    ask: Callable[..., pl.DataFrame]
    keys: tuple[str, ...]
    finish: Callable[[pl.DataFrame, dict[str, Any]], pl.DataFrame]
    highest: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "funnel": Kind(states.funnel, ("level", "group"), states.finish_funnel),
    "retention": Kind(states.retention, ("cohort", "k"), states.finish_retention, ("last",)),
    "lifecycle": Kind(states.lifecycle, ("period",), states.in_order),
    "stickiness": Kind(states.stickiness, ("periods",), states.in_order),
    "sessions": Kind(states.sessions, ("day",), states.in_order),
    "transitions": Kind(states.transitions, ("from", "to"), states.finish_transitions),
    "sankey": Kind(states.sankey, ("step", "from", "to"), states.finish_sankey),
    "routes": Kind(states.routes, ("path", "nodes"), states.finish_routes),
    "buckets": Kind(states.buckets, ("start", "by"), states.in_order),
    "presence": Kind(states.presence, ("place", "at"), states.finish_presence),
    "dwell": Kind(states.dwell, ("place",), states.finish_dwell),
}


@dataclass(frozen=True)
class Partial:
    """The state of one question over the users added so far."""

    question: str
    params: dict[str, Any] = field(default_factory=dict)
    state: pl.DataFrame | None = None

    def update(self, log: EventLog) -> Partial:
        """With the users of ``log`` added."""
        return self._with([KINDS[self.question].ask(log, **self.params)])

    def merge(self, *others: Partial) -> Partial:
        """With the users behind other states of the same question added."""
        for other in others:
            if (other.question, other.params) != (self.question, self.params):
                raise UsageError(
                    Text("两份结果不是同一个问题", "the states belong to different questions"),
                    Text("请用相同的参数。", "Use the same parameters."),
                )
        return self._with([other.state for other in others if other.state is not None])

    def finish(self) -> pl.DataFrame:
        """The answer for all users added. UsageError before the first ``update``."""
        if self.state is None:
            raise UsageError(
                Text("还没有数据", "there is nothing to finish"),
                Text("请先加入数据。", "Update the state first."),
            )
        return KINDS[self.question].finish(self.state, self.params)

    def to_arrow(self) -> pl.DataFrame:
        """The state as a table any Arrow library takes over (``__arrow_c_stream__``)."""
        if self.state is None:
            return pl.DataFrame()
        return self.state

    def from_arrow(self, table: Any) -> Partial:
        """A state of this question from its table (anything with ``__arrow_c_stream__``)."""
        return replace(self, state=None)._with([pl.DataFrame(table)])

    def _with(self, tables: list[pl.DataFrame]) -> Partial:
        parts = tables if self.state is None else [self.state, *tables]
        parts = [part for part in parts if part.width]
        return replace(self, state=_added(parts, KINDS[self.question]) if parts else self.state)


def partial(question: str, **params: Any) -> Partial | JourneyPartial:
    """The state of no users. ``params`` are those of the question; see the table above.

    ``journeys`` takes ``words`` (every touch, in one order for all parts) and the parameters of
    ``EventLog.attribution``. Raises UsageError for an unknown question.
    """
    if question == "journeys":
        return JourneyPartial(**params)
    if question not in KINDS:
        raise UsageError(
            Text(f"没有问题“{question}”", f"there is no question “{question}”"),
            Text(f"可用：{'、'.join(KINDS)}。", f"Use: {', '.join(KINDS)}."),
        )
    return Partial(question, params)


def _added(parts: list[pl.DataFrame], kind: Kind) -> pl.DataFrame:
    columns = parts[0].columns
    rest = [pl.col(c).sum() for c in columns if c not in (*kind.keys, *kind.highest)]
    most = [pl.col(c).max() for c in kind.highest]
    whole = pl.concat([part.select(columns) for part in parts], how="vertical_relaxed")
    return (
        whole.group_by(kind.keys).agg(*rest, *most).sort(kind.keys, nulls_last=True).select(columns)
    )
