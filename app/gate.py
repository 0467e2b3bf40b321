"""In front of everything: who is let in, and by what name. Plain ASGI, for pages and websockets.

Local: only requests addressed to this machine by a local name (a foreign page that points its own
name at 127.0.0.1 is refused). Behind a proxy: only requests that carry the proxy's secret; the name
it gives is handed on in a header of our own, and every copy a client sent is dropped first.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from footprint.visitors import SECRET_HEADER, Visitors, visitors
from starlette.types import ASGIApp, Receive, Scope, Send

ACCESS_VARIABLE = "FOOTPRINT_ACCESS"
# Set by the gate alone: its seal and the name of the person, percent-encoded. Nobody outside this
# process knows the seal, so that the header means nothing where the gate was left out.
PERSON_HEADER = "x-footprint-person"
_SEAL = secrets.token_urlsafe(32)
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
_OPEN = ("/_stcore/health", "/healthz")
_TRUSTED = (PERSON_HEADER, SECRET_HEADER)
Headers = list[tuple[bytes, bytes]]


@cache
def known() -> Visitors:
    """The people of this server."""
    file = os.environ.get(ACCESS_VARIABLE)
    return visitors(Path(file) if file else None)


class Gate:
    """Middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may pass, with the headers nobody but the gate may set; 403 otherwise."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = admitted(known(), scope["headers"], scope.get("client"), scope["path"])
        if headers is None:
            await _refused(scope, receive, send)
            return
        await self.app({**scope, "headers": headers}, receive, send)


def admitted(
    people: Visitors,
    headers: Iterable[tuple[bytes, bytes]],
    client: tuple[str, int] | None,
    path: str,
) -> Headers | None:
    """The headers to hand on, None for a request that is refused."""
    held = list(headers)
    clean = [pair for pair in held if _name(pair) not in (*_TRUSTED, people.user_header)]
    if path in _OPEN:
        return clean
    if people.mode == "local":
        return clean if _host(held) in LOCAL_NAMES else None
    if people.mode == "oidc":
        return clean
    if not people.is_proxy(_only(held, SECRET_HEADER), client[0] if client else None):
        return None
    person = _only(held, people.user_header)
    if person:
        clean.append((PERSON_HEADER.encode(), f"{_SEAL}.{quote(person, safe='')}".encode()))
    return clean


def name_in(headers: Iterable[tuple[str, str]]) -> str:
    """The name the gate wrote into a request, empty when it wrote none."""
    for key, value in headers:
        seal, _, name = value.partition(".")
        if key.lower() == PERSON_HEADER and hmac.compare_digest(seal.encode(), _SEAL.encode()):
            return unquote(name)
    return ""


def _name(pair: tuple[bytes, bytes]) -> str:
    # nginx and WSGI habits: an underscore may stand for a hyphen.
    return pair[0].decode("latin-1").lower().replace("_", "-")


def _only(headers: Headers, name: str) -> str:
    """The only value of a header; several are as good as none, for one is not the proxy's."""
    found = [pair[1] for pair in headers if _name(pair) == name]
    return found[0].decode("utf-8", "replace") if len(found) == 1 else ""


def _host(headers: Headers) -> str:
    host = _only(headers, "host")
    return host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host.lower()


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    plain = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": 403, "headers": [plain]})
    await send({"type": "http.response.body", "body": b"403\n"})
