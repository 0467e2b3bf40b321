"""Which comments are negative: a small word list with negation, open about what it cannot tell.

A comment is negative when it holds more negative than positive words, negated words counted the
other way round. Comments without any known word are undecided, never negative. Star ratings, where
the export has them, speak first. Requirement rows S7.1-f, S2.2.3-b.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from footprint.risk.rules import lexicon
from footprint.risk.text import plain_series

# Private-use characters that stand in for a negative, positive or neutral word while counting.
_NEGATIVE, _POSITIVE, _FIXED = "\ue000", "\ue001", "\ue002"
NEGATIVE_RATING = 2
POSITIVE_RATING = 4


def polarity(text: pl.Series, rating: pl.Series | None = None) -> pl.Series:
    """-1 negative, 1 positive, 0 both alike or a middle rating, null undecided; one per text.

    ``rating`` in stars (1..5) wins over the words where it is present.
    """
    marked = pl.DataFrame({"text": plain_series(text)}).with_columns(_marked())
    bad, good = (pl.col("text").str.count_matches(m, literal=True).cast(pl.Int64)
                 for m in (_NEGATIVE, _POSITIVE))  # fmt: skip
    words = marked.select(pl.when(bad + good > 0).then((good - bad).sign()))[:, 0].cast(pl.Int8)
    stars = rating if rating is not None else pl.Series([None] * text.len(), dtype=pl.Float64)
    return pl.DataFrame({"words": words, "stars": stars}).select(
        pl.when(pl.col("stars") <= NEGATIVE_RATING).then(pl.lit(-1, pl.Int8))
        .when(pl.col("stars") >= POSITIVE_RATING).then(pl.lit(1, pl.Int8))
        .when(pl.col("stars").is_not_null()).then(pl.lit(0, pl.Int8))
        .otherwise(pl.col("words"))
        .alias("polarity")
    )["polarity"]  # fmt: skip


def negative(text: pl.Series, rating: pl.Series | None = None) -> pl.Series:
    """True for negative comments; undecided ones are False."""
    return (polarity(text, rating) == -1).fill_null(False).alias("negative")


def coverage(text: pl.Series, rating: pl.Series | None = None) -> float | None:
    """Share of comments the word list or a rating can judge; None without comments."""
    found = polarity(text, rating)
    return 1 - found.null_count() / found.len() if found.len() else None


def _marked() -> pl.Expr:
    patterns, marks = _patterns()
    return pl.col("text").str.replace_many(list(patterns), list(marks), leftmost=True)


@cache
def _patterns() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words and negator-word pairs, longest first, each with the mark that replaces it."""
    words = lexicon()["sentiment"]
    marks = dict.fromkeys(words["positive"], _POSITIVE) | dict.fromkeys(
        words["negative"], _NEGATIVE
    )
    turned = {_NEGATIVE: _POSITIVE, _POSITIVE: _NEGATIVE}
    pairs = {no + word: turned[mark] for no in words["negators"] for word, mark in marks.items()}
    fixed = dict.fromkeys(words["fixed"], _FIXED)
    found = {**pairs, **marks, **fixed}
    ordered = sorted(found, key=lambda word: (-len(word), word))
    return tuple(ordered), tuple(found[word] for word in ordered)
