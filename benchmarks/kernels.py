"""Section: the eight questions, cold and warm, the copy, the board."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.answers import agree
from benchmarks.eventlog import Ids, Spec, write
from benchmarks.kernel_jobs import TASKS, installed
from benchmarks.kernel_report import render
from benchmarks.measure import in_child
from benchmarks.report import write_part

GOAL_ROWS = 10_000_000
LARGE_ROWS = 20_000_000

Results = dict[tuple[str, ...], dict[str, Any]]
"""(mode, task, engine) -> cpu, wall, peak_mb, digest; tasks "copy" and "board" as well."""


def run(rows: int, ids: Ids, cache: Path, modes: Iterable[str], rounds: int) -> None:
    """Measure, compare the answers, write the section."""
    spec = Spec(rows, ids)
    path = write(spec, cache)
    results: Results = {}
    wanted = set(modes)
    if wanted & {"copy", "warm", "memory"}:
        _copies(results, path, cache)
    for mode in ("cold", "warm", "memory"):
        if mode in wanted:
            _questions(results, mode, spec, cache, rounds)
    if "board" in wanted:
        _board(results, path)
    _check(results)
    order = f"{len(str(rows)):02}{0 if ids == 'int' else 1}"
    title = f"Eight questions, {rows:,} rows, {'integer' if ids == 'int' else 'string'} ids"
    body = render(results, spec, rows == GOAL_ROWS, rows > LARGE_ROWS)
    write_part(
        f"1{order}_kernels_{rows}_{ids}", title, body, ("footprint", "polars", "duckdb", "chdb")
    )


def _copy_of(path: Path, cache: Path, engine: str) -> Path:
    return cache / "copies" / f"{path.stem}_{engine}"


def _copies(results: Results, path: Path, cache: Path) -> None:
    for engine in installed():
        target = str(_copy_of(path, cache, engine))
        key = ("copy", "copy", engine)
        results[key] = _say(
            key,
            in_child("benchmarks.kernel_jobs:copy", engine=engine, path=str(path), target=target),
        )


def _questions(results: Results, mode: str, spec: Spec, cache: Path, rounds: int) -> None:
    """Engines take turns, so that a busy machine is busy for all of them."""
    path = write(spec, cache)
    runs = 1 if mode == "cold" or spec.rows > LARGE_ROWS else 3
    engines = ("polars",) if mode == "memory" else installed()
    for _ in range(rounds):
        for task in TASKS:
            for engine in engines:
                key = (mode, task, engine)
                once = in_child(
                    "benchmarks.kernel_jobs:ask", engine=engine, mode=mode, task=task,
                    path=str(path), copy=str(_copy_of(path, cache, engine)),
                    runs=runs, practice=0 if mode == "cold" else 1,
                )  # fmt: skip
                results[key] = _say(key, _better(results.get(key), once))


def _board(results: Results, path: Path) -> None:
    for engine in installed():
        key = ("board", "board", engine)
        results[key] = _say(
            key, in_child("benchmarks.kernel_jobs:board", engine=engine, path=str(path))
        )


def _better(before: dict[str, Any] | None, now: dict[str, Any]) -> dict[str, Any]:
    """The cheaper of two runs."""
    return now if before is None or now["cpu"] < before["cpu"] else before


def _say(key: tuple[str, ...], result: dict[str, Any]) -> dict[str, Any]:
    figures = f"cpu {result['cpu']:.3f} wall {result['wall']:.3f} peak {result['peak_mb']:.0f} MB"
    print(" ".join(key), figures, flush=True)
    return result


def _check(results: Results) -> None:
    """Every engine gave the same answer to every question, in every mode."""
    for task in TASKS:
        given = {}
        for (mode, asked, engine), result in results.items():
            if asked == task:
                given[f"{engine} {mode}"] = result["digest"]
            elif asked == "board":
                given[f"{engine} board"] = result["digest"][task]
        agree(task, given)
