"""Hand-made sequences with the wanted funnel level."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from .conftest import GOLDEN, EventLog, events_of

CASES = json.loads((GOLDEN / "edge_cases.json").read_text())
MODES = {
    "ordered": {},
    "first_entry": {"mode": "first_entry"},
    "increase": {"later": True},
    "strict": {"mode": "strict"},
    "any": {"mode": "any_order"},
    "exclude X between 1 and 2": {"exclude": ("X", 1, 2)},
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_level(case: dict) -> None:
    log = EventLog.build(events_of([(at, "u", kind) for at, kind in case["events"]]))
    window = timedelta(seconds=case["window"])
    people = log.funnel(case["steps"], window, **MODES[case["mode"]]).people
    level = people["level"].item() if people.height else 0
    assert level == case["level"], case["note"]
