"""Columns of personal data, by heading and by value: not kept, or replaced by keyed hashes."""

from __future__ import annotations

from collections.abc import Mapping

from footprint.ingest.choices import Asked, Option
from footprint.ingest.ids import is_id
from footprint.ingest.mapping import Mapped
from footprint.ingest.privacy import PERSON_COLUMNS, is_personal_heading, personal_by_value
from footprint.ingest.raw import RawSheet
from footprint.ingest.words import blank_to_null
from footprint.text import Text

# Free text is masked cell by cell, which keeps what is not personal in it.
_FREE = frozenset({"text", "note", "refund_reason", "skills", "licences"})


def personal_questions(
    sheet: RawSheet, mapped: Mapped, said: Mapping[str, str]
) -> tuple[tuple[Asked, ...], dict[str, int], dict[str, str]]:
    """Questions, columns to drop (with their positions), and what was said of the others.

    A heading without a place in the schema is never kept, so it is told but not asked about.
    """
    asked: list[Asked] = []
    drop: dict[str, int] = {}
    kept: dict[str, str] = {}
    columns = {at: name for name, at in mapped.positions.items()}
    for at, heading in enumerate(sheet.headings):
        name = columns.get(at)
        # Made columns are built from others by rules that hide people themselves.
        if not heading or "→" in heading or not _personal(sheet, at, heading, name, mapped):
            continue
        required = bool(name and mapped.table.column(name).required)
        options = _options(name, required)
        default = "hash" if name in PERSON_COLUMNS or required else "drop"
        word = said.get(f"personal:{heading}")
        word = word if word in {option.value for option in options} else None
        words = Text(f"“{heading}”像是个人信息，怎样处理？",
                     f"“{heading}” looks like personal data: what shall be done?")  # fmt: skip
        asked.append(
            Asked(f"personal:{heading}", "personal", heading, name, words, _WHY, tuple(options),
                  default, name is None or name in PERSON_COLUMNS, word)
        )  # fmt: skip
        taken = word or default
        if name and taken == "drop":
            drop[name] = at
        elif name and name not in PERSON_COLUMNS:
            kept[name] = taken
    return tuple(asked), drop, kept


def _options(name: str | None, required: bool) -> list[Option]:
    if name is None:
        return [_DROP]
    # People are pseudonyms in every workspace; a name such as a host's may be wanted as it is.
    keep = [_HASH] if name in PERSON_COLUMNS else [_HASH, _KEEP]
    return keep if required else [_DROP, *keep]


def _personal(sheet: RawSheet, at: int, heading: str, name: str | None, mapped: Mapped) -> bool:
    if name is not None:
        kind = mapped.table.column(name).kind
        if kind != "string" or name in _FREE or (is_id(name) and name not in PERSON_COLUMNS):
            return False
        if name not in PERSON_COLUMNS:
            return personal_by_value(blank_to_null(sheet.cells[str(at)]))
    if is_personal_heading(heading):
        return True
    return personal_by_value(blank_to_null(sheet.cells[str(at)]))


_DROP = Option("drop", Text("不保留", "do not keep it"))
_HASH = Option(
    "hash", Text("换成加密代号（同一人仍可对上）", "replace by keyed codes (people still match)")
)
_KEEP = Option("keep", Text("原样保留", "keep it as it is"))
_WHY = Text(
    "表头或内容像手机号、证件号、邮箱、姓名或地址",
    "its heading or values look like phone or identity numbers, e-mails, names or addresses",
)
