"""``/share/<token>``: a report or a live page as plain HTML, for people without an account.

No script, no cookie, no websocket: the page can be read and nothing else. A passphrase is sent by a
form; wrong, ended and revoked links all get the same answer.
"""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl
from footprint import format as fmt
from footprint.access import Person, acting
from footprint.errors import FootprintError
from footprint.review.columns import cell
from footprint.review.html import Written, whole
from footprint.sharing import Refusal
from footprint.sharing.pages import Dress, shared_page
from footprint.text import Lang, Text
from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app import data
from app.ui import labels, present

PATH = "/share/{token}"
_MOST_BYTES = 4096
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}
_ASK = Text("口令", "Passphrase")
_OPEN = Text("打开", "Open")
_WRONG = Text("需要口令才能看这一页。", "This page needs its passphrase.")
_VISITOR = Person("link", "viewer")


class Share(HTTPEndpoint):
    """A share link; GET opens it, POST brings the passphrase."""

    async def get(self, request: Request) -> HTMLResponse:
        """The page, a form for the passphrase (401), or the refusal (404)."""
        return await _answer(request, "")

    async def post(self, request: Request) -> HTMLResponse:
        """The page, when the passphrase of the form is right."""
        from urllib.parse import parse_qs

        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return _page("", _lang(request), 413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        return await _answer(request, fields.get("passphrase", [""])[0])


def routes() -> list[Route]:
    """What the server adds to Streamlit's own routes."""
    return [Route(PATH, Share)]


async def _answer(request: Request, passphrase: str) -> HTMLResponse:
    lang = _lang(request)
    try:
        content = await run_in_threadpool(_opened, request.path_params["token"], passphrase)
    except Refusal as refusal:
        if refusal.passphrase:
            return _page(_form(lang), lang, 401)
        return _page(f"<p>{escape(refusal.message(lang))}</p>", lang, 404)
    except FootprintError as error:
        return _page(f"<p>{escape(error.message(lang))}</p>", lang, 404)
    return HTMLResponse(content, headers=_HEADERS)


def _opened(token: str, passphrase: str) -> bytes:
    workspace = data.workspace()
    with acting(_VISITOR):
        return shared_page(workspace, workspace.links.open(token, passphrase), _DRESS)


def _words(frame: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    return present.worded(labels.localised(frame, lang), lang)


def _written(frame: pl.DataFrame) -> Written:
    """How the cells of a frame are written: numbers in the unit of their column."""
    units = {name: _unit(frame, name) for name, kind in frame.schema.items() if kind.is_numeric()}

    def write(column: str, value: Any, lang: Lang, tz: str) -> str:
        if column in units:
            return fmt.show(value, units[column], lang)
        return cell(column, value, lang, tz)

    return write


def _unit(frame: pl.DataFrame, column: str) -> str:
    """Bounds and values without a unit of their own are rates where none exceeds one."""
    known = labels.unit(column)
    if known or column not in ("low", "high", "value", "mean"):
        return known or "number"
    sizes = [abs(float(value)) for value in frame[column].drop_nulls()]
    return "rate" if sizes and max(sizes) <= 1 else "number"


_DRESS = Dress(labels.frame, _words, labels.column, _written)


def _form(lang: Lang) -> str:
    return (
        f"<h1>{escape(_WRONG(lang))}</h1>"
        f'<form method="post"><label>{escape(_ASK(lang))} '
        '<input type="password" name="passphrase" autocomplete="off" required autofocus></label> '
        f"<button>{escape(_OPEN(lang))}</button></form>"
    )


def _page(body: str, lang: Lang, status: int) -> HTMLResponse:
    return HTMLResponse(whole("Footprint 足跡", body, "", lang), status, headers=_HEADERS)


def _lang(request: Request) -> Lang:
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
