"""Going back, editing settings, and sweeping what no kept state needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footprint.errors import UsageError
from footprint.settings import Settings
from footprint.store.catalogue import (
    Catalogue,
    append_state,
    audit,
    latest,
    rows,
    unpacked,
)
from footprint.store.folder import Folder
from footprint.text import Text

# So many imports can be undone, and so many states keep their versions on disk.
KEPT_IMPORTS = 10
KEPT_STATES = 10


def undo(catalogue: Catalogue, folder: Folder) -> list[str]:
    """Take the last import back and give its file names; settings stay. UsageError when none is."""
    with catalogue.changing() as db:
        found = db.execute(
            "select id, before from imports where not undone order by id desc limit 1"
        ).fetchone()
        if found is None:
            raise _nothing()
        before = unpacked(found["before"])
        if not all(folder.has_version(name, version) for name, version in before.items()):
            raise _too_old()
        state = latest(db)
        db.execute("update imports set undone = 1 where id = ?", (found["id"],))
        append_state(db, "undo", before, state.settings)
        files = db.execute(
            "select file from uploads where import_id = ? order by id", (found["id"],)
        )
        names = [row["file"] for row in files]
        audit(db, "undo", import_id=found["id"], files=names)
    return names


def edit_settings(
    catalogue: Catalogue, change: Callable[[Settings], Settings], action: str, key: str
) -> None:
    """Make the changed settings current as a new state, with a line in the audit."""
    with catalogue.changing() as db:
        state = latest(db)
        settings = change(Settings(state.settings))
        append_state(db, "settings", state.tables, settings.edits)
        audit(db, action, key=key, value=settings.value(key))


def note(catalogue: Catalogue, action: str, **detail: Any) -> None:
    """One line of the audit table for what changes nothing: an export, a link that was used."""
    with catalogue.changing() as db:
        audit(db, action, **detail)


def audit_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Who did what and when, newest first."""
    with catalogue.reading() as db:
        return rows(db.execute("select * from audit order by id desc").fetchall())


def sweep(catalogue: Catalogue, folder: Folder) -> None:
    """Delete versions that neither the kept states nor the undoable imports need."""
    with catalogue.reading() as db:
        texts = [
            *db.execute("select tables from states order by id desc limit ?", (KEPT_STATES,)),
            *db.execute(
                "select before from imports where not undone order by id desc limit ?",
                (KEPT_IMPORTS,),
            ),
            # What a frozen report was written from is never swept.
            *db.execute("select tables from reports"),
        ]
        asides = [row[0] for row in db.execute("select aside from uploads where aside not null")]
    keep = {(name, v.name) for (text,) in texts for name, v in unpacked(text).items()}
    folder.sweep(keep, asides)


def _nothing() -> UsageError:
    return UsageError(
        Text("没有可撤销的导入", "there is no import to undo"),
        Text("可用 footprint tables 查看现有的表。", "See what is there with “footprint tables”."),
    )


def _too_old() -> UsageError:
    return UsageError(
        Text("这次导入太早，已不能撤销", "that import is too old to undo"),
        Text("请重新导入正确的文件。", "Import the right files again."),
    )
