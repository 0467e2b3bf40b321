"""Bytes of a text file to UTF-8: from UTF-8 with or without BOM, UTF-16, GB18030 (GBK), Big5."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from footprint.errors import InputRejected, Where
from footprint.ingest.content import Content, kept, pieces
from footprint.ingest.plausible import likeliest
from footprint.text import Text

REPLACEMENT = "\ufffd"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SAMPLE = 200_000
# Damage that still counts as reading: a share of the non-ASCII letters, or of the lines. The rows
# that hold unreadable letters are set aside later.
_LETTERS, _LINES = 0.05, 0.01


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec of Python and the name people know it by."""

    codec: str
    label: str


UTF_8, UTF_16 = Encoding("utf-8", "UTF-8"), Encoding("utf-16", "UTF-16")
_CHINESE = (Encoding("gb18030", "GB18030"), Encoding("cp950", "Big5"))
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(sample: bytes, name: str) -> Encoding:
    """The encoding of whole lines of a file. Raises InputRejected when none fits."""
    found = _found(sample.removeprefix(codecs.BOM_UTF8), sample.startswith(codecs.BOM_UTF8))
    if found is None or _looks_binary(sample.decode(found.codec, "replace")):
        raise InputRejected(
            Text("看不懂文件的文字编码", "the text encoding of this file is unknown"),
            Text("请另存为“CSV UTF-8”再上传。", "Save it as “CSV UTF-8” and upload that."),
            Where(name),
        )
    return found


def plain_lines(content: Content) -> tuple[Content, Encoding | None]:
    """The content in an encoding whose line feeds are single bytes; its own when it was UTF-16.

    Files whose lines end with a carriage return alone get line feeds.
    """
    head = content.head(1 << 16)
    if head.startswith(_WIDE_BOMS):
        return kept(_narrowed(content)), UTF_16
    if b"\r" in head and b"\n" not in head:
        return kept(piece.replace(b"\r", b"\n") for piece in pieces(content)), None
    return content, None


def as_utf8(lines: bytes, encoding: Encoding) -> bytes:
    """Whole lines as UTF-8 with line feeds; letters that cannot be read become U+FFFD."""
    if not lines.isascii():
        text = lines.decode(encoding.codec, "replace")
        if encoding != UTF_8 or REPLACEMENT in text:
            lines = text.encode()
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines.replace(b"\x00", REPLACEMENT.encode()) if b"\x00" in lines else lines


def _narrowed(content: Content) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for piece in pieces(content):
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _found(data: bytes, marked: bool) -> Encoding | None:
    if marked:
        return UTF_8
    letters = int((np.frombuffer(data, np.uint8) > 127).sum()) / 3
    unicode = _damage(data, UTF_8)
    if unicode <= _LETTERS * letters:
        return UTF_8
    damages = {one: _damage(data, one) for one in _CHINESE}
    fitting = [one for one, damage in damages.items() if damage <= _LETTERS * letters]
    if fitting:
        texts = [data.decode(one.codec, "replace") for one in fitting]
        return fitting[likeliest(texts)]
    damages = {UTF_8: unicode, **damages}
    best = min(damages, key=lambda one: damages[one])
    return best if damages[best] <= _LINES * data.count(b"\n") else None


def _damage(data: bytes, encoding: Encoding) -> int:
    """How many letters the codec cannot read."""
    return data.decode(encoding.codec, "replace").count(REPLACEMENT)


def _looks_binary(text: str) -> bool:
    head = text[:_SAMPLE]
    return len(_CONTROL.findall(head)) > max(8, 0.002 * len(head))
