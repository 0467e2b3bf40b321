"""What every part of the generator is handed: sizes, parameters and named draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from footprint.errors import UsageError
from footprint.sample.chance import Chance, Noise
from footprint.sample.params import Params, resolve
from footprint.text import Text

# tiny, demo, large, or a number of browsing users (also as text).
Scale = str | int

# First user number of each crowd. Crowds never mix, so truths cannot confound each other.
CROWDS = {
    "fresh": 100_000,
    "fmcg": 200_000,
    "home": 300_000,
    "beauty": 400_000,
    "apparel": 500_000,
    "food": 600_000,
    "health": 700_000,
    "visitor": 800_000,
    "fan": 900_000,
    "browser": 1_000_000,
}


@dataclass(frozen=True, slots=True)
class Size:
    """``browsers``: visitors around the truths; ``health_buyers`` and ``journey_parts`` size PT05
    and PT09 (counts are divided by ``journey_parts``); ``chatter``: comments per stream."""

    browsers: int
    health_buyers: int
    journey_parts: int
    chatter: float


SIZES = {
    "tiny": Size(150, 500, 10, 2.0),
    "demo": Size(1_000, 1_000, 10, 4.0),
    "large": Size(1_700_000, 1_000, 1, 4.0),
}


@dataclass(frozen=True, slots=True)
class World:
    """One sample world before it is built."""

    params: dict[str, Any]
    size: Size
    chance: Chance

    @classmethod
    def of(cls, params: Params | None, scale: Scale, salt: int, noise: Noise) -> World:
        """Raises UsageError for an unknown scale, noise or parameter."""
        if noise not in ("quota", "binomial"):
            raise _refuse("noise", "噪声", noise, "quota, binomial")
        return cls(resolve(params), size_of(scale), Chance(salt, noise))

    def param(self, name: str) -> Any:
        return self.params[name]


def size_of(scale: Scale) -> Size:
    """The sizes of a named scale, or of a demo with that many browsing users."""
    if isinstance(scale, str) and scale in SIZES:
        return SIZES[scale]
    users = int(scale) if str(scale).isdigit() else 0
    if users < 1:
        raise _refuse("scale", "规模", scale, "tiny, demo, large, or a number of users")
    demo = SIZES["demo"]
    return Size(users, demo.health_buyers, demo.journey_parts, demo.chatter)


def user_ids(crowd: str, numbers: np.ndarray | pl.Series) -> pl.Series:
    """Ids like u0100007 for members of a crowd; null stays null (numbers below zero)."""
    number = pl.Series("user", numbers, dtype=pl.Int64)
    text = pl.format("u{}", (pl.col("user") + CROWDS[crowd]).cast(pl.String).str.zfill(7))
    return (
        number.to_frame().select(pl.when(pl.col("user") >= 0).then(text))["user"].alias("user_id")
    )


def _refuse(what_en: str, what_zh: str, given: object, allowed: str) -> UsageError:
    return UsageError(
        Text(f"示例数据的{what_zh}不能是“{given}”", f"the sample's {what_en} cannot be “{given}”"),
        Text(f"可用：{allowed}。", f"Use: {allowed}."),
    )
