"""Words shown to a person, in both languages of the product, declared side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in simplified Chinese and English.

    Call it with a language to get the words: ``Text("订单", "Orders")("en")``.
    Placeholders are filled by keyword with ``str.format``: ``text("zh", n=3)``.
    """

    zh: str
    en: str

    def __call__(self, lang: Lang, /, **values: object) -> str:
        words = self.zh if lang == "zh" else self.en
        return words.format(**values) if values else words
