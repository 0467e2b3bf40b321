"""A file as it was given: its name and bytes, and what it truly is whatever its name says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile, is_zipfile

from footprint.errors import InputRejected, Where
from footprint.text import Text

Kind = Literal["text", "excel", "zip"]
Upload = str | Path | tuple[str, bytes]

_EXPORT = Text(
    "请从平台后台重新导出为 CSV 或 Excel（.xlsx）再上传。",
    "Export it again as CSV or Excel (.xlsx) and upload that.",
)
_PICTURE, _PDF = Text("图片", "a picture"), Text("PDF 文档", "a PDF document")
_ARCHIVE, _MEDIA = Text("压缩包", "an archive"), Text("音频或视频", "audio or video")
_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"RIFF", _MEDIA),
    (b"%PDF", _PDF),
    (b"PK\x03\x04", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"ID3", _MEDIA),
    (b"\x1aE\xdf\xa3", _MEDIA),
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_BLANK = b"\xef\xbb\xbf\x00 \t\r\n"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """One given file. ``kind`` is decided by the content, never by the ending of the name."""

    name: str
    data: bytes
    kind: Kind

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.data).hexdigest()


def load(upload: Upload) -> Source:
    """Read a path or a (name, bytes) pair.

    Raises InputRejected when there is no such file, it is empty, or it is no table at all.
    """
    name, data = _read(upload)
    if not data.strip(_BLANK):
        raise _empty(name)
    return Source(name, data, _kind(name, data))


def load_all(upload: Upload) -> list[Source | InputRejected]:
    """The files of an upload: those in a zip, else the one; InputRejected for each that is none.

    Raises InputRejected as ``load`` does.
    """
    given = load(upload)
    if given.kind != "zip":
        return [given]
    from footprint.ingest.archive import unpack

    return [_member(name, data) for name, data in unpack(given.name, given.data)]


def _member(name: str, data: bytes) -> Source | InputRejected:
    try:
        if not data.strip(_BLANK):
            raise _empty(name)
        kind = _kind(name, data)
        if kind == "zip":
            raise _no_table(name, _ARCHIVE)
    except InputRejected as refused:
        return refused
    return Source(name, data, kind)


def _empty(name: str) -> InputRejected:
    return InputRejected(Text("文件是空的", "the file is empty"), _EXPORT, Where(name))


def _read(upload: Upload) -> tuple[str, bytes]:
    if isinstance(upload, tuple):
        return Path(upload[0]).name, bytes(upload[1])
    path = Path(upload)
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputRejected(
            Text(f"读不到这个文件（{reason}）", f"the file cannot be read ({reason})"),
            Text("请检查路径和权限。", "Check the path and its permissions."),
            Where(str(path)),
        ) from error


def _kind(name: str, data: bytes) -> Kind:
    if data.startswith(_OLD_EXCEL) or _is_workbook(data):
        return "excel"
    if data.startswith(b"PK") and is_zipfile(BytesIO(data)):
        return "zip"
    for magic, what in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:4096]):
            raise _no_table(name, what)
    if b"\x00" in data[:4096] and not data.startswith(_WIDE_BOMS):
        raise _no_table(name, Text("二进制文件", "a binary file"))
    return "text"


def _is_workbook(data: bytes) -> bool:
    if not data.startswith(b"PK"):
        return False
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.namelist()
    except BadZipFile:
        return False
    return any(part.startswith("xl/") for part in parts) or {"mimetype", "content.xml"} <= {*parts}


def _no_table(name: str, what: Text) -> InputRejected:
    return InputRejected(
        Text(f"这不是表格，而是{what.zh}", f"this is {what.en}, not a table"), _EXPORT, Where(name)
    )
