"""Imports in a process of their own: progress, cancelling, and kill -9 at any moment."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from footprint.access import Person, acting
from footprint.errors import Forbidden, ImportCancelled, UsageError, WorkspaceError
from footprint.ingest.choices import Answers
from footprint.store.jobs import ImportJob
from footprint.workspace import Workspace

from .conftest import HEAD, amounts, orders_csv

# The long form is ``make fuzz``.
KILLS = int(os.environ.get("FOOTPRINT_KILLS", "8"))
ROWS = 60_000


def large(path: Path, amount: int) -> Path:
    rows = (f"{i},2026-11-10 08:00:00,u{i},s1,1,{amount}" for i in range(ROWS))
    path.write_text("\n".join([HEAD, *rows]))
    return path


def test_a_job_reports_progress_and_its_report(ws: Workspace, tmp_path: Path) -> None:
    preview = ws.preview(large(tmp_path / "orders.csv", 5))
    job = ws.start_import(preview)
    report = job.result()
    assert (job.state, job.progress.share, job.progress.rows) == ("done", 1.0, ROWS)
    assert job.progress.total == (tmp_path / "orders.csv").stat().st_size
    assert (report.accepted, report.files[0].added) == (ROWS, ROWS)
    assert ws.data().frame("orders").height == ROWS


def test_bytes_and_answers_reach_the_child(ws: Workspace) -> None:
    text = orders_csv({"1": 5}).replace(b"2026-11-10 08:00:00", b"03/04/2026")
    answers = Answers().answer("a.csv", "order:order_ts", "dmy")
    preview = ws.preview(("a.csv", text), answers)
    assert ws.start_import(preview).result().accepted == 1
    assert ws.data().frame("orders")["order_ts"].dt.month().to_list() == [4]


def test_what_the_child_raises_reaches_the_parent(ws: Workspace) -> None:
    preview = ws.preview(("a.csv", orders_csv({"1": 5})))
    (ws.path / "app.sqlite").write_bytes(b"no database" * 100)
    for name in ("app.sqlite-wal", "app.sqlite-shm"):
        (ws.path / name).unlink(missing_ok=True)
    job = ws.start_import(preview)
    with pytest.raises(WorkspaceError, match="damaged"):
        job.result()
    assert job.state == "failed"


def test_cancelling_leaves_nothing(ws: Workspace, tmp_path: Path) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    before = ws.data_version
    job = ws.start_import(ws.preview(large(tmp_path / "big.csv", 6)))
    job.cancel()
    with pytest.raises(ImportCancelled):
        job.result()
    assert job.state == "cancelled"
    assert Workspace(ws.path).data_version == before
    ws.import_files(("b.csv", orders_csv({"1": 7})))
    assert amounts(ws) == {"1": 7.0}
    assert not (ws.path / "tmp").exists()


def test_kill_9_at_any_moment_leaves_the_old_or_the_new_state(
    ws: Workspace, tmp_path: Path
) -> None:
    chance, whole = random.Random(11), 1.5
    number = 1
    ws.import_files(large(tmp_path / "orders.csv", number))
    for _ in range(KILLS):
        preview = ws.preview(large(tmp_path / "orders.csv", number + 1))
        began = time.perf_counter()
        job = ws.start_import(preview)
        time.sleep(chance.random() * whole)
        with suppress(ProcessLookupError):  # already through
            os.kill(job.pid, signal.SIGKILL)
        try:
            job.result()
            whole = time.perf_counter() - began
        except WorkspaceError as died:
            assert "unchanged" in str(died) or died.mend
        orders = Workspace(ws.path).data().frame("orders")
        assert orders.height == ROWS
        (now,) = orders["paid_amount"].unique().to_list()
        assert now in (number, number + 1)
        number = int(now)


def test_a_preview_apart_is_the_same_preview(ws: Workspace, tmp_path: Path) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    files = [("b.csv", orders_csv({"1": 6, "2": 7})), ("c.csv", b"?")]
    for answers in (Answers(), Answers().with_sheet("b.csv", skip=True)):
        here, apart = ws.preview(files, answers), ws.preview_apart(files, answers)
        assert apart.to_dict("zh") == here.to_dict("zh")
        assert (apart.uploads, apart.answers) == (here.uploads, here.answers)
    with pytest.raises(UsageError):
        ws.preview_apart(files, Answers().with_sheet("b.csv", table="no_such"))
    with acting(Person("guest", "viewer")), pytest.raises(Forbidden):
        ws.preview_apart(files)
    assert ws.commit(ws.preview_apart(files)).accepted == 2


def test_a_preview_whose_process_dies_is_told(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorkspaceError, match="ended early"):
        ws.preview_apart(("a.csv", orders_csv({"1": 5})))


def test_the_second_import_waits_for_the_first(ws: Workspace, tmp_path: Path) -> None:
    jobs = [
        ImportJob(ws.path, [("a.csv", orders_csv({name: 5}))], Answers(), _owner())
        for name in ("1", "2", "3")
    ]
    assert [job.result().accepted for job in jobs] == [1, 1, 1]
    assert amounts(ws) == {"1": 5.0, "2": 5.0, "3": 5.0}


def _owner():
    from footprint.access import person

    return person()
