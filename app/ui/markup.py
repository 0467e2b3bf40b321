"""Small pieces of HTML, escaped; everything shown through ``st.html`` is built here or of these."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st
from footprint.text import Lang, Text

from app.ui import tokens

SIGNS = {"red": "▲", "yellow": "◆", "green": "●", "grey": "○", "blue": "■"}
COLOUR_WORDS = {
    "red": Text("红色", "Red"),
    "yellow": Text("黄色", "Yellow"),
    "green": Text("绿色", "Green"),
    "grey": Text("暂无判断", "No verdict"),
}
_DEFINITION = Text("口径", "Definition")


def show(html: str) -> None:
    """Put HTML on the page."""
    st.html(html)


def badge(colour: str, words: str) -> str:
    """A coloured pill with a sign, so that colour is never the only carrier."""
    sign = SIGNS.get(colour, "")
    return (
        f'<span class="fp-badge {colour}"><span aria-hidden="true">{sign}</span>'
        f"{escape(words)}</span>"
    )


def tip(words: str, lang: Lang) -> str:
    """A definition that opens on hover, focus and touch."""
    if not words:
        return ""
    return (
        f'<span class="fp-tip" tabindex="0" role="img" '
        f'aria-label="{escape(_DEFINITION(lang))}: {escape(words)}">i'
        f'<span aria-hidden="true">{escape(words)}</span></span>'
    )


def page_head(title: str, lead: str) -> None:
    """The title of a page and its one-sentence purpose."""
    show(f'<div class="fp-head"><h1>{escape(title)}</h1><p>{escape(lead)}</p></div>')


def heading(title: str, lead: str = "") -> None:
    """The heading of a section."""
    body = f"<p>{escape(lead)}</p>" if lead else ""
    show(f'<div class="fp-sec"><h2>{escape(title)}</h2>{body}</div>')


def caption(title: str) -> None:
    """The small title above one of several charts."""
    show(f'<p class="fp-caption">{escape(title)}</p>')


def notes(lines: Sequence[str]) -> None:
    """Remarks under a section."""
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        show(f'<ul class="fp-note">{items}</ul>')


def banner(colour: str, title: str, why: str) -> None:
    """The colour of the page with its reason."""
    show(
        f'<div class="fp-banner {colour}" role="status"><span class="fp-sign" aria-hidden="true">'
        f"{SIGNS[colour]}</span><div><strong>{escape(title)}</strong>"
        f'<span class="fp-why">{escape(why)}</span></div></div>'
    )


def sparkline(values: Sequence[float | None], alt: str, colour: str = tokens.MARK) -> str:
    """A small line of the course of a metric; empty with fewer than three values."""
    numbers = [value for value in values if value is not None]
    if len(numbers) < 3:
        return ""
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    step = 120 / (len(numbers) - 1)
    points = [
        (i * step, 28 - 24 * (value - low) / span if high > low else 16)
        for i, value in enumerate(numbers)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32" preserveAspectRatio="none">'
        f'<polygon points="0,32 {line} 120,32" fill="{colour}" fill-opacity="0.13"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/></svg>'
    )
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="fp-spark" src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}">'


def table_html(rows: str, *, stack: bool = False) -> str:
    """A small table of ready-made rows; sideways scrolling, or ``stack``ed cells on a phone."""
    css = "fp-table stack" if stack else "fp-table"
    table = f'<table class="{css}"><tbody>{rows}</tbody></table>'
    return f'<div class="fp-scroll" tabindex="0">{table}</div>'


def table_row(cells: Iterable[tuple[str, str]], heads: Sequence[str]) -> str:
    """A row of (class, ready-made cell); each cell carries its heading for the phone."""
    return (
        "<tr>"
        + "".join(
            f'<td class="{css}" data-head="{escape(head)}">{cell}</td>'
            for (css, cell), head in zip(cells, heads, strict=True)
        )
        + "</tr>"
    )
