"""How many people a test needs, and what a given number can show."""

from __future__ import annotations

import math
from statistics import NormalDist


def per_group(base: float, treated: float, power: float = 0.8, level: float = 0.05) -> float:
    """People needed in each of two equal groups to tell rate ``treated`` from ``base``.

    Two-sided normal approximation with pooled variance under no effect, the closed form behind R's
    ``power.prop.test``; not rounded. Raises ValueError unless both rates are in (0, 1) and differ.
    Source: requirement row S9.1-c.
    """
    if not (0 < base < 1 and 0 < treated < 1) or base == treated:
        raise ValueError("two different rates between 0 and 1 are needed")
    normal = NormalDist()
    both = base + treated
    null = math.sqrt(both * (1 - both / 2))
    apart = math.sqrt(base * (1 - base) + treated * (1 - treated))
    reach = normal.inv_cdf(1 - level / 2) * null + normal.inv_cdf(power) * apart
    return (reach / (base - treated)) ** 2
