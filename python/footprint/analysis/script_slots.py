"""Does a script hold every part that its template asks for?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from footprint.analysis.stream_facts import script_texts
from footprint.data import Data
from footprint.errors import unknown
from footprint.questions import Param, question, require
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.stats import wilson
from footprint.text import Text

_PASTED = "pasted"
_FIRST = "selling"
_DEFINITION = Text(
    "模板列出应有的环节和能认出它的词（可改）；完整度 = 找到的环节 ÷ 模板的环节。只看有没有，"
    "不评好坏。",
    "A template lists the parts and the words that show them (editable); completeness = parts "
    "found / parts of the template. It says what is there, not how good it is.",
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of a template and the words that show it."""

    id: str
    name: Text
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of script and its parts in the order they are spoken."""

    id: str
    name: Text
    slots: tuple[Slot, ...]


@cache
def templates() -> dict[str, Template]:
    """The template library."""
    path = Path(__file__).with_name("script_templates.toml")
    found = {}
    for entry in tomllib.loads(path.read_text("utf-8"))["template"]:
        slots = tuple(
            Slot(slot["id"], Text(slot["zh"], slot["en"]), tuple(slot["cues"]))
            for slot in entry["slot"]
        )
        found[entry["id"]] = Template(entry["id"], Text(entry["zh"], entry["en"]), slots)
    return found


@question(
    "script_slots",
    title=Text("脚本缺了哪一环？", "Which part is missing from the script?"),
    page="U5",
    rows=("S2.2.1-b",),
    needs=(),
    uses=("scripts",),
    params=(
        Param("template", str, _FIRST, Text("模板", "Template")),
        Param("text", str, None, Text("要检查的脚本", "Script to check")),
    ),
)
def script_slots(data: Data, scope: Scope, template: str, text: str | None) -> Result:
    """Parts of a template found in a pasted text or in every script of the data.

    Scalars: completeness (mean share of parts found), complete (scripts with all parts), scripts.
    Frames ``scripts`` (script_id, completeness, missing), ``slots`` (slot, slot_en, scripts, share,
    low, high, example = words that showed it first). Raises UsageError for an unknown template,
    DataMissing without text and scripts table. Source: requirement row S2.2.1-b.
    """
    chosen = _template(template)
    if text is None:
        require(data, ("scripts",))
        texts = script_texts(data)
    else:
        texts = pl.DataFrame({"script_id": [_PASTED], "text": [text]})
    found = _found(texts, chosen)
    n = texts.height
    full = int((found["missing"].list.len() == 0).sum())
    return Result(
        scalars={
            "completeness": Scalar(
                float(found["completeness"].sum()) / n if n else None, "rate", n,
                label=Text("平均完整度", "Mean completeness"), definition=_DEFINITION,
            ),
            "complete": Scalar(
                full, "count", n, label=Text("环节齐全的脚本", "Scripts with every part"),
                definition=_DEFINITION,
            ),
            "scripts": Scalar(n, "count", n, label=Text("脚本数", "Scripts")),
        },
        frames={"scripts": found.sort("completeness", "script_id"), "slots": _slots(texts, chosen)},
    )  # fmt: skip


def _template(name: str) -> Template:
    known = templates()
    if name not in known:
        raise unknown("template", "模板", name, known)
    return known[name]


def _holds(slot: Slot) -> pl.Expr:
    return pl.col("text").str.contains_any(list(slot.cues), ascii_case_insensitive=True)


def _found(texts: pl.DataFrame, template: Template) -> pl.DataFrame:
    names = [slot.name.zh for slot in template.slots]
    flags = texts.select("script_id", *(_holds(s).alias(s.name.zh) for s in template.slots))
    missing = pl.concat_list(
        pl.when(~pl.col(name)).then(pl.lit(name)) for name in names
    ).list.drop_nulls()
    return flags.select(
        "script_id",
        completeness=pl.mean_horizontal(pl.col(name).cast(pl.Float64) for name in names),
        missing=missing,
    )


def _slots(texts: pl.DataFrame, template: Template) -> pl.DataFrame:
    rows = []
    for slot in template.slots:
        held = texts.filter(_holds(slot))
        low, high = wilson(held.height, texts.height)
        cues = pl.col("text").str.extract_many(list(slot.cues), ascii_case_insensitive=True)
        first = held.select(cues.list.first()).to_series().drop_nulls()
        common = first.value_counts(sort=True)["text"][0] if len(first) else None
        share = held.height / texts.height if texts.height else None
        rows.append((slot.name.zh, slot.name.en, held.height, share, low, high, common))
    schema = {
        "slot": pl.String, "slot_en": pl.String, "scripts": pl.Int64, "share": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "example": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
