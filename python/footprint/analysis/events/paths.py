"""What do people do before an order, or after it? Paths, their steps as a flow, drop-off."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.analysis.events.path_flow import edges, shown_path
from footprint.analysis.events.rows import ROWS, WHO, coded, kept
from footprint.analysis.events.steps import parse_types
from footprint.data import Data
from footprint.engine import EventLog, Selector
from footprint.errors import UsageError
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

SIDES = ("before", "after")
NOT_NODES = ("heartbeat",)
DEEPEST = 20
PATHS_SHOWN = 500

EVENT = Param(
    "event", str, "", Text("围绕哪个事件（空白=下单）", "Around which event (blank = order)")
)
SIDE = Param("side", str, "before", Text("事件之前还是之后", "Before or after it"), SIDES)
NODES = Param(
    "nodes", str, "", Text("路径上的事件（空白=全部）", "Events on the path (blank = all)")
)
DIMENSION = Param("dimension", str, "event_type", Text("路径由什么组成", "What a path is made of"))
DEPTH = Param("depth", int, 5, Text("看几步", "Steps shown"))
COLLAPSE = Param("collapse", bool, True, Text("合并连续重复", "Collapse repeats"))
_PARAMS = (
    EVENT, SIDE, NODES, DIMENSION, DEPTH, COLLAPSE,
    Param("least", int, 1, Text("少于多少人归入“其他”", "Fewer users go to “other”")),
    ROWS, WHO,
)  # fmt: skip


@question(
    "paths",
    title=Text("下单前后，用户走哪条路？", "Which way do people go before or after an order?"),
    page="U1",
    rows=("S9.1-b", "S2.1.1-a"),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=_PARAMS,
)
def paths(
    data: Data,
    scope: Scope,
    event: str = "",
    side: str = "before",
    nodes: str = "",
    dimension: str = "event_type",
    depth: int = 5,
    collapse: bool = True,
    least: int = 1,
    rows: str = "",
    who: str = "",
) -> Result:
    """The values users pass before (or after) their first such event inside the period.

    Only rows of the period count; one path per user with the event. ``event``: an event type
    (``a|b`` for either), by default the order; ``nodes``: event types that make the path;
    ``dimension``: event_type, channel, stream_id or any other column; ``collapse`` takes equal
    neighbours as one. Frames: ``paths`` (path, nodes, users, share, low, high; the commonest
    500; a path longer than ``depth`` begins (ends) with "…") and ``flow`` (step = distance from the
    event, from, to, n users; paths that begin or end show "(start)" or "(left)", steps of fewer
    than ``least`` users are "(other)", so that in- and outflow of every node agree). Scalars:
    users, distinct (different paths), direct (share without any other step). Source: requirement
    row S2.1.1-a.
    """
    asked = route_ask(data, scope, event, side, nodes, dimension, depth, collapse, rows, who)
    table = asked.table()
    users = int(table["users"].sum())
    listed = _listed(table, users, side, depth)
    frames = {"paths": listed.head(PATHS_SHOWN), "flow": edges(table, side, depth, least)}
    return Result(
        _scalars(table, listed.height, users, side, asked),
        frames,
        notes=_notes(listed.height, users, data),
    )


def _listed(table: pl.DataFrame, users: int, side: str, depth: int) -> pl.DataFrame:
    """path, nodes, users, share, low, high; paths that differ only in what is cut are one."""
    low, high = stats.wilson_columns("users", "total")
    return (
        table.group_by(
            shown_path(side, depth).alias("path"),
            pl.col("path").list.len().clip(0, depth).cast(pl.Int64).alias("nodes"),
        )
        .agg(pl.col("users").sum().cast(pl.Int64))
        .with_columns(total=pl.lit(users))
        .sort("users", "path", descending=[True, False])
        .select("path", "nodes", "users", (pl.col("users") / pl.col("total")).alias("share"),
                low, high)
    )  # fmt: skip


class RouteAsk:
    """The routes of one question, parsed once; also asked for the users behind a path."""

    def __init__(
        self, log: EventLog, goal: Selector | None, which: Selector, side: str, depth: int,
        collapse: bool, mask: pl.Series | None, dimension: object, start: bool,
    ) -> None:  # fmt: skip
        self.log, self.goal, self.which, self.side = log, goal, which, side
        self.depth, self.collapse, self.mask = depth, collapse, mask
        self.dimension, self.with_goal = dimension, start

    def table(self) -> pl.DataFrame:
        """path (list of values, at most depth + 1), users; most users first."""
        return self.log.route_table(
            self.goal, self.dimension, side=self.side, collapse=self.collapse,  # type: ignore[arg-type]
            longest=self.depth + 1, which=self.which, mask=self.mask,
        )  # fmt: skip

    def users(self, path: list[str]) -> pl.Series:
        """Codes of the users whose path is ``path``."""
        return self.log.route_users(
            path, self.goal, self.dimension, side=self.side, collapse=self.collapse,  # type: ignore[arg-type]
            longest=self.depth + 1, which=self.which, mask=self.mask,
        )  # fmt: skip


def route_ask(
    data: Data, scope: Scope, event: str, side: str, nodes: str, dimension: str, depth: int,
    collapse: bool, rows: str, who: str,
) -> RouteAsk:  # fmt: skip
    """The parameters of ``paths``, checked. Raises UsageError."""
    if not 1 <= depth <= DEEPEST:
        raise UsageError(
            Text(f"步数须为 1 到 {DEEPEST}", f"steps must be 1 to {DEEPEST}"),
            Text("请改步数。", "Change the steps."),
        )
    log = data.event_log()
    goal = parse_types(log, event) if event else [log.conversion]
    which = parse_types(log, nodes) if nodes else [
        name for name in log.event_types if name not in NOT_NODES
    ]  # fmt: skip
    if dimension == "event_type":
        which = list(dict.fromkeys((*which, *goal))) if side == "before" else which
    mask = kept(data, scope, rows, who, period=True)
    return RouteAsk(log, goal, which, side, depth, collapse, mask, coded(data, dimension),
                    dimension == "event_type")  # fmt: skip


def _scalars(
    table: pl.DataFrame, distinct: int, users: int, side: str, asked: RouteAsk
) -> dict[str, Scalar]:
    alone = 1 if side == "before" and asked.with_goal else 0
    direct = int(table.filter(pl.col("path").list.len() <= alone)["users"].sum())
    low, high = stats.wilson(direct, users) if users else (None, None)
    rule = Text(
        "每个用户一条路径：以所选时间内第一次发生该事件为准。",
        "One path per user: around the first such event in the period.",
    )
    return {
        "users": Scalar(users, "count", users, label=Text("有该事件的用户", "Users with the event"),
                        definition=rule),
        "distinct": Scalar(distinct, "count", users, label=Text("不同路径", "Different paths"),
                           definition=rule),
        "direct": Scalar(
            direct / users if users else None, "rate", users, low, high,
            Text("没有其他步骤", "Without any other step"),
            Text("事件之前（之后）没有任何其他步骤的用户比例。",
                 "Share of users without any other step before (after) the event."),
        ),
    }  # fmt: skip


def _notes(distinct: int, users: int, data: Data) -> tuple[Text, ...]:
    notes = []
    if distinct > PATHS_SHOWN:
        notes.append(
            Text(f"路径表只列最常见的 {PATHS_SHOWN} 条。",
                 f"The {PATHS_SHOWN} commonest paths are shown.")
        )  # fmt: skip
    if users < int(data.settings.value("min_group")):
        notes.append(Text("人数太少，只能当作例子看。", "Too few users: read them as examples."))
    return tuple(notes)
