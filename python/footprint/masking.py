"""User ids as they are shown in lists of people: enough to find one again, not to spell it out."""

from __future__ import annotations

import polars as pl

_HEAD, _TAIL = 2, 4


def masked_ids(column: str = "user_id") -> pl.Expr:
    """The ids of ``column`` with their middle hidden (``u0400123`` as ``u0***0123``).

    Ids of up to six letters keep the first and the last letter only.
    """
    text = pl.col(column).cast(pl.String)
    short = text.str.len_chars() <= _HEAD + _TAIL
    brief = pl.concat_str(text.str.head(1), pl.lit("***"), text.str.tail(1))
    whole = pl.concat_str(text.str.head(_HEAD), pl.lit("***"), text.str.tail(_TAIL))
    return pl.when(short).then(brief).otherwise(whole).alias(column)
