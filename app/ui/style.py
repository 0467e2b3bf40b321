"""The style sheet: variables from the design tokens, then ``style.css``.

``light-dark()`` follows the ``color-scheme`` that Streamlit sets on its root, so one sheet serves
both themes, also right after a switch.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

import streamlit as st

from app.ui import tokens

_SHEET = Path(__file__).with_name("style.css")


@cache
def sheet() -> str:
    """The whole sheet as text."""
    pairs = [
        f"--fp-{field.name.replace('_', '-')}: "
        f"light-dark({getattr(tokens.LIGHT, field.name)}, {getattr(tokens.DARK, field.name)});"
        for field in fields(tokens.Palette)
    ]
    sizes = [
        f"--fp-radius: {tokens.RADIUS};",
        f"--fp-gap: {tokens.GAP};",
        f"--fp-card-min: {tokens.CARD_MIN};",
    ]
    return ":root {" + "".join(pairs + sizes) + "}\n" + _SHEET.read_text("utf-8")


def apply() -> None:
    """Put the sheet on the page."""
    st.html(f"<style>{sheet()}</style>")
