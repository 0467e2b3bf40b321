"""One file through the whole reading road, without a workspace: what tests look at."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from footprint.errors import InputRejected
from footprint.ingest.check import REASON, ROW
from footprint.ingest.choices import Choice
from footprint.ingest.mapping import scorer
from footprint.ingest.plan import Context, Plan, plan
from footprint.ingest.reasons import Reason
from footprint.ingest.sheets import open_sheets
from footprint.ingest.source import Source
from footprint.schema import Table
from footprint.store.effects import rows_of
from footprint.store.imports import check_open
from footprint.store.memory import conform
from footprint.store.repeats import set_repeats_aside
from footprint.store.staging import Staged, stage
from footprint.text import Text


@dataclass(frozen=True)
class Read:
    """One sheet as it was read: accepted rows, rows set aside and why."""

    plan: Plan
    rows: int
    good: pl.DataFrame
    aside: pl.DataFrame
    reasons: tuple[Reason, ...]
    notes: tuple[Text, ...]

    @property
    def table(self) -> Table:
        return self.plan.judge.mapped.table

    @property
    def headings(self) -> dict[str, str]:
        return self.plan.headings


def ingest(
    source: Source, *, tz: str, key: bytes, table: str | None = None,
    mapping: Mapping[str, str] | None = None, choice: Choice | None = None, **remembered: Any,
) -> tuple[list[Read], list[InputRejected]]:  # fmt: skip
    """Read every sheet of a file. Raises InputRejected when none can be read."""
    said = (choice or Choice()).over(Choice(table, mapping or {}))
    context = Context(tz, key, **remembered)
    named = [*said.mapping, *(h for one in context.profiles.values() for h in one.mapping)]
    sheets, refused = open_sheets(source, scorer(named), lambda name: said.heading)
    found: list[Read] = []
    for sheet in sheets:
        try:
            found.append(_read(plan(sheet, said, context)))
        except InputRejected as refusal:
            refused.append(refusal)
    if not found:
        raise refused[-1]
    return found, refused


def _read(planned: Plan) -> Read:
    check_open(planned)
    with tempfile.TemporaryDirectory() as room:
        staged = stage(planned, Path(room), lambda size, rows: None)
        set_repeats_aside(staged)
        return _told(staged)


def _told(staged: Staged) -> Read:
    plan, table = staged.plan, staged.table
    good = pl.DataFrame(schema=table.polars_schema)
    if staged.parts:
        good = conform(rows_of(staged.parts).sort(ROW), table)
    aside = pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.String})
    if staged.asides:
        aside = pl.concat([pl.read_parquet(p) for p in staged.asides], how="diagonal").sort(ROW)
    notes = (*plan.notes, *(note for note in staged.notes if note not in plan.notes))
    reasons = tuple(sorted(staged.reasons.values(), key=lambda reason: reason.first_row))
    assert staged.set_aside == aside.height
    return Read(plan, staged.rows, good, aside, reasons, notes)
