"""Journeys of a part of a log: the state every attribution model is asked of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from footprint import _core
from footprint.engine import attribution as _attribution
from footprint.engine.coded import MISSING
from footprint.engine.log import EventLog
from footprint.errors import UsageError
from footprint.text import Text


@dataclass(frozen=True)
class JourneyPartial:
    """``update`` with parts, ``merge`` states, ``finish`` with the tables of all models.

    ``words``: every touch that may occur, in one order for all parts. The other parameters are
    those of ``EventLog.attribution``; what chooses rows must be told by names (event types), since
    a part has rows of its own.
    """

    words: tuple[str, ...]
    dimension: str = "channel"
    lookback_days: float | None = None
    half_life_days: float = 7.0
    touches: Sequence[str] | None = None
    conversions: Sequence[str] | None = None
    milestones: Sequence[str] = ("stream_enter",)
    states: tuple[pl.DataFrame, ...] = ()

    def update(self, log: EventLog) -> JourneyPartial:
        """With the users of ``log`` added. UsageError for a touch that is not among ``words``."""
        journeys = _attribution.walk(log, self._codes(log), self.words, self._options())
        return replace(self, states=(*self.states, pl.DataFrame(_core.journeys_state(journeys))))

    def merge(self, *others: JourneyPartial) -> JourneyPartial:
        """With the users behind other states of the same question added."""
        if any(replace(other, states=()) != replace(self, states=()) for other in others):
            raise UsageError(
                Text("两份结果不是同一个问题", "the states belong to different questions"),
                Text("请用相同的参数。", "Use the same parameters."),
            )
        more = tuple(state for other in others for state in other.states)
        return replace(self, states=(self.states + more))

    def finish(
        self, models: Sequence[str] = _attribution.DEFAULT_MODELS, **params: Any
    ) -> _attribution.AttributionTables:
        """The answer of ``EventLog.attribution`` for all users added.

        ``params``: order, direct, replicates, level, as there.
        """
        options = replace(self._options(), models=tuple(models), **params)
        journeys = _core.journeys_merged(list(self.states))
        return _attribution.answered(journeys, self.words, options, None)

    def to_arrow(self) -> pl.DataFrame:
        """The merged state as a table; ``from_arrow`` takes it back."""
        return pl.DataFrame(_core.journeys_state(_core.journeys_merged(list(self.states))))

    def from_arrow(self, table: Any) -> JourneyPartial:
        """A state of this question from its table."""
        return replace(self, states=(pl.DataFrame(table).rechunk(),))

    def _codes(self, log: EventLog) -> pl.Series:
        values = log.column(self.dimension).cast(pl.String)
        known = values.is_null() | values.is_in(list(self.words))
        if not known.all():
            strange = values.filter(~known)[0]
            raise UsageError(
                Text(f"未知的触点“{strange}”", f"the touch “{strange}” is not among the words"),
                Text("请在 words 里列出全部触点。", "Name every touch in words."),
            )
        codes = values.replace_strict(
            list(self.words), range(len(self.words)), default=MISSING, return_dtype=pl.UInt32
        )
        return codes.fill_null(MISSING).rechunk()

    def _options(self) -> _attribution.Options:
        return _attribution.Options(
            (), 1, self.lookback_days, self.half_life_days, ("direct",), self.touches,
            self.conversions, self.milestones, None, (None, None), 1000, 0.90,
        )  # fmt: skip
