"""``/healthz``: whether this server can answer, for a watchdog or a load balancer; names nobody."""

from __future__ import annotations

from footprint.errors import FootprintError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app import data

PATH = "/healthz"


async def health(_: Request) -> JSONResponse:
    """200 with the data version, 503 when the workspace cannot be read."""
    try:
        version = await run_in_threadpool(_version)
    except FootprintError:
        return JSONResponse({"status": "workspace unreadable"}, 503)
    return JSONResponse({"status": "ok", "data_version": version})


def routes() -> list[Route]:
    """What the server adds to Streamlit's own routes."""
    return [Route(PATH, health)]


def _version() -> str:
    return data.workspace().data_version
