"""The upload route: one file streamed to disk, and everything it must refuse."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from app.uploads import route, tickets
from app.uploads.spool import Refused, Spool, checked_name

TICKET = "a-secret-of-this-session"
HOST = "shop.local:8501"
BODY = b"order_id,paid\n" + b"1,2.50\n" * 400_000


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    made = Spool.of(tmp_path, limit=8_000_000)
    monkeypatch.setitem(tickets._TICKETS, TICKET, ("session", made))
    monkeypatch.setattr(tickets, "_alive", lambda session: session == "session")
    yield made


def put(
    body: bytes = BODY,
    *,
    method: str = "PUT",
    name: str = "orders.csv",
    breaks_off: bool = False,
    **headers: str | None,
) -> Answer:
    """One request to the route, in pieces of 64 KB; a header that is None is left out."""
    told = {
        "host": HOST,
        "content-length": str(len(body)),
        route.TICKET: TICKET,
        route.NAME: quote(name),
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": at + 1 < len(pieces)}
        for at, piece in enumerate(pieces)
    ]
    if breaks_off:
        messages = [*messages[: len(messages) // 2], {"type": "http.disconnect"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": route.PATH, "query_string": b"", "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in told.items() if v is not None],
    }  # fmt: skip
    app = Starlette(routes=route.routes())
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    text = b"".join(message.get("body", b"") for message in sent[1:])
    found = json.loads(text) if text.startswith(b"{") else {}
    return Answer(sent[0]["status"], found)


def on_disk(spool: Spool) -> list[Path]:
    return list(spool.folder.glob("*"))


def test_a_file_arrives_whole_and_private(spool: Spool) -> None:
    answer = put(name="抖店 订单.csv", origin=f"http://{HOST}", sec_fetch_site="same-origin")
    assert answer.status == 201
    assert answer.body["sha256"] == hashlib.sha256(BODY).hexdigest()
    [file] = spool.files(TICKET)
    assert (file.name, file.size, file.path.read_bytes()) == ("抖店 订单.csv", len(BODY), BODY)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({route.TICKET: None}, 403),
        ({route.TICKET: ""}, 403),
        ({route.TICKET: TICKET[:-1]}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"content_length": None}, 411),
        ({"content_length": "8000001"}, 413),
        ({"content_length": "7"}, 400),
        ({"content_length": str(len(BODY) + 1)}, 400),
    ],
)
def test_what_is_not_in_order_leaves_nothing_behind(
    spool: Spool, change: dict[str, str | None], status: int
) -> None:
    answer = put(**change)  # type: ignore[arg-type]
    assert answer.status == status
    assert answer.body["zh"] and answer.body["en"]
    assert not on_disk(spool) and not spool.files(TICKET)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_only_put_is_answered(spool: Spool, method: str) -> None:
    assert put(method=method).status == 405
    assert not on_disk(spool)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b.csv", "a\\b.csv", "..", "", "  ", "x\x00.csv", "x\n.csv"]
)
def test_a_name_cannot_be_a_path(spool: Spool, name: str) -> None:
    assert put(name=name).status == 400
    assert not on_disk(spool)


@given(st.text(max_size=300))
def test_a_name_that_passes_is_one_plain_part(name: str) -> None:
    try:
        clean = checked_name(name)
    except Refused:
        return
    assert clean == Path(clean).name and len(clean) <= 200 and clean.isprintable()


def test_the_secret_of_an_ended_session_opens_nothing(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "_alive", lambda session: False)
    assert put().status == 403


def test_asking_first_tells_a_refusal_before_a_byte_is_sent(spool: Spool) -> None:
    assert put(b"", x_footprint_size="7000000").status == 204
    assert put(b"", x_footprint_size="9000000").status == 413
    assert not on_disk(spool)


def test_a_full_disk_is_told_with_what_is_missing(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(spool.folder.anchor)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    answer = put()
    assert answer.status == 507 and "MB" in answer.body["en"]


def test_a_folder_that_cannot_be_written_is_told(spool: Spool) -> None:
    spool.folder.parent.parent.mkdir(exist_ok=True)
    spool.folder.parent.write_text("a file stands in the way")
    assert put().status == 507


def test_an_upload_broken_off_leaves_nothing_behind(spool: Spool) -> None:
    assert put(breaks_off=True).status == 499
    assert not on_disk(spool) and not spool.files(TICKET)


def test_files_of_a_page_loaded_anew_come_back(spool: Spool) -> None:
    put()
    spool.adopt("another", alive=lambda owner: True)
    assert spool.files(TICKET) and not spool.files("another")
    spool.adopt("another", alive=lambda owner: False)
    [file] = spool.files("another")
    spool.drop([file.id])
    assert not on_disk(spool)


def test_what_an_ended_server_left_is_swept(tmp_path: Path) -> None:
    ended = tmp_path / "spool" / "999999999"
    ended.mkdir(parents=True)
    (ended / "x.part").write_text("half")
    Spool.of(tmp_path, limit=1)
    assert not ended.exists()
