"""Frozen reports: content and pages kept together under the name of the content, never changed.

Content, both pages and the line in the audit table are one transaction of the catalogue, so a
process that dies leaves the whole report or none of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from footprint.access import needs
from footprint.errors import UsageError
from footprint.review.html import page
from footprint.review.report import Report, name_of, packed, unpacked
from footprint.store.catalogue import Catalogue, audit, latest, now
from footprint.store.catalogue import packed as packed_tables
from footprint.store.faults import damaged
from footprint.store.lock import who
from footprint.text import LANGS, Lang, Text

SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Frozen:
    """One frozen report: ``id`` is the SHA-256 of its content, ``at`` ISO 8601 (UTC)."""

    id: str
    at: str
    who: str
    week: str
    data_version: str
    code_version: str


@needs("editor")
def freeze(catalogue: Catalogue, report: Report) -> Frozen:
    """Keep a report for good; gives what it is found by. Source: requirement row S7.4-d."""
    at = now()
    frozen: Report = {**report, "frozen": {"at": _clock(at, report["tz"]), "who": who()}}
    content = packed(frozen)
    id = name_of(content)
    pages = [zlib.compress(page(frozen, lang).encode()) for lang in LANGS]
    kept = Frozen(id, at, who(), report["week"], report["data_version"], report["code_version"])
    with catalogue.changing() as db:
        tables = packed_tables(latest(db).tables)
        db.execute(
            "insert into reports values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id, at, kept.who, kept.week, kept.data_version, kept.code_version, tables,
             zlib.compress(content), *pages),
        )  # fmt: skip
        audit(db, "freeze", report=id, week=kept.week, data_version=kept.data_version)
    return kept


def reports(catalogue: Catalogue) -> list[Frozen]:
    """Every frozen report, newest first."""
    with catalogue.reading() as db:
        return [_frozen(row) for row in db.execute(f"select {_COLUMNS} from reports {_NEWEST}")]


def find(catalogue: Catalogue, id: str) -> Frozen:
    """The frozen report of this id or its first eight or more digits. Raises UsageError."""
    row = _row(catalogue, id, _COLUMNS)
    return _frozen(row)


def content(catalogue: Catalogue, id: str) -> Report:
    """What a frozen report holds. Raises UsageError, and WorkspaceError when it was tampered."""
    row = _row(catalogue, id, "id, content")
    kept = zlib.decompress(row["content"])
    if name_of(kept) != row["id"]:
        raise damaged(catalogue.path)
    return unpacked(kept)


def frozen_page(catalogue: Catalogue, id: str, lang: Lang) -> bytes:
    """The page as it was written on the day of freezing. Raises UsageError."""
    return zlib.decompress(_row(catalogue, id, f"page_{lang}")[f"page_{lang}"])


_COLUMNS = "id, at, who, week, data_version, code_version"
_NEWEST = "order by at desc, id"


def _row(catalogue: Catalogue, id: str, columns: str) -> Mapping[str, Any]:
    digits = id.lower()
    known = SHORTEST <= len(digits) <= 64 and set(digits) <= set("0123456789abcdef")
    with catalogue.reading() as db:
        found = (
            db.execute(
                f"select {columns} from reports where id >= ? and id < ? {_NEWEST}",
                (digits, digits + "g"),
            ).fetchall()
            if known
            else []
        )
    if len(found) != 1:
        raise UsageError(
            Text(f"没有定稿“{id[:64]}”", f"there is no frozen report “{id[:64]}”"),
            Text("可用 footprint reports 查看。", "See them with “footprint reports”."),
        )
    return dict(found[0])


def _frozen(row: Mapping[str, Any]) -> Frozen:
    return Frozen(**dict(row))


def _clock(at: str, tz: str) -> str:
    from datetime import datetime

    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(tz)):%Y-%m-%d %H:%M}"
