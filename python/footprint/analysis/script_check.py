"""Check a script against the term rules before anyone says it on air."""

from __future__ import annotations

import polars as pl

from footprint.analysis.shingles import nearest_to
from footprint.analysis.stream_facts import script_texts
from footprint.data import Data
from footprint.errors import UsageError
from footprint.questions import Param, question, require
from footprint.result import Result, Scalar
from footprint.risk.claims import all_script_hits, script_hits
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.text import Text

_SEVERE = 3
_ALIKE = 5
_PASTED = "pasted"
_DEFINITION = Text(
    "按规则表逐句比对，否定句和允许的说法不计。分数为各命中的严重度（1–3）之和，0 为未命中。"
    "规则可改、可停用；"
    "法律条款一栏须由专业人士复核，本检查不是法律意见。",
    "Every sentence is compared with the rule list; denials and allowed wordings do not count. The "
    "score is the sum of severities (1 to 3) of the hits, 0 is clean. Rules can be edited and "
    "switched off; the clauses need review by a lawyer: this is not legal advice.",
)
_OVERLAP = Text(
    "两篇共有的四字片段 ÷ 合计的四字片段，只看文字和数字；1 为完全一样。",
    "Shared four-character runs / all runs of both, letters and digits only; 1 is identical.",
)
_NOTE = Text("规则仅供自查，不是法律意见。", "The rules are for self-checks, not legal advice.")
_PARAMS = (
    Param("text", str, None, Text("要检查的脚本", "Script to check")),
    Param("script_id", str, None, Text("脚本ID", "Script id")),
)


@question(
    "script_check",
    title=Text("这份脚本能不能播？", "May this script go on air?"),
    page="U5",
    rows=("S2.3.1-a", "S9.2-a"),
    needs=(),
    uses=("scripts",),
    params=_PARAMS,
)
def script_check(
    data: Data, scope: Scope, text: str | None = None, script_id: str | None = None
) -> Result:
    """Rule hits in a pasted text, in one script, or in all scripts of the scope.

    Frames: ``hits`` (script_id, term, position of the first character, found, category, severity,
    state hit / negated / allowed, clause, allowed_when, replacement) and ``scripts`` (script_id,
    hits, severe_hits, score), worst first; of a pasted text also ``alike`` (the closest own
    scripts: script_id, jaccard) and the scalar nearest. Scalars count state hit only. Raises
    DataMissing without text and scripts table, UsageError for an unknown script. Source:
    requirement rows S2.3.1-a and S9.2-a.
    """
    ids, found = _checked(data, scope, text, script_id)
    counted = _per_script(ids, found)
    n = counted.height
    alike = _alike(data, text)

    def total(column: str, label: Text) -> Scalar:
        value = int(counted[column].sum())
        return Scalar(value, "count", n, label=label, definition=_DEFINITION)

    return Result(
        scalars={
            "hits": total("hits", Text("命中条数", "Hits")),
            "severe_hits": total("severe_hits", Text("严重命中", "Severe hits")),
            "score": total("score", Text("风险分", "Risk score")),
            **_nearest(data, alike),
        },
        frames={"hits": found, "scripts": counted, **({} if alike is None else {"alike": alike})},
        notes=(_NOTE,),
    )  # fmt: skip


def _alike(data: Data, text: str | None) -> pl.DataFrame | None:
    """The own scripts closest to a pasted text; None without either."""
    if not text or not data.has("scripts"):
        return None
    known = script_texts(data)
    return nearest_to(text, known["script_id"].to_list(), known["text"].to_list()).head(_ALIKE)


def _nearest(data: Data, alike: pl.DataFrame | None) -> dict[str, Scalar]:
    if alike is None or alike.is_empty():
        return {}
    label = Text("与最像的自有脚本的重合度", "Overlap with the closest own script")
    n = data.frame("scripts")["script_id"].n_unique()
    return {"nearest": Scalar(alike["jaccard"][0], "rate", n, label=label, definition=_OVERLAP)}


def _checked(
    data: Data, scope: Scope, text: str | None, script_id: str | None
) -> tuple[pl.Series, pl.DataFrame]:
    if text is not None:
        pasted = pl.DataFrame({"script_id": [_PASTED], "text": [text]})
        return pasted["script_id"], script_hits(pasted)
    require(data, ("scripts",))
    ids = scoped(data, "scripts", scope)["script_id"].unique().sort()
    if script_id is not None:
        if script_id not in ids:
            raise _unknown_script(script_id)
        ids = pl.Series("script_id", [script_id])
    found = all_script_hits(data)
    return ids, found.filter(pl.col("script_id").is_in(ids.implode()))


def _per_script(ids: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    counts = (
        found.filter(pl.col("state") == "hit")
        .group_by("script_id")
        .agg(
            hits=pl.len().cast(pl.Int64),
            severe_hits=(pl.col("severity") >= _SEVERE).sum().cast(pl.Int64),
            score=pl.col("severity").sum(),
        )
    )
    return (
        ids.to_frame("script_id")
        .join(counts, on="script_id", how="left")
        .with_columns(pl.col("hits", "severe_hits", "score").fill_null(0))
        .sort("score", "script_id", descending=[True, False])
    )


def _unknown_script(script_id: str) -> UsageError:
    return UsageError(
        Text(f"没有脚本“{script_id}”", f"there is no script “{script_id}”"),
        Text("请从脚本表中选一个ID。", "Pick an id from the scripts table."),
    )
