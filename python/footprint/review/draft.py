"""The brief before it is frozen: the order people gave it, what they left out and what they said.

Every edit is one transaction with its line in the audit table. Source: requirement row S7.4-d.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footprint.access import needs
from footprint.errors import UsageError
from footprint.result import Finding
from footprint.review.report import Remark
from footprint.store.catalogue import Catalogue, audit, insert, now
from footprint.store.lock import who
from footprint.text import Text

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """One remark on a finding with the number to withdraw it by."""

    id: int
    finding: str
    remark: Remark


def arranged(
    catalogue: Catalogue, week: str, findings: Sequence[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """The findings in the order people gave them, and those they left out.

    What nobody moved keeps its rank among the rest.
    """
    with catalogue.reading() as db:
        marks = {
            row["finding"]: (row["position"], bool(row["hidden"]))
            for row in db.execute("select * from review_marks where week = ?", (week,))
        }
    ranks = {finding.id: float(rank) for rank, finding in enumerate(findings)}

    def place(finding: Finding) -> float:
        position = marks.get(finding.id, (None, False))[0]
        return ranks[finding.id] if position is None else position

    ordered = sorted(findings, key=place)
    hidden = {id for id, (_, gone) in marks.items() if gone}
    return (
        [finding for finding in ordered if finding.id not in hidden],
        [finding for finding in ordered if finding.id in hidden],
    )


@needs("editor")
def arrange(catalogue: Catalogue, week: str, ids: Sequence[str]) -> None:
    """Keep this order of finding ids for a week."""
    with catalogue.changing() as db:
        for place, finding in enumerate(ids):
            db.execute(
                "insert into review_marks (week, finding, position) values (?, ?, ?) "
                "on conflict (week, finding) do update set position = excluded.position",
                (week, finding, float(place)),
            )
        audit(db, "review_order", week=week, order=list(ids))


@needs("editor")
def hide(catalogue: Catalogue, week: str, finding: str, hidden: bool = True) -> None:
    """Leave a finding out of the week's report, or take it in again."""
    with catalogue.changing() as db:
        db.execute(
            "insert into review_marks (week, finding, hidden) values (?, ?, ?) "
            "on conflict (week, finding) do update set hidden = excluded.hidden",
            (week, finding, int(hidden)),
        )
        audit(db, "review_hide" if hidden else "review_show", week=week, finding=finding)


def remarks(catalogue: Catalogue, week: str) -> list[Said]:
    """What was said of the week's findings, oldest first."""
    with catalogue.reading() as db:
        found = db.execute(
            "select * from review_comments where week = ? and not removed order by id", (week,)
        ).fetchall()
    return [
        Said(row["id"], row["finding"], {"at": row["at"], "who": row["who"], "words": row["words"]})
        for row in found
    ]


@needs("editor")
def remark(catalogue: Catalogue, week: str, finding: str, words: str) -> int:
    """Say something of a finding; gives the number of the remark. UsageError for nothing said."""
    said = words.strip()[:LONGEST]
    if not said:
        raise UsageError(
            Text("还没有写内容", "nothing was written"), Text("请先写一句话。", "Write a sentence.")
        )
    with catalogue.changing() as db:
        id = insert(
            db, "review_comments", week=week, finding=finding, at=now(), who=who(), words=said
        )
        audit(db, "comment", week=week, finding=finding, id=id)
    return id


@needs("editor")
def withdraw(catalogue: Catalogue, id: int) -> None:
    """Take a remark back; frozen reports keep it."""
    with catalogue.changing() as db:
        db.execute("update review_comments set removed = 1 where id = ?", (id,))
        audit(db, "comment_withdrawn", id=id)
