"""Rows set aside, for download: reason and mend first, then the cells as they were written."""

from __future__ import annotations

import polars as pl

from footprint.errors import UsageError
from footprint.export import csv_bytes
from footprint.ingest.check import COLUMN, REASON, ROW, VALUE
from footprint.ingest.reasons import WHYS
from footprint.store.catalogue import Catalogue
from footprint.store.folder import Folder
from footprint.text import Lang, Text

_HEADINGS = {
    ROW: Text("文件行号", "row in file"),
    "reason": Text("搁置原因", "set aside because"),
    "mend": Text("怎样改", "how to mend"),
    COLUMN: Text("问题列", "faulty column"),
    VALUE: Text("问题内容", "faulty value"),
}


def aside_csv(catalogue: Catalogue, folder: Folder, upload_id: int, lang: Lang) -> bytes:
    """The rows an upload set aside as CSV. UsageError when the upload set none aside."""
    with catalogue.reading() as db:
        row = db.execute("select aside from uploads where id = ?", (upload_id,)).fetchone()
    if row is None or row["aside"] is None:
        raise UsageError(
            Text("这次上传没有被搁置的行", "this upload set no rows aside"),
            Text("无需处理。", "There is nothing to do."),
        )
    frame = folder.read_aside(row["aside"])
    codes = list(WHYS)
    code = pl.col(REASON)
    named = frame.with_columns(
        code.replace_strict(codes, [WHYS[c].what(lang) for c in codes]).alias("reason"),
        code.replace_strict(codes, [WHYS[c].mend(lang) for c in codes]).alias("mend"),
    )
    own = [name for name in frame.columns if name not in (ROW, REASON, COLUMN, VALUE)]
    return csv_bytes(named.select(*(pl.col(n).alias(t(lang)) for n, t in _HEADINGS.items()), *own))
