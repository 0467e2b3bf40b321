"""The steps of a funnel as people write them: ``impression, click|comment, @order``."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from footprint.analysis.events.clauses import parse_clauses
from footprint.analysis.events.rows import kept
from footprint.data import Data
from footprint.engine import EventLog, Selector
from footprint.errors import UsageError, unknown
from footprint.scope import Scope
from footprint.text import Text

# The usual way to an order; a default funnel takes those of it that the data hold.
_USUAL = ("impression", "click", "stream_enter", "product_click", "add_cart")
_STEP = re.compile(r"^([^\[\]?]+)(?:\[(.+)\])?(\?)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its words, the rows that do it, and whether it may be skipped."""

    name: str
    selector: Selector
    optional: bool = False


def parse_steps(data: Data, text: str) -> list[Step]:
    """Steps separated by commas: ``type``, ``type|type``, ``type[column=value]``, ``type?``.

    ``?`` marks a step that may be skipped. Empty text means the usual way to an order, as far as
    the data hold it. Raises UsageError for unknown event types and unreadable steps.
    """
    log = data.event_log()
    listed = _split(text) or list(usual_steps(log))
    steps = [_step(data, log, part) for part in listed]
    if not steps:
        raise UsageError(
            Text("没有步骤可比", "there are no steps"),
            Text("请写出步骤，如 stream_enter, @order。", "Name the steps: stream_enter, @order."),
        )
    return steps


def usual_steps(log: EventLog) -> tuple[str, ...]:
    """The usual way to an order among the event types of the log."""
    present = set(log.event_types)
    return tuple(name for name in (*_USUAL, log.conversion) if name in present)


def parse_types(log: EventLog, text: str) -> list[str]:
    """Event types separated by ``|`` or commas. Raises UsageError for one the log lacks."""
    names = [name.strip() for name in re.split(r"[|,，]", text) if name.strip()]
    for name in names:
        if name not in log.event_types:
            raise unknown("event", "事件", name, dict.fromkeys(log.event_types))
    return names


def _split(text: str) -> list[str]:
    outside = re.split(r"[,，>\n](?![^\[]*\])", text or "")
    return [part.strip() for part in outside if part.strip()]


def _step(data: Data, log: EventLog, text: str) -> Step:
    found = _STEP.match(text)
    if not found:
        raise UsageError(
            Text(f"看不懂步骤“{text}”", f"“{text}” is not a step"),
            Text(
                "请写成 事件、事件|事件 或 事件[列=值]。",
                "Write event, event|event or event[column=value].",
            ),
        )
    types = parse_types(log, found[1])
    selector: Selector = types
    if found[2] and parse_clauses(found[2]):
        inside = kept(data, Scope(tz=data.tz), found[2])
        assert inside is not None
        selector = (log.of_types(types) & inside).alias(text.rstrip("?"))
    return Step(text.rstrip("?").strip(), selector, bool(found[3]))


def excluded(data: Data, text: str, steps: int) -> list[tuple[Selector, int, int]]:
    """Exclusions separated by ``;``: ``type@1-2`` (between steps 1 and 2), ``type`` (anywhere)."""
    return [_exclusion(data, part, steps) for part in re.split("[;；]", text or "") if part.strip()]


def _exclusion(data: Data, text: str, steps: int) -> tuple[Selector, int, int]:
    what, _, between = text.strip().rpartition("@") if re.search(r"@\d", text) else (text, "", "")
    if not between:
        return _step(data, data.event_log(), what.strip()).selector, 1, steps
    found = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", between)
    if not found:
        raise UsageError(
            Text(f"看不懂排除“{text}”", f"“{text}” is not an exclusion"),
            Text("请写成 refund@1-3。", "Write refund@1-3."),
        )
    return _step(data, data.event_log(), what.strip()).selector, int(found[1]), int(found[2])


def selectors(steps: list[Step]) -> list[Selector]:
    """What the engine takes; single types stay single so that the core reads them by code."""
    return [s.selector if isinstance(s.selector, pl.Series) else list(s.selector) for s in steps]
