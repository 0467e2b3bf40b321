"""Answers of different engines, made comparable."""

from __future__ import annotations

import hashlib

import polars as pl


def canonical(answer: pl.DataFrame) -> pl.DataFrame:
    """Columns by name, whole numbers and strings, rows in order."""
    kinds = {
        name: pl.Int64 if kind.is_numeric() else pl.String for name, kind in answer.schema.items()
    }
    return answer.cast(kinds).select(sorted(kinds)).sort(sorted(kinds))


def digest(answer: pl.DataFrame) -> str:
    """Equal for equal answers."""
    return hashlib.sha256(canonical(answer).write_csv().encode()).hexdigest()[:16]


class Disagree(AssertionError):
    """Two engines gave different answers to one question."""


def agree(question: str, digests: dict[str, str]) -> None:
    """Raise Disagree unless all engines gave the same answer."""
    if len(set(digests.values())) > 1:
        raise Disagree(f"{question}: {digests}")
