"""Who may upload: one random secret per browser session, told only over that session's socket."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st
from footprint.access import require
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import data
from app.uploads.spool import Spool

_STATE = "fp.ticket"
_TICKETS: dict[str, tuple[str, Spool]] = {}
_KEPT = 4096


def mine() -> tuple[str, Spool]:
    """This session's secret and the spool it may write to. Raises Forbidden for viewers."""
    require("editor")
    if _STATE not in st.session_state:
        st.session_state[_STATE] = secrets.token_urlsafe(32)
    ticket, session = st.session_state[_STATE], _session()
    if ticket not in _TICKETS:
        _forget_the_gone()
        _TICKETS[ticket] = (session, _spool(data.workspace().path, limit()))
    return ticket, _TICKETS[ticket][1]


def spool_of(ticket: str) -> Spool | None:
    """The spool a secret opens; None for a wrong secret and one whose session has ended."""
    for known, (session, spool) in list(_TICKETS.items()):
        if hmac.compare_digest(known.encode(), ticket.encode()):
            return spool if _alive(session) else None
    return None


def alive() -> Callable[[str], bool]:
    """Whether the owner (secret) of a file still looks at the app."""
    return lambda ticket: ticket in _TICKETS and _alive(_TICKETS[ticket][0])


def limit() -> int:
    """The largest file taken, in bytes: the server's option ``maxUploadSize`` (MB)."""
    return int(st.get_option("server.maxUploadSize")) * 1_000_000


@cache
def _spool(workspace: Path, limit: int) -> Spool:
    return Spool.of(workspace, limit)


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else str(os.getpid())


def _alive(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _forget_the_gone() -> None:
    """Keep the list of secrets short: those of ended sessions go first."""
    if len(_TICKETS) >= _KEPT:
        for ticket in [t for t, (session, _) in _TICKETS.items() if not _alive(session)]:
            del _TICKETS[ticket]
