"""Roles on a real server, by hand-made websocket messages: no browser stands in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from conftest import ROOT, free_port, wait_for
from footprint.sharing import Target
from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

SECRET = "a-secret-of-the-proxy-of-forty-letters-x"
ACCESS = """
mode = "proxy"
[roles]
editor = ["li@shop"]
viewer = ["zhao@shop"]
"""


@dataclass
class Team:
    """A server behind a proxy, and its workspace."""

    port: int
    workspace: Workspace

    def headers(self, name: str | None, secret: str = SECRET) -> dict[str, str]:
        person = {"X-Forwarded-User": name} if name else {}
        return {"X-Footprint-Secret": secret, "X-Footprint-Person": "li%40shop", **person}

    def connect(self, name: str | None, secret: str = SECRET) -> ClientConnection:
        return connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            additional_headers=self.headers(name, secret),
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("team")
    workspace = Workspace(folder / "shop")
    workspace.import_files([file for file in sample_files() if file.stem in ("costs", "orders")])
    (folder / "access.toml").write_text(ACCESS)
    port = free_port()
    command = [sys.executable, str(ROOT / "app" / "server.py"), "--workspace", str(folder / "shop")]
    command += ["--port", str(port), "--access", str(folder / "access.toml")]
    environment = {**os.environ, "FOOTPRINT_PROXY_SECRET": SECRET}
    process = subprocess.Popen(command, env=environment, cwd=folder)
    wait_for(port, process)
    yield Team(port, workspace)
    process.terminate()
    process.wait(timeout=20)


def run(socket: ClientConnection, pressed: str | None = None) -> list[ForwardMsg]:
    """Run the brief in this session, with a button pressed; every message until it is done."""
    asked = BackMsg()
    asked.rerun_script.query_string = "lang=en"
    asked.rerun_script.page_name = "brief"
    if pressed:
        state = asked.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = pressed, True
    socket.send(asked.SerializeToString())
    found: list[ForwardMsg] = []
    while True:
        message = ForwardMsg.FromString(socket.recv(timeout=60))  # type: ignore[arg-type]
        found.append(message)
        if message.WhichOneof("type") == "script_finished":
            return found


def buttons(messages: list[ForwardMsg]) -> dict[str, str]:
    """Ids of the buttons on the page by their words."""
    elements = [m.delta.new_element for m in messages if m.WhichOneof("type") == "delta"]
    found = [e.button for e in elements if e.WhichOneof("type") == "button"]
    return {button.label: button.id for button in found}


def test_a_viewer_cannot_press_the_button_of_an_editor(team: Team) -> None:
    with team.connect("li@shop") as editor, team.connect("zhao@shop") as viewer:
        run(editor)
        freeze = buttons(run(editor))["Freeze"]
        run(viewer)
        seen = run(viewer)
        assert "Freeze" not in buttons(seen)
        before = team.workspace.audit()
        run(viewer, pressed=freeze)
        assert team.workspace.audit() == before
        assert not team.workspace.review.reports()
        run(editor, pressed=freeze)
        assert [report.who for report in team.workspace.review.reports()] == ["li@shop"]


@pytest.mark.parametrize("secret", ["", "guess", SECRET[:-1]])
def test_a_socket_without_the_secret_is_refused(team: Team, secret: str) -> None:
    with pytest.raises(InvalidStatus):
        team.connect("li@shop", secret)


@pytest.mark.parametrize("name", [None, "", "mallory@else"])
def test_whom_the_proxy_does_not_name_sees_nothing(team: Team, name: str | None) -> None:
    with team.connect(name) as stranger:
        run(stranger)
        said = "".join(str(message) for message in run(stranger))
    assert "No access yet" in said
    assert "Core numbers" not in said and "GMV" not in said


def ask(team: Team, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, str, str]:
    """Status, policy header and text of a request through the proxy by somebody without a name."""
    link = HTTPConnection("127.0.0.1", team.port, timeout=60)
    link.request(method, path, body or None, team.headers(None))
    answer = link.getresponse()
    return answer.status, answer.headers.get("Content-Security-Policy", ""), answer.read().decode()


def test_a_shared_page_can_be_read_and_nothing_else(team: Team) -> None:
    kept = team.workspace.review.freeze(team.workspace.brief("2026-W46"))
    token, link = team.workspace.links.make(Target("report", kept.id), "en")
    status, policy, text = ask(team, f"/share/{token}")
    assert (status, "default-src 'none'" in policy) == (200, True)
    assert "2026-W46" in text
    for sign in ("<script", "<form", "<a ", "href", "src=", "upload"):
        assert sign not in text
    assert ask(team, f"/share/{token}", "PUT")[0] == 405
    for guess in (token[:-1] + "!", "x", "..%2f..%2fapp.sqlite", "%00", token + "/"):
        assert ask(team, f"/share/{guess}")[0] in (301, 400, 404)
    team.workspace.links.revoke(link.id)
    assert ask(team, f"/share/{token}")[0] == 404


def test_health_answers_anybody_and_names_nobody(team: Team) -> None:
    link = HTTPConnection("127.0.0.1", team.port, timeout=60)
    link.request("GET", "/healthz", headers={"X-Forwarded-User": "li@shop"})
    answer = link.getresponse()
    told = json.loads(answer.read())
    assert (answer.status, set(told)) == (200, {"status", "data_version"})
    assert told["data_version"] == team.workspace.data_version


def test_a_guarded_page_asks_for_its_passphrase(team: Team) -> None:
    subject = Target("brief", "2026-W46")
    token, _ = team.workspace.links.make(subject, "en", passphrase="correct horse")
    path = f"/share/{token}"
    status, _, text = ask(team, path)
    assert status == 401 and "2026-W46" not in text
    assert ask(team, path, "POST", b"passphrase=wrong+horse")[0] == 401
    assert ask(team, path, "POST", b"passphrase=" + b"x" * 5000)[0] == 413
    status, _, text = ask(team, path, "POST", b"passphrase=correct+horse")
    assert status == 200 and "2026-W46" in text
    assert {line["who"] for line in team.workspace.audit() if line["action"] == "link_opened"} == {
        "link"
    }
