"""Every error a user can meet: what happened, where (file, row, column), and the mend.

Exit codes of the command line: 2 wrong use, 3 data missing, 4 input rejected, 5 not allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from footprint.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Where:
    """The place an error points at; every part may be unknown."""

    file: str | None = None
    row: int | None = None
    column: str | None = None


class FootprintError(Exception):
    """Base of all errors meant for a person. ``message(lang)`` says what, where and the mend."""

    exit_code = 1

    def __init__(self, what: Text, mend: Text, where: Where | None = None) -> None:
        self.what, self.mend, self.where = what, mend, where or Where()
        super().__init__(self.message("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        # An import in a child process hands its error back to the parent.
        return type(self), (self.what, self.mend, self.where)

    def message(self, lang: Lang) -> str:
        place = self._place(lang)
        stop, colon = ("。", "：") if lang == "zh" else (". ", ": ")
        head = f"{place}{colon}{self.what(lang)}" if place else self.what(lang)
        return f"{head}{stop}{self.mend(lang)}"

    def _place(self, lang: Lang) -> str:
        row = Text("第 {n} 行", "row {n}")
        column = Text("列“{n}”", "column “{n}”")
        parts = [
            self.where.file or "",
            row(lang, n=self.where.row) if self.where.row is not None else "",
            column(lang, n=self.where.column) if self.where.column else "",
        ]
        return " · ".join(part for part in parts if part)


class UsageError(FootprintError):
    """The call itself is wrong: unknown question, parameter, column or value."""

    exit_code = 2


class DataMissing(FootprintError):
    """The tables at hand cannot answer the question; names the file that would unlock it."""

    exit_code = 3

    def __init__(self, what: Text, mend: Text, tables: tuple[str, ...]) -> None:
        self.tables = tables
        super().__init__(what, mend)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.tables)


class InputRejected(FootprintError):
    """A file (or all of its rows) could not be taken in; nothing was changed.

    ``page``: the mend for those who see it on the page, where ``mend`` names options of a command.
    """

    exit_code = 4

    def __init__(
        self, what: Text, mend: Text, where: Where | None = None, page: Text | None = None
    ) -> None:
        self.page = page
        super().__init__(what, mend, where)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.where, self.page)

    def on_page(self, lang: Lang) -> str:
        """``message`` for the page."""
        return FootprintError(self.what, self.page or self.mend, self.where).message(lang)


class WorkspaceError(FootprintError):
    """The workspace on disk cannot be read or written now (busy, full, read-only, damaged)."""

    exit_code = 4


class Forbidden(FootprintError):
    """The person acting has no right to do this; nothing was changed."""

    exit_code = 5


class ImportCancelled(FootprintError):
    """The import was stopped by the user; nothing was changed."""

    exit_code = 130

    def __init__(
        self, what: Text | None = None, mend: Text | None = None, where: Where | None = None
    ) -> None:
        super().__init__(
            what or Text("导入已取消，没有改动", "the import was cancelled; nothing was changed"),
            mend or Text("可随时重新导入。", "Import again at any time."),
            where,
        )


def unknown(what_en: str, what_zh: str, name: str, known: Iterable[str]) -> UsageError:
    """A UsageError for a name nobody declared, with the nearest known ones."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
    return UsageError(
        Text(f"没有这个{what_zh}：{name}", f"there is no {what_en} “{name}”"),
        Text(f"是不是：{'、'.join(near)}？", f"Did you mean: {', '.join(near)}?"),
    )
