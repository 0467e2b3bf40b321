"""Who acts, and what that person may do: the one check in front of every change.

On a person's own machine that is the owner. A server that knows its visitors registers a resolver;
from then on whoever it cannot name may do nothing.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

from footprint.errors import Forbidden
from footprint.text import Text

P = ParamSpec("P")
R = TypeVar("R")
Role = Literal["none", "viewer", "editor", "owner"]
# Each role may do what those before it may.
ROLES: tuple[Role, ...] = ("none", "viewer", "editor", "owner")
ROLE_WORDS: dict[Role, Text] = {
    "none": Text("无权限", "no access"),
    "viewer": Text("查看者", "viewer"),
    "editor": Text("编辑者", "editor"),
    "owner": Text("负责人", "owner"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role; ``name`` is what the audit table keeps."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether this person has at least ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)


Resolver = Callable[[], Person | None]
NOBODY = Person("?", "none")
_acting: ContextVar[Person | None] = ContextVar("acting", default=None)
_resolver: list[Resolver] = []


def person() -> Person:
    """Who acts now: named by ``acting``, else by the server, else the user of this machine."""
    named = _acting.get()
    if named is not None:
        return named
    if _resolver:
        return _resolver[-1]() or NOBODY
    return Person(system_user(), "owner")


def system_user() -> str:
    """The user this process runs as; "unknown" where the system does not say."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "unknown"


@contextmanager
def acting(person: Person) -> Iterator[None]:
    """Do something as ``person``: for jobs that outlive the request that asked for them."""
    token = _acting.set(person)
    try:
        yield
    finally:
        _acting.reset(token)


def resolve_by(resolver: Resolver | None) -> None:
    """Let a server say who acts (None ends that). Who it cannot name has no role at all."""
    _resolver.clear()
    if resolver is not None:
        _resolver.append(resolver)


def require(role: Role) -> Person:
    """The person acting, if of at least ``role``. Raises Forbidden."""
    found = person()
    if not found.may(role):
        raise Forbidden(
            Text(
                f"您的身份是“{ROLE_WORDS[found.role].zh}”，不能做这件事",
                f"your role is “{ROLE_WORDS[found.role].en}”, which may not do this",
            ),
            Text(
                f"需要“{ROLE_WORDS[role].zh}”的权限，请找工作区负责人。",
                f"It takes an {ROLE_WORDS[role].en}; ask the owner of the workspace.",
            ),
        )
    return found


def needs(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function run only for people of at least ``role``; others get Forbidden."""

    def guard(body: Callable[P, R]) -> Callable[P, R]:
        @wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            require(role)
            return body(*args, **kwargs)

        return run

    return guard
