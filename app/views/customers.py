"""U3: retention and value; a tab per question of the owner."""

from __future__ import annotations

from footprint.text import Text

from app.ui.tabs import Tabs
from app.views import again, expected, movers, retention, value

TABS = Tabs(
    "customers",
    {
        "return": (
            Text("新客回来吗", "Do newcomers return?"),
            (retention.cohorts, retention.splits, retention.change),
        ),
        "again": (
            Text("会再买吗", "Do they buy again?"),
            (again.repurchase, again.members, again.interaction),
        ),
        "tiers": (
            Text("高价值在变多吗", "Is high value growing?"),
            (value.tiers, value.migration, value.segments),
        ),
        "movers": (Text("谁要流失", "Who is slipping?"), (movers.movers,)),
        "worth": (Text("值多少钱", "What are they worth?"), (expected.worth,)),
    },
    {"high_value_share": "tiers", "slipping_customers": "movers"},
)
