"""Member streams beside others: the planted rates, withheld when small, no claim of cause."""

from __future__ import annotations

import polars as pl
import pytest
from footprint.questions import ask
from footprint.scope import Scope
from small_tables import at, orders, shop

STREAMS = pl.DataFrame(
    {"stream_id": ["m", "o"], "start_ts": [at("2026-05-04")] * 2, "end_ts": [at("2026-05-04")] * 2,
     "platform": ["x"] * 2, "host_id": ["h"] * 2, "category": ["food"] * 2,
     "stage": ["member", "regular"]}
)  # fmt: skip


def planted(size: int) -> pl.DataFrame:
    rows: list[tuple[str, str, float]] = []
    where: list[str | None] = []
    for stream, rate in (("m", 0.45), ("o", 0.20)):
        rows += [(f"{stream}{n}", "2026-05-04", 10.0) for n in range(size)]
        where += [stream] * size
        again = round(size * rate)
        rows += [(f"{stream}{n}", "2026-05-20", 10.0) for n in range(again)]
        where += [None] * again
    return orders([*rows, ("z", "2026-08-01", 1.0)], stream_id=[*where, None])


def test_planted_rates() -> None:
    """PT32: 45 % against 20 %."""
    result = ask(shop(orders=planted(200), streams=STREAMS), "member_streams", Scope(), {})
    assert result.scalars["rate_member"].value == pytest.approx(0.45)
    assert result.scalars["rate_other"].value == pytest.approx(0.20)
    assert result.scalars["ratio"].value == pytest.approx(2.25)
    assert result.scalars["p_value"].value < 1e-6
    assert any("not the effect" in note("en") for note in result.notes)


def test_small_groups_are_not_compared() -> None:
    result = ask(shop(orders=planted(20), streams=STREAMS), "member_streams", Scope(), {})
    assert result.scalars["ratio"].value is None
    assert result.scalars["p_value"].value is None
    assert result.scalars["rate_member"].n == 20
