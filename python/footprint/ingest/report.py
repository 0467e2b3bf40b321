"""What became of the files of one import: in, set aside and why, new, changed, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from footprint.errors import InputRejected, Where
from footprint.ingest.choices import Asked
from footprint.ingest.reasons import WHYS, Reason
from footprint.text import Lang, Text


@dataclass(frozen=True, slots=True)
class FileReport:
    """One sheet of one file. ``rows`` = ``accepted`` + ``set_aside``.

    Of the accepted rows ``added`` are new, ``changed`` replaced a known row, ``unchanged`` were
    known. ``already``: this very file is in the workspace, so nothing was done. ``refused``: why
    none of it could be read; all counts are then 0. ``skipped``: left out, as was asked.
    ``gmv_before``/``gmv_after``: gross GMV in CNY of the table over the days of the file, without
    and with it; None for tables without money.
    """

    file: str
    table: str | None = None
    rows: int = 0
    accepted: int = 0
    set_aside: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    encoding: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Text, ...] = ()
    upload_id: int | None = None
    already: bool = False
    refused: InputRejected | None = None
    skipped: bool = False
    layout: str | None = None
    gmv_before: float | None = None
    gmv_after: float | None = None

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Plain values; ``dropped`` headings were not kept, ``personal`` name contact data."""
        counts = ("rows", "accepted", "set_aside", "added", "changed", "unchanged")
        return {
            "file": self.file,
            "table": self.table,
            **{name: getattr(self, name) for name in counts},
            "encoding": self.encoding,
            "mapped": dict(self.mapped),
            "dropped": list(self.dropped),
            "personal": list(self.personal),
            "reasons": [reason.to_dict(lang) for reason in self.reasons],
            "notes": [note(lang) for note in self.notes],
            "upload_id": self.upload_id,
            "already": self.already,
            "skipped": self.skipped,
            "layout": self.layout,
            "gmv_before": self.gmv_before,
            "gmv_after": self.gmv_after,
            "refused": error_dict(self.refused, lang) if self.refused else None,
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All files of one import, in the order given, and the data version it led to."""

    files: tuple[FileReport, ...]
    data_version: str

    @property
    def accepted(self) -> int:
        return sum(file.accepted for file in self.files)

    @property
    def set_aside(self) -> int:
        return sum(file.set_aside for file in self.files)

    @property
    def took_nothing(self) -> bool:
        """Whether no file brought a row in (and none was in already)."""
        return not self.accepted and not any(file.already or file.skipped for file in self.files)

    def raise_if_nothing(self) -> None:
        """Raise the InputRejected that says why, when nothing at all was accepted."""
        if not self.took_nothing:
            return
        for file in self.files:
            raise file.refused or all_aside(file)

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "accepted": self.accepted,
            "set_aside": self.set_aside,
            "files": [file.to_dict(lang) for file in self.files],
            "data_version": self.data_version,
        }


def all_aside(file: FileReport) -> InputRejected:
    """The refusal of a file of which every row was set aside, led by the most frequent fault."""
    most = max(file.reasons, key=lambda reason: reason.count)
    why = WHYS[most.code]
    return InputRejected(
        Text(
            f"全部 {file.rows} 行都被搁置，多数因为：{why.what.zh}",
            f"all {file.rows} rows were set aside, mostly: {why.what.en}",
        ),
        why.mend,
        Where(file.file, most.first_row, most.column),
    )


def unanswered(name: str, asked: Asked) -> InputRejected:
    """The refusal of a sheet with an open question."""
    ways = "/".join(option.value for option in asked.options[:6])
    told = f"--map {asked.heading}={asked.column}@"
    words = {"order": f"{told}dmy / {told}mdy", "decimal": f"{told}comma / {told}point"}
    how = words.get(asked.kind, f"--answer {asked.id}={ways}")
    return InputRejected(
        Text(f"{asked.words.zh}（{asked.why.zh}）", f"{asked.words.en} ({asked.why.en})"),
        Text(f"请说明：{how}。", f"Say which: {how}."),
        Where(name, None, asked.heading),
        Text("请重新上传，并在核对时回答。", "Upload it again and answer this when checking."),
    )


def error_dict(error: InputRejected, lang: Lang) -> dict[str, Any]:
    """An error as plain values: message, file, row, column, mend."""
    return {
        "message": error.what(lang),
        "file": error.where.file,
        "row": error.where.row,
        "column": error.where.column,
        "mend": error.mend(lang),
    }
