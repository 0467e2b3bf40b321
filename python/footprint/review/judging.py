"""Were the findings right? What people said of each one afterwards, and how often they held.

Source: requirement row S7.4-e (evaluate the evaluation).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from footprint.access import needs
from footprint.errors import unknown
from footprint.review.report import Report
from footprint.stats import wilson
from footprint.store.catalogue import Catalogue, audit, insert, now
from footprint.store.lock import who

# The requirement rows the log serves.
ROWS = ("S7.4-e",)
Judged = Literal["right", "wrong", "unclear"]
JUDGED: tuple[Judged, ...] = get_args(Judged)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said of a finding once its outcome was known."""

    at: str
    who: str
    week: str
    finding: str
    kind: str
    verdict: Judged
    note: str


@needs("editor")
def judge(catalogue: Catalogue, week: str, finding: str, verdict: str, note: str = "") -> None:
    """Say whether a finding was right; the newest word counts, the older ones are kept.

    Raises UsageError for an unknown verdict.
    """
    if verdict not in JUDGED:
        raise unknown("verdict", "结论", verdict, JUDGED)
    kind = finding.split(":")[0]
    with catalogue.changing() as db:
        insert(db, "judgements", at=now(), who=who(), week=week, finding=finding, kind=kind,
               verdict=verdict, note=note.strip())  # fmt: skip
        audit(db, "judgement", week=week, finding=finding, verdict=verdict)


def judgements(catalogue: Catalogue) -> list[Judgement]:
    """The word that counts for each finding and week, newest first."""
    with catalogue.reading() as db:
        rows = db.execute(
            "select at, who, week, finding, kind, verdict, note from judgements "
            "where id in (select max(id) from judgements group by week, finding) order by id desc"
        ).fetchall()
    return [Judgement(**dict(row)) for row in rows]


def accuracy(found: Iterable[Judgement]) -> pl.DataFrame:
    """By kind: how many were judged, share right of right and wrong, with its 95 % interval."""
    schema = {"kind": pl.String(), "right": pl.Int64(), "wrong": pl.Int64(), "unclear": pl.Int64(),
              "rate": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()}  # fmt: skip
    counts: dict[str, dict[str, int]] = {}
    for item in found:
        mine = counts.setdefault(item.kind, dict.fromkeys(JUDGED, 0))
        mine[item.verdict] += 1
    rows = []
    for kind, count in sorted(counts.items()):
        decided = count["right"] + count["wrong"]
        low, high = wilson(count["right"], decided) if decided else (None, None)
        rate = count["right"] / decided if decided else None
        rows.append({"kind": kind, **count, "rate": rate, "low": low, "high": high})
    return pl.DataFrame(rows, schema=schema)


def log(reports: Iterable[Report], found: Iterable[Judgement]) -> pl.DataFrame:
    """Every finding of the frozen reports: whether it came again in the next one, and the word.

    Of several reports of one week the newest counts. ``again`` is null for the last week.
    """
    newest: dict[str, Report] = {}
    for report in sorted(reports, key=lambda r: (r["frozen"] or {}).get("at", "")):
        newest[report["week"]] = report
    ordered = sorted(newest.values(), key=lambda r: r["start"] or "")
    said = {(item.week, item.finding): item for item in found}
    rows = []
    for report, after in zip(ordered, [*ordered[1:], None], strict=True):
        ids = {row["id"] for row in after["findings"]} if after else set()
        for row in report["findings"]:
            word = said.get((report["week"], row["id"]))
            rows.append(
                {"week": report["week"], "finding": row["id"], "zh": row["problem"]["zh"],
                 "en": row["problem"]["en"], "impact_cny": row["impact_cny"],
                 "again": row["id"] in ids if after else None,
                 "verdict": word.verdict if word else None, "note": word.note if word else None}
            )  # fmt: skip
    return pl.DataFrame(rows, schema=_LOG).reverse()


_LOG = {"week": pl.String(), "finding": pl.String(), "zh": pl.String(), "en": pl.String(),
        "impact_cny": pl.Float64(), "again": pl.Boolean(), "verdict": pl.String(),
        "note": pl.String()}  # fmt: skip
