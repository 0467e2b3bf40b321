"""Bytes of a text file to text: UTF-8 with or without BOM, UTF-16, GB18030 (GBK, GB2312), Big5."""

from __future__ import annotations

import codecs
import re

import numpy as np

from footprint.errors import InputRejected, Where
from footprint.ingest.plausible import likeliest
from footprint.text import Text

_CHINESE = (("gb18030", "GB18030"), ("cp950", "Big5"))
REPLACEMENT = "\ufffd"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SAMPLE = 200_000
# Damage that still counts as reading: a share of the non-ASCII letters, or of the lines. The rows
# that hold unreadable letters are set aside later.
_LETTERS, _LINES = 0.05, 0.01


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text and the name of its encoding. Raises InputRejected when no encoding fits."""
    text, encoding = _decoded(data)
    if text is None or _looks_binary(text):
        raise InputRejected(
            Text("看不懂文件的文字编码", "the text encoding of this file is unknown"),
            Text("请另存为“CSV UTF-8”再上传。", "Save it as “CSV UTF-8” and upload that."),
            Where(name),
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(data: bytes) -> tuple[str | None, str]:
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace"), "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "UTF-16"
    letters = int((np.frombuffer(data, np.uint8) > 127).sum()) / 3
    unicode = _tried(data, "utf-8", "UTF-8")
    if unicode[0] <= _LETTERS * letters:
        return unicode[1:]
    tries = [_tried(data, codec, label) for codec, label in _CHINESE]
    fitting = [tried for tried in tries if tried[0] <= _LETTERS * letters]
    if fitting:
        return fitting[likeliest([text for _, text, _ in fitting])][1:]
    damage, text, label = min((unicode, *tries), key=lambda tried: tried[0])
    return (text, label) if damage <= _LINES * data.count(b"\n") else (None, "")


def _tried(data: bytes, codec: str, label: str) -> tuple[int, str, str]:
    """How many letters the codec cannot read, the text, the name of the encoding."""
    text = data.decode(codec, "replace")
    return text.count(REPLACEMENT), text, label


def _looks_binary(text: str) -> bool:
    head = text[:_SAMPLE]
    return len(_CONTROL.findall(head)) > max(8, 0.002 * len(head))
