"""The list of planted truths, with what each must measure at the world's parameters."""

from __future__ import annotations

import json
from pathlib import Path

from footprint.result import steady
from footprint.sample.truths.content import content_truths
from footprint.sample.truths.growth import growth_truths
from footprint.sample.truths.insight import insight_truths
from footprint.sample.truths.reach import reach_truths
from footprint.sample.truths.risk import risk_truths
from footprint.sample.truths.truth import Truth
from footprint.sample.world import World


def truths_of(world: World) -> list[Truth]:
    """All truths of this world by id."""
    found = [
        *content_truths(world),
        *growth_truths(world),
        *reach_truths(world),
        *risk_truths(world),
        *insight_truths(world),
    ]
    return sorted(found, key=lambda truth: (int(truth.id[2:4]), truth.id))


def write_truths(world: World, path: Path) -> None:
    """The truths as JSON: a list of objects with id, where, question, params, scope, expected
    (each with its own tolerance) and null_twin."""
    rows = [steady(truth.to_dict()) for truth in truths_of(world)]
    text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")
