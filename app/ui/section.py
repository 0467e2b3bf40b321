"""A section of a page: heading, body, and what to say when the body cannot be answered.

A missing table becomes an empty state that names the file; any other known error is told in plain
words; an unexpected one is logged and told without a stack trace.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st
from footprint.errors import DataMissing, FootprintError
from footprint.text import Lang, Text

from app import state
from app.ui import empty, markup

P = ParamSpec("P")
_LOG = logging.getLogger("footprint.app")
_UNEXPECTED = Text(
    "这一块暂时算不出来，其余部分不受影响。错误已记入日志；刷新页面或换个时间范围再试。",
    "This part could not be worked out; the rest of the page is unaffected. The error was logged; "
    "reload the page or try another period.",
)


@contextmanager
def section(
    key: str, lang: Lang, title: Text | None = None, lead: Text | None = None, *, card: bool = True
) -> Iterator[None]:
    """One block of a page; errors inside stay inside. ``key`` names it on the page."""
    with st.container(border=card, key=f"card-{key}" if card else f"block-{key}", gap="small"):
        if title:
            markup.heading(title(lang), lead(lang) if lead else "")
        with guarded(lang, key):
            yield


@contextmanager
def guarded(lang: Lang, where: str) -> Iterator[None]:
    """Tell errors in words instead of failing the page."""
    try:
        yield
    except DataMissing as error:
        empty.missing(error, lang, where)
    except FootprintError as error:
        st.warning(error.message(lang), icon=":material/info:")
    except Exception:
        _LOG.exception("section %s", where)
        st.warning(_UNEXPECTED(lang), icon=":material/error:")


def fragment(body: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that runs again on its own when one of its controls moves.

    Errors are told inside: Streamlit would print a fragment's exception itself.
    """

    @st.fragment
    @wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with guarded(state.language(), body.__name__.strip("_")):
            body(*args, **kwargs)

    return run
