"""Whether the disk has room for an import, asked before it begins."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from footprint.errors import InputRejected, WorkspaceError
from footprint.ingest.source import Source, Upload, load
from footprint.store.faults import explained
from footprint.text import Text

# While it runs an import writes at most 0.8 bytes per byte of text (orders with random ids, first
# and again, and rows that are all set aside); what stays is less.
_PER_BYTE = 1.0


def check_room(folder: Path, uploads: Sequence[Upload], *, keep_raw: bool = False) -> None:
    """Raise WorkspaceError when the disk of a workspace has less room than the files need.

    Archives count as what they unpack to; they also need that room where temporary files go.
    ``keep_raw``: the files are copied besides.
    """
    given = [source for upload in uploads if (source := _source(upload))]
    unpacked = sum(map(_unpacked, given))
    need = _PER_BYTE * unpacked + (unpacked if keep_raw else 0)
    temporary = sum(_unpacked(source) for source in given if source.kind == "zip")
    with explained(folder):
        spare = Path(tempfile.gettempdir())
        if spare.stat().st_dev == folder.stat().st_dev:
            need, temporary = need + temporary, 0
        _check(folder, need)
        _check(spare, temporary)


def _source(upload: Upload) -> Source | None:
    """The file, None when it will be refused anyway."""
    try:
        return load(upload)
    except InputRejected:
        return None


def _unpacked(source: Source) -> int:
    """Bytes of a file, or of what an archive says it holds. A workbook is as tight as our parts."""
    if source.kind == "zip":
        with suppress(BadZipFile, OSError), source.content.open() as file, ZipFile(file) as archive:
            return sum(info.file_size for info in archive.infolist())
    return source.content.size


def _check(place: Path, need: float) -> None:
    free = shutil.disk_usage(place).free if need else 0
    if need <= free:
        return
    asked, left = _mb(math.ceil(need / 1e5)), _mb(free // 100_000)
    raise WorkspaceError(
        Text(
            f"磁盘空间不够：这次导入约需 {asked} MB，{place} 只剩 {left} MB",
            f"not enough disk space: this import needs about {asked} MB, {place} has {left} MB",
        ),
        Text(
            "请清出空间后重试；已有数据没有改动。",
            "Free some space and retry; the data is unchanged.",
        ),
    )


def _mb(tenths: int) -> str:
    return f"{tenths / 10:,.1f}" if tenths < 100 else f"{tenths // 10:,}"
