"""U2: attribution and channels; a tab per question of the owner, only the open one is asked."""

from __future__ import annotations

from footprint.text import Text

from app.ui.tabs import Tabs
from app.views import attribution, channels
from app.views.reach import budget, crossing, share, slots, ways

TABS = Tabs(
    "reach",
    {
        "credit": (
            Text("订单是谁的功劳", "Who earned the orders?"),
            (attribution.models, ways.explorer, attribution.paths),
        ),
        "cost": (
            Text("一单花多少钱", "What an order costs"),
            (channels.cost, channels.matrix),
        ),
        "budget": (Text("预算怎么分", "How to split the budget"), (budget.split,)),
        "traffic": (
            Text("流量变了吗", "Did traffic change?"),
            (slots.rates, share.recommended),
        ),
        "platforms": (
            Text("平台之间", "Between platforms"),
            (crossing.flow, channels.platforms),
        ),
    },
    {"cost_per_order": "cost", "traffic_share": "traffic"},
)
