"""U1: funnel and journey; a tab per question of the owner, only the open one is asked."""

from __future__ import annotations

from footprint.text import Text

from app.ui.tabs import Tabs
from app.views.journey import chain, funnel, routes
from app.views.journey import seeding as seeding_loop
from app.views.journey import topics as said

TABS = Tabs(
    "journey",
    {
        "funnel": (Text("在哪一步流失", "Where people drop out"), (funnel.builder,)),
        "map": (Text("走了哪些路", "Which way they go"), (routes.map_of_ways,)),
        "seeding": (Text("种草有没有带来买家", "Does seeding bring buyers?"), (seeding_loop.loop,)),
        "chain": (Text("价值链卡在哪", "Where the chain is stuck"), (chain.stages,)),
        "topics": (Text("每一步在说什么", "What they say at each step"), (said.steps,)),
    },
    {"seeding": "seeding", "value_chain": "chain", "topics": "topics"},
)
