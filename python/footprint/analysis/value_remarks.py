"""What must be said beside the worth of customers: how far the models can be trusted."""

from __future__ import annotations

import polars as pl

from footprint.analysis.valuation import HoldOut, Valuation
from footprint.text import Text

_CORRELATED = 0.3
_FAR_OFF = 0.2
_ENOUGH = 30
_NO_COSTS = Text(
    "没有商品成本，这里是成交额，不是毛利。",
    "No product costs are known: this is sales, not contribution.",
)
_NO_CHECK = Text(
    "历史太短，无法留出一段来检验。",
    "The history is too short to hold days out for a check.",
)


def off(tested: HoldOut | None) -> float:
    """Expected over actual orders of the held-out days, minus 1; 0 when nothing was held out."""
    return tested.expected / tested.orders - 1 if tested else 0.0


def _misses(tested: HoldOut) -> Text | None:
    """A remark when most groups of customers ordered outside of what was expected."""
    seen = tested.repeats.filter(pl.col("users") >= _ENOUGH)
    outside = ~pl.col("expected").is_between("low", "high")
    missed = seen.filter(outside).height
    if 2 * missed <= seen.height:
        return None
    return Text(
        f"{seen.height} 组客人里有 {missed} 组的实际次数落在预期之外：这家店的购买节奏不像模型"
        "假设的那样，单个客人的数字只作参考。",
        f"{missed} of {seen.height} groups of customers ordered outside of what was expected: this "
        "shop's rhythm is not the model's, so take single customers as a hint only.",
    )


def remarks(
    found: Valuation, tested: HoldOut | None, kept: tuple[float, int] | None
) -> tuple[Text, ...]:
    """The remarks that apply, none when all is well."""
    notes = []
    if kept is None:
        notes.append(_NO_COSTS)
    if abs(found.spending.correlation) > _CORRELATED:
        r = found.spending.correlation
        notes.append(
            Text(
                f"买得多的人每单金额也不同（相关 {r:.2f}），每单金额的估计会偏。",
                f"Money an order moves with the number of orders (correlation {r:.2f}), which the "
                "money model assumes away: its levels may be off.",
            )
        )
    if tested is None:
        notes.append(_NO_CHECK)
        return tuple(notes)
    gap = off(tested)
    if abs(gap) > _FAR_OFF:
        notes.append(
            Text(
                f"在拿掉的 {tested.days} 天里，预期次数比实际{'多' if gap > 0 else '少'} "
                f"{abs(gap):.0%}：金额请按此打折看。",
                f"On the {tested.days} held-out days the model expected {abs(gap):.0%} "
                f"{'more' if gap > 0 else 'fewer'} orders than came: read the money with that.",
            )
        )
    missed = _misses(tested)
    notes += [missed] if missed else []
    best = max(tested.ranking["captured"].to_list()[1:3])
    if tested.ranking["captured"][0] <= best:
        notes.append(
            Text(
                "检验中按模型排序不比 RFM 或历史消费更准：排序用分层规则，金额再用模型。",
                "On held-out days the model ranked customers no better than RFM or past money did: "
                "rank by the tier rules, use the model for money.",
            )
        )
    return tuple(notes)
