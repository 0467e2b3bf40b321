"""A zip of exports, unpacked within bounds: how many files, how large, how tightly packed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from footprint.errors import InputRejected, Where
from footprint.ingest.content import PIECE, Content, kept
from footprint.text import Text

MOST_FILES = 200
LARGEST_BYTES = 4_000_000_000
# Exports shrink ten- to thirtyfold; what shrinks more is made to fill the memory.
TIGHTEST, ALWAYS_FINE_BYTES = 200, 10_000_000
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_UNPACK = Text("请先解压，再上传其中的文件。", "Unpack it and upload the files in it.")


def unpack(name: str, content: Content) -> Iterator[tuple[str, Content]]:
    """(name, content) of every file in the archive, hidden ones left out, one after the other.

    Raises InputRejected when it is damaged, locked, empty or beyond the bounds; the sizes written
    in the archive are not trusted.
    """
    try:
        with content.open() as file, ZipFile(file) as archive:
            members = [info for info in archive.infolist() if _wanted(info)]
            _check(name, members)
            room = LARGEST_BYTES
            for info in members:
                with archive.open(info) as packed:
                    member = kept(_bounded(name, packed, min(info.file_size, room)))
                room -= member.size
                yield f"{name}/{_member(info)}", member
    except (BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise InputRejected(
            Text("压缩包已损坏或格式特殊", "the archive is damaged or of an unusual kind"),
            _UNPACK,
            Where(name),
        ) from error


def _bounded(name: str, packed: IO[bytes], most: int) -> Iterator[bytes]:
    """What a member holds; more than it says or than there is room for is refused."""
    while piece := packed.read(PIECE):
        most -= len(piece)
        if most < 0:
            raise _bomb(name)
        yield piece


def _wanted(info: ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not info.is_dir() and not hidden


def _check(name: str, members: list[ZipInfo]) -> None:
    if not members:
        raise InputRejected(Text("压缩包是空的", "the archive is empty"), _UNPACK, Where(name))
    if any(info.flag_bits & _ENCRYPTED for info in members):
        raise InputRejected(
            Text("压缩包设了密码", "the archive is locked with a password"), _UNPACK, Where(name)
        )
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    tight = total > ALWAYS_FINE_BYTES and total > TIGHTEST * packed
    if len(members) > MOST_FILES or total > LARGEST_BYTES or tight:
        raise _bomb(name)


def _bomb(name: str) -> InputRejected:
    return InputRejected(
        Text(
            f"压缩包太大：最多 {MOST_FILES} 个文件、解压后 4 GB，且压缩比不得异常",
            f"the archive is too large: at most {MOST_FILES} files, 4 GB unpacked, "
            "and no more tightly packed than exports are",
        ),
        _UNPACK,
        Where(name),
    )


def _member(info: ZipInfo) -> str:
    """The last part of a name; names that do not say so are GBK from Chinese systems."""
    path = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            path = path.encode("cp437").decode("gb18030")
        except UnicodeError:
            path = info.filename
    return PurePosixPath(path).name
