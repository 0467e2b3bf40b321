"""Which of two encodings that both fit is the likely one: by how common the characters are.

Nearly every Big5 text is also valid GB18030 and the other way round, but the wrong reading gives
rare characters. Common are those of the schema's own headings and of everyday text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from footprint.schema import TABLES

_EVERYDAY = (
    "的一是了我不在人有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所"
    "去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从"
    "广东北京海江苏浙南山河湖四川福建安徽台湾香港省市区县元月号店铺退款已付收货物流快递完成待发"
    "，。：；、！？（）【】《》“”￥"
)
_SAMPLE = 20_000


@cache
def _common() -> frozenset[str]:
    from opencc import OpenCC

    words = "".join(h for t in TABLES.values() for c in t.columns for h in c.headings)
    simplified = "".join(sorted(set(words + _EVERYDAY)))
    # Phrases may change length in other variants; character by character they do not.
    return frozenset(simplified + OpenCC("s2t").convert(simplified))


def likeliest(texts: Sequence[str]) -> int:
    """Which reading of the same bytes has the largest share of common characters; ties: first."""
    scores = [_share(text) for text in texts]
    return max(range(len(texts)), key=lambda at: (scores[at], -at))


def _share(text: str) -> float:
    letters = [letter for letter in text if letter > "\x7f"][:_SAMPLE]
    return sum(letter in _common() for letter in letters) / len(letters) if letters else 0.0
