"""A dimension worked out once: a code per source row and the words behind the codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

MISSING = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Coded:
    """``codes``: UInt32 by source row, ``MISSING`` for no value; ``words``: what they stand for.

    Takes the place of a column name wherever a question wants a dimension, so that a column that
    had to be joined or encoded is not encoded again.
    """

    codes: pl.Series
    words: tuple[str, ...]

    def where(self, hit: pl.Series, missing: bool = False) -> pl.Series:
        """True on the source rows whose word is hit (one flag per word); ``missing``: no value."""
        wanted = hit.arg_true()
        if len(wanted) == 1 and not missing:
            return self.codes == wanted[0]
        table = np.append(hit.to_numpy(), missing)
        at = np.minimum(self.codes.to_numpy(), len(self.words))
        return pl.Series("hit", table[at], dtype=pl.Boolean)

    def words_at(self, rows: pl.Series) -> pl.Series:
        """The words of the source rows numbered ``rows``, null where a row has none."""
        codes = self.codes.gather(rows)
        at = codes.to_frame("code").select(
            pl.when(pl.col("code") < len(self.words)).then(pl.col("code"))
        )["code"]
        return pl.Series("word", self.words, dtype=pl.String).gather(at)

    def estimated_size(self) -> int:
        """Bytes held."""
        return int(self.codes.estimated_size()) + sum(len(word) for word in self.words)
