"""How alike texts are: exact Jaccard overlap of their character shingles."""

from __future__ import annotations

import unicodedata

import numpy as np
import polars as pl
from scipy.sparse import csr_array

SIZE = 4  # characters per shingle; short enough for Chinese phrases
_BLOCK = 512
_PAIRS = {"a": pl.String(), "b": pl.String(), "jaccard": pl.Float64()}


def normal(text: str) -> str:
    """The text's letters and digits only, compatibility forms unified, lower case."""
    unified = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in unified if char.isalnum())


def shingles(text: str, size: int = SIZE) -> frozenset[str]:
    """Every run of ``size`` characters of the normalised text (the text itself when shorter)."""
    plain = normal(text)
    if not plain:
        return frozenset()
    return frozenset(plain[i : i + size] for i in range(max(1, len(plain) - size + 1)))


def alike_pairs(ids: list[str], texts: list[str], threshold: float) -> pl.DataFrame:
    """Pairs with a Jaccard overlap of at least ``threshold`` (> 0): a, b, jaccard, highest first.

    Exact, by one sparse product in blocks: |A and B| / |A or B|. Empty texts are like nothing.
    Source: requirement row S1.2.1-a.
    """
    matrix, sizes = _matrix([shingles(text) for text in texts])
    rows: list[tuple[str, str, float]] = []
    for start in range(0, len(ids), _BLOCK):
        both = (matrix[start : start + _BLOCK] @ matrix.T).tocoo()
        i, j = both.coords[0] + start, both.coords[1]
        later = j > i
        i, j, shared = i[later], j[later], both.data[later]
        overlap = shared / (sizes[i] + sizes[j] - shared)
        keep = overlap >= threshold
        rows += [
            (ids[a], ids[b], float(value))
            for a, b, value in zip(i[keep], j[keep], overlap[keep], strict=True)
        ]
    found = pl.DataFrame(rows, schema=_PAIRS, orient="row")
    return found.sort(["jaccard", "a", "b"], descending=[True, False, False])


def nearest_to(text: str, ids: list[str], texts: list[str]) -> pl.DataFrame:
    """Texts that share any shingle with ``text``: script_id, jaccard, highest first.

    Source: requirement row S9.2-a.
    """
    own = shingles(text)
    rows = []
    for id_, other in zip(ids, texts, strict=True):
        theirs = shingles(other)
        shared = len(own & theirs)
        if shared:
            rows.append((id_, shared / (len(own) + len(theirs) - shared)))
    found = pl.DataFrame(
        rows, schema={"script_id": pl.String(), "jaccard": pl.Float64()}, orient="row"
    )
    return found.sort(["jaccard", "script_id"], descending=[True, False])


def _matrix(sets: list[frozenset[str]]) -> tuple[csr_array, np.ndarray]:
    """Texts by shingles, 1 where the text holds the shingle, and the number of each text's."""
    codes: dict[str, int] = {}
    columns = [codes.setdefault(part, len(codes)) for found in sets for part in found]
    sizes = np.array([len(found) for found in sets], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(columns), dtype=np.int64)
    shape = (len(sets), max(len(codes), 1))
    return csr_array((ones, np.array(columns, dtype=np.int64), starts), shape=shape), sizes
