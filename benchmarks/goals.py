"""What the measurements should reach: ratios of CPU seconds to the fastest peer, and limits."""

from __future__ import annotations

# Goals are set for 10 million rows with integer ids.
WARM = {"a": 10.0, "b": 16.0, "c": 20.0, "d": 25.0, "e": 10.0, "f": 30.0, "g": 12.0, "h": 25.0}
COLD = {"a": 2.0, "b": 2.0, "c": 2.2, "d": 2.0, "e": 2.0, "f": 4.0, "g": 2.0, "h": 2.2}
COLD_STRING = {"a": 1.6}
COPY = 8.0
BOARD = 8.0
ATTRIBUTION_CPU = 8.0
ATTRIBUTION_MEMORY = 2.0
REMOVAL_MS = 1.0
REPLICATES_S = 0.2
ORDER_3_S = 3.0
LARGE_BUILD_S = 3.0
LARGE_ASK_S = 0.5
LARGE_PEAK_MB = 2048.0


def met(value: float, goal: float | None) -> str:
    """Whether a ratio reaches its goal, in words."""
    return "" if goal is None else ("met" if value >= goal else "not met")


def within(value: float, limit: float) -> str:
    """Whether a figure stays within its limit, in words."""
    return "met" if value <= limit else "not met"
