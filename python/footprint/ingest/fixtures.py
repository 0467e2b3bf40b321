"""Exports that were read for real: what became of every heading, against what a person says of it.

A folder holds one made-up file per export (``<layout>.csv``) and ``columns.toml``, the truth.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from footprint.ingest.choices import Choice
from footprint.ingest.layouts import Layout
from footprint.ingest.mapping import scorer
from footprint.ingest.plan import Context, Plan, plan
from footprint.ingest.sheets import open_sheets
from footprint.ingest.source import load

_PREAMBLE = "导出时间：2026-11-15 10:00\n店铺：示例\n\n"


@dataclass(frozen=True, slots=True)
class Counted:
    """Headings of one export in one form.

    ``mapped`` go where they belong; of ``asked`` the export has several and a person may say which;
    ``left_out`` have no place in our tables; ``lost`` have one and were not kept; ``wrong`` went
    into another column. ``open``: questions without which nothing can be taken in.
    """

    export: str
    form: str
    headings: int
    mapped: int
    asked: int
    left_out: int
    lost: int
    wrong: int
    open: int

    @property
    def share(self) -> float:
        """Headings mapped or asked, of those that have a place (0..1)."""
        return (self.mapped + self.asked) / (self.headings - self.left_out)


def counted(folder: Path) -> Iterator[Counted]:
    """Every export of a folder, read in each of its forms.

    Raises OSError without the folder and its truth, InputRejected for an export that is refused,
    KeyError for a heading the truth does not name.
    """
    truths = tomllib.loads((folder / "columns.toml").read_text("utf-8"))
    for export, truth in truths.items():
        meant = {**truth["columns"], **dict.fromkeys(truth["left_out"], "")}
        text = (folder / f"{export}.csv").read_text("utf-8")
        for form, (name, write) in FORMS.items():
            yield _count(export, form, _planned(name, write(text)), meant)


def _planned(name: str, content: bytes) -> Plan:
    (sheet,), _ = open_sheets(load((name, content)), scorer(()), lambda sheet: None)
    found = plan(sheet, Choice(), Context("Asia/Shanghai", b"fixtures"))
    if found.refused:
        raise found.refused
    return found


def _count(export: str, form: str, found: Plan, meant: Mapping[str, str]) -> Counted:
    headings = [heading.strip() for heading in found.sheet.sample.headings]
    options = {
        o.value.strip() for asked in found.asked if asked.kind == "meaning" for o in asked.options
    }
    ways = _ways(found)
    states = [_state(meant[h], ways.get(h, set()), h in options) for h in headings]
    counts = {state: states.count(state) for state in _STATES}
    return Counted(
        export, form, len(headings), **counts, open=sum(asked.open for asked in found.asked)
    )


def _state(truth: str, went: set[str], asked: bool) -> str:
    if went and truth not in went:
        return "wrong"
    if asked:
        return "asked"
    if went:
        return "mapped"
    return "lost" if truth else "left_out"


def _ways(found: Plan) -> dict[str, set[str]]:
    """Heading of the file -> the columns into which it goes, or which it helps to make."""
    ways: dict[str, set[str]] = {}
    for heading, column in found.headings.items():
        ways.setdefault(heading.strip(), set()).add(column)
    layout, used = found.layout, found.judge.mapped.used
    for heading, column in _helping(layout) if layout else ():
        if heading in {name.strip() for name in used} or heading in ways:
            ways.setdefault(heading, set()).add(column)
    return ways


def _helping(layout: Layout) -> Iterator[tuple[str, str]]:
    for one in layout.derived:
        sources = (*one.source, one.otherwise) if one.otherwise else one.source
        yield from ((heading, one.column) for heading in sources)
    yield from ((heading, "@paid") for heading in layout.paid_when)
    if layout.currency:
        yield layout.currency, "@money"


def _workbook(text: str) -> bytes:
    import xlsxwriter

    rows: Sequence[Sequence[str]] = list(csv.reader(io.StringIO(text)))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
    return buffer.getvalue()


_STATES = ("mapped", "asked", "left_out", "lost", "wrong")
# A form: the name a file then has, and how its text is written.
FORMS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "plain": ("export.csv", lambda text: text.encode()),
    "xlsx": ("export.xlsx", _workbook),
    "GB18030": ("export.csv", lambda text: text.encode("gb18030")),
    "preamble": ("export.csv", lambda text: (_PREAMBLE + text).encode()),
}
