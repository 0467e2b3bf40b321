"""Exports with several meanings of one column (three kinds of GMV): asked once, then remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footprint.ingest.choices import Asked, Option
from footprint.ingest.headings import normal
from footprint.ingest.layouts import Ask, Layout
from footprint.ingest.mapping import split_word
from footprint.schema import TABLES
from footprint.text import Text


def meaning_words(
    layout: Layout | None, headings: Sequence[str], words: Mapping[str, str],
    said: Mapping[str, str], remembered: Mapping[tuple[str, str], str],
) -> dict[str, str]:  # fmt: skip
    """Heading -> column for what was said now, or remembered of this export."""
    named = {split_word(word)[0] for word in words.values()}
    found: dict[str, str] = {}
    for ask in layout.asks if layout else ():
        heading = _said(layout, ask, said, remembered)
        present = _present(ask, headings)
        if ask.column not in named and heading in present:
            found[present[heading]] = ask.column
    return found


def meaning_questions(
    layout: Layout | None, headings: Sequence[str], mapping: Mapping[str, str],
    said: Mapping[str, str], remembered: Mapping[tuple[str, str], str],
) -> tuple[Asked, ...]:  # fmt: skip
    """One question per column of which the file has several meanings."""
    named = {split_word(word)[0]: normal(heading) for heading, word in mapping.items()}
    found = []
    for ask in layout.asks if layout else ():
        present = _present(ask, headings)
        if layout is None or len(present) < 2:
            continue
        options = tuple(
            Option(heading, Text(f"{heading}（{why.zh}）", f"{heading} ({why.en})"))
            for heading, why in ask.choices
            if heading in present
        )
        title = TABLES[layout.table].column(ask.column).title
        by_map = next((h for h in present if normal(h) == named.get(ask.column)), None)
        words = Text(f"哪一列是“{title.zh}”？", f"Which column is “{title.en}”?")
        told = _said(layout, ask, said, remembered)
        found.append(
            Asked(f"meaning:{ask.column}", "meaning", None, ask.column, words, _WHY, options,
                  options[0].value, False, by_map or (told if told in present else None))
        )  # fmt: skip
    return tuple(found)


def _said(
    layout: Layout | None, ask: Ask, said: Mapping[str, str],
    remembered: Mapping[tuple[str, str], str],
) -> str | None:  # fmt: skip
    now = said.get(f"meaning:{ask.column}")
    return now or (remembered.get((layout.id, ask.column)) if layout else None)


def _present(ask: Ask, headings: Sequence[str]) -> dict[str, str]:
    """Declared heading -> heading of the file, for those that are there."""
    names = {normal(heading): heading for heading in reversed(headings)}
    return {
        heading: names[normal(heading)] for heading, _ in ask.choices if normal(heading) in names
    }


_WHY = Text(
    "这份导出里有几种口径，数值不同；回答一次后会记住",
    "this export has several of them with different values; the answer is remembered",
)
