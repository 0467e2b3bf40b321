"""U4: lifecycle and referral; a tab per question of the owner."""

from __future__ import annotations

from footprint.text import Text

from app.ui.tabs import Tabs
from app.views import lifecycle, sharing

TABS = Tabs(
    "phases",
    {
        "phases": (
            Text("各阶段多少人", "How many in each phase?"),
            (lifecycle.phases, lifecycle.flow, lifecycle.people),
        ),
        "times": (Text("每一步要多久", "How long does it take?"), (sharing.times,)),
        "growth": (Text("在变大吗", "Are we growing?"), (lifecycle.growth,)),
        "profit": (Text("利润从哪一步来", "Which phase earns?"), (lifecycle.profit,)),
        "sharing": (Text("分享能传多远", "How far does sharing spread?"), (sharing.spread,)),
        "long": (Text("长期还赢吗", "Who wins in the long run?"), (sharing.long_view,)),
    },
    {"rank_flip": "long"},
)
