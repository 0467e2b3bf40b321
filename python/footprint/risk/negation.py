"""Whether the words around a term deny it: "不是假货" accuses nobody, "是不是假货" still asks.

Only the clause that holds the term is read: the original punctuation ends it.
"""

from __future__ import annotations

import re
from functools import cache

from footprint.risk.rules import lexicon
from footprint.risk.text import Plain

_BREAK = re.compile(r"[，。！？；：、,.!?;:\s~～…]")


def negated(text: Plain, start: int, end: int) -> bool:
    """True when the term at normal characters ``start`` to ``end`` is denied.

    An odd number of negations within the window before the term denies it; a rhetorical question
    or a second negation turns it back; a denial may also follow ("假货？不存在的").
    """
    before, after = _before(text, start), _after(text, end)
    turns = _turns(before)
    if turns and _flipped_after(after):
        turns += 1
    return turns % 2 == 1 or (not turns and _denied_after(text, end))


def _before(text: Plain, start: int) -> str:
    first = start
    while first and start - first < _window() and not _broken(text, first - 1, first):
        first -= 1
    return text.text[first:start]


def _after(text: Plain, end: int) -> str:
    last = end
    while last < len(text.text) and last - end < _window() and not _broken(text, last - 1, last):
        last += 1
    return text.text[end:last]


def _broken(text: Plain, left: int, right: int) -> bool:
    return bool(_BREAK.search(text.between(left, right)))


def _turns(before: str) -> int:
    turns = 0
    for found in _pattern().finditer(before):
        word = found.group()
        if word in _set("neutral"):
            continue
        if word in _set("short_negators") and found.end() != len(before):
            continue
        turns += 1
    return turns


def _flipped_after(after: str) -> bool:
    return after.startswith(tuple(lexicon()["negation"]["flips_after"]))


def _denied_after(text: Plain, end: int) -> bool:
    return text.text[end:].startswith(tuple(lexicon()["negation"]["negators_after"]))


@cache
def _pattern() -> re.Pattern[str]:
    names = ("negators", "short_negators", "flips", "neutral")
    words = {word for name in names for word in lexicon()["negation"][name]}
    return re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(lexicon()["negation"][name])


def _window() -> int:
    return int(lexicon()["negation"]["window"])
