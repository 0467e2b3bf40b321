"""Who is looking: the gate's header, the sign-on of ``st.login``, or the user of this machine.

Asked afresh by every action, in callbacks too, so that no message of a browser can act for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from footprint import access
from footprint.access import Person, system_user
from footprint.text import Lang, Text
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import gate
from app.ui import markup

_SIGN_IN = Text("登录", "Sign in")
_SIGN_OUT = Text("退出登录", "Sign out")
_STRANGER = Text("请先登录", "Please sign in")
_STRANGER_LEAD = Text("这个工作区只对团队成员开放。", "This workspace is open to its team only.")
_NO_ROLE = Text("还没有权限", "No access yet")
_NO_ROLE_LEAD = Text(
    "已登录为 {name}。请工作区负责人把您加入名单。",
    "Signed in as {name}. Ask the owner of the workspace to add you.",
)


def install() -> None:
    """Let every check ask here who acts."""
    access.resolve_by(looking)


def looking() -> Person | None:
    """The person of this session; None where there is no session."""
    people = gate.known()
    if people.mode == "local":
        return Person(system_user(), "owner")
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if people.mode == "oidc":
        return people.person(_signed_in())
    return people.person(gate.name_in(st.context.headers.to_dict().items()))


def _signed_in() -> str:
    """The mail address of the sign-on; one the provider calls unverified does not count."""
    user = signed_on()
    if not user.get("is_logged_in") or user.get("email_verified") is False:
        return ""
    return str(user.get("email") or "")


def signed_on() -> Mapping[str, Any]:
    """What the provider said of the person of this session."""
    return st.user.to_dict()


def turned_away(lang: Lang) -> bool:
    """Whether nobody with a role is looking; then says so and offers to sign in."""
    found = access.person()
    if found.may("viewer"):
        return False
    if gate.known().mode == "oidc" and not _signed_in():
        markup.page_head(_STRANGER(lang), _STRANGER_LEAD(lang))
        st.button(_SIGN_IN(lang), on_click=st.login, icon=":material/login:", type="primary")
        return True
    markup.page_head(_NO_ROLE(lang), _NO_ROLE_LEAD(lang, name=found.name))
    if gate.known().mode == "oidc":
        st.button(_SIGN_OUT(lang), on_click=st.logout, icon=":material/logout:")
    return True
