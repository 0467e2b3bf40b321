"""Crashes and rivals: kill -9 leaves the old or the new state; one import at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from footprint.errors import WorkspaceError
from footprint.store.lock import importing
from footprint.workspace import Workspace

from .conftest import orders_csv

# Imports round after round; in round n every order of both tables says n.
WRITER = """
import sys
from pathlib import Path
from footprint.workspace import Workspace

workspace = Workspace(Path(sys.argv[1]))
for number in range(1, 10_000):
    rows = [f"{i},2026-11-10,u{i},s1,1,{number}" for i in range(300)]
    head = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
    lines = [f"2026-11-10,ads,{number},c{i}" for i in range(50)]
    workspace.import_files([
        ("orders.csv", "\\n".join([head, *rows]).encode()),
        ("costs.csv", "\\n".join(["cost_date,category,amount,campaign_id", *lines]).encode()),
    ])
    print(number, flush=True)
"""
KILLS = 8


def _writer(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )


def test_kill_9_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    path = tmp_path / "shop"
    for attempt in range(KILLS):
        process = _writer(path)
        assert process.stdout is not None
        acknowledged = int(process.stdout.readline())
        time.sleep(0.013 * (attempt + 1))
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged = int(rest.split()[-1]) if rest.split() else acknowledged
        data = Workspace(path).data()
        paid = data.frame("orders")["paid_amount"].unique().to_list()
        cost = data.frame("costs")["amount"].unique().to_list()
        assert paid == cost, "the tables of one import are not of one state"
        assert len(paid) == 1, "a half-written table became current"
        assert paid[0] in (acknowledged, acknowledged + 1), "an acknowledged import was lost"
        assert data.frame("orders").height == 300
    Workspace(path).import_files(("new.csv", orders_csv({"x": 1})))
    assert not (path / "tmp").exists()


def test_the_second_of_two_writers_is_told_who_is_first(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "shop")
    with importing(workspace.path):
        rival = subprocess.run(
            [sys.executable, "-c",
             "import sys; from pathlib import Path; from footprint.workspace import Workspace\n"
             "w = Workspace(Path(sys.argv[1]))\n"
             "w.import_files(('o.csv', sys.argv[2].encode()), patience_s=0.2)",
             str(workspace.path), orders_csv({"1": 5}).decode()],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert rival.returncode != 0
    assert "another import is running" in rival.stderr
    assert f"process {os.getpid()}" in rival.stderr
    assert workspace.tables() == []


def test_two_writers_that_wait_both_get_in(tmp_path: Path) -> None:
    path = tmp_path / "shop"
    script = (
        "import sys; from pathlib import Path; from footprint.workspace import Workspace\n"
        "w = Workspace(Path(sys.argv[1]))\n"
        "for i in range(4): w.import_files((f'{sys.argv[2]}{i}.csv', "
        "f'order_id,order_ts,user_id,sku_id,qty,paid_amount\\n{sys.argv[2]}{i},2026-11-10,u,s,1,5'"
        ".encode()), patience_s=60)"
    )
    rivals = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in "ab"]
    assert [rival.wait() for rival in rivals] == [0, 0]
    orders = Workspace(path).data().frame("orders")["order_id"].sort().to_list()
    assert orders == [f"{name}{i}" for name in "ab" for i in range(4)]


def test_the_lock_of_a_dead_owner_blocks_nobody(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "shop")
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import sys, time; from pathlib import Path; from footprint.store.lock import importing\n"
         "with importing(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)",
         str(workspace.path)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    assert (workspace.path / "import.owner.json").exists()
    workspace.import_files(("a.csv", orders_csv({"1": 5})), patience_s=1)
    assert not (workspace.path / "import.owner.json").exists()


def test_a_failing_import_leaves_the_old_state(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    before = ws.data_version

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match="disk is full"):
        ws.import_files(("b.csv", orders_csv({"1": 6})))
    monkeypatch.undo()
    assert ws.data_version == before
    ws.import_files(("b.csv", orders_csv({"1": 6})))


def test_a_full_disk_in_a_real_process(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "shop")
    workspace.import_files(("a.csv", orders_csv({"1": 5})))
    big = orders_csv({str(i): i * 1.37 for i in range(40_000)}).decode()
    rival = subprocess.run(
        [sys.executable, "-c",
         "import resource, signal, sys; from pathlib import Path\n"
         "from footprint.errors import WorkspaceError; from footprint.workspace import Workspace\n"
         "w = Workspace(Path(sys.argv[1])); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
         "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
         "try: w.import_files(('b.csv', sys.stdin.read().encode()))\n"
         "except WorkspaceError as error: print(error); sys.exit(4)",
         str(workspace.path)],
        input=big, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rival.returncode == 4, rival.stderr
    assert "full" in rival.stdout
    assert workspace.data().frame("orders").height == 1


def test_damage_is_explained(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    (part,) = (ws.path / "data" / "orders").glob("*/*.parquet")
    part.write_bytes(b"not parquet")
    with pytest.raises(WorkspaceError, match="damaged"):
        Workspace(ws.path).data().frame("orders")
    (ws.path / "app.sqlite").write_bytes(b"not a database at all" * 100)
    for name in ("app.sqlite-wal", "app.sqlite-shm"):
        (ws.path / name).unlink(missing_ok=True)
    with pytest.raises(WorkspaceError, match="damaged"):
        Workspace(ws.path)


def test_a_workspace_of_a_newer_version_is_refused(ws: Workspace) -> None:
    import sqlite3

    with sqlite3.connect(ws.path / "app.sqlite") as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(WorkspaceError, match="newer version"):
        Workspace(ws.path)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("x")
    with pytest.raises(WorkspaceError):
        Workspace(place)


READER = """
import os, sys
from pathlib import Path
from footprint.errors import WorkspaceError
from footprint.workspace import Workspace
import polars

if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
reader = Workspace(Path(sys.argv[1]))
print(reader.data().frame("orders").height)
for change in (
    lambda: reader.import_files(("b.csv", sys.argv[2].encode())),
    lambda: reader.set_setting("roi", 4),
):
    try:
        change()
    except WorkspaceError as error:
        print(error)
"""


@pytest.mark.parametrize("leftovers", [False, True])
def test_a_read_only_folder_can_be_read_but_not_written(leftovers: bool) -> None:
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        ws = Workspace(Path(top) / "shop")
        ws.import_files(("a.csv", orders_csv({"1": 5})))
        if not leftovers:
            for name in ("app.sqlite-wal", "app.sqlite-shm", "import.lock", "app.lock"):
                (ws.path / name).unlink(missing_ok=True)
        ws.path.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READER, str(ws.path), orders_csv({"1": 6}).decode()],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        ws.path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    height, *refusals = done.stdout.splitlines()
    assert height == "1"
    assert len(refusals) == 2
    assert all("cannot be written" in refusal for refusal in refusals)
