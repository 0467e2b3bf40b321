"""How long a warm question takes over a large workspace: every question, changed parameters.

``python benchmarks/ask_latency.py WORKSPACE [--rounds 2]``; a workspace of ten million events::

    footprint sample --out SAMPLE --scale large
    footprint import SAMPLE/*.csv --workspace WORKSPACE

Warm: the same process asked this workspace before, but never with these parameters. Each question
is asked once over all data (the first ask), then over periods and slices that are new to it, then
with parameters of its own. One process; nothing else should run beside it.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from footprint.errors import FootprintError
from footprint.questions import Question, questions
from footprint.scope import Scope
from footprint.workspace import Workspace

from benchmarks import report

GOAL_MS = 150.0
# Parameters tried besides each choice of a question's own.
PARAMS: dict[str, list[dict[str, Any]]] = {
    "funnel": [{"by": "channel"}, {"window": "1d"}, {"mode": "first_entry"},
               {"hold": "stream_id"}, {"rows": "channel=ads"}, {"who": "first_channel=ads"}],
    "paths": [{"side": "after"}, {"dimension": "channel"}, {"depth": 8}, {"least": 100}],
    "transitions": [{"dimension": "channel"}, {"collapse": False}],
    "users": [{"of": "funnel", "step": 2, "state": "lost"}, {"of": "path"},
              {"rows": "channel=ads"}],
    "sessions": [{"by": "channel"}, {"gap": "2h"}],
    "stickiness": [{"by": "week"}, {"rows": "channel=ads"}],
    "replay": [{"user": "#17"}, {"user": "#1017"}],
    "retention": [{"kind": "within"}, {"by": "month"}],
    "attribution": [{"dimension": "stream_id"}, {"lookback_days": 7}, {"order": 2}],
    "dwell": [{"cap": "10m"}],
    "buckets": [{"width": "15m"}, {"by": "platform"}],
}  # fmt: skip


@dataclass
class Timing:
    """Milliseconds of one question: the first ask, the warm ones, and what was refused."""

    first: float | None = None
    warm: list[float] = field(default_factory=list)
    refused: int = 0


def scopes(workspace: Workspace, rounds: int) -> Iterator[Scope]:
    """Periods and slices, each new to the workspace."""
    last = workspace.data().event_log().span[1]
    assert last is not None
    day = last.date()
    for at in range(rounds):
        for days, where in ((28, {}), (91, {}), (61, {"category": "food"}), (33, {})):
            end = day - timedelta(days=7 * at + days // 10)
            yield workspace.scope(where, end - timedelta(days=days + at), end)


def asked(workspace: Workspace, id: str, scope: Scope, timing: Timing, **params: Any) -> float:
    """Milliseconds of one ask; refused ones are counted apart."""
    start = perf_counter()
    try:
        workspace.ask(id, scope, **params)
    except FootprintError:
        timing.refused += 1
        return float("nan")
    return (perf_counter() - start) * 1000


def measure(workspace: Workspace, question: Question, rounds: int) -> Timing:
    """The first ask of a question and its warm ones."""
    timing = Timing()
    timing.first = asked(workspace, question.id, workspace.scope(), timing)
    took = [asked(workspace, question.id, scope, timing) for scope in scopes(workspace, rounds)]
    own = [{p.name: choice} for p in question.params for choice in p.choices[:3]]
    tries = PARAMS.get(question.id, own)
    took += [asked(workspace, question.id, workspace.scope(), timing, **p) for p in tries]
    timing.warm = [value for value in took if value == value]
    return timing


def body(workspace: Workspace, found: dict[str, Timing]) -> str:
    """The section: what was asked of, the table, and how many meet the goal."""
    log = workspace.data().event_log()
    rows = []
    met = 0
    for id, timing in sorted(found.items()):
        middle = statistics.median(timing.warm) if timing.warm else float("nan")
        most = max(timing.warm, default=float("nan"))
        met += middle < GOAL_MS
        rows.append((id, _ms(timing.first), str(len(timing.warm)), _ms(middle), _ms(most),
                     "yes" if middle < GOAL_MS else "no"))  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = report.table(
        ("question", "first ask ms", "warm asks", "warm p50 ms", "warm max ms", "p50 < 150 ms"),
        rows,
    )
    return (
        f"{log.rows - _orders(workspace):,} events and {_orders(workspace):,} orders of "
        f"{log.users:,} users. Warm: the workspace was asked before, never with these parameters "
        "(other periods, slices and parameters of the question); no answer is kept, only columns "
        f"and facts per user. {met} of {len(rows)} questions meet the goal of 150 ms at the median."
        f" Peak memory of the process {peak:,.0f} MB.\n\n{table}"
    )


def _orders(workspace: Workspace) -> int:
    data = workspace.data()
    return data.frame("orders")["order_id"].n_unique() if data.has("orders") else 0


def _ms(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.0f}"


def main() -> None:
    """Measure every question and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--question", action="append", help="only these")
    options = parser.parse_args()
    workspace = Workspace(options.workspace)
    workspace.data().event_log()
    found = {}
    for id, question in questions().items():
        if options.question and id not in options.question:
            continue
        found[id] = measure(workspace, question, options.rounds)
        warm = found[id].warm
        print(id, _ms(found[id].first), [round(value) for value in warm], flush=True)
    if not options.question:
        text = body(workspace, found)
        report.write_part("60_asks", "Warm questions", text, ("footprint", "polars"))


if __name__ == "__main__":
    main()
