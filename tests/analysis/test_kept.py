"""What is worked out once is kept within a bound of bytes and found again by its name."""

from __future__ import annotations

import polars as pl
from footprint.engine import Coded
from footprint.metrics.derived import Kept, once, size_of
from small_tables import orders, shop


def column(rows: int) -> pl.Series:
    return pl.Series(range(rows), dtype=pl.UInt32)


def test_the_least_recently_used_goes_first() -> None:
    kept = Kept(limit=3 * size_of(column(1000)))
    built: list[str] = []

    def ask(name: str) -> None:
        kept.get(("v", name), lambda: built.append(name) or column(1000))

    for name in ("a", "b", "c", "a", "d", "a", "b"):
        ask(name)
    assert built == ["a", "b", "c", "d", "b"]
    assert len(kept) == 3


def test_what_is_too_large_is_not_kept() -> None:
    kept, built = Kept(limit=100), []
    for _ in range(2):
        kept.get(("v", "x"), lambda: built.append(1) or column(1000))
    assert len(built) == 2
    assert len(kept) == 0


def test_a_version_has_its_own_values() -> None:
    one, two = (shop(orders=orders([("u", "2026-05-04", paid)])) for paid in (1.0, 2.0))
    paid = [once(data, "paid", lambda d=data: d.frame("orders")["paid_amount"].sum())
            for data in (one, two, one)]  # fmt: skip
    assert paid == [1.0, 2.0, 1.0]


def test_size_counts_the_columns_inside() -> None:
    codes = column(1000)
    assert size_of(Coded(codes, ("a", "b"))) >= codes.estimated_size()
    assert size_of({"a": [codes.to_frame(), codes]}) >= 2 * codes.estimated_size()
