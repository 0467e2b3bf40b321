"""Share links. A link is 256 random bits; only its SHA-256 is kept, so the catalogue opens nothing.

Every wrong, ended, revoked or exhausted link is refused in the same words, so that trying tells
nothing. A passphrase is kept as scrypt; a link is closed after too many wrong ones.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from footprint.access import needs
from footprint.errors import FootprintError, UsageError
from footprint.store.catalogue import Catalogue, audit, insert, now
from footprint.store.lock import who
from footprint.text import Lang, Text

# The requirement rows a link serves.
ROWS = ("S8.1-e",)
Kind = Literal["report", "brief", "question"]
BITS = 256
DAYS = 14
MOST_DAYS = 366
MOST_FAILURES = 10
SHORTEST_PASSPHRASE = 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


@dataclass(frozen=True, slots=True)
class Target:
    """What a link shows: a frozen report, a live brief (``id`` = period) or a live question."""

    kind: Kind
    id: str
    scope: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as its owner sees it; the token itself was shown once, when it was made."""

    id: int
    at: str
    who: str
    target: Target
    lang: Lang
    label: str
    expires: datetime
    revoked: bool
    guarded: bool
    views: int
    last_view: str | None
    failures: int

    def alive(self, at: datetime | None = None) -> bool:
        """Whether the link still opens."""
        exhausted = self.failures >= MOST_FAILURES
        return not self.revoked and not exhausted and (at or datetime.now(UTC)) < self.expires


class Refusal(FootprintError):
    """A link that does not open; ``passphrase`` asks for one, everything else says nothing."""

    exit_code = 5

    def __init__(self, *, passphrase: bool = False) -> None:
        self.passphrase = passphrase
        what = _PASSPHRASE if passphrase else _CLOSED
        super().__init__(what, Text("请向发给您链接的人询问。", "Ask whoever sent it to you."))


_CLOSED = Text("这个链接打不开：不存在、已过期或已撤销", "this link is unknown, ended or revoked")
_PASSPHRASE = Text("这个链接需要口令", "this link needs its passphrase")


class Links:
    """The links of a workspace. Making and revoking take an editor."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @needs("editor")
    def make(
        self,
        target: Target,
        lang: Lang = "zh",
        *,
        days: float = DAYS,
        label: str = "",
        passphrase: str = "",
    ) -> tuple[str, Link]:
        """A new link: its token, shown this once, and the link.

        Raises UsageError for a life of no or too many days and for a short passphrase.
        """
        _check(days, passphrase)
        token = secrets.token_urlsafe(BITS // 8)
        salt = secrets.token_bytes(16) if passphrase else None
        ends = datetime.now(UTC) + timedelta(days=days)
        kept = {"id": target.id, "scope": dict(target.scope), "params": dict(target.params)}
        with self._catalogue.changing() as db:
            id = insert(
                db, "links", digest=digest(token), at=now(), who=who(), kind=target.kind,
                target=json.dumps(kept, ensure_ascii=False), lang=lang, label=label.strip()[:120],
                expires=ends.isoformat(), salt=salt.hex() if salt else None,
                passphrase=_scrypt(passphrase, salt).hex() if salt else None,
            )  # fmt: skip
            audit(db, "link", id=id, kind=target.kind, target=target.id, expires=ends.isoformat())
            row = db.execute("select * from links where id = ?", (id,)).fetchone()
        return token, _link(row)

    @needs("editor")
    def revoke(self, id: int) -> None:
        """Close a link for good. UsageError when there is none."""
        with self._catalogue.changing() as db:
            done = db.execute(
                "update links set revoked = coalesce(revoked, ?) where id = ?", (now(), id)
            )
            if not done.rowcount:
                raise UsageError(
                    Text(f"没有链接 {id}", f"there is no link {id}"),
                    Text("请刷新页面。", "Reload the page."),
                )
            audit(db, "link_revoked", id=id)

    def listed(self) -> list[Link]:
        """Every link, newest first."""
        with self._catalogue.reading() as db:
            return [_link(row) for row in db.execute("select * from links order by id desc")]

    def open(self, token: str, passphrase: str = "") -> Link:
        """The link of a token, counted as one view. Raises Refusal."""
        row = self._row(token)
        if row is None or not _link(row).alive():
            self._refused(None if row is None else row["id"])
            raise Refusal
        if row["passphrase"] is not None:
            self._admit(row, passphrase)
        with self._catalogue.changing() as db:
            db.execute(
                "update links set views = views + 1, failures = 0, last_view = ? where id = ?",
                (now(), row["id"]),
            )
            audit(db, "link_opened", id=row["id"])
        return _link(row)

    def _row(self, token: str) -> sqlite3.Row | None:
        if not _TOKEN.fullmatch(token):
            return None
        with self._catalogue.reading() as db:
            found: sqlite3.Row | None = db.execute(
                "select * from links where digest = ?", (digest(token),)
            ).fetchone()
        return found

    def _admit(self, row: sqlite3.Row, passphrase: str) -> None:
        if not passphrase:
            raise Refusal(passphrase=True)
        # Counted before it is checked, so that tries at one time do not share one count.
        with self._catalogue.changing() as db:
            tried = db.execute(
                "update links set failures = failures + 1 where id = ? and failures < ?",
                (row["id"], MOST_FAILURES),
            )
        if not tried.rowcount:
            raise Refusal
        given = _scrypt(passphrase, bytes.fromhex(row["salt"]))
        if not hmac.compare_digest(given, bytes.fromhex(row["passphrase"])):
            self._refused(row["id"])
            raise Refusal(passphrase=True)

    def _refused(self, id: int | None) -> None:
        if id is not None:
            with self._catalogue.changing() as db:
                audit(db, "link_refused", id=id)


def digest(token: str) -> str:
    """What is kept of a token. It is random itself, so one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _scrypt(passphrase: str, salt: bytes | None) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt or b"", **_SCRYPT)


def _check(days: float, passphrase: str) -> None:
    if not 0 < days <= MOST_DAYS:
        raise UsageError(
            Text(f"有效期不能是 {days:g} 天", f"a link cannot live {days:g} days"),
            Text(f"请选 1 到 {MOST_DAYS} 天。", f"Choose 1 to {MOST_DAYS} days."),
        )
    if passphrase and len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(
            Text("口令太短", "the passphrase is too short"),
            Text(f"至少 {SHORTEST_PASSPHRASE} 个字。", f"Take {SHORTEST_PASSPHRASE} letters."),
        )


def _link(row: Any) -> Link:
    kept = json.loads(row["target"])
    return Link(
        row["id"], row["at"], row["who"],
        Target(row["kind"], kept["id"], kept["scope"], kept["params"]), row["lang"], row["label"],
        datetime.fromisoformat(row["expires"]), row["revoked"] is not None,
        row["passphrase"] is not None, row["views"], row["last_view"], row["failures"],
    )  # fmt: skip
