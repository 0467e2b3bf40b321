"""The one door to the event kernels: lay the log out once, ask it many times.

Events and orders are ordered by (user, time) once per data version and kept in a memory-mapped
file; each question is then one parallel pass over that layout::

    log = EventLog.build(events, orders, cache_dir=path, key=version)

    log.funnel(["stream_enter", "product_click", "@order"], window=timedelta(days=7)).steps
    log.retention("Asia/Shanghai", days=30)                      # cohort x day counts
    log.attribution("channel", lookback_days=30).credits         # every model side by side
    log.sessions(), log.visits(), log.presence(), log.buckets()  # what happens between rows
    log.transitions(), log.sankey(), log.routes()                # where users go
    log.lifecycle("Asia/Shanghai"), log.timeline("u17")          # states; one user replayed

Vocabulary shared by all questions:

source rows
    One row per event, in the order of the events table, then one row per order, in the order each
    ``order_id`` first appears. ``log.frame("stream_id", "sku_id")`` shows them as a frame.
mask
    Boolean Series over the source rows; rows that are False or null do not exist for the question.
    Build it with ``log.mask(pl.col("channel") == "kol_seed")`` or from any joined column.
selector
    Which rows play a role (a funnel step, a return visit, a touch): an event type, several event
    types, or a boolean Series over the source rows.
``@order``
    The event type of an order row. Its value is the sum of ``paid_amount`` over the order's lines,
    in integer cents. At one instant touches come before the order. Without an orders table the
    ``pay`` events are the conversions; ``log.conversion`` names the type in use.
user code
    Users are integer codes inside the engine; ``log.user_ids(codes)`` gives the ids back.

All counts are exact and the same for any number of threads and any order of the input rows.
"""

from __future__ import annotations

from footprint.engine.attribution import MODELS, AttributionTables, OrderChoice
from footprint.engine.coded import Coded
from footprint.engine.funnel import Funnel
from footprint.engine.log import ORDER, EventLog
from footprint.engine.select import Selector
from footprint.engine.task import Task

__all__ = [
    "MODELS",
    "ORDER",
    "AttributionTables",
    "Coded",
    "EventLog",
    "Funnel",
    "OrderChoice",
    "Selector",
    "Task",
]
