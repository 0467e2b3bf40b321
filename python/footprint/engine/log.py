"""The event log: events and orders laid out by user and time, and the questions it answers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from footprint.engine import attribution as _attribution
from footprint.engine.base import Dimension, Period
from footprint.engine.flows import FlowQuestions
from footprint.engine.people import PeopleQuestions
from footprint.engine.select import Selector
from footprint.engine.source import ORDER
from footprint.engine.task import Task

__all__ = ["ORDER", "EventLog"]


class EventLog(PeopleQuestions, FlowQuestions):
    """An immutable log of one data version; safe to share between threads and viewers."""

    def attribution(
        self,
        dimension: Dimension = "channel",
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
