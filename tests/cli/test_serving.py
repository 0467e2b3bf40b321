"""The demo's workspace, and starting the app as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from footprint.errors import UsageError, WorkspaceError
from footprint.terminal import serving
from footprint.workspace import Workspace

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"


def _sample(folder: Path, amount: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text(f"{HEAD}\n1,2026-11-10,u,s,1,{amount}\n", "utf-8")
    (folder / "truths.json").write_text("[]", "utf-8")
    return serving.sample_files(folder)


def test_the_demo_imports_the_sample_once_and_anew_when_it_changed(tmp_path: Path) -> None:
    files = _sample(tmp_path / "sample", 5)
    assert [file.name for file in files] == ["orders.csv"]
    first, report = serving.demo_workspace(files, tmp_path / "cache")
    assert report.accepted == 1
    again, report = serving.demo_workspace(files, tmp_path / "cache")
    assert again == first
    assert report.files[0].already
    other, _ = serving.demo_workspace(_sample(tmp_path / "sample", 6), tmp_path / "cache")
    assert other != first
    assert not first.exists()
    assert Workspace(other).data().frame("orders")["paid_amount"].to_list() == [6.0]


def test_the_app_is_found_and_what_is_absent_is_named() -> None:
    assert (serving.beside("app", "server.py") / "server.py").is_file()
    with pytest.raises(WorkspaceError, match="nowhere"):
        serving.beside("nowhere", "x")


def test_the_app_runs_as_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told.txt"
    (tmp_path / "server.py").write_text(
        f"import sys; open({str(told)!r}, 'w').write(' '.join(sys.argv[1:])); sys.exit(7)\n"
    )
    monkeypatch.setattr(serving, "beside", lambda name, holding: tmp_path)
    code = serving.run_app(tmp_path / "shop", _free_port(), open_browser=True)
    assert code == 7
    words = told.read_text().split()
    assert words[:2] == ["--workspace", str(tmp_path / "shop")]
    assert words[-1] == "--open"


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="is taken"):
            serving.run_app(tmp_path, taken.getsockname()[1], open_browser=False)


def test_stopping_the_command_stops_the_server(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("import time; print('up', flush=True); time.sleep(60)\n")
    script = (
        "import sys; from pathlib import Path; from footprint.terminal import serving\n"
        "serving.beside = lambda name, holding: Path(sys.argv[1])\n"
        "sys.exit(serving.run_app(Path('shop'), int(sys.argv[2]), open_browser=False))"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(_free_port())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    process.terminate()
    # The pipe closes only when the server itself is gone too.
    assert process.communicate(timeout=20)[0] == ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
