"""From the findings of all questions to the few rows an owner reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from footprint.result import Colour, Finding

# Findings that say one thing when they are about the same streams: the first leads.
_SAME_STREAMS = {("exaggeration_returns", "complaint_rate")}
_STREAM_COLUMNS = ("stream_id", "group")


def weight(finding: Finding) -> float:
    """Money at stake times confidence, CNY; 0 where money cannot be told."""
    return max(finding.impact_cny or 0.0, 0.0) * finding.confidence


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Reds first, then by money at stake times confidence, then severity and id."""
    return tuple(sorted(findings, key=lambda f: (f.colour != "red", -weight(f), -f.severity, f.id)))


def merged(
    findings: Sequence[Finding],
) -> tuple[tuple[Finding, ...], Mapping[str, tuple[Finding, ...]]]:
    """Leading findings, ranked, and what was folded under each (by the lead's id).

    Folded are findings with the id of a weightier one, and complaints about exactly the streams
    that an exaggeration finding already names. Source: requirement row S7.4-d.
    """
    leads: list[Finding] = []
    folded: dict[str, tuple[Finding, ...]] = {}
    for finding in sorted(ranked(findings), key=_follows):
        lead = next((other for other in leads if _same_cause(other, finding)), None)
        if lead is None:
            leads.append(finding)
        else:
            folded[lead.id] = (*folded.get(lead.id, ()), finding)
    return ranked(leads), folded


def colour_of(findings: Iterable[Finding]) -> Colour:
    """Red or yellow as the worst finding; grey ones are chances, not warnings."""
    seen = {finding.colour for finding in findings}
    return "red" if "red" in seen else "yellow" if "yellow" in seen else "green"


def _follows(finding: Finding) -> bool:
    return finding.kind in {kind for _, kind in _SAME_STREAMS}


def _same_cause(lead: Finding, finding: Finding) -> bool:
    if lead.id == finding.id:
        return True
    if (lead.kind, finding.kind) not in _SAME_STREAMS:
        return False
    about = _streams(finding)
    return bool(about) and about <= _streams(lead)


def _streams(finding: Finding) -> frozenset[str]:
    """The streams a finding's evidence names; empty when it is about something else."""
    evidence = finding.evidence
    if evidence is None or finding.params.get("by", "stream_id") != "stream_id":
        return frozenset()
    named = [name for name in _STREAM_COLUMNS if evidence.schema.get(name) == pl.String]
    return frozenset(evidence[named[0]].drop_nulls()) if named else frozenset()
