"""Section: attribution from raw events, on ready-made paths, and the chain alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import goals
from benchmarks.answers import agree
from benchmarks.measure import ChildFailed, in_child
from benchmarks.peers import ready_plan
from benchmarks.report import seconds, table, write_part
from benchmarks.touchlog import Spec, write

JOBS = "benchmarks.attribution_jobs"
ENGINES = ("footprint", "polars", "duckdb")


def run(rows: int, cache: Path, rounds: int) -> None:
    """Measure and write the section; 10 rows per user, 12 channels (and 30 for order 3)."""
    spec = Spec(rows, rows // 10, 12)
    path = str(write(spec, cache))
    raw: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        for engine in ENGINES:
            once = in_child(f"{JOBS}:paths", engine=engine, path=path)
            if engine not in raw or once["cpu"] < raw[engine]["cpu"]:
                raw[engine] = once
            print("paths", engine, raw[engine], flush=True)
    agree("path table", {engine: result["digest"] for engine, result in raw.items()})
    tools = {tool: _ready(tool, path) for tool in ("footprint", *ready_plan.installed())}
    small = in_child(f"{JOBS}:chain", path=path, order=1)
    wide = in_child(f"{JOBS}:chain", path=str(write(Spec(rows, rows // 10, 30), cache)), order=3)
    print("chain", small, wide, flush=True)
    body = "\n\n".join([_raw(spec, raw), _tools(tools), _chain(small, wide)])
    packages = (
        "footprint",
        "polars",
        "duckdb",
        "ChannelAttribution",
        "marketing_attribution_models",
    )
    write_part(f"30_attribution_{rows}", f"Attribution, {rows:,} events", body, packages)


def _ready(tool: str, path: str) -> dict[str, Any]:
    try:
        result = in_child(f"{JOBS}:ready", tool=tool, path=path)
    except ChildFailed as error:
        result = {"failed": str(error).strip().splitlines()[-1]}
    print("ready", tool, result, flush=True)
    return result


def _raw(spec: Spec, raw: dict[str, dict[str, Any]]) -> str:
    ours = raw["footprint"]
    rows = []
    for engine, result in raw.items():
        peer = engine != "footprint"
        rows.append([
            engine, seconds(result["cpu"]), seconds(result["wall"]), f"{result['peak_mb']:.0f}",
            f"{result['cpu'] / ours['cpu']:.1f}" if peer else "",
            f"{result['peak_mb'] / ours['peak_mb']:.1f}" if peer else "",
        ])  # fmt: skip
    cpu = raw["duckdb"]["cpu"] / ours["cpu"]
    memory = raw["duckdb"]["peak_mb"] / ours["peak_mb"]
    return (
        f"### From raw events\n\n{spec.rows:,} events, {spec.users:,} users, {spec.channels} "
        f"channels, {ours['paths']:,} distinct paths. polars and DuckDB make the path table; "
        "Footprint makes the same table (compared row by row), credits first, last, linear and "
        "order-1 Markov, and draws 1,000 bootstrap replicates.\n\n"
        + table(["", "CPU s", "wall s", "peak MB", "CPU ratio", "memory ratio"], rows)
        + f"\n\nGoal against DuckDB's path table: {goals.ATTRIBUTION_CPU:g} times less CPU "
        f"({goals.met(cpu, goals.ATTRIBUTION_CPU)}, {cpu:.1f}), at most half its peak memory "
        f"({goals.met(memory, goals.ATTRIBUTION_MEMORY)}, {1 / memory:.1f} times as much)."
    )


def _tools(tools: dict[str, dict[str, Any]]) -> str:
    exact = tools["footprint"]["credits"]
    total = sum(exact.values())
    rows = []
    for tool, result in tools.items():
        if "failed" in result:
            rows.append([tool, "failed: " + result["failed"], "", ""])
            continue
        off = max(abs(result["credits"].get(touch, 0.0) - n) for touch, n in exact.items()) / total
        rows.append([tool, seconds(result["cpu"]), seconds(result["wall"]), f"{off:.2%}"])
    return (
        "### On ready-made paths\n\nThe packages start from the finished path table; Footprint "
        "from its layout, so it also walks the journeys. First, last, linear and order-1 Markov. "
        "The last column is the largest difference of a channel's Markov credit from the exact "
        "one, as a share of all conversions.\n\n"
        + table(["", "CPU s", "wall s", "largest difference"], rows)
    )


def _chain(small: dict[str, Any], wide: dict[str, Any]) -> str:
    rows = [
        ["removal effects, 12 channels, order 1", f"{small['removal'] * 1000:.2f} ms",
         f"{goals.REMOVAL_MS:g} ms", goals.within(small["removal"] * 1000, goals.REMOVAL_MS)],
        ["1,000 replicates of the Markov credits", f"{small['replicates']:.3f} s",
         f"{goals.REPLICATES_S:g} s", goals.within(small["replicates"], goals.REPLICATES_S)],
        [f"order 3, 30 channels ({wide['states']:,} states)", f"{wide['removal']:.2f} s",
         f"{goals.ORDER_3_S:g} s", goals.within(wide["removal"], goals.ORDER_3_S)],
    ]  # fmt: skip
    return "### The chain alone (wall, median)\n\n" + table(["", "measured", "limit", ""], rows)
