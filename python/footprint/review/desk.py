"""The review of a workspace: one place for what a meeting does with a brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from footprint.result import Finding
from footprint.review import actions as board
from footprint.review import draft, frozen, judging
from footprint.review.compare import Comparison, compare
from footprint.review.followup import measured, promised, task_of
from footprint.review.private import without_contacts
from footprint.review.report import Extra, Report, report_of
from footprint.review.weekly import Brief
from footprint.store.catalogue import Catalogue
from footprint.text import Lang

if TYPE_CHECKING:
    from footprint.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief with what people did to it: findings in their order, left out, remarks, actions."""

    brief: Brief
    findings: tuple[Finding, ...]
    hidden: tuple[Finding, ...]
    said: tuple[draft.Said, ...]
    actions: tuple[board.Action, ...]
    promises: tuple[board.Action, ...]


class Review:
    """What a meeting does: arrange, remark, assign, freeze, compare, judge.

    Changes need an editor (Forbidden otherwise); every one is a line of the audit table.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self._workspace, self._catalogue = workspace, catalogue

    def today(self) -> date:
        """The day in the shop's time zone."""
        return datetime.now(ZoneInfo(self._workspace.data().tz)).date()

    # -- the draft -----------------------------------------------------------------------------

    def draft(self, brief: Brief) -> Draft:
        """The brief of a week as people left it."""
        shown, hidden = draft.arranged(self._catalogue, brief.week, brief.findings)
        every = board.actions(self._catalogue)
        return Draft(
            brief, tuple(shown), tuple(hidden), tuple(draft.remarks(self._catalogue, brief.week)),
            tuple(action for action in every if action.week == brief.week),
            tuple(promised(every, brief)),
        )  # fmt: skip

    def move(self, brief: Brief, finding: str, step: int) -> None:
        """Move a finding up (-1) or down (+1) among those shown."""
        ids = [item.id for item in self.draft(brief).findings]
        if finding not in ids:
            return
        place = ids.index(finding)
        ids.insert(min(max(place + step, 0), len(ids) - 1), ids.pop(place))
        draft.arrange(self._catalogue, brief.week, ids)

    def arrange(self, week: str, ids: Sequence[str]) -> None:
        """Keep an order of finding ids."""
        draft.arrange(self._catalogue, week, ids)

    def hide(self, week: str, finding: str, hidden: bool = True) -> None:
        """Leave a finding out of the report, or take it in again."""
        draft.hide(self._catalogue, week, finding, hidden)

    def remark(self, week: str, finding: str, words: str) -> int:
        """Say something of a finding."""
        return draft.remark(self._catalogue, week, finding, words)

    def withdraw(self, id: int) -> None:
        """Take a remark back."""
        draft.withdraw(self._catalogue, id)

    # -- actions -------------------------------------------------------------------------------

    def assign(self, week: str, finding: Finding, owner: str, **more: Any) -> int:
        """Promise something about a finding, with its metric measured in that week.

        ``more`` as in ``footprint.review.actions.assign`` (title, impact, due, metric).
        """
        metric = more.pop("metric", None) or board.METRICS.get(finding.kind)
        before = measured(self._workspace.data(), metric, week)
        more.setdefault("today", self.today())
        return board.assign(
            self._catalogue, week, finding, owner, metric=metric, before=before, **more
        )

    def change_action(self, id: int, **values: Any) -> None:
        """Change an action; see ``footprint.review.actions.change``."""
        board.change(self._catalogue, id, self.today(), **values)

    def actions(self) -> list[board.Action]:
        """Every action, newest first."""
        return board.actions(self._catalogue)

    # -- reports -------------------------------------------------------------------------------

    def report(self, brief: Brief) -> Report:
        """The brief with everything people added, as it would be frozen now."""
        found = self.draft(brief)
        today = self.today()
        extra: Extra = {
            "remarks": _grouped([(said.finding, said.remark) for said in found.said]),
            "tasks": _grouped([(a.finding, task_of(a, today)) for a in reversed(found.actions)]),
            "promises": [task_of(action, today, brief) for action in found.promises],
        }
        settings = self._workspace.settings
        return without_contacts(report_of(brief, settings, findings=found.findings, extra=extra))

    def freeze(self, brief: Brief) -> frozen.Frozen:
        """Keep the report of a brief for good."""
        return frozen.freeze(self._catalogue, self.report(brief))

    def reports(self) -> list[frozen.Frozen]:
        """Every frozen report, newest first."""
        return frozen.reports(self._catalogue)

    def frozen(self, id: str) -> Report:
        """What a frozen report holds. UsageError when there is none."""
        return frozen.content(self._catalogue, id)

    def page(self, id: str, lang: Lang) -> bytes:
        """A frozen report as it was written when it was frozen."""
        return frozen.frozen_page(self._catalogue, id, lang)

    def compare(self, one: str, other: str) -> Comparison:
        """Two frozen reports side by side."""
        return compare(self.frozen(one), self.frozen(other))

    # -- looking back --------------------------------------------------------------------------

    def judge(self, week: str, finding: str, verdict: str, note: str = "") -> None:
        """Say whether a finding was right."""
        judging.judge(self._catalogue, week, finding, verdict, note)

    def judgements(self) -> list[judging.Judgement]:
        """The word that counts for each finding and week."""
        return judging.judgements(self._catalogue)


def _grouped(pairs: Sequence[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
