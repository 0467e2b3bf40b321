"""Rows of one order kept together where a rule needs all lines of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl

from footprint.ingest.headings import normal
from footprint.ingest.layouts import Layout
from footprint.ingest.raw import RawSheet, joined
from footprint.ingest.sheets import OpenSheet, Piece

# Rules that look at all lines of an order.
_BY_ORDER = frozenset({"number_in", "share"})
# So many orders that stand in several pieces are gathered at once.
_TOGETHER = 50_000


def together(sheet: OpenSheet, layout: Layout | None) -> OpenSheet:
    """The sheet with pieces that hold whole orders, if its layout has rules that need them."""
    at = _order_heading(sheet.sample.headings, layout) if layout and not sheet.exact else None
    return sheet if at is None else replace(sheet, pieces=partial(_pieces, sheet, str(at)))


def _order_heading(headings: tuple[str, ...], layout: Layout) -> int | None:
    named = [one.by or one.source[0] for one in layout.derived if one.rule in _BY_ORDER]
    if layout.fill_down:
        named.append(layout.fill_down["by"])
    names = [normal(heading) for heading in headings]
    return next((names.index(normal(name)) for name in named if normal(name) in names), None)


def _pieces(sheet: OpenSheet, at: str) -> Iterator[Piece]:
    """Every piece without the orders that stand in several, then those, some at a time."""
    parted = _parted(sheet, at)
    for piece in sheet.pieces():
        yield Piece(piece.size, partial(_whole_orders, piece, at, parted))
    for begin in range(0, len(parted), _TOGETHER):
        some = parted[begin : begin + _TOGETHER]
        yield Piece(0, partial(_gathered, sheet, at, some))


def _parted(sheet: OpenSheet, at: str) -> np.ndarray:
    """Hashes of the orders that stand in more than one piece."""
    seen = [np.unique(_hashes(piece.read(), at)) for piece in sheet.pieces()]
    every = np.sort(np.concatenate(seen))
    return np.unique(every[1:][every[1:] == every[:-1]])


def _hashes(raw: RawSheet, at: str) -> np.ndarray:
    return raw.cells[at].hash().to_numpy()


def _whole_orders(piece: Piece, at: str, parted: np.ndarray) -> RawSheet:
    raw = piece.read()
    return _of(raw, ~np.isin(_hashes(raw, at), parted))


def _gathered(sheet: OpenSheet, at: str, orders: np.ndarray) -> RawSheet:
    found = []
    for piece in sheet.pieces():
        raw = piece.read()
        found.append(replace(_of(raw, np.isin(_hashes(raw, at), orders)), broken=()))
    return joined(found)


def _of(raw: RawSheet, rows: np.ndarray) -> RawSheet:
    kept = pl.Series(rows)
    return replace(raw, cells=raw.cells.filter(kept), rows=raw.rows.filter(kept))
