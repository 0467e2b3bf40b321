"""Real disks that are full, and a command that imports while an app reads the same workspace."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from footprint.errors import WorkspaceError
from footprint.ingest.choices import Answers
from footprint.workspace import Workspace

from .conftest import HEAD, amounts, orders_csv

SIZE_KB = 600


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few hundred kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "footprint-test", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        done = False
    if not done:
        pytest.skip("this user may not mount a file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_changes_nothing(small_disk: Path) -> None:
    ws = Workspace(small_disk / "shop")
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    before = ws.data_version
    big = orders_csv({f"{i:032x}": i * 1.37 for i in range(20_000)}).decode()
    # Room that others take while the import runs is missed by the look before it.
    done = _imported(ws.path, big, before="room._PER_BYTE = 0.0")
    assert done.returncode == 4, done.stderr
    assert "disk is full" in done.stderr
    done = _imported(ws.path, big)
    assert done.returncode == 4, done.stderr
    assert "not enough disk space" in done.stderr
    assert Workspace(ws.path).data_version == before
    assert amounts(ws) == {"1": 5.0}
    assert not list((ws.path / "tmp").glob("*"))
    ws.import_files(("b.csv", orders_csv({"1": 6})))
    assert amounts(ws) == {"1": 6.0}


def test_a_command_imports_while_an_app_reads(ws: Workspace) -> None:
    ws.import_files(("a.csv", orders_csv({"1": 5})))
    reader = ws.data()
    done = _imported(ws.path, orders_csv({"1": 6, "2": 7}).decode())
    assert done.returncode == 0, done.stderr
    assert reader.frame("orders")["paid_amount"].to_list() == [5.0]
    assert amounts(ws) == {"1": 6.0, "2": 7.0}


def test_room_is_asked_for_before_anything_is_read(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = orders_csv({f"{i:032x}": i for i in range(40_000)})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", csv)
    usage = shutil.disk_usage(ws.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_500_000))
    for upload in (("a.csv", csv), ("a.zip", packed.getvalue())):
        with pytest.raises(WorkspaceError) as refused:
            ws.import_files(upload)
        assert "1.5 MB" in refused.value.what.zh and "1.5 MB" in refused.value.what.en
        assert "没有改动" in refused.value.mend.zh
    assert ws.tables() == []
    small = orders_csv({f"{i:032x}": i for i in range(15_000)})
    raw = Answers(keep_raw=True)
    with pytest.raises(WorkspaceError, match="not enough"):
        ws.import_files(("a.csv", small), answers=raw)
    assert ws.import_files(("a.csv", small)).accepted == 15_000


def _imported(workspace: Path, text: str, before: str = "") -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text(text)
        return _run(workspace, path, before)


def _run(workspace: Path, path: Path, before: str) -> subprocess.CompletedProcess[str]:
    code = f"from footprint.store import room; {before}\nfrom footprint.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "import", str(path), "-w", str(workspace)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_a_missing_or_foreign_part_is_damage_not_other_rows(ws: Workspace) -> None:
    ws.import_files(("a.csv", f"{HEAD}\n1,2026-11-10,u,s,1,5\n".encode()))
    (part,) = (ws.path / "data" / "orders").glob("*/*.parquet")
    extra = part.with_name("00001-0123456789abcdef.parquet")
    extra.write_bytes(part.read_bytes())
    for _ in range(2):
        done = _imported(ws.path, orders_csv({"2": 7}).decode())
        assert done.returncode == 4
        assert "damaged" in done.stderr
        with pytest.raises(WorkspaceError, match="damaged"):
            Workspace(ws.path).data().frame("orders")
        for file in (extra, part):
            file.unlink(missing_ok=True)
