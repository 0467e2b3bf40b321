"""Who may use a server of a team: a small TOML file with the way people are known and their roles.

    mode = "proxy"                        # local, proxy or oidc

    [proxy]
    user_header = "X-Forwarded-User"
    secret_variable = "FOOTPRINT_PROXY_SECRET"
    addresses = ["127.0.0.1"]

    [roles]
    owner = ["wang@shop.example"]
    editor = ["li@shop.example"]
    viewer = ["*@shop.example"]

Without a file the mode is local: one person on this machine, who owns everything.
"""

from __future__ import annotations

import hmac
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, get_args

from footprint.access import ROLES, Person, Role
from footprint.errors import UsageError, unknown
from footprint.text import Text

Mode = Literal["local", "proxy", "oidc"]
MODES: tuple[Mode, ...] = get_args(Mode)
SHORTEST_SECRET = 32
# The proxy proves itself with this header; it never reaches the app.
SECRET_HEADER = "x-footprint-secret"


@dataclass(frozen=True, slots=True)
class Visitors:
    """How people are known and what they may do. ``roles``: names by role, * for anything."""

    mode: Mode = "local"
    user_header: str = "x-forwarded-user"
    secret: str = ""
    addresses: tuple[str, ...] = ()
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """The person of this name with the highest role that names them."""
        known = name.strip()
        if not known or not known.isprintable():
            return Person("?", "none")
        for role in reversed(ROLES):
            if any(fnmatchcase(known.lower(), p.lower()) for p in self.roles.get(role, ())):
                return Person(known, role)
        return Person(known, "none")

    def is_proxy(self, secret: str, address: str | None) -> bool:
        """Whether a request with this secret from this address comes from the proxy."""
        if not self.secret or not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return False
        return not self.addresses or (address is not None and address in self.addresses)


def visitors(file: Path | None) -> Visitors:
    """The people of a server, local without a file.

    Raises UsageError for a file that cannot be read, unknown names, a missing or short secret.
    """
    if file is None:
        return Visitors()
    found = _read(file)
    for name in found:
        if name not in ("mode", "proxy", "roles"):
            raise unknown("key", "键", name, ("mode", "proxy", "roles"))
    mode = found.get("mode", "local")
    if mode not in MODES:
        raise unknown("mode", "方式", str(mode), MODES)
    roles = {role: tuple(map(str, names)) for role, names in found.get("roles", {}).items()}
    for role in roles:
        if role not in ROLES[1:]:
            raise unknown("role", "角色", role, ROLES[1:])
    proxy = found.get("proxy", {})
    addresses = tuple(str(ip_address(address)) for address in proxy.get("addresses", ()))
    header = str(proxy.get("user_header", "x-forwarded-user")).lower()
    secret = _secret(proxy) if mode == "proxy" else ""
    return Visitors(mode, header, secret, addresses, roles)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            Text(f"读不懂访问设置 {file}", f"the access file {file} cannot be read: {error}"),
            Text("见 docs/security.md 里的例子。", "See the example in docs/security.md."),
        ) from error


def _secret(proxy: Mapping[str, Any]) -> str:
    variable = str(proxy.get("secret_variable", "FOOTPRINT_PROXY_SECRET"))
    secret = os.environ.get(variable, "")
    if len(secret) < SHORTEST_SECRET:
        raise UsageError(
            Text(f"环境变量 {variable} 没有足够长的密钥", f"{variable} holds no long secret"),
            Text(
                f"请设为至少 {SHORTEST_SECRET} 个随机字符，并让代理在 {SECRET_HEADER} 里带上它。",
                f"Set at least {SHORTEST_SECRET} random letters and let the proxy send them "
                f"as {SECRET_HEADER}.",
            ),
        )
    return secret
