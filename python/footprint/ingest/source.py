"""A file as it was given: its name and content, and what it truly is whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from zipfile import BadZipFile, ZipFile, is_zipfile

from footprint.errors import InputRejected, Where
from footprint.ingest.content import Content, of_bytes, of_path
from footprint.text import Text

Kind = Literal["text", "excel", "zip"]
# A path, or a name with the bytes, or with the path of a file that is stored under another name.
Upload = str | Path | tuple[str, bytes | Path]

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


# Whether a file is blank, binary or a picture shows in its first bytes.
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """One given file. ``kind`` is decided by the content, never by the ending of the name."""

    name: str
    content: Content
    kind: Kind


def load(upload: Upload) -> Source:
    """Open a path or a (name, content) pair.

    Raises InputRejected when there is no such file, it is empty, or it is no table at all.
    """
    name, content = _opened(upload)
    return _judged(name, content)


def load_all(upload: Upload) -> Iterator[Source | InputRejected]:
    """The files of an upload: those in a zip, else the one; InputRejected for each that is none.

    Each is unpacked when it is asked for. Raises InputRejected as ``load`` does.
    """
    given = load(upload)
    if given.kind != "zip":
        yield given
        return
    from footprint.ingest.archive import unpack

    for name, content in unpack(given.name, given.content):
        yield _member(name, content)


def upload_name(upload: Upload) -> str:
    """The name under which a file was given."""
    return Path(upload[0] if isinstance(upload, tuple) else upload).name


def upload_size(upload: Upload) -> int:
    """Bytes of a given file, 0 when it cannot be read."""
    given = upload[1] if isinstance(upload, tuple) else Path(upload)
    if isinstance(given, Path):
        return given.stat().st_size if given.is_file() else 0
    return len(given)


def _member(name: str, content: Content) -> Source | InputRejected:
    try:
        source = _judged(name, content)
        if source.kind == "zip":
            raise _no_table(name, _ARCHIVE)
    except InputRejected as refused:
        return refused
    return source


def _judged(name: str, content: Content) -> Source:
    head = content.head(_HEAD)
    if not head.strip(_BLANK) and content.size <= _HEAD:
        raise _empty(name)
    return Source(name, content, _kind(name, content, head))


def _empty(name: str) -> InputRejected:
    return InputRejected(Text("文件是空的", "the file is empty"), _EXPORT, Where(name))


def _opened(upload: Upload) -> tuple[str, Content]:
    name = upload_name(upload)
    given = upload[1] if isinstance(upload, tuple) else Path(upload)
    if not isinstance(given, Path):
        return name, of_bytes(bytes(given))
    try:
        return name, of_path(given)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputRejected(
            Text(f"读不到这个文件（{reason}）", f"the file cannot be read ({reason})"),
            Text("请检查路径和权限。", "Check the path and its permissions."),
            Where(name if isinstance(upload, tuple) else str(given)),
        ) from error


def _kind(name: str, content: Content, head: bytes) -> Kind:
    if head.startswith(_OLD_EXCEL):
        return "excel"
    if head.startswith(b"PK"):
        with content.open() as file:
            if _is_workbook(file):
                return "excel"
            if is_zipfile(file):
                return "zip"
    for magic, what in _MAGIC:
        if head.startswith(magic) and (len(magic) > 2 or b"\x00" in head[:4096]):
            raise _no_table(name, what)
    if b"\x00" in head[:4096] and not head.startswith(_WIDE_BOMS):
        raise _no_table(name, Text("二进制文件", "a binary file"))
    return "text"


def _is_workbook(file: BinaryIO) -> bool:
    try:
        with ZipFile(file) as archive:
            parts = archive.namelist()
    except BadZipFile:
        return False
    return any(part.startswith("xl/") for part in parts) or {"mimetype", "content.xml"} <= {*parts}


def _no_table(name: str, what: Text) -> InputRejected:
    return InputRejected(
        Text(f"这不是表格，而是{what.zh}", f"this is {what.en}, not a table"), _EXPORT, Where(name)
    )
