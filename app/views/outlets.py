"""Ways out of the house on a page: a report as a file, and a link that shows it to others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from footprint.access import person
from footprint.outlets.files import ENDINGS, MIMES, Kind
from footprint.review.report import Report
from footprint.sharing import Target
from footprint.sharing.links import Kind as Shared
from footprint.text import Lang, Text

from app.ui import linking, present

_EXPORT = Text("导出", "Export")
_FORMS: dict[Kind, Text] = {
    "html": Text("网页（离线可看、可打印）", "Web page (offline, prints well)"),
    "pdf": Text("PDF", "PDF"),
    "xlsx": Text("Excel", "Excel"),
    "md": Text("Markdown", "Markdown"),
    "charts": Text("所有图（SVG 与 PNG）", "All charts (SVG and PNG)"),
}


def export_menu(
    make: Callable[[], Report],
    stem: str,
    key: str,
    lang: Lang,
    *,
    page: Callable[[Lang], bytes] | None = None,
) -> None:
    """A menu of files; each is made on its click. ``page`` gives a frozen page as it was kept."""
    with st.popover(
        _EXPORT(lang), icon=":material/download:", key=f"outlet-{key}-{lang}", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        base = linking.origin()
        for kind, words in _FORMS.items():
            kept = partial(page, lang) if page and kind == "html" else None
            present.download(
                words(lang),
                partial(_file, make, kind, lang, base, kept),
                f"{stem}-{lang}.{ENDINGS[kind]}",
                f"{kind}-{key}-{lang}",
                MIMES[kind],
            )


def _file(
    make: Callable[[], Report],
    kind: Kind,
    lang: Lang,
    base: str | None,
    kept: Callable[[], bytes] | None,
) -> bytes:
    from footprint.outlets import file_of

    return kept() if kept else file_of(make(), kind, lang, base)


def share_menu(kind: Shared, id: str, key: str, lang: Lang) -> None:
    """Make a link to a frozen report or the live brief; nothing for those who may not."""
    if not person().may("editor"):
        return
    with st.popover(
        linking.SHARE(lang), icon=":material/link:", key=f"share-{key}-{lang}", on_change="rerun"
    ) as opened:
        if opened.open:
            linking.form(Target(kind, id), key, lang)
