"""The benchmark suite gives one answer per question, whatever the engine and the copy."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import attribution_jobs, eventlog, kernel_jobs, touchlog  # noqa: E402
from benchmarks.answers import Disagree, agree, canonical  # noqa: E402
from benchmarks.measure import ChildFailed, in_child  # noqa: E402
from benchmarks.peers import polars_plan  # noqa: E402

GOLDEN = ROOT / "tests" / "core" / "golden"
ROWS = 20_000


@pytest.fixture(scope="module", params=["int", "string"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    return eventlog.write(eventlog.Spec(ROWS, request.param), folder)


@pytest.fixture(scope="module")
def expected(path: Path) -> dict[str, pl.DataFrame]:
    rows = polars_plan.cold(path)
    return {task: canonical(ask(rows)) for task, ask in polars_plan.TASKS.items()}


@pytest.fixture(
    scope="module",
    params=[
        ("footprint", "cold"), ("footprint", "warm"), ("polars", "warm"), ("polars", "memory"),
        ("duckdb", "cold"), ("duckdb", "warm"), ("chdb", "cold"), ("chdb", "warm"),
    ],
    ids="-".join,
)  # fmt: skip
def engine(
    request: pytest.FixtureRequest, path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Any]]:
    """The plan of one engine and its rows."""
    name, mode = request.param
    if name not in kernel_jobs.installed():
        pytest.skip(f"{name} is not installed")
    plan = kernel_jobs.plan(name)
    copy = tmp_path_factory.mktemp(name) / "copy"
    if mode == "cold":
        rows = plan.cold(path)
    else:
        plan.store(path, copy)
        rows = getattr(plan, mode)(path, copy)
    yield plan, rows
    if hasattr(rows, "close"):
        rows.close()


@pytest.mark.parametrize("task", kernel_jobs.TASKS)
def test_engines_agree(
    engine: tuple[Any, Any], expected: dict[str, pl.DataFrame], task: str
) -> None:
    plan, rows = engine
    answer = canonical(plan.TASKS[task](rows))
    assert answer.height > 0
    assert answer.equals(expected[task])


def test_the_polars_plans_give_the_golden_answers() -> None:
    answers = json.loads((GOLDEN / "answers_plain.json").read_text())
    rows = polars_plan.cold(GOLDEN / "events_plain.parquet")
    given = {task: ask(rows) for task, ask in polars_plan.TASKS.items()}
    assert given["a"]["users"].to_list() == answers["a"]
    assert list(given["b"].row(0))[:7] == answers["b"][:7]
    assert [given["d"].height, given["d"]["users"].sum()] == answers["d"][:2]
    for task in ("c", "e", "f", "h"):
        assert sorted(map(list, given[task].rows())) == answers[task]
    totals = [given["g"].height, *(given["g"][c].sum() for c in ("events", "users", "enters"))]
    assert totals == answers["g"][0][:4]


def test_the_log_is_what_the_plans_assume(path: Path) -> None:
    frame = pl.read_parquet(path)
    assert frame.height == ROWS
    assert frame["ts"].is_sorted()
    assert not frame.select("user_id", "ts").is_duplicated().any()
    again = pl.concat([pl.DataFrame(t) for t in eventlog.tables(_spec(path))])
    assert again.equals(frame)


def _spec(path: Path) -> eventlog.Spec:
    return eventlog.Spec(ROWS, "int" if path.stem.endswith("int") else "string")


def test_path_tables_agree(tmp_path: Path) -> None:
    path = str(touchlog.write(touchlog.Spec(5_000, 500, 12), tmp_path))
    tables = {e: attribution_jobs.paths(e, path) for e in ("footprint", "polars", "duckdb")}
    agree("paths", {engine: table["digest"] for engine, table in tables.items()})
    assert tables["footprint"]["paths"] > 100


def test_a_different_answer_stops_the_run() -> None:
    with pytest.raises(Disagree, match="funnel"):
        agree("funnel", {"footprint": "1", "polars": "2"})


def test_a_child_reports_its_figures_and_its_errors(tmp_path: Path) -> None:
    path = str(eventlog.write(eventlog.Spec(2_000), tmp_path))
    done = in_child("benchmarks.kernel_jobs:board", engine="footprint", path=path)
    assert done["cpu"] > 0
    assert done["wall"] > 0
    assert done["peak_mb"] > 10
    assert set(done["digest"]) == set(kernel_jobs.TASKS)
    with pytest.raises(ChildFailed, match="missing"):
        in_child("benchmarks.kernel_jobs:board", engine="footprint", path="missing.parquet")
