"""Exports of known platforms, declared in one TOML file each: how a file becomes our columns.

``recognise`` names the headings that together tell an export; ``map`` gives heading -> column (the
first present wins), ``fixed`` values the platform implies, ``derive`` columns made by a rule,
``ask`` columns for which the export has several meanings. ``ignore`` lists headings without a place
in the schema; ``paid_when`` the headings one of which an order must fill to count as paid.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from footprint.ingest.headings import normal
from footprint.schema import TABLES
from footprint.text import Text


@dataclass(frozen=True, slots=True)
class Derived:
    """A column made from others by a rule of ``rules.py``."""

    column: str
    rule: str
    source: tuple[str, ...]
    by: str | None = None
    otherwise: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A column with several possible headings: (heading, what it means), the default first."""

    column: str
    choices: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One export of one platform."""

    id: str
    title: Text
    table: str
    grain: Text
    recognise: tuple[str, ...]
    mapping: Mapping[str, str]
    fixed: Mapping[str, str]
    derived: tuple[Derived, ...]
    asks: tuple[Ask, ...]
    ignore: tuple[str, ...]
    paid_when: tuple[str, ...]
    currency: str | None
    on_request: bool
    fill_down: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, headings: Iterable[str]) -> bool:
        """Whether all headings that tell this export are there."""
        return set(map(normal, self.recognise)) <= set(map(normal, headings))

    def kept_headings(self) -> tuple[str, ...]:
        """Every heading of which something is kept."""
        derived = (name for one in self.derived for name in (*one.source, one.otherwise, one.by))
        asked = (heading for ask in self.asks for heading, _ in ask.choices)
        known = (*self.mapping, *asked, *derived, *self.paid_when, self.currency)
        return tuple(dict.fromkeys(name for name in known if name))


@cache
def layouts() -> tuple[Layout, ...]:
    """All declared layouts, by file name."""
    return tuple(_layout(path) for path in sorted(Path(__file__).parent.glob("*.toml")))


@cache
def layout_headings() -> frozenset[str]:
    """Every heading a layout declares, in compared form."""
    named = ((*one.recognise, *one.kept_headings(), *one.ignore) for one in layouts())
    return frozenset(normal(heading) for headings in named for heading in headings)


def recognised(
    headings: Sequence[str], table: str | None, columns: Iterable[str] = ()
) -> Layout | None:
    """The layout that tells most about these headings; None when none fits.

    ``table`` and ``columns``: what the user wants and names; a layout on request is taken only when
    these ask for it.
    """
    named = set(columns)
    fitting = [
        one
        for one in layouts()
        if one.fits(headings)
        and (table is None or one.table == table)
        and named <= set(TABLES[one.table].polars_schema)
        and (table or named or not one.on_request)
    ]
    return max(fitting, key=lambda one: (not one.on_request, len(one.recognise)), default=None)


def _layout(path: Path) -> Layout:
    raw = tomllib.loads(path.read_text("utf-8"))
    return Layout(
        id=path.stem, title=Text(**raw["title"]), table=raw["table"], grain=Text(**raw["grain"]),
        recognise=tuple(raw["recognise"]), mapping=raw["map"], fixed=raw.get("fixed", {}),
        derived=tuple(_derived(one) for one in raw.get("derive", ())),
        asks=tuple(_ask(one) for one in raw.get("ask", ())), ignore=tuple(raw["ignore"]),
        paid_when=tuple(raw.get("paid_when", ())), currency=raw.get("currency"),
        on_request=raw.get("on_request", False), fill_down=raw.get("fill_down", {}),
    )  # fmt: skip


def _derived(raw: Mapping[str, Any]) -> Derived:
    return Derived(raw["column"], raw["rule"], tuple(raw["from"]), raw.get("by"),
                   raw.get("otherwise"), tuple(raw.get("words", ())))  # fmt: skip


def _ask(raw: Mapping[str, Any]) -> Ask:
    choices = ((one["heading"], Text(one["zh"], one["en"])) for one in raw["choices"])
    return Ask(raw["column"], tuple(choices))
