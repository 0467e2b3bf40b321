"""The tables of the eight questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks import goals
from benchmarks.eventlog import Spec
from benchmarks.kernel_jobs import TASKS
from benchmarks.report import seconds, table

Results = Mapping[tuple[str, ...], dict[str, Any]]
PEERS = ("polars", "duckdb", "chdb")
SQL = ("duckdb", "chdb")


def render(results: Results, spec: Spec, with_goals: bool, large: bool) -> str:
    """The section's text."""
    parts = [
        f"{spec.rows:,} rows, {spec.users:,} users, 13 event types, 10 channels; zstd Parquet in "
        "time order. Figures are CPU seconds (user and system, all threads); ratio = fastest peer "
        "/ Footprint, ratio to SQL = faster of DuckDB and chDB / Footprint. Each figure comes from "
        "a process of its own and is the cheapest of its runs."
    ]
    if any(key[0] == "cold" for key in results):
        wanted = (goals.COLD if spec.ids == "int" else goals.COLD_STRING) if with_goals else {}
        parts.append("### Cold: from the Parquet file\n\n" + _cold(results, wanted))
    if any(key[0] == "warm" for key in results):
        wanted = goals.WARM if with_goals and spec.ids == "int" else {}
        parts.append("### Warm: from each engine's own copy\n\n" + _warm(results, wanted))
    whole = _whole(results, with_goals and spec.ids == "int")
    if whole:
        parts.append("### Copy and board\n\n" + whole)
    if large:
        parts.append("### Limits for a large log\n\n" + _large(results))
    return "\n\n".join(parts)


def _cell(results: Results, *key: str) -> str:
    return seconds(results[key]["cpu"]) if key in results else "-"


def _fastest(results: Results, task: str, *modes: str, peers: tuple[str, ...] = PEERS) -> float:
    return min(
        result["cpu"] for (mode, asked, engine), result in results.items()
        if mode in modes and asked == task and engine in peers
    )  # fmt: skip


def _cold(results: Results, wanted: Mapping[str, float]) -> str:
    rows = []
    for task, name in TASKS.items():
        ours = results["cold", task, "footprint"]
        ratio = _fastest(results, task, "cold") / ours["cpu"]
        memory = [
            f"{results['cold', task, e]['peak_mb']:.0f}" if ("cold", task, e) in results else "-"
            for e in ("footprint", *PEERS)
        ]
        rows.append([
            f"{task} {name}", seconds(ours["cpu"]),
            *(_cell(results, "cold", task, peer) for peer in PEERS),
            f"{_fastest(results, task, 'cold', peers=SQL) / ours['cpu']:.2f}", f"{ratio:.2f}",
            *_verdict(ratio, wanted.get(task)), seconds(ours["wall"]), " / ".join(memory),
        ])  # fmt: skip
    head = ["question", "Footprint", *PEERS, "ratio to SQL", "ratio", "goal", "", "our wall s",
            "peak MB, same order"]  # fmt: skip
    return table(head, rows)


def _warm(results: Results, wanted: Mapping[str, float]) -> str:
    rows = []
    for task, name in TASKS.items():
        ours = results["warm", task, "footprint"]
        # For peak and figures a peer's cold plan may be its faster one.
        on_disk = _fastest(results, task, "warm", "cold")
        ratio = on_disk / ours["cpu"]
        kept = results.get(("memory", task, "polars"))
        rows.append([
            f"{task} {name}", seconds(ours["cpu"]),
            *(_cell(results, "warm", task, peer) for peer in PEERS),
            f"{_fastest(results, task, 'warm', 'cold', peers=SQL) / ours['cpu']:.1f}",
            f"{ratio:.1f}",
            *_verdict(ratio, wanted.get(task)),
            seconds(kept["cpu"]) if kept else "-",
            f"{kept['cpu'] / ours['cpu']:.1f}" if kept else "-", seconds(ours["wall"]),
        ])  # fmt: skip
    head = ["question", "Footprint", *PEERS, "ratio to SQL", "ratio", "goal", "",
            "polars in memory", "ratio", "our wall s"]  # fmt: skip
    note = (
        "Copies on disk: Footprint its mapped layout, polars uncompressed Arrow by user and by "
        "time, DuckDB a sorted table, chDB a MergeTree. “polars in memory” holds both orders as "
        "frames in the process. The cheapest of three runs (large logs: one) after one unmeasured "
        "run; opening is not counted."
    )
    return f"{table(head, rows)}\n\n{note}"


def _verdict(ratio: float, goal: float | None) -> tuple[str, str]:
    return ("-", "") if goal is None else (f"{goal:g}", goals.met(ratio, goal))


def _whole(results: Results, with_goals: bool) -> str:
    rows = []
    for key, name, goal in (
        ("copy", "decode and build the own copy", goals.COPY),
        ("board", "all eight from one upload", goals.BOARD),
    ):
        if (key, key, "footprint") not in results:
            continue
        ours = results[key, key, "footprint"]
        ratio = _fastest(results, key, key) / ours["cpu"]
        cells = [_cell(results, key, key, peer) for peer in PEERS]
        memory = [
            f"{results[key, key, e]['peak_mb']:.0f}" if (key, key, e) in results else "-"
            for e in ("footprint", *PEERS)
        ]
        rows.append([
            name, seconds(ours["cpu"]), *cells, f"{ratio:.1f}",
            *_verdict(ratio, goal if with_goals else None), seconds(ours["wall"]),
            " / ".join(memory),
        ])  # fmt: skip
    if not rows:
        return ""
    head = ["", "Footprint", *PEERS, "ratio", "goal", "", "our wall s", "peak MB, same order"]
    return "\n\n".join([table(head, rows), *_board_notes(results, with_goals)])


def _board_notes(results: Results, with_goals: bool) -> list[str]:
    board = results.get(("board", "board", "footprint"))
    if board is None:
        return []
    notes = []
    if ("cold", "a", "polars") in results:
        apart = sum(_fastest(results, task, "cold") for task in TASKS)
        notes.append(
            f"Asked one by one from the file, each by the fastest peer: {apart:.1f} CPU s, "
            f"{apart / board['cpu']:.1f} times our board."
        )
    polars = results["board", "board", "polars"]["peak_mb"]
    verdict = f" (goal: not above polars; {goals.within(board['peak_mb'], polars)})"
    notes.append(
        f"Peak memory of the board: {board['peak_mb']:.0f} MB, polars {polars:.0f} MB"
        + (verdict if with_goals else "") + "."
    )  # fmt: skip
    return notes


def _large(results: Results) -> str:
    ours = {key: value for key, value in results.items() if key[2] == "footprint"}
    build = ours["copy", "copy", "footprint"]
    slowest = max((v["wall"], k[1]) for k, v in ours.items() if k[0] == "warm")
    rows = [
        ["decode and build, wall s", seconds(build["wall"]), f"{goals.LARGE_BUILD_S:g}",
         goals.within(build["wall"], goals.LARGE_BUILD_S)],
        [f"slowest warm question ({slowest[1]}), wall s", seconds(slowest[0]),
         f"{goals.LARGE_ASK_S:g}", goals.within(slowest[0], goals.LARGE_ASK_S)],
        ["peak memory of the build, MB", f"{build['peak_mb']:.0f}", f"{goals.LARGE_PEAK_MB:.0f}",
         goals.within(build["peak_mb"], goals.LARGE_PEAK_MB)],
    ]  # fmt: skip
    return table(["", "measured", "limit", ""], rows)
