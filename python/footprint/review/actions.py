"""The action board: plan, do, check, standardise (PDCA), each action with its metric before.

Grades give the time: high impact one month, medium a quarter, low the backlog (row S7.4-c); the
stages and the column for what became standard are rows S7.4-a and S9.1-a; who declines an action
says why (row S7.4-f).
"""

from __future__ import annotations

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from footprint.access import needs
from footprint.errors import UsageError, unknown
from footprint.result import Finding
from footprint.review.report import Words
from footprint.store.catalogue import Catalogue, audit, insert, now
from footprint.store.lock import who
from footprint.text import Text

# The requirement rows the board serves.
ROWS = ("S7.4-a", "S7.4-c", "S7.4-f", "S9.1-a")
Stage = Literal["plan", "do", "check", "act", "declined"]
Impact = Literal["high", "medium", "low"]
Verdict = Literal["solved", "better", "same", "worse"]
STAGES: tuple[Stage, ...] = get_args(Stage)
IMPACTS: tuple[Impact, ...] = get_args(Impact)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
OPEN: tuple[Stage, ...] = ("plan", "do", "check")
# Months an action of this grade may take (row S7.4-c); the low grade has no date.
MONTHS: dict[Impact, int] = {"high": 1, "medium": 3}
# The metric that would show whether the cause is mended; a person may choose another.
METRICS = {
    "complaint_rate": "complaint_rate",
    "exaggeration_returns": "return_rate",
    "benchmark_alert": "conversion",
    "latency_exits": "conversion",
    "opinion_red": "negative_index",
    "opinion_yellow": "negative_index",
    "cost_share": "roi",
    "ignored_sku": "gmv",
}
_CHANGEABLE = ("owner", "due", "impact", "stage", "metric", "verdict", "note", "standard", "done")


@dataclass(frozen=True, slots=True)
class Action:
    """Something somebody promised to do about a finding.

    ``before`` is the metric in the week of the finding (value, n, low, high), ``stake`` the money
    the finding was worth then (CNY), ``standard`` what became the rule once it worked.
    """

    id: int
    at: str
    who: str
    week: str
    finding: str
    question: str
    title: Words
    impact: Impact
    owner: str
    due: date | None
    stage: Stage
    metric: str | None
    before: dict[str, Any] | None
    stake: float | None
    done: date | None
    verdict: Verdict | None
    note: str
    standard: str

    def overdue(self, today: date) -> bool:
        """Whether its day has passed while it is still open."""
        return self.stage in OPEN and self.due is not None and self.due < today


def due_of(impact: Impact, today: date) -> date | None:
    """The last day an action of this grade may take, None for the backlog (row S7.4-c)."""
    months = MONTHS.get(impact)
    if months is None:
        return None
    year, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + year, month + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def grade_of(finding: Finding) -> Impact:
    """The grade proposed for a finding: by its severity, red is always high."""
    if finding.colour == "red" or finding.severity >= 3:
        return "high"
    return "medium" if finding.severity == 2 else "low"


def actions(catalogue: Catalogue) -> list[Action]:
    """Every action, newest first."""
    with catalogue.reading() as db:
        return [_action(row) for row in db.execute("select * from actions order by id desc")]


@needs("editor")
def assign(
    catalogue: Catalogue,
    week: str,
    finding: Finding,
    owner: str,
    *,
    title: str = "",
    impact: Impact | None = None,
    due: date | None = None,
    metric: str | None = None,
    before: dict[str, Any] | None = None,
    today: date | None = None,
) -> int:
    """Promise something about a finding; gives its number.

    Without ``title`` the suggestion is promised; without ``due`` the grade gives the day.
    Raises UsageError without an owner or for an unknown grade.
    """
    if not owner.strip():
        raise UsageError(
            Text("还没有负责人", "there is no owner"),
            Text("请写上由谁负责。", "Say who does it."),
        )
    grade = impact or grade_of(finding)
    _check("impact", grade, IMPACTS)
    suggestion = {"zh": finding.suggestion.zh, "en": finding.suggestion.en}
    words = {"zh": title.strip(), "en": title.strip()} if title.strip() else suggestion
    day = due or due_of(grade, today or date.today())
    with catalogue.changing() as db:
        id = insert(
            db, "actions", at=now(), who=who(), week=week, finding=finding.id,
            question=finding.question, title=json.dumps(words, ensure_ascii=False), impact=grade,
            owner=owner.strip(), due=day.isoformat() if day else None, stage="plan", metric=metric,
            before=json.dumps(before) if before else None, stake=finding.impact_cny,
        )  # fmt: skip
        audit(db, "action", id=id, week=week, finding=finding.id, owner=owner.strip(),
              due=day.isoformat() if day else None)  # fmt: skip
    return id


@needs("editor")
def change(catalogue: Catalogue, id: int, today: date | None = None, **values: Any) -> None:
    """Change an action: owner, due, impact, stage, metric, verdict, note, standard.

    An action that reaches its last stage keeps the day. Raises UsageError for unknown names and
    values, for a number nobody gave, and for declining without a reason (``note``).
    """
    for name, value in values.items():
        if name not in _CHANGEABLE:
            raise unknown("field", "字段", name, _CHANGEABLE)
        known = {"stage": STAGES, "impact": IMPACTS, "verdict": (*VERDICTS, None)}.get(name)
        if known:
            _check(name, value, known)
    stage = values.get("stage")
    if stage:
        ended = stage in ("act", "declined")
        values["done"] = (today or date.today()).isoformat() if ended else None
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
    with catalogue.changing() as db:
        row = db.execute("select * from actions where id = ?", (id,)).fetchone()
        if row is None:
            raise UsageError(
                Text(f"没有行动 {id}", f"there is no action {id}"),
                Text("请刷新页面。", "Reload the page."),
            )
        if stage == "declined" and not (plain.get("note") or row["note"]).strip():
            raise UsageError(
                Text("不采纳要写原因", "declining takes a reason"),
                Text("请在备注里写一句。", "Write it in the note."),
            )
        names = ", ".join(f"{name} = ?" for name in plain)
        db.execute(f"update actions set {names} where id = ?", (*plain.values(), id))
        audit(db, "action_changed", id=id, **plain)


def _check(name: str, value: Any, known: tuple[Any, ...]) -> None:
    if value not in known:
        raise unknown(name, name, str(value), [str(item) for item in known if item])


def _action(row: Any) -> Action:
    found = dict(row)
    days = {name: date.fromisoformat(found[name]) if found[name] else None
            for name in ("due", "done")}  # fmt: skip
    before = json.loads(found["before"]) if found["before"] else None
    return Action(**{**found, **days, "before": before, "title": json.loads(found["title"])})
