"""What a measured process does for attribution."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from footprint.engine import AttributionTables, EventLog

from benchmarks.answers import digest
from benchmarks.measure import Meter
from benchmarks.peers import paths_plan, ready_plan
from benchmarks.peers.footprint_plan import events

MODELS = ("first", "last", "linear", "markov")
SEPARATOR = " > "


def _log(path: str) -> EventLog:
    return EventLog.build(events(Path(path), "user_id", "ts", "event", "channel", "amount"))


def paths(engine: str, path: str) -> dict[str, Any]:
    """From the file to the path table; Footprint also credits MODELS with 1,000 replicates."""
    words = paths_plan.channels(Path(path))
    meter = Meter()
    with meter.time():
        if engine == "footprint":
            tables = _log(path).attribution(models=MODELS, replicates=1000)
            answer = tables.paths
        else:
            ask = {"polars": paths_plan.by_polars, "duckdb": paths_plan.by_duckdb}[engine]
            answer = ask(Path(path), words)
    result = meter.result()
    lettered = _lettered(answer, words) if engine == "footprint" else answer
    return {**result, "digest": digest(lettered), "paths": answer.height}


def _lettered(table: pl.DataFrame, words: list[str]) -> pl.DataFrame:
    """Our path table as the peers write it: one letter per channel, cents."""
    letters = dict(zip(words, paths_plan.LETTERS, strict=False))
    letter = pl.element().replace_strict(letters, return_dtype=pl.String)
    return table.select(
        pl.col("path").str.split(SEPARATOR).list.eval(letter).list.join(""),
        pl.col("conversions"),
        (pl.col("value") * 100).round().cast(pl.Int64).alias("cents"),
        pl.col("nulls"),
    )


def ready(tool: str, path: str) -> dict[str, Any]:
    """Credits of MODELS: peers on a ready-made path table, Footprint from the built layout."""
    if tool == "footprint":
        log = _log(path)
        return _credited(lambda: _credits(log.attribution(models=MODELS, replicates=0)))
    table = _log(path).attribution(models=("last",), replicates=0).paths
    return _credited(ready_plan.TOOLS[tool](table))


def _credited(ask: Callable[[], dict[str, float]]) -> dict[str, Any]:
    meter = Meter()
    with meter.time():
        credits = ask()
    return meter.result(credits=credits)


def _credits(tables: AttributionTables) -> dict[str, float]:
    markov = tables.credits.filter(pl.col("model") == "markov")
    return dict(zip(markov["touch"], markov["conversions"], strict=True))


def chain(path: str, order: int) -> dict[str, Any]:
    """Wall seconds of the removal effects and of 1,000 replicates on walked journeys."""
    journeys = _log(path).attribution(models=("last",), replicates=0).journey_paths
    direct = [False] * len(paths_plan.channels(Path(path)))

    def credit(replicates: int) -> float:
        return _wall(lambda: journeys.credits(["markov"], order, direct, replicates, 0.9, 0), 3)

    plain = credit(0)
    return {
        "states": journeys.states(order),
        "removal": _wall(lambda: journeys.removal(order), 3 if order > 1 else 21),
        "credit": plain,
        "replicates": credit(1000) - plain if order == 1 else None,
    }


def _wall(work: Callable[[], Any], runs: int) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)
