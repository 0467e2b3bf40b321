"""What a measured process does for the eight questions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.answers import digest
from benchmarks.measure import Meter

ENGINES = ("footprint", "polars", "duckdb", "chdb")
TASKS = {
    "a": "funnel", "b": "sessions", "c": "retention", "d": "paths", "e": "transitions",
    "f": "peak online", "g": "5-minute figures", "h": "lifecycle",
}  # fmt: skip


def installed() -> tuple[str, ...]:
    """The engines that can be imported here."""
    return tuple(name for name in ENGINES if find_spec(name) is not None)


def plan(engine: str) -> ModuleType:
    """The module with this engine's plans."""
    return import_module(f"benchmarks.peers.{engine}_plan")


def ask(
    engine: str, mode: str, task: str, path: str, copy: str, runs: int, practice: int
) -> dict[str, Any]:
    """One question, ``practice`` times unmeasured and ``runs`` times measured.

    ``mode``: cold (from the Parquet file), warm (from the engine's own copy on disk) or memory
    (from its own copy in memory); opening the copy is not measured.
    """
    module = plan(engine)
    question: Callable[[Any], Any] = module.TASKS[task]
    if mode == "cold":
        rows = module.cold(Path(path))
    else:
        rows = getattr(module, mode)(Path(path), Path(copy))
    for _ in range(practice):
        question(rows)
    meter = Meter()
    for _ in range(runs):
        with meter.time():
            answer = question(rows)
    return meter.result(digest=digest(answer))


def copy(engine: str, path: str, target: str) -> dict[str, Any]:
    """Decode the file and write the engine's own sorted copy to ``target``."""
    _clear(Path(target))
    meter = Meter()
    with meter.time():
        plan(engine).store(Path(path), Path(target))
    return meter.result()


def board(engine: str, path: str) -> dict[str, Any]:
    """All eight questions from one upload: copy once, then ask."""
    module, meter = plan(engine), Meter()
    with tempfile.TemporaryDirectory() as folder:
        with meter.time():
            rows = module.board(Path(path), Path(folder) / "copy")
            answers = {task: question(rows) for task, question in module.TASKS.items()}
        result = meter.result(digest={task: digest(answer) for task, answer in answers.items()})
        if hasattr(rows, "close"):
            rows.close()
    return result


def _clear(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
