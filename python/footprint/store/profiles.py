"""Remembered mappings in the catalogue, one per set of headings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from footprint.errors import UsageError
from footprint.ingest.profiles import Profile, clean_name
from footprint.store.catalogue import Catalogue, audit, now
from footprint.text import Text


def remembered(catalogue: Catalogue) -> dict[str, Profile]:
    """All profiles by id, the newest last."""
    with catalogue.reading() as db:
        found = db.execute("select * from mapping_profiles order by at, id").fetchall()
    profiles = (
        Profile(
            tuple(json.loads(row["headings"])),
            row["table_name"],
            json.loads(row["mapping"]),
            json.loads(row["said"]),
            row["name"],
        )
        for row in found
    )
    return {profile.id: profile for profile in profiles}


def remember(db: sqlite3.Connection, profiles: Iterable[Profile]) -> None:
    """Keep profiles (inside a transaction); one of the same headings is replaced.

    A name stays when the new profile has none.
    """
    for profile in profiles:
        db.execute(
            "insert into mapping_profiles values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update "
            "set at = excluded.at, table_name = excluded.table_name, headings = excluded.headings, "
            "mapping = excluded.mapping, said = excluded.said, "
            "name = case excluded.name when '' then name else excluded.name end",
            (
                profile.id,
                now(),
                profile.table,
                json.dumps(list(profile.headings), ensure_ascii=False),
                json.dumps(dict(profile.mapping), ensure_ascii=False),
                json.dumps(dict(profile.said), ensure_ascii=False),
                profile.name,
            ),
        )


def remembered_meanings(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """(layout, column) -> the heading that was said to mean the column."""
    with catalogue.reading() as db:
        found = db.execute("select layout, column_name, heading from meanings").fetchall()
    return {(row["layout"], row["column_name"]): row["heading"] for row in found}


def remember_meanings(db: sqlite3.Connection, said: Iterable[tuple[str, str, str]]) -> None:
    """Keep (layout, column, heading) for the next export of the same kind."""
    for layout, column, heading in said:
        db.execute(
            "insert or replace into meanings values (?, ?, ?, ?)", (layout, column, heading, now())
        )


def add(catalogue: Catalogue, profiles: list[Profile]) -> None:
    """Keep profiles from another workspace, with a line in the audit."""
    with catalogue.changing() as db:
        remember(db, profiles)
        audit(db, "mappings", added=[profile.id for profile in profiles])


def rename(catalogue: Catalogue, id: str, name: str) -> None:
    """Name a profile; "" takes the name away. UsageError when there is none of that id."""
    kept = clean_name(name)
    with catalogue.changing() as db:
        _check(id, db.execute("update mapping_profiles set name = ? where id = ?", (kept, id)))
        audit(db, "mappings", renamed=id, name=kept)


def forget(catalogue: Catalogue, id: str) -> None:
    """Drop a profile. UsageError when there is none of that id."""
    with catalogue.changing() as db:
        _check(id, db.execute("delete from mapping_profiles where id = ?", (id,)))
        audit(db, "mappings", forgotten=id)


def _check(id: str, done: sqlite3.Cursor) -> None:
    if not done.rowcount:
        raise UsageError(
            Text(f"没有记住的对应“{id}”", f"no mapping “{id}” is remembered"),
            Text("可用 footprint mappings 查看。", "See them with “footprint mappings”."),
        )
