"""One plain form for Chinese text before any rule looks at it, with the way back to the original.

People write 12315 as １２３１５ or 1-2-3-1-5 and 夸大 as 誇大. Normalising takes compatibility
forms apart (NFKD, which folds full-width letters and digits), turns traditional characters into
simplified ones, lowers Latin letters and drops everything that is neither letter nor digit. Every
step works on single characters, so the map from normal to original position is exact.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import polars as pl

# Blocks of Chinese characters that have simplified forms: extension A, base, compatibility.
_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
_KEPT = "LN"
_DROPPED = r"[^\p{L}\p{N}]+"


@dataclass(frozen=True, slots=True)
class Plain:
    """Normal form of one text; ``starts[i]`` is the place of its i-th character in the original."""

    text: str
    starts: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Half-open span of the original text behind normal characters ``start`` to ``end``."""
        return self.starts[start], self.starts[end - 1] + 1

    def between(self, left: int, right: int) -> str:
        """What the original holds between two normal characters, both left out."""
        return self.original[self.starts[left] + 1 : self.starts[right]]


def plain(text: str) -> Plain:
    """Normal form of one text with its map back to the original."""
    folded: list[str] = []
    starts: list[int] = []
    table = _folding()
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.category(part)[0] in _KEPT:
                folded.append(table.get(part, part))
                starts.append(place)
    return Plain("".join(folded), tuple(starts), text)


def plain_series(texts: pl.Series) -> pl.Series:
    """Normal forms of many texts at once; missing text stays missing."""
    table = _folding()
    return texts.to_frame("text").select(
        pl.col("text")
        .str.normalize("NFKD")
        .str.replace_many(list(table), list(table.values()))
        .str.replace_all(_DROPPED, "")
        .alias(texts.name)
    )[texts.name]


@cache
def _folding() -> dict[str, str]:
    """One character to one: traditional to simplified (OpenCC), Latin capitals to small ones."""
    from opencc import OpenCC

    characters = [chr(code) for first, last in _BLOCKS for code in range(first, last)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, simple, strict=True)
    table = {old: new for old, new in pairs if old != new and len(new) == 1}
    return table | {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
