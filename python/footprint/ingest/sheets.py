"""A sheet that can be read piece by piece: what its headings are, some of its rows, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from footprint.ingest.raw import RawSheet

if TYPE_CHECKING:
    from footprint.errors import InputRejected
    from footprint.ingest.scan import Score
    from footprint.ingest.source import Source


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a sheet that are still to be parsed. ``size``: their bytes in the file."""

    size: int
    read: Callable[[], RawSheet]


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet before it is taken in. ``sample`` has all of its rows when ``exact``.

    ``head``: its first lines as cells. ``pieces`` gives all rows in the order of the file, as often
    as it is called; ``size`` is the sum of their bytes.
    """

    sample: RawSheet
    exact: bool
    size: int
    head: tuple[tuple[str, ...], ...]
    pieces: Callable[[], Iterator[Piece]]

    @property
    def name(self) -> str:
        return self.sample.name


def open_sheets(
    source: Source, score: Score, headings: Callable[[str], int | None]
) -> tuple[list[OpenSheet], list[InputRejected]]:
    """Every sheet of a workbook or table of a text, and why others are none.

    ``score`` says how many of the given headings are known; ``headings`` gives for the name of a
    sheet the line of its headings where a person said so (0: it has none). Raises InputRejected
    when nothing of the file is a table.
    """
    if source.kind == "excel":
        from footprint.ingest.excel import open_workbook

        return open_workbook(source, score, headings)
    from footprint.ingest.delimited import open_text

    return open_text(source, score, headings)


def of_frame(sheet: RawSheet, head: tuple[tuple[str, ...], ...], size: int) -> OpenSheet:
    """A sheet whose rows are all in memory, cut into pieces."""

    def pieces() -> Iterator[Piece]:
        height = sheet.cells.height
        count = max(1, -(-height // ROWS))
        for number in range(count):
            part = replace(
                sheet,
                cells=sheet.cells.slice(number * ROWS, ROWS),
                rows=sheet.rows.slice(number * ROWS, ROWS),
                broken=sheet.broken if number == 0 else (),
            )
            yield Piece(size // count, lambda part=part: part)  # type: ignore[misc]

    return OpenSheet(sheet, True, size, head, pieces)


# So many rows of a sheet in memory are looked at together.
ROWS = 100_000
