"""What each model must credit the seeding channel with in apparel (PT09), from path counts alone.

Written from the definitions, apart from the engine, so that the two can disagree. Source: rules of
first, last, linear, U-shape 40/20/40, time decay by half-life; first-order Markov removal effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

Paths = Mapping[str, int]
_HALF_LIFE_DAYS = 7.0


def credited(conversions: Paths, nulls: Paths, gap_days: float, channel: str) -> dict[str, float]:
    """Conversions that each model credits to ``channel`` (a code of the paths)."""
    rules = {
        "first": lambda n: [1.0] + [0.0] * (n - 1),
        "last": lambda n: [0.0] * (n - 1) + [1.0],
        "linear": lambda n: [1 / n] * n,
        "u_shape": _u_shape,
        "time_decay": lambda n: _decay(n, gap_days),
    }
    found = {name: _by_rule(conversions, channel, rule) for name, rule in rules.items()}
    return {**found, "markov": _markov(conversions, nulls, channel)}


def _by_rule(conversions: Paths, channel: str, rule: Callable[[int], Sequence[float]]) -> float:
    total = 0.0
    for path, count in conversions.items():
        steps = path.split(">")
        weights = rule(len(steps))
        total += count * sum(w for step, w in zip(steps, weights, strict=True) if step == channel)
    return total


def _u_shape(n: int) -> Sequence[float]:
    if n <= 2:
        return [1 / n] * n
    return [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]


def _decay(n: int, gap_days: float) -> Sequence[float]:
    weights = [0.5 ** ((n - 1 - place) * gap_days / _HALF_LIFE_DAYS) for place in range(n)]
    return [weight / sum(weights) for weight in weights]


def _markov(conversions: Paths, nulls: Paths, channel: str) -> float:
    """Share of the channel's removal effect in all removal effects, times the conversions."""
    codes = sorted({step for path in (*conversions, *nulls) for step in path.split(">")})
    whole = _reached(conversions, nulls, codes, None)
    effects = {code: 1 - _reached(conversions, nulls, codes, code) / whole for code in codes}
    return effects[channel] / sum(effects.values()) * sum(conversions.values())


def _reached(conversions: Paths, nulls: Paths, codes: list[str], removed: str | None) -> float:
    """P(conversion) of the chain when visits to ``removed`` end in nothing."""
    index = {code: place + 1 for place, code in enumerate(codes)}
    size = len(codes) + 1
    flow, ends = np.zeros((size, size)), np.zeros((size, 2))
    for column, paths in enumerate((conversions, nulls)):
        for path, count in paths.items():
            states = [0, *(index[step] for step in path.split(">"))]
            for a, b in pairwise(states):
                flow[a, b] += count
            ends[states[-1], column] += count
    out = flow.sum(axis=1) + ends.sum(axis=1)
    out[out == 0] = 1
    moves, wins = flow / out[:, None], ends[:, 0] / out
    if removed is not None:
        moves[index[removed]], wins[index[removed]] = 0, 0
    return float(np.linalg.solve(np.eye(size) - moves, wins)[0])
