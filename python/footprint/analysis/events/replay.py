"""One user's whole story, row by row, in time order."""

from __future__ import annotations

import re

import polars as pl

from footprint.analysis.events.durations import require_duration
from footprint.data import Data
from footprint.engine import ORDER
from footprint.errors import UsageError
from footprint.masking import masked_ids
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_COLUMNS = ("platform", "channel", "stream_id", "content_id", "sku_id", "region")
_MOST = 5000
_PARAMS = (
    Param("user", str, "", Text("用户ID或代号（#123；空白=最近下单的）",
                                "User id or code (#123; blank = latest buyer)")),
    Param("gap", str, "30m", Text("间隔多久算新会话", "A longer pause starts a new session")),
    Param("limit", int, 500, Text("最多列几行", "Rows listed at most")),
)  # fmt: skip


@question(
    "replay",
    title=Text("这位用户都做了什么？", "What did one user do?"),
    page="ASK",
    rows=("S1.1.2-a",),
    needs=("events",),
    uses=("orders",),
    params=_PARAMS,
)
def replay(data: Data, scope: Scope, user: str = "", gap: str = "30m", limit: int = 500) -> Result:
    """Every event and order of one user inside the period, in time order.

    ``user``: an id, or a code such as #123 as the question users gives it (codes hold for one data
    version). Frame ``timeline``: event_ts (UTC), session (a pause longer than ``gap`` starts a new
    one), event_type (orders as @order), platform, channel, stream_id, content_id, sku_id,
    region, gmv of orders. Scalars: user (masked), events, orders, sessions, gmv. Raises UsageError
    for a user the data do not know. Source: requirement row S1.1.2-a.
    """
    log = data.event_log()
    code = _code(data, user)
    rows = log.rows_of_user(code, *_COLUMNS)
    first, before = scope.bounds()
    clock = pl.col("event_ts")
    inside = [clock >= first] if first else []
    inside += [clock < before] if before else []
    found = rows.filter(*inside) if inside else rows
    pause = clock.diff() > require_duration(gap)
    order = pl.col("event_type") == log.conversion
    table = found.select(
        "event_ts",
        (pause.fill_null(False).cum_sum() + 1).cast(pl.Int64).alias("session"),
        "event_type",
        *_COLUMNS,
        gmv=pl.when(order).then(pl.col("value_cents") / 100),
    )
    shown = min(max(limit, 1), _MOST)
    notes = () if table.height <= shown else (
        Text(f"另有 {table.height - shown} 行没有列出。",
             f"{table.height - shown} more rows are not listed."),
    )  # fmt: skip
    id = log.user_ids(pl.Series("user", [code], dtype=pl.UInt32)).to_frame("user")
    return Result(
        _scalars(table, str(id.select(masked_ids("user")).item()), log.conversion),
        {"timeline": table.head(shown)},
        notes=notes,
    )


def _code(data: Data, user: str) -> int:
    log = data.event_log()
    name = user.strip()
    if not name:
        bought = log.first_last(log.conversion)
        everyone = bought if bought.height else log.first_last()
        if everyone.is_empty():
            raise _unknown("—")
        return int(everyone.sort("last_ts", "user", descending=[True, False])["user"][0])
    if re.fullmatch(r"#\d+", name):
        code = int(name[1:])
        if code >= log.users:
            raise _unknown(name)
        return code
    found = log.user_code(name)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(user: str) -> UsageError:
    return UsageError(
        Text(f"数据里没有用户“{user}”", f"the data do not know the user “{user}”"),
        Text("请用原始用户ID，或“这些数字背后是哪些用户”给出的代号。",
             "Use the id as imported, or a code given by the question users."),
    )  # fmt: skip


def _scalars(table: pl.DataFrame, masked: str, conversion: str) -> dict[str, Scalar]:
    orders = table.filter(pl.col("event_type") == conversion)
    events = table.height - (orders.height if conversion == ORDER else 0)
    rule = Text("所选时间内该用户的全部记录。", "All rows of this user in the period.")
    sessions = int(table["session"].n_unique())
    return {
        "user": Scalar(masked, "text", table.height, label=Text("用户", "User"), definition=rule),
        "events": Scalar(events, "count", table.height, label=Text("行为数", "Events"),
                         definition=rule),
        "orders": Scalar(orders.height, "count", table.height, label=Text("订单数", "Orders"),
                         definition=rule),
        "sessions": Scalar(sessions, "count", table.height, label=Text("会话数", "Sessions"),
                           definition=rule),
        "gmv": Scalar(float(orders["gmv"].sum()), "CNY", orders.height, label=Text("成交额", "GMV"),
                      definition=rule),
    }  # fmt: skip
