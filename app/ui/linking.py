"""Make a share link: for whom, how long, with which passphrase; the link is shown once."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from footprint.sharing import Link, Target
from footprint.sharing.links import DAYS, MOST_DAYS
from footprint.text import Lang, Text

from app import data
from app.doing import do, tell
from app.ui import markup

SHARE = Text("分享", "Share")
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


def form(target: Target, key: str, lang: Lang) -> None:
    """The form, and the link once it is made."""
    markup.notes([_WHY(lang)])
    with st.form(f"share-form-{key}-{lang}", border=False, clear_on_submit=True):
        label = st.text_input(_LABEL(lang), key=f"share-label-{key}-{lang}")
        days = st.number_input(_DAYS(lang), 1, MOST_DAYS, DAYS, key=f"share-days-{key}-{lang}")
        phrase = st.text_input(_PHRASE(lang), type="password", key=f"share-pass-{key}-{lang}")
        asked = st.form_submit_button(_MAKE(lang), icon=":material/link:", type="primary")
    if not asked:
        return
    made: tuple[str, Link] | None = do(
        data.workspace().links.make,
        target,
        lang,
        days=int(days),
        label=label,
        passphrase=phrase,
    )
    if made is None:
        tell()
        return
    markup.notes([_HERE(lang)])
    st.code(f"{origin() or ''}/{_ADDRESS}/{made[0]}", language=None, wrap_lines=True)


def origin() -> str | None:
    """The address of this server, so that what is sent leads back to it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
