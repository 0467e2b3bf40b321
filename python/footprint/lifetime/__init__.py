"""What a customer is still worth: how long they stay, how often they buy, how much they spend."""

from __future__ import annotations

from footprint.lifetime.buying import BuyingModel, Groups, fit_buying
from footprint.lifetime.history import histories
from footprint.lifetime.spending import SpendingModel, fit_spending

__all__ = [
    "BuyingModel",
    "Groups",
    "SpendingModel",
    "fit_buying",
    "fit_spending",
    "histories",
]
