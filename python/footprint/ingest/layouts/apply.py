"""A sheet of a known export made ready for the schema: cells added, unpaid rows set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from footprint.ingest.headings import normal
from footprint.ingest.layouts import Derived, Layout
from footprint.ingest.layouts.rules import ANY, RULES, Cells
from footprint.ingest.raw import RawSheet, set_aside
from footprint.ingest.words import blank_to_null
from footprint.text import Text


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The sheet with added columns, heading -> column for it, and headings put to other use."""

    sheet: RawSheet
    mapping: Mapping[str, str]
    used: frozenset[str]


def lay_out(layout: Layout, sheet: RawSheet, mine: Mapping[str, str]) -> LaidOut:
    """Apply a layout. ``mine`` (heading -> column) is the user's word and wins over it."""
    job = _Job(layout, _filled_down(layout, sheet), dict(mine))
    job.sheet = _only_paid(layout, job.sheet)
    job.take()
    return LaidOut(
        replace(job.sheet, notes=(*sheet.notes, *job.notes)), job.mapping, frozenset(job.used)
    )


class _Job:
    """One sheet on its way through a layout."""

    def __init__(self, layout: Layout, sheet: RawSheet, mine: dict[str, str]) -> None:
        self.layout, self.sheet, self.mapping = layout, sheet, mine
        self.taken = {word.partition("@")[0] for word in mine.values() if word}
        self.notes: list[Text] = [_read_as(layout)]
        self.used: set[str] = set(layout.paid_when)

    def take(self) -> None:
        self._ask()
        for derived in self.layout.derived:
            if derived.column not in self.taken:
                self._derive(derived)
        for heading, column in self.layout.mapping.items():
            if column not in self.taken and (found := _find(self.sheet, heading)):
                self._map(found, column)
        for column, value in self.layout.fixed.items():
            if column not in self.taken:
                self._add(column, f"{value} → {column}", pl.repeat(value, self._height, eager=True))
        self._currency()

    @property
    def _height(self) -> int:
        return self.sheet.cells.height

    def _map(self, heading: str, column: str) -> None:
        # A heading the user named means what the user said.
        if normal(heading) not in {normal(mine) for mine in self.mapping}:
            self.mapping[heading] = column
            self.taken.add(column)

    def _ask(self) -> None:
        for ask in self.layout.asks:
            present = [(h, why) for h, why in ask.choices if _find(self.sheet, h)]
            if ask.column in self.taken or not present:
                continue
            (taken, why), *others = present
            self._map(_find(self.sheet, taken) or taken, ask.column)
            if others:
                self.notes.append(_took(ask.column, taken, why, others))

    def _derive(self, derived: Derived) -> None:
        names = [_find(self.sheet, heading) for heading in derived.source]
        present = [name for name in names if name]
        enough = present or derived.otherwise if derived.rule in ANY else None not in names
        if not enough:
            return
        cells = Cells(
            [_text(self.sheet, name) for name in present],
            _optional(self.sheet, derived.by),
            _optional(self.sheet, derived.otherwise),
            self.sheet.preamble,
        )
        made, note = RULES[derived.rule](cells, derived)
        if made is None:
            return
        self.used.update(present)
        self.used.update([derived.otherwise] if derived.otherwise else [])
        self.notes.extend([note] if note else [])
        self._add(derived.column, f"{'+'.join(present)} → {derived.column}", made)

    def _add(self, column: str, heading: str, cells: pl.Series) -> None:
        at = str(len(self.sheet.headings))
        self.sheet = replace(
            self.sheet,
            headings=(*self.sheet.headings, heading),
            cells=self.sheet.cells.with_columns(cells.fill_null("").alias(at)),
        )
        self.mapping[heading] = column
        self.taken.add(column)

    def _currency(self) -> None:
        if (values := _optional(self.sheet, self.layout.currency)) is None:
            return
        self.used.add(self.layout.currency or "")
        foreign = sorted(set(values.drop_nulls().str.to_uppercase().to_list()) - {"CNY", "RMB"})
        if foreign:
            self.notes.append(_foreign(", ".join(foreign)))


def _find(sheet: RawSheet, heading: str) -> str | None:
    wanted = normal(heading)
    return next((one for one in sheet.headings if normal(one) == wanted), None)


def _text(sheet: RawSheet, heading: str) -> pl.Series:
    return blank_to_null(sheet.cells[str(sheet.headings.index(heading))])


def _optional(sheet: RawSheet, heading: str | None) -> pl.Series | None:
    found = _find(sheet, heading) if heading else None
    return _text(sheet, found) if found else None


def _filled_down(layout: Layout, sheet: RawSheet) -> RawSheet:
    """Fields that only the first line of an order holds, repeated on its other lines."""
    by = _find(sheet, layout.fill_down.get("by", ""))
    if not by:
        return sheet
    key = pl.col(str(sheet.headings.index(by)))
    named = (_find(sheet, heading) for heading in layout.fill_down["headings"])
    columns = [str(sheet.headings.index(name)) for name in named if name]
    filled = (
        pl.when(pl.col(at) == "").then(None).otherwise(pl.col(at)).forward_fill().over(key)
        for at in columns
    )
    text = (expr.fill_null("").alias(at) for expr, at in zip(filled, columns, strict=True))
    return replace(sheet, cells=sheet.cells.with_columns(*text))


def _only_paid(layout: Layout, sheet: RawSheet) -> RawSheet:
    """Orders nobody paid are set aside; an export without a payment time is taken whole."""
    paid = [time for h in layout.paid_when if (time := _optional(sheet, h)) is not None]
    if not paid:
        return sheet
    unpaid = pl.select(pl.all_horizontal(*(time.is_null() for time in paid))).to_series()
    cells, rows, broken = set_aside(sheet.cells, sheet.rows, unpaid, "not_paid")
    return replace(sheet, cells=cells, rows=rows, broken=(*sheet.broken, *broken))


def _read_as(layout: Layout) -> Text:
    return Text(f"按“{layout.title.zh}”读取", f"read as: {layout.title.en}")


def _took(column: str, taken: str, why: Text, others: list[tuple[str, Text]]) -> Text:
    zh = "；".join(f"“{heading}”（{meaning.zh}）" for heading, meaning in others)
    en = "; ".join(f"“{heading}” ({meaning.en})" for heading, meaning in others)
    other = others[0][0]
    return Text(
        f"{column} 取自“{taken}”（{why.zh}）；文件里还有：{zh}。"
        f"要改用，把“{other}”对应到 {column}。",
        f"{column} is “{taken}” ({why.en}); the file also has: {en}. "
        f"To take another, map “{other}” to {column}.",
    )


def _foreign(currency: str) -> Text:
    return Text(
        f"金额的货币是 {currency}，未换算为人民币",
        f"amounts are in {currency} and were not converted to CNY",
    )
