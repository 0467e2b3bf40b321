"""What follows what: how often one value comes directly after another of the same user."""

from __future__ import annotations

import polars as pl

from footprint import stats
from footprint.analysis.events.paths import COLLAPSE, DIMENSION, NODES, NOT_NODES
from footprint.analysis.events.rows import ROWS, WHO, coded, kept
from footprint.analysis.events.steps import parse_types
from footprint.data import Data
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_SHOWN = 2000


@question(
    "transitions",
    title=Text("做完一步，下一步做什么？", "What do people do next?"),
    page="U1",
    rows=("S9.1-b", "S2.1.1-a"),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=(DIMENSION, NODES, COLLAPSE, Param("least", int, 1, Text("至少几次", "At least")), ROWS,
            WHO),
)  # fmt: skip
def transitions(
    data: Data,
    scope: Scope,
    dimension: str = "event_type",
    nodes: str = "",
    collapse: bool = True,
    least: int = 1,
    rows: str = "",
    who: str = "",
) -> Result:
    """Steps between consecutive rows of a user inside the period, over any column.

    Rows outside the period, the slices or ``nodes`` (event types) do not exist, so neighbours are
    neighbours among what is left. ``collapse`` takes equal neighbours as one. Frame ``transitions``
    (from, to, n, p = share of the steps out of ``from``, low, high; steps of at least ``least``,
    most first). Scalars: steps, values, commonest. Steps of one user are not independent, so the
    interval of p is too narrow where few users take many steps. Source: requirement row S2.1.1-a.
    """
    log = data.event_log()
    which = parse_types(log, nodes) if nodes else [
        name for name in log.event_types if name not in NOT_NODES
    ]  # fmt: skip
    table = log.transitions(
        coded(data, dimension), collapse=collapse, which=which,
        mask=kept(data, scope, rows, who, period=True),
    ).with_columns(out=pl.col("n").sum().over("from"))  # fmt: skip
    low, high = stats.wilson_columns("n", "out")
    steps = int(table["n"].sum())
    listed = (
        table.filter(pl.col("n") >= least)
        .sort("n", "from", "to", descending=[True, False, False])
        .select("from", "to", pl.col("n").cast(pl.Int64), "p", low, high)
    )
    return Result(_scalars(listed, steps), {"transitions": listed.head(_SHOWN)})


def _scalars(listed: pl.DataFrame, steps: int) -> dict[str, Scalar]:
    rule = Text("同一用户相邻的两条记录算一步。", "Two neighbouring rows of one user are one step.")
    top = listed.row(0, named=True) if listed.height else None
    values = pl.concat([listed["from"], listed["to"]]).n_unique()
    return {
        "steps": Scalar(steps, "count", steps, label=Text("步数", "Steps"), definition=rule),
        "values": Scalar(values, "count", steps, label=Text("不同取值", "Different values"),
                         definition=rule),
        "commonest": Scalar(f"{top['from']} → {top['to']}" if top else None, "text",
                            top["n"] if top else 0, label=Text("最常见的一步", "Commonest step"),
                            definition=rule),
    }  # fmt: skip
