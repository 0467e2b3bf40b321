"""The uploads catalogue as frames: every file taken in, and the rows set aside by reason."""

from __future__ import annotations

import sqlite3
from typing import Any

import polars as pl

from footprint.store.catalogue import Catalogue, rows
from footprint.store.memory import REJECTED, UPLOADS

_ISO = "%Y-%m-%dT%H:%M:%S%.f%#z"
_UPLOADS = """
    select u.id as upload_id, file, table_name as "table", rows, accepted, set_aside, added,
           changed, unchanged, encoding, digest as hash, i.at as imported_at, as_of,
           not i.undone as current
    from uploads u join imports i on i.id = u.import_id order by u.id
"""
_REJECTED = """
    select upload_id, file, table_name as "table", reason, column_name as "column", count,
           first_row
    from rejected r join uploads u on u.id = r.upload_id join imports i on i.id = u.import_id
    where not i.undone order by upload_id, first_row
"""


def upload_frames(catalogue: Catalogue) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All uploads (``UPLOADS``) and the rows set aside by those not undone (``REJECTED``)."""
    with catalogue.reading() as db:
        found = rows(db.execute(_UPLOADS).fetchall())
        aside = rows(db.execute(_REJECTED).fetchall())
    times = dict.fromkeys(("imported_at", "as_of"), pl.String)
    uploads = pl.DataFrame(found, schema={**UPLOADS, **times, "current": pl.Int64})
    return (
        uploads.with_columns(
            *(pl.col(name).str.to_datetime(_ISO, time_unit="us") for name in times),
            pl.col("current").cast(pl.Boolean),
        ),
        pl.DataFrame(aside, schema=REJECTED),
    )


def taken_in(db: sqlite3.Connection, digest: str, choice: str) -> list[dict[str, Any]]:
    """Uploads of this very file (read the same way) whose rows nothing has touched since."""
    found = db.execute(
        """
        select u.*, (
            select count(*) from uploads later join imports li on li.id = later.import_id
            where not li.undone and later.id > u.id and later.table_name = u.table_name
              and later.digest != u.digest and later.changed > 0
        ) as later_changes
        from uploads u join imports i on i.id = u.import_id
        where u.digest = ? and u.choice = ? and u.accepted > 0 and not i.undone order by u.id
        """,
        (digest, choice),
    )
    uploads = rows(found.fetchall())
    return [] if any(upload["later_changes"] for upload in uploads) else uploads
