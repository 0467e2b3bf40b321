"""``PUT /upload``: one file as the body of a request, streamed to the spool in constant memory.

The secret of the session and the file's name come in headers of our own: a page of another origin
cannot send them without a permission that this server never gives, and does not know the secret.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

from footprint.text import Text
from starlette.endpoints import HTTPEndpoint
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.uploads import tickets
from app.uploads.spool import Incoming, Refused, Waiting

PATH = "/upload"
TICKET, NAME, SIZE = "x-footprint-ticket", "x-footprint-name", "x-footprint-size"
# Written, and counted into the checksum, in steps of this size outside the server's loop.
STEP = 1 << 20
_FOREIGN = Text("只接受本页面发出的上传。", "Only this page itself may upload.")
_STRANGER = Text(
    "这个页面的上传许可已失效。请刷新页面后重试。",
    "This page's permission to upload has ended. Reload the page and try again.",
)
_SIZE = Text("没有说明文件大小。", "The size of the file is not told.")


class Upload(HTTPEndpoint):
    """Takes one file; every other method than PUT is answered with 405."""

    async def put(self, request: Request) -> Response:
        """201 with id, size and SHA-256, or the refusal as ``{"zh": ..., "en": ...}``.

        With the size in a header and no body it only asks: 204 when such a file would be taken, so
        that a refusal is known before a gigabyte is sent.
        """
        try:
            incoming = _admitted(request)
        except Refused as refused:
            return _told(refused)
        if incoming is None:
            return Response(status_code=204)
        try:
            file = await _received(request, incoming)
        except Refused as refused:
            incoming.abandon()
            return _told(refused)
        except ClientDisconnect:
            incoming.abandon()
            return Response(status_code=499)
        except BaseException:
            incoming.abandon()
            raise
        return JSONResponse({"id": file.id, "size": file.size, "sha256": file.digest}, 201)


def routes() -> list[Route]:
    """What the server adds to Streamlit's own routes."""
    return [Route(PATH, Upload)]


def _admitted(request: Request) -> Incoming | None:
    """Room for the file, once origin, secret, name and size are in order; None if only asked.

    Raises Refused.
    """
    if not same_origin(request):
        raise Refused(403, _FOREIGN)
    ticket = request.headers.get(TICKET, "")
    spool = tickets.spool_of(ticket)
    if spool is None:
        raise Refused(403, _STRANGER)
    size = request.headers.get("content-length", "")
    if not size.isdigit():
        raise Refused(411, _SIZE)
    name, asked = unquote(request.headers.get(NAME, "")), request.headers.get(SIZE, size)
    if asked.isdigit() and int(asked) > int(size) == 0:
        spool.admit(name, int(asked))
        return None
    return spool.begin(ticket, name, int(size))


def same_origin(request: Request) -> bool:
    """Whether the browser says that a page of this very server asks."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    return site == "same-origin" and (
        origin is None or urlsplit(origin).netloc == request.headers.get("host")
    )


async def _received(request: Request, incoming: Incoming) -> Waiting:
    loop, held = asyncio.get_running_loop(), bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) >= STEP:
            await loop.run_in_executor(None, incoming.write, bytes(held))
            held.clear()
    await loop.run_in_executor(None, incoming.write, bytes(held))
    return await loop.run_in_executor(None, incoming.finish)


def _told(refused: Refused) -> Response:
    # The rest of the body is not read: the connection ends with the answer.
    return JSONResponse(refused.words, refused.status, headers={"connection": "close"})
