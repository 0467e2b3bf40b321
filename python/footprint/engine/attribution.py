"""Credit for conversions: every model over one walk of the journeys.

Models (touch = one value of the dimension; credits of a model sum to the attributed total except
for participation):

==================  ==================================================================================
first, last         all credit to the first / last touch of the journey
last_non_direct     the last touch that is not direct; the last when all are
linear              equal parts
u_shape             40 / 20 / 40: first, the middle ones together, last (one touch 100, two 50/50)
w_shape             30 / 30 / 30 on first, first milestone, last, 10 spread over the others; touches
                    that hold two of these places get both parts; without a milestone as u_shape
time_decay          0.5 ** (age / half-life), scaled to 1
step_decay          0.5 ** (touches until the last), scaled to 1
participation       every distinct touch of the journey in full: totals exceed 100 %
drop_one            max(0, rate(path) - rate(path without the touch)), scaled to 1, else last touch;
                    rate = share of this exact path's journeys that convert
markov              removal effect in the Markov chain of the given order, as a share of their sum
shapley_sum         game "conversions of journeys inside the set"; equals linear when no touch repeats
shapley_rate        game "conversion rate of journeys inside the set"; signed, so never a share
==================  ==================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from footprint import _core
from footprint.engine.funnel import FOREVER, bounds
from footprint.engine.layout import encoded
from footprint.engine.select import Selector, tags
from footprint.errors import UsageError
from footprint.text import Text

if TYPE_CHECKING:
    from footprint.engine.log import EventLog

MODELS = (
    "first", "last", "last_non_direct", "linear", "u_shape", "w_shape", "time_decay",
    "step_decay", "participation", "drop_one", "markov", "shapley_sum", "shapley_rate",
)  # fmt: skip
DEFAULT_MODELS = MODELS
NOT_TOUCHES = ("pay", "order", "@order", "refund", "heartbeat", "stream_exit")
MISSING = 2**32 - 1
SEPARATOR = " > "
_DAY = timedelta(days=1) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of ``EventLog.attribution``, in its order."""

    models: tuple[str, ...]
    order: int
    lookback_days: float | None
    half_life_days: float
    direct: tuple[str, ...]
    touches: Selector | None
    conversions: Selector | None
    milestones: Selector
    mask: pl.Series | None
    period: tuple[datetime | None, datetime | None]
    replicates: int
    level: float


@dataclass(frozen=True)
class AttributionTables:
    """The answer of ``EventLog.attribution``. Money is in CNY, counts are exact.

    ``total`` conversions = ``attributed`` + ``unattributed`` (no touch before them), the same for
    revenue; ``journeys`` = attributed conversions + ``nulls``; ``p_conversion`` = attributed /
    journeys.
    """

    touches: tuple[str, ...]
    total: int
    attributed: int
    unattributed: int
    revenue: float
    revenue_attributed: float
    revenue_unattributed: float
    nulls: int
    journeys: int
    credits: pl.DataFrame
    """touch, model, conversions, low, high, revenue, revenue_low, revenue_high, share,
    revenue_share, shift_vs_last (conversions / last touch - 1; null where last touch gives 0)."""
    removal: pl.DataFrame
    """touch, effect, effect_value: share of conversions (value) lost without the touch."""
    transitions: pl.DataFrame
    """from, to, n, p over (start), touches, (conversion), (null); steps onto itself left out."""
    reconciliation: pl.DataFrame
    """model, attributed, unattributed, total, and the three of revenue."""
    journey_paths: _core.Journeys

    @property
    def p_conversion(self) -> float | None:
        """Share of journeys with a touch that convert; None without journeys."""
        return self.attributed / self.journeys if self.journeys else None

    @cached_property
    def paths(self) -> pl.DataFrame:
        """path (joined by " > "), touches, conversions, value, nulls; most conversions first."""
        frame = pl.DataFrame(self.journey_paths.paths())
        words = pl.Series("word", self.touches, dtype=pl.String)
        named = (
            frame.with_row_index("at")
            .explode("path")
            .with_columns(words.gather(pl.col("path")) if False else _named(words, "path"))
            .group_by("at", maintain_order=True)
            .agg(pl.col("path").str.join(SEPARATOR), pl.len().alias("touches"))
        )
        return (
            frame.select("conversions", pl.col("value") / 100, "nulls")
            .with_columns(named["path"], named["touches"])
            .select("path", "touches", "conversions", "value", "nulls")
            .sort("conversions", "nulls", "path", descending=[True, True, False])
        )
