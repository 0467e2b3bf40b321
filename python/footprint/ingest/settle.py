"""How the cells of a sheet are written, settled by all of them, and what is left to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from footprint.ingest.choices import Asked, Option
from footprint.ingest.evidence import Evidence, evidence_of
from footprint.ingest.ids import all_cut
from footprint.ingest.mapping import Mapped
from footprint.ingest.rates import per_cent
from footprint.ingest.words import blank_to_null
from footprint.schema import Column
from footprint.text import Text

Cells = Callable[[Iterable[str]], Iterable[Mapping[str, pl.Series]]]


@dataclass(frozen=True, slots=True)
class Ways:
    """Per column: day order, decimal sign, whether rates are per cent, whether ids were cut."""

    order: Mapping[str, str] = field(default_factory=dict)
    comma: frozenset[str] = frozenset()
    percent: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """The ways of writing, what a reader must know of them, and what a person may say of them."""

    ways: Ways
    notes: tuple[Text, ...]
    asked: tuple[Asked, ...]


def settle(
    mapped: Mapped, headings: Mapping[str, str], said: Mapping[str, str],
    sample: Mapping[str, pl.Series], rest: Cells | None,
) -> Settled:  # fmt: skip
    """Settle every mapped column.

    ``headings``: column -> heading; ``said``: answers; ``sample``: cells per column, blanks null;
    ``rest`` gives the cells of the whole file for the columns asked for, None when ``sample`` has
    them all.
    """
    columns = {name: mapped.table.column(name) for name in mapped.positions}
    found = {name: evidence_of(sample[name], column) for name, column in columns.items()}
    telling = [name for name, evidence in found.items() if evidence.telling]
    if rest and telling:
        sums = dict.fromkeys(telling, Evidence())
        for cells in rest(telling):
            for name in telling:
                sums[name] += evidence_of(blank_to_null(cells[name]), columns[name])
        found |= sums
    job = _Settling(mapped.ways, headings, said)
    for name, evidence in found.items():
        job.take(columns[name], evidence, sample[name])
    ways = Ways(job.order, frozenset(job.comma), frozenset(job.percent), frozenset(job.cut))
    return Settled(ways, tuple(job.notes), tuple(job.asked))


class _Settling:
    """The columns of one sheet, settled one after the other."""

    def __init__(
        self, ways: Mapping[str, str], headings: Mapping[str, str], said: Mapping[str, str]
    ) -> None:
        self.ways, self.headings, self.said = ways, headings, said
        self.order: dict[str, str] = {}
        self.comma: set[str] = set()
        self.percent: set[str] = set()
        self.cut: set[str] = set()
        self.notes: list[Text] = []
        self.asked: list[Asked] = []

    def take(self, column: Column, found: Evidence, sample: pl.Series) -> None:
        if column.kind in ("timestamp", "date"):
            self._order(column, found, sample)
        if all_cut(found.long, found.cut):
            self.cut.add(column.name)
        if column.unit == "rate" and (found.bare or "percent" in self.ways.get(column.name, "")):
            self._rate(column, found)
        if found.comma:
            self._decimal(column, found, sample)

    def _word(self, kind: str, column: Column, allowed: tuple[str, ...]) -> str | None:
        """What was said, by ``--map`` or as an answer."""
        word = self.said.get(f"{kind}:{column.name}") or self.ways.get(column.name)
        return word if word in allowed else None

    def _order(self, column: Column, found: Evidence, sample: pl.Series) -> None:
        said = self._word("order", column, ("dmy", "mdy"))
        settled = found.day_order
        self.order[column.name] = said or settled or "dmy"
        if not found.days:
            return
        example = _example(sample, r"^\d{1,2}\D\d{1,2}\D\d{4}")
        told = Text(
            f"“{example}”：{_ORDER_WHY[settled].zh}", f"“{example}”: {_ORDER_WHY[settled].en}"
        )
        self._ask("order", column, _ORDER_WORDS, told, _ORDERS, settled, said)

    def _rate(self, column: Column, found: Evidence) -> None:
        heading = self.headings[column.name]
        said = self._word("rate", column, ("percent", "fraction"))
        reason = per_cent(heading, found)
        if said == "percent" or (reason and not said):
            self.percent.add(column.name)
        if reason and not said:
            self.notes.append(reason)
        why = reason or Text("数值都在 0 到 1 之间", "its values lie between 0 and 1")
        settled = "percent" if reason else "fraction"
        self._ask("rate", column, _RATE_WORDS, why, _RATES, settled, said)

    def _decimal(self, column: Column, found: Evidence, sample: pl.Series) -> None:
        said = self._word("decimal", column, ("comma", "point"))
        settled = found.decimal
        if (said or settled) == "comma":
            self.comma.add(column.name)
        if not said and settled == "point":
            return
        example = _example(sample, r"\d,\d")
        why = Text(
            f"{found.comma} 个数用逗号作小数点（如“{example}”），{found.point} 个用句点",
            f"{found.comma} numbers have a decimal comma (as “{example}”), {found.point} a point",
        )
        if settled == "comma" and not said:
            heading = self.headings[column.name]
            self.notes.append(
                Text(f"列“{heading}”的小数点是逗号：{why.zh}",
                     f"“{heading}” has a decimal comma: {why.en}")
            )  # fmt: skip
        self._ask("decimal", column, _DECIMAL_WORDS, why, _DECIMALS, settled, said)

    def _ask(
        self, kind: str, column: Column, words: Text, why: Text, options: tuple[Option, ...],
        settled: str | None, said: str | None,
    ) -> None:  # fmt: skip
        heading = self.headings[column.name]
        asked = Text(words.zh.format(heading=heading), words.en.format(heading=heading))
        self.asked.append(
            Asked(f"{kind}:{column.name}", kind, heading, column.name, asked, why, options,  # type: ignore[arg-type]
                  settled, settled is not None, said)
        )  # fmt: skip


def _example(text: pl.Series, pattern: str) -> str:
    hits = text.filter(text.str.contains(pattern).fill_null(False))
    return str(hits[0]) if len(hits) else ""


_ORDER_WORDS = Text(
    "“{heading}”先写日还是先写月？", "Does “{heading}” write the day or the month first?"
)
_ORDERS = (
    Option("dmy", Text("先日后月（31/12/2026）", "day first (31/12/2026)")),
    Option("mdy", Text("先月后日（12/31/2026）", "month first (12/31/2026)")),
)
_ORDER_WHY = {
    "dmy": Text("有大于 12 的数在前，所以先日", "a number above 12 comes first, so the day does"),
    "mdy": Text("有大于 12 的数在后，所以先月", "a number above 12 comes second, so the day does"),
    None: Text("整列都没有说明，日和月分不清",
               "nothing in the column settles it, day and month cannot be told apart"),
}  # fmt: skip
_RATE_WORDS = Text("“{heading}”是百分数还是小数？", "Is “{heading}” per cent or a fraction?")
_RATES = (
    Option("percent", Text("百分数（12.3 即 12.3%）", "per cent (12.3 is 12.3 %)")),
    Option("fraction", Text("小数（0.123 即 12.3%）", "fraction (0.123 is 12.3 %)")),
)
_DECIMAL_WORDS = Text(
    "“{heading}”的小数点是逗号还是句点？", "Is the decimal sign of “{heading}” a comma or a point?"
)
_DECIMALS = (
    Option("comma", Text("逗号（1.234,56）", "comma (1.234,56)")),
    Option("point", Text("句点（1,234.56）", "point (1,234.56)")),
)
