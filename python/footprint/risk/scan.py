"""Find rule terms in many texts: a fast sieve over all, the exact rules on what is left.

The sieve is one Aho-Corasick pass over the plain forms (polars); only texts it keeps are looked at
word by word. Longer terms win over shorter ones inside them, allow-phrases win over terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from footprint.risk.negation import negated
from footprint.risk.rules import Rule
from footprint.risk.text import Plain, plain, plain_series

SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "term": pl.String(),
    "category": pl.String(),
    "severity": pl.Int64(),
    "colour": pl.String(),
    "start": pl.Int64(),
    "end": pl.Int64(),
    "found": pl.String(),
    "state": pl.String(),
    "rule": pl.Int64(),
}
# Between digits these marks write an amount or a time, so the digits around them are no code.
_IN_NUMBER = frozenset(".,:：．。，")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule at normal characters ``start`` to ``end``; state hit, negated or allowed."""

    rule: int
    start: int
    end: int
    state: str


def scan(texts: pl.Series, rules: Sequence[Rule]) -> pl.DataFrame:
    """Every place where a rule matches, allowed and negated places included.

    ``row`` is the index in ``texts``; ``start``/``end`` is the half-open span in the original
    text; ``found`` its words there; ``state`` is hit, negated or allowed; ``rule`` the index in
    ``rules``. Ordered by row and start.
    """
    sieved = _sieve(texts, rules)
    found: list[dict[str, object]] = []
    for text, rows in sieved.iter_rows():
        form = plain(text)
        for hit in hits(form, rules):
            found += [_row(form, hit, rules[hit.rule], row, hit.rule) for row in rows]
    return pl.DataFrame(found, schema=SCHEMA).sort("row", "start", maintain_order=True)


def hits(text: Plain, rules: Sequence[Rule]) -> list[Hit]:
    """Hits in one text, longest first where they lie inside each other, in order of place."""
    raw = [
        (index, start, end)
        for index, rule in enumerate(rules)
        for start, end in _places(rule, text.text)
        if _stands_alone(text, start, end)
    ]
    raw.sort(key=lambda hit: (hit[1] - hit[2], hit[1], hit[0]))
    kept: list[tuple[int, int, int]] = []
    for index, start, end in raw:
        if not any(first <= start and end <= last for _, first, last in kept):
            kept.append((index, start, end))
    kept.sort(key=lambda hit: (hit[1], hit[2]))
    return [
        Hit(index, start, end, _state(text, rules[index], start, end)) for index, start, end in kept
    ]


def _sieve(texts: pl.Series, rules: Sequence[Rule]) -> pl.DataFrame:
    """Distinct texts that may hold a term, each with its rows."""
    schema = {"text": pl.String(), "row": pl.List(pl.UInt32)}
    exact = [rule.term for rule in rules if rule.match != "regex"]
    regex = [rule.term for rule in rules if rule.match == "regex"]
    if not rules or not texts.len():
        return pl.DataFrame(schema=schema)
    frame = pl.DataFrame({"text": texts, "form": plain_series(texts)}).with_row_index("row")
    form = pl.col("form")
    wanted = form.str.contains_any(exact) if exact else pl.lit(False)
    if regex:
        wanted = wanted | form.str.contains("|".join(f"(?:{term})" for term in regex))
    kept = frame.filter(wanted)
    return kept.group_by("text", maintain_order=True).agg("row").select(list(schema))


def _places(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    if rule.match == "regex":
        yield from (found.span() for found in re.finditer(rule.term, text) if found.group())
        return
    start = text.find(rule.term)
    while start >= 0:
        yield start, start + len(rule.term)
        start = text.find(rule.term, start + 1)


def _stands_alone(text: Plain, start: int, end: int) -> bool:
    """False when a term made of digits is part of a longer number, an amount or a time."""
    form = text.text
    if form[start].isdigit() and start and form[start - 1].isdigit():
        return False
    if form[end - 1].isdigit() and end < len(form) and form[end].isdigit():
        return False
    return not _is_amount(text, start, end)


def _is_amount(text: Plain, start: int, end: int) -> bool:
    """A number of four or more digits broken by exactly one mark is an amount: 123.15."""
    form = text.text
    digits = [i for i in range(start, end) if form[i].isdigit()]
    if len(digits) < 4 or digits != list(range(digits[0], digits[-1] + 1)):
        return False
    gaps = [text.between(left, left + 1) for left in digits[:-1]]
    broken = [gap for gap in gaps if gap]
    return len(broken) == 1 and broken[0] in _IN_NUMBER


def _state(text: Plain, rule: Rule, start: int, end: int) -> str:
    if _allowed(text.text, rule, start, end):
        return "allowed"
    return "negated" if negated(text, start, end) else "hit"


def _allowed(form: str, rule: Rule, start: int, end: int) -> bool:
    for phrase in rule.allow:
        place = form.find(phrase, max(0, start - len(phrase) + 1))
        if 0 <= place < end:
            return True
    return False


def _row(text: Plain, hit: Hit, rule: Rule, row: int, index: int) -> dict[str, object]:
    start, end = text.span(hit.start, hit.end)
    return {
        "row": row, "term": rule.term, "category": rule.category, "severity": rule.severity,
        "colour": rule.colour, "start": start, "end": end, "found": text.original[start:end],
        "state": hit.state, "rule": index,
    }  # fmt: skip
