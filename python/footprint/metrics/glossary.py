"""Writes the metric glossary from the registry: ``python -m footprint.metrics.glossary``.

Without an argument the text is printed; with a path it is written there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from footprint.metrics.boards import BOARDS, GROUPS
from footprint.metrics.registry import Metric, metrics
from footprint.schema import TABLES
from footprint.settings import Settings
from footprint.text import Text

_HEAD = """# Metrics

Generated from the registry by `python -m footprint.metrics.glossary docs/metrics.md`; do not edit.
A metric is coloured only when it has a target of the plan or of the shop; grey marks judge nothing.
Rates and means carry a 95 % interval; sums and counts are complete, so they carry none.
"""
_BETTER = {"up": Text("越高越好", "higher is better"), "down": Text("越低越好", "lower is better")}
_UNITS = {"CNY": "CNY", "rate": "share", "count": "count", "x": "times", "per_1000": "per 1,000"}


def glossary() -> str:
    """The glossary as Markdown: boards, then each metric in both languages."""
    boards = [_board(name) for name in BOARDS]
    entries = [_entry(metric) for metric in metrics().values()]
    return "\n".join([_HEAD, "## Boards\n", *boards, "## Glossary\n", *entries]).rstrip() + "\n"


def _board(name: str) -> str:
    known = metrics()
    lines = [
        f"- {GROUPS[group].en} / {GROUPS[group].zh}: " + ", ".join(known[id].title.en for id in ids)
        for group, ids in BOARDS[name].items()
    ]
    return "\n".join([f"`{name}`\n", *lines, ""])


def _entry(metric: Metric) -> str:
    better = _BETTER[metric.direction]
    needs = ", ".join(f"{TABLES[table].title.en} (`{table}`)" for table in metric.needs)
    facts = [f"unit {_UNITS[metric.unit]}", better.en, f"needs {needs}", *_judged(metric)]
    facts.append(f"requirement rows {', '.join(metric.rows)}")
    return (
        f"### {metric.title.en} · {metric.title.zh} (`{metric.id}`)\n\n"
        f"{metric.definition.en}\n\n{metric.definition.zh}\n\n{'; '.join(facts)}.\n"
    )


def _judged(metric: Metric) -> list[str]:
    facts = []
    if metric.target_key:
        setting = Settings().get(metric.target_key)
        facts.append(f"judged by the {setting.kind} “{setting.label.en}” ({setting.value:g})")
    if metric.reference_key:
        facts.append(
            f"grey mark: plan section {Settings().reference(metric.reference_key).section}"
        )
    if metric.min_n:
        facts.append(f"not judged below {metric.min_n}")
    return facts


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(glossary(), encoding="utf-8")
    else:
        print(glossary(), end="")
