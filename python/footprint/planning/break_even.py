"""The break-even of a stream in closed form: name five parts, get the sixth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from footprint.errors import UsageError
from footprint.text import Text

PARTS = ("conversion", "fixed", "viewers", "aov", "cost_per_order", "variable_share")


@dataclass(frozen=True, slots=True)
class Stream:
    """Plan of one stream. ``aov`` and ``cost_per_order`` and ``fixed`` are CNY;
    ``variable_share`` is the part of sales that goes with them (goods, commission), 0..1."""

    viewers: float = 20000
    aov: float = 198
    variable_share: float = 0.65
    cost_per_order: float = 12
    fixed: float = 57300
    conversion: float = 0.05

    @property
    def orders(self) -> float:
        return self.viewers * self.conversion

    @property
    def margin(self) -> float:
        """What one order leaves for the fixed cost, CNY."""
        return self.aov * (1 - self.variable_share) - self.cost_per_order

    @property
    def profit(self) -> float:
        return self.orders * self.margin - self.fixed


def solve(plan: Stream, part: str) -> Stream:
    """``plan`` with ``part`` set so that profit is 0.

    profit = viewers x conversion x (aov x (1 - variable_share) - cost_per_order) - fixed.
    Raises UsageError when no positive value can do it (an order that leaves nothing, more buyers
    than viewers). Source: requirement row S4.2-e, truth PT26.
    """
    value = _SOLUTIONS[part](plan)
    if value is None or value < 0 or (part in ("conversion", "variable_share") and value > 1):
        raise UsageError(
            Text("这样的组合怎么都不能保本", "no value of this part breaks even"),
            Text(
                "提高客单价或转化率，或降低变动成本与固定成本。",
                "Raise the order value or conversion, or lower variable or fixed cost.",
            ),
        )
    return replace(plan, **{part: value})


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom > 0 else None


def _needed_margin(plan: Stream) -> float | None:
    return _over(plan.fixed, plan.orders)


def _aov(plan: Stream) -> float | None:
    need = _needed_margin(plan)
    return None if need is None else _over(need + plan.cost_per_order, 1 - plan.variable_share)


def _cost_per_order(plan: Stream) -> float | None:
    need = _needed_margin(plan)
    return None if need is None else plan.aov * (1 - plan.variable_share) - need


def _variable_share(plan: Stream) -> float | None:
    need = _needed_margin(plan)
    part = None if need is None else _over(need + plan.cost_per_order, plan.aov)
    return None if part is None else 1 - part


_SOLUTIONS = {
    "conversion": lambda plan: _over(plan.fixed, plan.viewers * plan.margin),
    "viewers": lambda plan: _over(plan.fixed, plan.conversion * plan.margin),
    "fixed": lambda plan: plan.orders * plan.margin,
    "aov": _aov,
    "cost_per_order": _cost_per_order,
    "variable_share": _variable_share,
}
