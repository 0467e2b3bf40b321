"""A preview: an import of the first rows of every file, up to the last step, which is not taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from footprint.errors import InputRejected
from footprint.ingest.plan import Plan
from footprint.ingest.preview import (
    ColumnPreview,
    Effect,
    Found,
    Preview,
    SheetPreview,
    Unlock,
)
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading, shown
from footprint.ingest.report import FileReport
from footprint.ingest.scan import digest
from footprint.ingest.sheets import OpenSheet, of_frame
from footprint.ingest.source import Source, Upload, upload_name
from footprint.ingest.words import blank_to_null
from footprint.questions import questions
from footprint.store.effects import GMV, gmv_by, grown, joins, rows_of, span
from footprint.store.imports import (
    Reading,
    check_open,
    key_note,
    known_tables,
    report_of,
    sources,
)
from footprint.store.parts import Part
from footprint.store.staging import Staged, stage
from footprint.text import Text

_SAMPLES, _CELL, _HEAD_LINES = 5, 40, 12


@dataclass(slots=True)
class Previewing:
    """Files looked at one after the other; later ones see what earlier ones would do."""

    reading: Reading
    _new: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _sheets: list[SheetPreview] = field(default_factory=list)

    def preview(self, uploads: Sequence[Upload]) -> Preview:
        for number, upload in enumerate(uploads):
            for source in sources(upload):
                self._sheets += self._file(source, upload_name(upload), number)
        held = set(self.reading.state.tables)
        tables = {name: self.reading.parts(name) for name in held | set(self.reading.tables)}
        new = {name: pl.concat(frames, how="diagonal") for name, frames in self._new.items()}
        return Preview(
            tuple(self._sheets), joins(new, tables), _unlocks(held, held | set(new)),
            self.reading.answers, tuple(uploads),
        )  # fmt: skip

    def _file(self, source: Source | InputRejected, upload: str, number: int) -> list[SheetPreview]:
        if isinstance(source, InputRejected):
            return [_refused(upload, upload, number, source)]
        known = known_tables(
            self.reading.catalogue, digest(source.content), self.reading.choice(source.name)
        )
        if known:
            note = Text("这个文件已经导入过", "this file is in already")
            return [
                SheetPreview(source.name, source.name, number, table, notes=(note,), already=True)
                for table in known
            ]
        try:
            sheets, refused = self.reading.sheets(source)
        except InputRejected as refusal:
            return [_refused(source.name, source.name, number, refusal, source)]
        seen = [self._sheet(sheet, source.name, number) for sheet in sheets]
        return seen + [
            _refused(r.where.file or source.name, source.name, number, r) for r in refused
        ]

    def _sheet(self, sheet: OpenSheet, file: str, number: int) -> SheetPreview:
        try:
            plan = self.reading.plan(sheet)
        except InputRejected as refusal:
            return replace(_refused(sheet.name, file, number, refusal), head=_head(sheet, ()))
        seen = SheetPreview(
            id=sheet.name, file=file, upload=number, table=plan.judge.mapped.table.name,
            layout=plan.layout.id if plan.layout else None,
            layout_title=plan.layout.title if plan.layout else None,
            encoding=plan.sample.encoding, heading_row=plan.sample.heading_row,
            head=_head(sheet, _hidden(plan)), rows=sheet.sample.height, exact=sheet.exact,
            bytes=sheet.size, columns=_columns(plan), questions=plan.asked, notes=plan.notes,
            profile=plan.profile, skipped=self.reading.answers.of(sheet.name).skip,
        )  # fmt: skip
        if seen.skipped:
            return seen
        try:
            check_open(plan)
        except InputRejected as refusal:
            return seen if seen.open else replace(seen, refused=refusal)
        return self._looked_at(seen, plan)

    def _looked_at(self, seen: SheetPreview, plan: Plan) -> SheetPreview:
        """The preview with what the rows looked at would do."""
        some = replace(plan, sheet=of_frame(plan.sheet.sample, (), plan.sheet.size))
        staged = stage(some, self.reading.staging_room(), lambda size, rows: None)
        old = self.reading.parts(staged.table.name)
        notes = key_note(old, staged)
        merged = self.reading.merge(staged)
        report = report_of(staged, merged, notes)
        parts = staged.parts
        if parts:
            self._new.setdefault(staged.table.name, []).append(rows_of(parts))
        first, last = span(parts)
        return replace(
            seen, accepted=report.accepted, reasons=report.reasons, notes=report.notes,
            first=first.isoformat() if first else None, last=last.isoformat() if last else None,
            effect=self._effect(staged, report, old, merged.parts),
        )  # fmt: skip

    def _effect(
        self, staged: Staged, report: FileReport, old: Sequence[Part], new: Sequence[Part]
    ) -> Effect:
        effect = Effect(report.added, report.changed, report.unchanged)
        first, last = span(staged.parts)
        if staged.table.name not in GMV or first is None or last is None:
            return effect
        tz = self.reading.tz
        before, after = (gmv_by(parts, staged.table, first, last, tz) for parts in (old, new))
        now, then = (round(float(frame["gmv"].sum()), 2) for frame in (before, after))
        return replace(
            effect, first=first.isoformat(), last=last.isoformat(), gmv_before=now, gmv_after=then,
            grown=grown(before, after),
        )  # fmt: skip


def _refused(
    id: str, file: str, number: int, refusal: InputRejected, source: Source | None = None
) -> SheetPreview:
    return SheetPreview(
        id, file, number, refused=refusal, bytes=source.content.size if source else 0
    )


def _columns(plan: Plan) -> tuple[ColumnPreview, ...]:
    names = {at: name for name, at in plan.judge.mapped.positions.items()}
    private = {asked.heading: asked.taken for asked in plan.asked if asked.kind == "personal"}
    found = []
    for at, heading in enumerate(plan.judge.headings):
        name = names.get(at)
        cells = blank_to_null(plan.sample.cells[str(at)])
        personal = private.get(heading) or ("hash" if name in PERSON_COLUMNS else None)
        hidden = personal is not None or is_personal_heading(heading)
        some = shown(cells.drop_nulls().unique(maintain_order=True).head(_SAMPLES), hidden)
        way = plan.provenance.get(name, "none") if name else "none"
        required = bool(name and plan.judge.mapped.table.column(name).required)
        found.append(
            ColumnPreview(
                heading, name, way, _why(plan, heading, way),
                tuple(text[:_CELL] for text in some.to_list()),
                len(cells) - cells.null_count(), plan.faults.get(name or "", 0), required, personal,
            )
        )  # fmt: skip
    return tuple(found)


def _why(plan: Plan, heading: str, way: Found) -> Text:
    return _USED if way == "none" and heading in plan.judge.mapped.used else _WHYS[way]


def _hidden(plan: Plan) -> tuple[int, ...]:
    """Columns whose cells must not be shown."""
    names = {at: name for name, at in plan.judge.mapped.positions.items()}
    told = {asked.heading for asked in plan.asked if asked.kind == "personal"}
    return tuple(
        at
        for at, heading in enumerate(plan.judge.headings)
        if names.get(at) in PERSON_COLUMNS or heading in told or is_personal_heading(heading)
    )


def _head(sheet: OpenSheet, hidden: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The first lines as cells, personal ones masked below the headings."""
    lines = []
    for number, cells in enumerate(sheet.head[:_HEAD_LINES]):
        below = number >= sheet.sample.heading_row
        veiled = shown(pl.Series(cells, dtype=pl.String), personal=True).to_list()
        plain = shown(pl.Series(cells, dtype=pl.String), personal=False).to_list()
        lines.append(
            tuple(
                (veiled if below and at in hidden else plain)[at][:_CELL]
                for at in range(len(cells))
            )
        )
    return tuple(lines)


def _unlocks(before: set[str], after: set[str]) -> tuple[Unlock, ...]:
    return tuple(
        Unlock(id, question.title, question.page)
        for id, question in questions().items()
        if question.needs and set(question.needs) <= after and not set(question.needs) <= before
    )


_USED = Text("其他列由它算出", "other columns are made from it")
_WHYS = {
    "alias": Text("表头是已知的名称", "its heading is a known name"),
    "layout": Text("平台导出的固定列", "a fixed column of this platform's export"),
    "value": Text("按内容认出", "told by its values"),
    "profile": Text("按上次的说明", "as said before"),
    "asked": Text("按你的说明", "as you said"),
    "made": Text("由其他列算出", "made from other columns"),
    "none": Text("不保留", "not kept"),
}
