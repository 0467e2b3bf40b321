"""Credit for conversions: every model over one walk of the journeys.

Models (touch = one value of the dimension; credits of a model sum to the attributed total except
for participation):

==================  =============================================================================
first, last         all credit to the first / last touch of the journey
last_non_direct     the last touch that is not direct; the last when all are
linear              equal parts
u_shape             40 / 20 / 40: first, the middle ones together, last (one touch 100, two 50/50)
w_shape             30 / 30 / 30 on first, first milestone, last, 10 spread over the others; a
                    touch that holds two places gets both; without a milestone as u_shape
time_decay          0.5 ** (age / half-life), scaled to 1
step_decay          0.5 ** (touches until the last), scaled to 1
participation       every distinct touch of the journey in full: totals exceed 100 %
drop_one            max(0, rate(path) - rate(path without the touch)), scaled to 1, else last touch;
                    rate = share of this exact path's journeys that convert
markov              removal effect in the Markov chain of the given order, as a share of their sum
shapley_sum         game "conversions of journeys inside the set"; linear when no touch repeats
shapley_rate        game "conversion rate of journeys inside the set"; signed, never a share
                    (above 24 touches by random orders: its interval is that of the draw)
==================  =============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from footprint import _core
from footprint.engine.base import named
from footprint.engine.funnel import FOREVER, bounds
from footprint.engine.select import Selector, tags
from footprint.errors import UsageError
from footprint.text import Text

if TYPE_CHECKING:
    from footprint.engine.base import Dimension, LogBase

MODELS = (
    "first", "last", "last_non_direct", "linear", "u_shape", "w_shape", "time_decay",
    "step_decay", "participation", "drop_one", "markov", "shapley_sum", "shapley_rate",
)  # fmt: skip
DEFAULT_MODELS = MODELS
NOT_TOUCHES = ("pay", "order", "@order", "refund", "heartbeat", "stream_exit")
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
        """path (joined by " > "), touches (its length), conversions, value, nulls; most
        conversions first."""
        table = pl.DataFrame(self.journey_paths.path_table(list(self.touches), SEPARATOR))
        return table.with_columns(pl.col("value") / 100)

    @cached_property
    def positions(self) -> pl.DataFrame:
        """touch, position (1..), conversions, revenue: the sum game's credit split over the
        positions a touch holds in its paths (ordered Shapley value)."""
        frame = pl.DataFrame(self.journey_paths.positions()).with_columns(pl.col("value") / 100)
        return named(frame, "touch", self.touches).rename({"value": "revenue"})

    @cached_property
    def order_choice(self) -> OrderChoice:
        """Which order of chain the journeys support, judged on users it has not seen."""
        scores, chosen = self.journey_paths.order_choice()
        return OrderChoice(pl.DataFrame(scores), chosen)


@dataclass(frozen=True, slots=True)
class OrderChoice:
    """Held-out comparison of chains of order 0 (no history) to 4.

    ``scores``: order, loss (mean log-loss per step, nats), gain (over the order below), error (its
    standard error). ``order`` is the lowest within one standard error of the best; None when no
    order beats ignoring history by two standard errors: no skill.
    """

    scores: pl.DataFrame
    order: int | None


def ask(
    log: LogBase, dimension: Dimension, options: Options, task: _core.Task | None
) -> AttributionTables:
    """See ``EventLog.attribution``."""
    _check(options)
    codes, touches = log.dimension(dimension)
    journeys = walk(log, codes, touches, options, task)
    return answered(journeys, touches, options, task)


def answered(
    journeys: _core.Journeys, touches: tuple[str, ...], options: Options, task: _core.Task | None
) -> AttributionTables:
    """Every model asked for, over journeys already walked. Raises UsageError."""
    _check(options)
    direct = [touch in options.direct for touch in touches]
    credits = pl.DataFrame(
        journeys.credits(
            list(options.models), options.order, direct, options.replicates, options.level, 0, task
        )
    )
    total = journeys.conversions + journeys.unattributed
    money = (journeys.value + journeys.unattributed_value) / 100
    _, removal = journeys.removal(options.order, task)
    return AttributionTables(
        touches=touches,
        total=total,
        attributed=journeys.conversions,
        unattributed=journeys.unattributed,
        revenue=money,
        revenue_attributed=journeys.value / 100,
        revenue_unattributed=journeys.unattributed_value / 100,
        nulls=journeys.nulls,
        journeys=journeys.conversions + journeys.nulls,
        credits=_credits(credits, touches),
        removal=named(pl.DataFrame(removal), "touch", touches),
        transitions=_transitions(journeys, touches),
        reconciliation=_reconciled(credits, journeys),
        journey_paths=journeys,
    )


def _check(options: Options) -> None:
    unknown = [model for model in options.models if model not in MODELS]
    if unknown:
        raise UsageError(
            Text(f"没有归因模型“{unknown[0]}”", f"there is no attribution model “{unknown[0]}”"),
            Text(f"可用：{'、'.join(MODELS)}。", f"Use: {', '.join(MODELS)}."),
        )
    if not (1 <= options.order <= 4 and options.half_life_days > 0 and 0 < options.level < 1):
        raise UsageError(
            Text("阶数须为 1 到 4，半衰期须大于 0", "order must be 1 to 4, the half-life above 0"),
            Text("请改参数。", "Change the parameters."),
        )


def walk(
    log: LogBase,
    codes: str | pl.Series,
    touches: tuple[str, ...],
    options: Options,
    task: _core.Task | None = None,
) -> _core.Journeys:
    """The journeys of a log, which every model is asked of."""
    others = [name for name in log.event_types if name not in NOT_TOUCHES]
    roles: list[Selector | None] = [
        others if options.touches is None else options.touches,
        log.conversion if options.conversions is None else options.conversions,
        options.milestones,
    ]
    return _core.journeys(
        log.layout,
        tags(log, roles, options.mask).parts,
        codes,
        len(touches),
        log.cents,
        None if options.lookback_days is None else round(options.lookback_days * _DAY),
        bounds(options.period),
        min(options.half_life_days * _DAY, float(FOREVER)),
        task,
    )


def _credits(raw: pl.DataFrame, touches: tuple[str, ...]) -> pl.DataFrame:
    money = [pl.col(c) / 100 for c in ("value", "value_low", "value_high")]
    last = raw.filter(pl.col("model") == "last").select("touch", last="conversions")
    # A signed model (and one that counts a conversion several times) has no shares.
    one = (pl.col("conversions").min().over("model") >= 0) & (pl.col("model") != "participation")
    shares = [
        pl.when(one & (pl.col(c).sum().over("model") > 0))
        .then(pl.col(c) / pl.col(c).sum().over("model"))
        .alias(name)
        for c, name in (("conversions", "share"), ("value", "revenue_share"))
    ]
    shift = pl.when(pl.col("last") > 0).then(pl.col("conversions") / pl.col("last") - 1)
    frame = (
        raw.with_columns(*money, *shares)
        .join(last, on="touch", how="left", maintain_order="left")
        .with_columns(shift.alias("shift_vs_last"))
        .rename({"value": "revenue", "value_low": "revenue_low", "value_high": "revenue_high"})
    )
    return named(frame, "touch", touches).select(
        "touch", "model", "conversions", "low", "high", "revenue", "revenue_low", "revenue_high",
        "share", "revenue_share", "shift_vs_last",
    )  # fmt: skip


def _transitions(journeys: _core.Journeys, touches: tuple[str, ...]) -> pl.DataFrame:
    marks = ("(start)", "(conversion)", "(null)")
    frame = pl.DataFrame(journeys.transitions()).with_columns(
        (pl.col("n") / pl.col("n").sum().over("from")).alias("p")
    )
    return named(named(frame, "from", touches, *marks), "to", touches, *marks)


def _reconciled(credits: pl.DataFrame, journeys: _core.Journeys) -> pl.DataFrame:
    return (
        credits.group_by("model", maintain_order=True)
        .agg(
            pl.col("conversions").sum().alias("attributed"),
            (pl.col("value").sum() / 100).alias("revenue_attributed"),
        )
        .with_columns(
            pl.lit(journeys.unattributed).alias("unattributed"),
            pl.lit(journeys.unattributed_value / 100).alias("revenue_unattributed"),
        )
        .with_columns(
            (pl.col("attributed") + pl.col("unattributed")).alias("total"),
            (pl.col("revenue_attributed") + pl.col("revenue_unattributed")).alias("revenue_total"),
        )
        .select(
            "model", "attributed", "unattributed", "total",
            "revenue_attributed", "revenue_unattributed", "revenue_total",
        )
    )  # fmt: skip
