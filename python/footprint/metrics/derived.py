"""Columns worked out once per data version and shared by metrics and analyses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import TypeVar

import polars as pl

from footprint.data import Data

T = TypeVar("T")
# Bytes kept at most; what was used least recently goes first.
LIMIT_BYTES = 1 << 30
_SMALL = 1024


class Kept:
    """What was worked out, by data version and name, within a bound of bytes."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit, self._bytes = limit, 0
        self._values: OrderedDict[tuple[str, str], tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: tuple[str, str], build: Callable[[], T]) -> T:
        """The value of a key, built when it is not there; too large a value is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]  # type: ignore[return-value]
        built = build()
        size = size_of(built)
        with self._lock:
            if size <= self._limit and key not in self._values:
                self._values[key] = (built, size)
                self._bytes += size
            while self._bytes > self._limit:
                self._bytes -= self._values.popitem(last=False)[1][1]
        return built


_kept = Kept()


def once(data: Data, name: str, build: Callable[[], T]) -> T:
    """``build()`` for this data version, kept for the next caller while there is room.

    ``name`` holds every parameter the value depends on; it is never made from a frame.
    """
    return _kept.get((data.version, name), build)


def size_of(value: object) -> int:
    """Bytes of the columns inside a value, about."""
    if isinstance(value, pl.DataFrame | pl.Series):
        return int(value.estimated_size()) + _SMALL
    if is_dataclass(value) and not isinstance(value, type):
        return sum(size_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, dict):
        return sum(size_of(item) for item in value.values()) + _SMALL
    if isinstance(value, list | tuple):
        heavy = [item for item in value if not isinstance(item, str | int | float)]
        return sum(map(size_of, heavy)) + _SMALL + 64 * (len(value) - len(heavy))
    return _SMALL


def first_orders(data: Data) -> pl.DataFrame:
    """Each buyer's first order in all data: user_id, first_ts."""

    def build() -> pl.DataFrame:
        orders = data.frame("orders").lazy()
        return orders.group_by("user_id").agg(first_ts=pl.col("order_ts").min()).collect()

    return once(data, "first_orders", build)


def negative_texts(data: Data) -> pl.DataFrame:
    """Each different comment and whether it speaks ill: text, rating (stars), negative."""

    def build() -> pl.DataFrame:
        from footprint.risk.sentiment import negative

        texts = data.frame("comments").select("text", "rating").unique()
        return texts.with_columns(negative=negative(texts["text"], texts["rating"]))

    return once(data, "negative texts", build)
