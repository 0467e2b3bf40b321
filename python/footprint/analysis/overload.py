"""Too much at once: do more words or more products per hour go with shorter stays?"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from footprint.analysis.measures import word
from footprint.analysis.rank_correlation import LEAST
from footprint.analysis.stream_facts import stream_facts
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.stats import t_quantile
from footprint.text import Text

_DEFINITION = Text(
    "停留（每位观众的观看分钟）对每分钟字数、每小时商品数的斜率，只在同品类、同时长的场次内比较，"
    "折算成从较慢的四分之一场次到较快的四分之一场次相差几分钟。字数取自脚本，"
    "商品数取自直播分钟的在播商品。区间跨过 0 就是看不出影响。这是相关，不是因果。",
    "Slope of dwell (minutes watched per viewer) on words per minute and products per hour within "
    "a category at equal stream length, told as minutes from the slow quarter of streams to the "
    "fast one. Words come "
    "from the script, products from the stream minutes (column "
    "sku_on_air). An interval across 0 means nothing is seen. Association, not cause.",
)
_FEW = Text(
    "停留与字数、商品数同时已知的场次少于 {n} 场，不作判断。",
    "Fewer than {n} streams with both dwell and the pace known: not judged.",
)
# Fact -> scalar and label.
_PACES = {
    "words_per_min": (
        "words_slope",
        Text("说得快的场次：停留差（分钟）", "Faster talk: difference in dwell (min)"),
    ),
    "skus_per_hour": (
        "skus_slope",
        Text("商品排得密的场次：停留差（分钟）", "More products: difference in dwell (min)"),
    ),
}


@question(
    "overload",
    title=Text("信息太多会让人走吗？", "Does too much information drive viewers away?"),
    page="U5",
    rows=("S5.1-b",),
    needs=("streams", "stream_minutes"),
    uses=("scripts", "orders"),
)
def overload(data: Data, scope: Scope) -> Result:
    """Slope of dwell on words per minute and on products per hour, within categories.

    Scalars: words_slope and skus_slope (minutes of dwell from the lower to
    the upper quartile of the pace, with interval), verdict
    (effect_down = more goes with shorter stays, effect_up, no_effect, too_small). Frame
    ``streams`` (stream_id, category, host_id, words_per_min, skus_per_hour, dwell). Ordinary least
    squares on values centred per category, with stream length as a control. Source: requirement
    row S5.1-b.
    """
    facts = stream_facts(data, scope).drop_nulls("dwell")
    slopes = {fact: slope(facts, fact) for fact in _PACES}
    scalars = {
        name: _scalar(slopes[fact], _quarters(facts, fact), label)
        for fact, (name, label) in _PACES.items()
    }
    scalars["verdict"] = word(
        _verdict([found for found in slopes.values() if found]), facts.height,
        Text("结论", "Verdict"), _DEFINITION,
    )  # fmt: skip
    shown = facts.select("stream_id", "category", "host_id", *_PACES, "dwell")
    few = all(found is None for found in slopes.values())
    return Result(
        scalars=scalars, frames={"streams": shown.sort("stream_id")},
        notes=(Text(_FEW.zh.format(n=LEAST), _FEW.en.format(n=LEAST)),) if few else (),
    )  # fmt: skip


def _quarters(facts: pl.DataFrame, fact: str) -> float:
    """From the lower to the upper quartile of a fact, the step a slope is told in."""
    low, high = (facts[fact].quantile(q, "linear") for q in (0.25, 0.75))
    return float(high - low) if low is not None and high is not None else 0.0


Slope = tuple[float, float, float, int]  # slope, low, high, streams


def slope(facts: pl.DataFrame, fact: str) -> Slope | None:
    """Slope of dwell on ``fact`` within categories at equal stream length, with its interval.

    None below ten streams or when the fact does not vary. Errors are robust to unequal spread.
    """
    names = [fact, "length_min", "dwell"]
    kept = facts.drop_nulls(names).filter(pl.len().over("category") >= 3)
    free = kept.height - kept["category"].n_unique() - 2
    if kept.height < LEAST or free < 4:
        return None
    centred = kept.select(pl.col(n) - pl.col(n).mean().over("category") for n in names).to_numpy()
    x, length, y = centred.T
    # What is left of the pace and of the dwell once the length of the stream has spoken.
    x, y = (_less(values, length) for values in (x, y))
    spread = float(x @ x)
    if spread <= 1e-12:
        return None
    found = float(x @ y) / spread
    rest = y - found * x
    error = math.sqrt(float((x * x) @ (rest * rest)) * kept.height / free) / spread
    half = t_quantile(free) * error
    return found, found - half, found + half, kept.height


def _less(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    size = float(by @ by)
    return values - by * (float(values @ by) / size) if size > 1e-12 else values


def _scalar(found: Slope | None, step: float, label: Text) -> Scalar:
    if found is None:
        return Scalar(None, "min", 0, label=label, definition=_DEFINITION)
    value, low, high, n = found
    return Scalar(value * step, "min", n, low * step, high * step, label, _DEFINITION)


def _verdict(slopes: list[Slope]) -> str:
    if not slopes:
        return "too_small"
    signs = {int(np.sign(low)) for _, low, high, _ in slopes if low * high > 0}
    if not signs:
        return "no_effect"
    return "mixed" if len(signs) > 1 else "effect_up" if 1 in signs else "effect_down"
