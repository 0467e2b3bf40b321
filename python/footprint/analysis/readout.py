"""The reading of one test of two groups: split check first, then effect, then the word for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from footprint.stats import Moments, normal_quantile, srm, two_proportions, welch

SRM_LIMIT = 0.001
ALPHA = 0.05
_FEW = 5


@dataclass(frozen=True, slots=True)
class Readout:
    """``diff`` = treated - control; ``relative`` = diff / control with ``low``/``high``.

    ``p`` belongs to the absolute difference. ``verdict``: srm_stop, too_small, no_effect,
    effect_up, effect_down.
    """

    rate_control: float
    rate_treat: float
    diff: float
    diff_low: float
    diff_high: float
    relative: float | None
    low: float | None
    high: float | None
    p: float
    srm_p: float
    verdict: str


def read(
    control: tuple[int, int],
    treated: tuple[int, int],
    *,
    assigned: tuple[int, int] | None = None,
    treat_share: float = 0.5,
    minimum: int = 0,
) -> Readout:
    """Read (converted, people) of both groups.

    ``assigned`` are the group sizes the split check uses when they differ from the people counted.
    Difference: Welch on the moments, Fisher's exact p below 5 expected conversions. Relative
    change: delta method with the same degrees of freedom. Raises ValueError for an empty group.
    Source: requirement row S9.1-c; agrees with gbstats 0.8.
    """
    (k1, n1), (k0, n0) = treated, control
    exact = two_proportions(k1, n1, k0, n0)
    split = srm(assigned or (n0, n1), (1 - treat_share, treat_share))
    rate1, rate0 = k1 / n1, k0 / n0
    few = min(n0, n1) * (k0 + k1) / (n0 + n1) < _FEW
    if min(n0, n1) < 2:
        diff, low, high, p = exact.diff, exact.low, exact.high, exact.p
        relative: tuple[float | None, float | None, float | None] = (None, None, None)
    else:
        mean = welch(_moments(rate1, n1), _moments(rate0, n0))
        diff, low, high = mean.diff, mean.low, mean.high
        p = exact.p if few else mean.p
        relative = _relative(rate1, n1, rate0, n0)
    word = _verdict(split, min(n0, n1) < minimum or few, p, diff)
    return Readout(rate0, rate1, diff, low, high, *relative, p, split, word)


def _moments(rate: float, n: int) -> Moments:
    return Moments(rate, math.sqrt(rate * (1 - rate)), n)


def _relative(
    rate1: float, n1: int, rate0: float, n0: int
) -> tuple[float | None, float | None, float | None]:
    if rate0 <= 0:
        return None, None, None
    from scipy.special import stdtrit

    v1, v0 = rate1 * (1 - rate1) / n1, rate0 * (1 - rate0) / n0
    error = math.sqrt(v1 / rate0**2 + v0 * rate1**2 / rate0**4)
    if v1 + v0 == 0:
        half = normal_quantile() * error
    else:
        df = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
        half = float(stdtrit(df, 1 - ALPHA / 2)) * error
    change = rate1 / rate0 - 1
    return change, change - half, change + half


def _verdict(split: float, small: bool, p: float, diff: float) -> str:
    if split < SRM_LIMIT:
        return "srm_stop"
    if small:
        return "too_small"
    if p >= ALPHA or diff == 0:
        return "no_effect"
    return "effect_up" if diff > 0 else "effect_down"
