"""Columns worked out once per data version and shared by metrics and analyses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import polars as pl

from footprint.data import Data

T = TypeVar("T")
KEEP = 32
_kept: OrderedDict[tuple[str, str], object] = OrderedDict()
_lock = Lock()


def once(data: Data, name: str, build: Callable[[], T]) -> T:
    """``build()`` for this data version, kept for the next caller (the last 32 are kept)."""
    key = (data.version, name)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]  # type: ignore[return-value]
    built = build()
    with _lock:
        _kept[key] = built
        while len(_kept) > KEEP:
            _kept.popitem(last=False)
    return built


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
