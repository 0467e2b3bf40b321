"""The brief on the command line: as text, as files, and the list of what was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from footprint.format import clock
from footprint.terminal.output import write_file
from footprint.terminal.printing import finding_text, table
from footprint.text import Lang, Text

if TYPE_CHECKING:
    from footprint.review import Brief
    from footprint.review.frozen import Frozen
    from footprint.workspace import Workspace

_HEADS = (
    Text("编号", "id"),
    Text("周", "week"),
    Text("定稿时间", "frozen at"),
    Text("由谁", "by"),
    Text("数据版本", "data version"),
)


def brief_text(brief: Brief, lang: Lang) -> str:
    """Colour with its reason, findings, notes."""
    head = f"{brief.week}  {brief.colour.upper()}  {brief.reason(lang)}"
    lines = [finding_text(finding, lang) for finding in brief.findings]
    notes = [note(lang) for note in brief.notes]
    return "\n\n".join([head, *lines, *notes])


def write_files(
    workspace: Workspace, brief: Brief, files: Mapping[str, Path | None], lang: Lang
) -> int:
    """Write every form that has a place to go; gives how many. Raises UsageError."""
    wanted = {kind: path for kind, path in files.items() if path is not None}
    if wanted:
        from footprint.outlets import file_of

        report = workspace.review.report(brief)
        for kind, path in wanted.items():
            write_file(path, file_of(report, kind, lang))
            workspace.note_export(path.name)
    return len(wanted)


def reports_text(kept: Sequence[Frozen], lang: Lang, tz: str) -> str:
    """Frozen reports as a table."""
    rows = [
        [one.id[:12], one.week, clock(datetime.fromisoformat(one.at), lang, tz), one.who,
         one.data_version]
        for one in kept
    ]  # fmt: skip
    return table([head(lang) for head in _HEADS], rows)
