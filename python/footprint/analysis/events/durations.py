"""Lengths of time as people write them: ``7d``, ``24h``, ``30m``, ``45s``, ``none``."""

from __future__ import annotations

import re
from datetime import timedelta

from footprint.errors import UsageError
from footprint.text import Text

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds"}
_NONE = ("none", "no", "off", "无", "不限")


def parse_duration(text: str) -> timedelta | None:
    """The length, None for ``none``. Raises UsageError for what is no length of 0 or more."""
    word = str(text).strip().lower()
    if word in _NONE:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)", word)
    if not found:
        raise UsageError(
            Text(f"看不懂的时长“{text}”", f"“{text}” is not a length of time"),
            Text("请写成 7d、24h、30m、45s 或 none。", "Write 7d, 24h, 30m, 45s or none."),
        )
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def require_duration(text: str) -> timedelta:
    """As ``parse_duration``, but there must be a length."""
    found = parse_duration(text)
    if found is None:
        raise UsageError(
            Text("这里需要一个时长", "a length of time is needed here"),
            Text("请写成 30m。", "Write 30m."),
        )
    return found


def in_words(length: timedelta | None) -> Text:
    """The length in plain words."""
    if length is None:
        return Text("不限时间", "without a time limit")
    seconds = length.total_seconds()
    for size, zh, en in ((86400, "天", "days"), (3600, "小时", "hours"), (60, "分钟", "minutes")):
        if seconds >= size and seconds % size == 0:
            return Text(f"{seconds / size:g} {zh}内", f"within {seconds / size:g} {en}")
    return Text(f"{seconds:g} 秒内", f"within {seconds:g} seconds")
