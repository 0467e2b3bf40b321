"""Two frozen weeks side by side: which findings are new, gone, better or worse, and the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from footprint.review.report import Number, Report, Row, TargetRow

ORDER = ("new", "worse", "same", "better", "gone")


@dataclass(frozen=True, slots=True)
class FindingChange:
    """One finding in two reports. ``state``: new, worse, same, better or gone."""

    state: str
    earlier: Row | None
    later: Row | None

    @property
    def row(self) -> Row:
        """The later one, or the earlier when it is gone."""
        found = self.later or self.earlier
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One core number in two reports; either may be missing."""

    earlier: Number | None
    later: Number | None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One target whose state is not the same in two reports."""

    earlier: TargetRow
    later: TargetRow


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from the earlier report to the later one."""

    earlier: Report
    later: Report
    findings: tuple[FindingChange, ...]
    numbers: tuple[NumberChange, ...]
    targets: tuple[TargetChange, ...]


def compare(one: Report, other: Report) -> Comparison:
    """Two reports in the order of their periods, whichever way they are given."""
    earlier, later = sorted((one, other), key=_when)
    return Comparison(
        earlier, later, _findings(earlier, later), _numbers(earlier, later),
        _targets(earlier, later),
    )  # fmt: skip


def _when(report: Report) -> tuple[str, str]:
    return report["start"] or "", report["frozen"]["at"] if report["frozen"] else "9999"


def _findings(earlier: Report, later: Report) -> tuple[FindingChange, ...]:
    was = {row["id"]: row for row in earlier["findings"]}
    now = {row["id"]: row for row in later["findings"]}
    changes = [FindingChange(_state(was.get(id), row), was.get(id), row) for id, row in now.items()]
    changes += [FindingChange("gone", row, None) for id, row in was.items() if id not in now]
    return tuple(sorted(changes, key=lambda change: ORDER.index(change.state)))


def _state(was: Row | None, now: Row) -> str:
    """By the money: worse or better only where it lies outside the other's interval."""
    if was is None:
        return "new"
    before, after = was["impact_cny"], now["impact_cny"]
    if before is None or after is None:
        return "same"
    low, high = (before if was[end] is None else was[end] for end in ("impact_low", "impact_high"))
    assert low is not None and high is not None
    return "worse" if after > high else "better" if after < low else "same"


def _numbers(earlier: Report, later: Report) -> tuple[NumberChange, ...]:
    was = {line["metric"]: line for line in earlier["headline"]}
    now = {line["metric"]: line for line in later["headline"]}
    return tuple(NumberChange(was.get(id), now.get(id)) for id in {**now, **was})


def _targets(earlier: Report, later: Report) -> tuple[TargetChange, ...]:
    was = {line["metric"]: line for line in earlier["targets"]}
    return tuple(
        TargetChange(was[line["metric"]], line) for line in later["targets"]
        if line["metric"] in was and _met(was[line["metric"]]) != _met(line)
    )  # fmt: skip


def _met(line: TargetRow) -> bool:
    return line["state"] in ("reached", "held")
