"""The bytes of a file, wherever they are: in memory, on disk, or unpacked beside it for a while."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

PIECE = 1 << 20
# What is unpacked or converted stays in memory up to this size.
_IN_MEMORY = 8 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be read many times. ``held`` keeps a temporary file alive."""

    data: bytes | Path
    size: int
    held: Any = field(default=None, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """A new reader at the first byte."""
        return self.data.open("rb") if isinstance(self.data, Path) else BytesIO(self.data)

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(size)

    def all(self) -> bytes:
        """Every byte, in memory."""
        return self.head(-1) if isinstance(self.data, Path) else self.data


def of_path(path: Path) -> Content:
    """A file on disk. Raises OSError when it cannot be read."""
    with path.open("rb"):
        return Content(path, path.stat().st_size)


def of_bytes(data: bytes) -> Content:
    """Bytes at hand."""
    return Content(data, len(data))


def kept(stream: Iterator[bytes]) -> Content:
    """What a stream gives, in memory while it is small, else in a temporary file."""
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    for piece in stream:
        spool.write(piece)
        if spool.tell() > _IN_MEMORY:
            return _on_disk(spool, stream)
    spool.seek(0)
    return of_bytes(spool.read())


def _on_disk(spool: Any, rest: Iterator[bytes]) -> Content:
    file = tempfile.NamedTemporaryFile(prefix="footprint-")  # noqa: SIM115
    spool.seek(0)
    while piece := spool.read(PIECE):
        file.write(piece)
    spool.close()
    for piece in rest:
        file.write(piece)
    file.flush()
    return Content(Path(file.name), file.tell(), file)


def pieces(content: Content, size: int = PIECE) -> Iterator[bytes]:
    """The content piece by piece."""
    with content.open() as file:
        while piece := file.read(size):
            yield piece
