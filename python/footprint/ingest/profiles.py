"""Remembered mappings: what a user once said of a set of headings, used when they come again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from footprint.errors import UsageError
from footprint.ingest.headings import normal
from footprint.ingest.mapping import check_request
from footprint.schema import TABLES
from footprint.text import Text

_FORMAT = "footprint_mappings"


@dataclass(frozen=True, slots=True)
class Profile:
    """Headings of one kind of file, its table, and heading -> column as the user said it.

    ``said``: answers to questions about such a file (``choices.Asked.id`` -> option). ``name``:
    what a person calls it, "" while nobody has named it.
    """

    headings: tuple[str, ...]
    table: str
    mapping: Mapping[str, str]
    said: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    @property
    def id(self) -> str:
        """Names the set of headings, whatever their order, width, case and blanks."""
        return fingerprint(self.headings)

    def to_dict(self) -> dict[str, Any]:
        plain = {"name": self.name, "headings": list(self.headings), "table": self.table}
        words = {"mapping": dict(self.mapping), "said": dict(self.said)}
        return {"id": self.id, **plain, **words}


def clean_name(name: str) -> str:
    """A name as it is kept: on one line, at most 60 characters."""
    return " ".join(name.split())[:60]


def fingerprint(headings: Iterable[str]) -> str:
    """16 hex digits for a set of headings."""
    names = "\n".join(sorted({normal(heading) for heading in headings if heading}))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def combined(
    profile: Profile | None, table: str | None, mapping: Mapping[str, str] | None
) -> tuple[str | None, dict[str, str]]:
    """Table and mapping to use: the user's word now, else what was remembered."""
    said = dict(mapping or {})
    if profile is None or table not in (None, profile.table):
        return table, said
    now = {normal(heading) for heading in said}
    columns = {word.partition("@")[0] for word in said.values() if word}
    if not columns <= set(TABLES[profile.table].polars_schema):
        return table, said
    kept = {
        heading: word
        for heading, word in profile.mapping.items()
        if normal(heading) not in now and word.partition("@")[0] not in columns
    }
    return table or (None if said else profile.table), kept | said


def used(profile: Profile) -> Text:
    """What the report says of a mapping that was remembered."""
    words = {**profile.mapping, **profile.said}
    name = profile.name or profile.id
    told = ", ".join(f"{heading}={word}" for heading, word in words.items())
    return Text(
        f"按记住的对应读取（{name}，{profile.table}）：{told}",
        f"read by the remembered mapping ({name}, {profile.table}): {told}",
    )


def packed(profiles: Sequence[Profile]) -> bytes:
    """Profiles as JSON, to take to another workspace."""
    plain = {_FORMAT: 1, "profiles": [profile.to_dict() for profile in profiles]}
    return json.dumps(plain, ensure_ascii=False, indent=2).encode()


def unpacked(content: bytes) -> list[Profile]:
    """The inverse of ``packed``. UsageError for other content, unknown tables and columns."""
    try:
        plain = json.loads(content)
        if plain[_FORMAT] != 1:
            raise ValueError(_FORMAT)
        profiles = [
            Profile(
                _texts(one["headings"]),
                str(one["table"]),
                _words(one["mapping"]),
                _words(one.get("said", {})),
                clean_name(str(one.get("name", ""))),
            )
            for one in plain["profiles"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            Text("这不是导出的表头对应", "this is no file of remembered mappings"),
            Text(
                "请用 footprint mappings --export 导出的文件。",
                "Take a file written by “footprint mappings --export”.",
            ),
        ) from error
    for profile in profiles:
        check_request(profile.table, profile.mapping)
    return profiles


def _texts(items: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, items))


def _words(items: Mapping[Any, Any]) -> dict[str, str]:
    return {str(heading): str(word) for heading, word in items.items()}
