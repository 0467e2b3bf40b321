"""Do what a button asks, and tell the person whether it worked; a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from footprint.errors import FootprintError
from footprint.outlets.markdown import words as escaped
from footprint.text import Text

from app import state

_TOLD = "fp.told"


def do(act: Callable[..., Any], *args: Any, said: Text | None = None, **kwargs: Any) -> Any:
    """Call ``act``; its result, or None when it was refused. The words are shown by ``tell``."""
    lang = state.language()
    try:
        result = act(*args, **kwargs)
    except FootprintError as error:
        st.session_state[_TOLD] = (error.message(lang), ":material/block:")
        return None
    if said:
        st.session_state[_TOLD] = (said(lang), ":material/check:")
    return result


def tell() -> None:
    """Show what the last action said, once."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        words, icon = told
        st.toast(escaped(words), icon=icon)
