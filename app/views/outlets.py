"""Ways out of the house on a page: a report as a file, and a link that shows it to others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st
from footprint.access import person
from footprint.outlets.files import ENDINGS, MIMES, Kind
from footprint.review.report import Report
from footprint.sharing import Link, Target
from footprint.sharing.links import DAYS, MOST_DAYS
from footprint.sharing.links import Kind as Shared
from footprint.text import Lang, Text

from app import data
from app.doing import do
from app.ui import markup, present

_EXPORT, _SHARE = Text("导出", "Export"), Text("分享", "Share")
_FORMS: dict[Kind, Text] = {
    "html": Text("网页（离线可看、可打印）", "Web page (offline, prints well)"),
    "pdf": Text("PDF", "PDF"),
    "xlsx": Text("Excel", "Excel"),
    "md": Text("Markdown", "Markdown"),
    "charts": Text("所有图（SVG 与 PNG）", "All charts (SVG and PNG)"),
}
_WHY = Text(
    "拿到链接的人不用登录就能看这一页；少于 5 人的分组和个人信息不显示。链接只出现这一次。",
    "Whoever has the link sees this one page without an account; groups under five and personal "
    "columns are not shown. The link is shown this once.",
)
_LABEL, _DAYS = Text("给谁看（只供您辨认）", "For whom (your own note)"), Text("几天有效", "Days")
_PHRASE = Text("口令（可不填，至少 8 个字）", "Passphrase (optional, 8 letters or more)")
_MAKE = Text("生成链接", "Make the link")
_HERE = Text("复制这个链接：", "Copy this link:")
_ADDRESS = "share"


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
        base = origin()
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


def share_menu(
    kind: Shared, id: str, key: str, lang: Lang, scope: Mapping[str, Any] | None = None
) -> None:
    """Make a link to a frozen report or a live page; nothing for those who may not."""
    if not person().may("editor"):
        return
    with st.popover(
        _SHARE(lang), icon=":material/link:", key=f"share-{key}-{lang}", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        markup.notes([_WHY(lang)])
        with st.form(f"share-form-{key}-{lang}", border=False, clear_on_submit=True):
            label = st.text_input(_LABEL(lang), key=f"share-label-{key}-{lang}")
            days = st.number_input(_DAYS(lang), 1, MOST_DAYS, DAYS, key=f"share-days-{key}-{lang}")
            phrase = st.text_input(_PHRASE(lang), type="password", key=f"share-pass-{key}-{lang}")
            asked = st.form_submit_button(_MAKE(lang), icon=":material/link:", type="primary")
        if asked:
            made: tuple[str, Link] | None = do(
                data.workspace().links.make,
                Target(kind, id, scope or {}),
                lang,
                days=int(days),
                label=label,
                passphrase=phrase,
            )
            if made:
                markup.notes([_HERE(lang)])
                st.code(f"{origin() or ''}/{_ADDRESS}/{made[0]}", language=None, wrap_lines=True)


def origin() -> str | None:
    """The address of this server, so that what is sent leads back to it."""
    from urllib.parse import urlsplit

    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
