"""The nginx example of docs/security.md, run for real on loopback in front of a team's server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest
from conftest import ROOT, free_port

sys.path.insert(0, str(Path(__file__).parent))
from footprint.sharing import Target
from test_roles import SECRET, Team, buttons, run, team
from websockets.sync.client import ClientConnection, connect

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
assert team
WHOLE = """
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {servers}
}}
"""


def example(app: int, user: str) -> str:
    """The locations of the document with its placeholders filled."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found
    filled = found.group(1).replace("127.0.0.1:8501", f"127.0.0.1:{app}")
    return filled.replace("the secret", SECRET).replace("$user", f'"{user}"')


@pytest.fixture
def ports(team: Team, tmp_path: Path) -> Iterator[dict[str, int]]:
    """Where nginx listens for each person it has signed on."""
    found = {name: free_port() for name in ("li@shop", "zhao@shop")}
    servers = "\n".join(
        f"server {{ listen 127.0.0.1:{port}; {example(team.port, name)} }}"
        for name, port in found.items()
    )
    (tmp_path / "nginx.conf").write_text(WHOLE.format(folder=tmp_path, servers=servers))
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    sleep(1)
    assert process.poll() is None
    yield found
    process.terminate()
    process.wait(timeout=20)


def socket(port: int) -> ClientConnection:
    """A websocket of somebody who claims to be the editor in every way a client can."""
    claims = {"X-Forwarded-User": "li@shop", "X-Footprint-Person": "li%40shop",
              "X-Footprint-Secret": "guess"}  # fmt: skip
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", additional_headers=claims,
        subprotocols=["streamlit"], max_size=None,
    )  # type: ignore[list-item]  # fmt: skip


def status(port: int, path: str) -> int:
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers={"X-Forwarded-User": "li@shop"})
    return link.getresponse().status


def test_nginx_says_who_it_is_whatever_the_client_says(team: Team, ports: dict[str, int]) -> None:
    with socket(ports["li@shop"]) as editor, socket(ports["zhao@shop"]) as viewer:
        for session, may in ((editor, True), (viewer, False)):
            run(session)
            assert ("Freeze" in buttons(run(session))) == may


def test_links_open_through_nginx_and_the_server_alone_refuses(
    team: Team, ports: dict[str, int]
) -> None:
    token, _ = team.workspace.links.make(Target("brief", "2026-W46"))
    assert status(ports["zhao@shop"], f"/share/{token}") == 200
    assert status(ports["zhao@shop"], "/brief") == 200
    assert status(team.port, f"/share/{token}") == 403
    assert status(team.port, "/brief") == 403
